"""What is for one holder only, on its way past everybody else.

Each of two counterparts makes a key for this session and this counterpart alone, and says its point in an OFFER. What
both then know (ECDH) is hashed with the session, the kind and the direction to a pad of 32 bytes, for one value of 32
bytes: so no pad is used twice. Nothing here shows who sealed it or that it is whole: its envelope and the commitments
do. To open one pair's key to everybody is to open what went between these two, and nothing else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from verifier.errors.frost import PointMalformed, ScalarMalformed
from verifier.frost.charter import Index
from verifier.frost.curve import Point
from verifier.frost.envelope import Envelope
from verifier.frost.messages import Kind
from verifier.frost.scalar import SecretScalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Between whom, in what."""

    group: bytes
    epoch: int
    session: bytes
    kind: Kind
    sender: Index
    receiver: Index

    @classmethod
    def of(cls, call: Envelope, kind: Kind, sender: Index, receiver: Index) -> Way:
        """Return a way within the ceremony of a call."""
        return cls(
            group=call.group,
            epoch=call.epoch,
            session=call.session,
            kind=kind,
            sender=sender,
            receiver=receiver,
        )


def seal_value(value: SecretScalar, way: Way, mine: SecretScalar, theirs: Point) -> bytes:
    """Return 32 bytes that only the receiver understands.

    :raises PointMalformed: the receiver's key is no point.
    """
    return _mix(value.reveal(), way, mine, theirs)


def unseal_value(sealed: bytes, way: Way, mine: SecretScalar, theirs: Point) -> SecretScalar | None:
    """Return what was sealed; None where it is no number, which is the sender's fault."""
    try:
        return SecretScalar(_mix(sealed, way, mine, theirs))
    except (PointMalformed, ScalarMalformed):
        return None


def _mix(value: bytes, way: Way, mine: SecretScalar, theirs: Point) -> bytes:
    pad = hashlib.sha256(
        b"fourth-signer/pair\0"
        + way.group
        + way.epoch.to_bytes(4, "big")
        + way.session
        + bytes([way.kind, way.sender, way.receiver])
        + mine.agree(theirs)
    ).digest()
    return bytes(one ^ other for one, other in zip(value, pad, strict=True))
