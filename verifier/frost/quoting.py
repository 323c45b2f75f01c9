"""A PACKAGE read: whether it quotes what holders said, and what follows from it."""

from __future__ import annotations

from verifier.errors.frost import SignersUnfit
from verifier.frost.charter import Index
from verifier.frost.curve import Point, is_point
from verifier.frost.envelope import Envelope, Fault, Place, Rejected, open_envelope
from verifier.frost.messages import Kind
from verifier.frost.rfc9591 import Committed, Occasion, prepare
from verifier.frost.shares import GroupKey
from verifier.frost.signing_messages import Commitment, Package


def occasion_of(package: Envelope, invitation: Envelope, place: Place, key: GroupKey) -> Occasion | Fault:
    """Return what a package makes its signers sign, or what is wrong with it; no secret is touched.

    :param invitation: of the same session, as it came to whoever asks
    """
    body, committed = package.body, []
    if not isinstance(body, Package):
        return Fault.KIND
    if package.digest != invitation.digest:
        return Fault.DIGEST
    if package.seen != invitation.hash:
        return Fault.SEEN
    for raw in body.commitments:
        quoted = open_envelope(raw, place)
        if isinstance(quoted, Rejected):
            return quoted.fault
        found = committed_in(quoted, invitation)
        if isinstance(found, Fault):
            return found
        committed.append(found)
    try:
        return prepare(key, invitation.digest, committed)
    except SignersUnfit:
        return Fault.COUNT


def committed_in(envelope: Envelope, invitation: Envelope) -> Committed | Fault:
    """Return what a COMMITMENT commits to, or what is wrong with it."""
    if envelope.kind is not Kind.COMMITMENT:
        return Fault.KIND
    if envelope.digest != invitation.digest:
        return Fault.DIGEST
    if envelope.seen != invitation.hash:
        return Fault.SEEN
    return points_in(envelope)


def points_in(envelope: Envelope) -> Committed | Fault:
    """Return what a COMMITMENT commits to, whatever it answers."""
    body = envelope.body
    if envelope.kind is not Kind.COMMITMENT or not isinstance(body, Commitment):
        return Fault.KIND
    if not is_point(body.hiding) or not is_point(body.binding) or body.hiding == body.binding:
        return Fault.POINTS
    return Committed(index=Index(envelope.sender), hiding=Point(body.hiding), binding=Point(body.binding))
