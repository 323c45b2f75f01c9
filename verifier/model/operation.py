"""An operation: what it is, and what an approval of it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from verifier.model.address import Address
from verifier.model.units import BlockNumber, LaneIndex, MemberIndex, Sequence, Timestamp, Wei
from verifier.model.word import WordLayout, require_bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call that the vault may make."""

    target: Address
    value: Wei
    data: bytes

    def __post_init__(self) -> None:
        require_bits("The value of a call", self.value, 256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A batch of calls. It has no title and no memo: its bytes are what it says.

    Any operation that Solidity's types can hold is allowed here, so that whatever the chain says can be hashed and
    shown; the vault takes 1 to 32 calls with at most 24 KiB of data.
    """

    calls: tuple[Call, ...]
    lane: LaneIndex
    sequence: Sequence
    # The last moment at which it may be approved.
    approve_by: Timestamp

    def __post_init__(self) -> None:
        require_bits("The lane of an operation", self.lane, 16)
        require_bits("The sequence of an operation", self.sequence, 32)
        require_bits("The time to approve an operation by", self.approve_by, 40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Where an operation was published. Nobody knows it in advance, and a reader finds the event with it."""

    # Modulo 2^32.
    block: BlockNumber
    # The first 32 bits of the parent block's hash.
    parent: int

    def __post_init__(self) -> None:
        require_bits("The block of a publication", self.block, 32)
        require_bits("The parent of a publication", self.parent, 32)

    def pack(self) -> int:
        return self.block << 32 | self.parent

    @classmethod
    def unpack(cls, word: int) -> Self:
        """:raises NumberOutOfRange: it does not fit into 64 bits."""
        require_bits("A publication", word, 64)
        return cls(block=BlockNumber(word >> 32), parent=word & 0xFFFF_FFFF)

    def __str__(self) -> str:
        return f"{self.pack():#018x}"


UNPUBLISHED: Final = Publication(block=BlockNumber(0), parent=0)
"""What stands in a signature that was made before publication; not enough for the two high tiers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature as the vault takes it: r and s of 32 bytes each, v of 27 or 28; of a group, 2 or 3."""

    r: bytes
    s: bytes
    v: int


NO_SIGNATURE: Final = Signature(r=bytes(32), s=bytes(32), v=0)
"""What stands in an approval by the member's own transaction."""

APPROVAL_HEAD: Final = WordLayout("ApprovalHead", "v 8 | seat 8 | publication 64")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A member's approval: an EIP-712 signature (by ECDSA, or of a group by FROST), or the member's own transaction.

    What else members sign has the same form: consents to hurry, and what groups say instead of sending transactions.
    """

    seat: MemberIndex
    publication: Publication
    signature: Signature

    def __post_init__(self) -> None:
        require_bits("The seat of an approval", self.seat, 8)

    @property
    def is_own_transaction(self) -> bool:
        return self.signature.v == 0

    @property
    def is_group(self) -> bool:
        """A FROST signature: v is the prefix of R, r its abscissa, s is z."""
        return self.signature.v in (2, 3)

    @property
    def head(self) -> int:
        """What stands before r and s in one word.

        :raises NumberOutOfRange: v is no byte.
        """
        return APPROVAL_HEAD.pack(v=self.signature.v, seat=self.seat, publication=self.publication.pack())
