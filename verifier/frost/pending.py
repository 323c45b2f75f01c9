"""A share that is made and stored, and not in use before its certificate comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.errors.frost import (
    BodyMalformed,
    CertificateUnfit,
    CharterMalformed,
    PointMalformed,
    ScalarMalformed,
)
from verifier.frost.assembly import Assembly, assemble
from verifier.frost.charter import Charter, Index, TransportKey
from verifier.frost.codec import Reader
from verifier.frost.curve import Point
from verifier.frost.dealing_messages import Certificate
from verifier.frost.envelope import Place, Rejected, open_envelope
from verifier.frost.messages import Kind
from verifier.frost.rfc9591 import is_signed
from verifier.frost.scalar import SecretScalar
from verifier.frost.shares import GroupKey, Share, trial_digest

_STORED: Final = b"4SF-pending\1"
"""Before a stored pending share: what it is, and the version of its form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingShare:
    """What one has to store before one confirms."""

    # The CALL of its dealing, and by which key that was signed.
    call: bytes
    coordinator: TransportKey
    # The key that all members made, and the one before.
    key: GroupKey
    old: GroupKey | None
    # The hash, 32 bytes, of all that was said.
    transcript: bytes
    # None where the member only dealt, and leaves.
    share: Share | None

    @property
    def assembly(self) -> Assembly:
        """:raises CertificateUnfit: the call is not one; no such thing was ever pending."""
        charter = self.key.charter
        # How far its epoch was from the highest then was looked at when it was called.
        found = assemble(
            self.call,
            group=charter.group,
            coordinator=self.coordinator,
            known=self.old,
            above=charter.epoch - 1,
        )
        if isinstance(found, Rejected):
            raise CertificateUnfit(why=f"its call is unfit, {found.fault}")
        return found


def activate(pending: PendingShare, raw: bytes) -> Share | None:
    """Return the share that is now in use, from a CERTIFICATE; None for a member that leaves.

    Whoever calls then stores it as the one in use, and only after that destroys the shares of lower epochs.

    :raises CertificateUnfit: it does not show that all members stored their new shares, and that these sign.
    """
    assembly = pending.assembly
    envelope = open_envelope(raw, assembly.place)
    if isinstance(envelope, Rejected):
        raise CertificateUnfit(why=str(envelope.fault))
    body = envelope.body
    if envelope.kind is not Kind.CERTIFICATE or not isinstance(body, Certificate):
        raise CertificateUnfit(why="it is something else")
    senders = tuple(
        _confirmed(one, assembly.place, assembly.matter, pending.transcript) for one in body.confirmations
    )
    if senders != assembly.members:
        raise CertificateUnfit(why="not all members have confirmed")
    if not is_signed(pending.key.point, trial_digest(pending.key), body.signature):
        raise CertificateUnfit(why="the trial is not signed by the group's key")
    return pending.share


def _confirmed(raw: bytes, place: Place, matter: bytes, transcript: bytes) -> Index:
    """Return who confirmed what this member saw."""
    envelope = open_envelope(raw, place)
    if isinstance(envelope, Rejected) or envelope.kind is not Kind.CONFIRMATION:
        raise CertificateUnfit(why="one of its confirmations is none")
    if envelope.digest != matter or envelope.seen != transcript:
        raise CertificateUnfit(why="one of its members saw other messages than came here")
    return envelope.sender


def write_pending(pending: PendingShare) -> bytes:
    """Return it as bytes, its secret among them: for whatever wraps it, and for nothing else."""
    share = pending.share
    secret = b"\0" if share is None else b"\1" + bytes([share.index]) + share.secret.reveal()
    return b"".join(
        (
            _STORED,
            pending.coordinator,
            pending.transcript,
            len(pending.call).to_bytes(2, "big"),
            pending.call,
            _write_key(pending.key),
            b"\0" if pending.old is None else b"\1" + _write_key(pending.old),
            secret,
        )
    )


def read_pending(stored: bytes) -> PendingShare:
    """Return what was stored.

    :raises BodyMalformed: the bytes are not those of a pending share.
    """
    reader = Reader(stored)
    if reader.take(min(len(_STORED), len(stored))) != _STORED:
        raise BodyMalformed(why="they are no stored pending share, or of a newer version")
    try:
        coordinator, transcript = TransportKey(reader.take(32)), reader.take(32)
        call, key = reader.take(reader.number(2)), _read_key(reader)
        old = _read_key(reader) if reader.number(1) else None
        share = None
        if reader.number(1):
            share = Share(key=key, index=Index(reader.number(1)), secret=SecretScalar(reader.take(32)))
        reader.end()
    except (CharterMalformed, PointMalformed, ScalarMalformed) as exc:
        raise BodyMalformed(why="they are no pending share of the key that they name") from exc
    return PendingShare(
        call=call, coordinator=coordinator, key=key, old=old, transcript=transcript, share=share
    )


def _write_key(key: GroupKey) -> bytes:
    return key.charter.encode() + b"".join(key.commitments)


def _read_key(reader: Reader) -> GroupKey:
    charter = Charter.read(reader)
    points = tuple(Point(reader.take(33)) for _ in range(charter.threshold))
    return GroupKey(charter=charter, commitments=points)
