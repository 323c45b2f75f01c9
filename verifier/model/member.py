"""A member: a seat, the person behind it, and what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final, Self

from verifier.errors import NumberOutOfRange
from verifier.model.address import Address
from verifier.model.group import Group
from verifier.model.units import BlockNumber, MemberIndex, Person, Timestamp
from verifier.model.word import WordLayout, from_signed, to_signed

ATTRIBUTES: Final = WordLayout("Attributes", "employer 32 | utcOffset 16 | x 24 | y 24 | z 24")
MEMBER_RECORD: Final = WordLayout(
    "MemberRecord",
    "seat 8 | status 8 | roles 8 | kind 8 | seasonedAt 40 | seatedInBlock 32 | person 32 | "
    "employer 32 | utcOffset 16 | x 24 | y 24 | z 24",
)

UNIT: Final = 8_388_607
"""The length of a place's vector."""


class Role(IntFlag):
    """What a member may do, as a sum."""

    PROPOSER = 1
    APPROVER = 2
    SECURITY = 4
    BREAK_GLASS = 8
    GUARDIAN = 16
    AUDITOR = 32


class MemberStatus(IntEnum):
    """Where a member is in its life."""

    # Never had a seat.
    STRANGER = 0
    ACTIVE = 1
    # Active in a new seat after a suspension or a change: what it signed without a publication is void.
    RETURNED = 2
    # By a guardian, unconfirmed: lapses, and an approver keeps its veto.
    SUSPENDED = 3
    # By a guardian, and confirmed by a seat operation: until reinstated.
    CONFIRMED = 4
    # By itself: until reinstated.
    SELF_SUSPENDED = 5
    # For ever.
    REMOVED = 6


class Kind(IntEnum):
    """What kind of key consents for a member: an ECDSA key, or a group's, by the prefix of its point."""

    ECDSA = 0
    FROST_EVEN = 2
    FROST_ODD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """Claims about a member, made under a CUSTODY operation. The chain cannot know whether they are true."""

    employer: int
    # Minutes east of UTC, in standard time: -720 to 840.
    utc_offset: int
    # The place on Earth as a unit vector times UNIT: to 0N 0E, to 0N 90E, to the north pole.
    place: tuple[int, int, int]

    def pack(self) -> int:
        """:raises NumberOutOfRange: something does not fit into its field."""
        x, y, z = (from_signed(axis, 24) for axis in self.place)
        return ATTRIBUTES.pack(
            employer=self.employer, utcOffset=from_signed(self.utc_offset, 16), x=x, y=y, z=z
        )

    @classmethod
    def unpack(cls, word: int) -> Self:
        fields = ATTRIBUTES.unpack(word)
        return cls(
            employer=fields["employer"],
            utc_offset=to_signed(fields["utcOffset"], 16),
            place=(to_signed(fields["x"], 24), to_signed(fields["y"], 24), to_signed(fields["z"], 24)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecord:
    """What the vault knows of an address: one storage word; all zero for a stranger."""

    seat: MemberIndex
    status: MemberStatus
    roles: Role
    kind: Kind
    # It counts for HIGH_VALUE and CUSTODY from then on.
    seasoned_at: Timestamp
    # It counts only for operations published in a later block. Modulo 2^32.
    seated_in_block: BlockNumber
    person: Person
    attributes: Attributes

    def pack(self) -> int:
        """:raises NumberOutOfRange: something does not fit into its field."""
        word = MEMBER_RECORD.pack(
            seat=self.seat,
            status=self.status,
            roles=self.roles,
            kind=self.kind,
            seasonedAt=self.seasoned_at,
            seatedInBlock=self.seated_in_block,
            person=self.person,
            employer=0,
            utcOffset=0,
            x=0,
            y=0,
            z=0,
        )
        return word | self.attributes.pack() << (MEMBER_RECORD.width - ATTRIBUTES.width)

    @classmethod
    def unpack(cls, word: int) -> Self:
        """:raises NumberOutOfRange: a status, role or kind that does not exist: no vault wrote this word."""
        fields = MEMBER_RECORD.unpack(word)
        for field, most in (("status", max(MemberStatus)), ("kind", max(Kind)), ("roles", sum(Role))):
            if fields[field] > most or (field == "kind" and fields[field] == 1):
                raise NumberOutOfRange(
                    what=f"{field} of MemberRecord", minimum=0, maximum=most, actual=fields[field]
                )
        return cls(
            seat=MemberIndex(fields["seat"]),
            status=MemberStatus(fields["status"]),
            roles=Role(fields["roles"]),
            kind=Kind(fields["kind"]),
            seasoned_at=Timestamp(fields["seasonedAt"]),
            seated_in_block=BlockNumber(fields["seatedInBlock"]),
            person=Person(fields["person"]),
            attributes=Attributes.unpack(word >> (MEMBER_RECORD.width - ATTRIBUTES.width)),
        )

    @property
    def is_group(self) -> bool:
        """Its only consent is a FROST signature; it has no person and no attributes of its own."""
        return self.kind is not Kind.ECDSA

    @property
    def is_active(self) -> bool:
        """It counts, within its roles."""
        return self.status in (MemberStatus.ACTIVE, MemberStatus.RETURNED)

    @property
    def is_seated(self) -> bool:
        """It has a seat, though it may be suspended."""
        return self.status not in (MemberStatus.STRANGER, MemberStatus.REMOVED)

    @property
    def may_stop(self) -> bool:
        """Active, or suspended by a guardian without confirmation: with the role for it, it vetoes till then."""
        return self.is_active or self.status is MemberStatus.SUSPENDED

    def has_any(self, roles: Role) -> bool:
        return bool(self.roles & roles)


STRANGER: Final = MemberRecord.unpack(0)
"""What the vault holds of an address that never had a seat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A guardian's suspension that nobody has confirmed yet."""

    guardian_person: Person
    lapses_at: Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An address and what the vault knows of it."""

    address: Address
    record: MemberRecord
    # While the status is SUSPENDED.
    suspension: Suspension | None = None
    # Where it is one: its key and its holders.
    group: Group | None = None

    @property
    def persons(self) -> tuple[Person, ...]:
        """Who acts through it: one, or all who hold a part of a group's key."""
        return self.group.holders if self.group else (self.record.person,)
