"""What the contract refuses about members and their suspension."""

# ruff: noqa: N818 - the names are the contract\'s.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.duties import show_duties
from verifier.errors.text import show_address, show_moment
from verifier.errors.tree import VaultError
from verifier.errors.words import (
    MEMBER_STATUSES,
    ROLES,
    AddressBytes,
    AttributesWord,
    MemberStatusNumber,
    Moment,
    Number,
    name_of,
    names_in,
)


@dataclass(kw_only=True, eq=False)
class MemberNotActive(VaultError):
    member: AddressBytes
    status: MemberStatusNumber

    def sentence(self) -> str:
        return (
            f"{show_address(self.member)} should be an active member and is {name_of(MEMBER_STATUSES, self.status)}; "
            "use an active member's account."
        )


@dataclass(kw_only=True, eq=False)
class MemberStatusUnexpected(VaultError):
    member: AddressBytes
    expected: MemberStatusNumber
    actual: MemberStatusNumber

    def sentence(self) -> str:
        return (
            f"{show_address(self.member)} should be {name_of(MEMBER_STATUSES, self.expected)} and is "
            f"{name_of(MEMBER_STATUSES, self.actual)}; read the members again."
        )


@dataclass(kw_only=True, eq=False)
class MemberRoleMissing(VaultError):
    member: AddressBytes
    any_of: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"{show_address(self.member)} needs the role {names_in(ROLES, self.any_of)} and has "
            f"{names_in(ROLES, self.actual).replace(' or ', ', ')}; somebody with that role has to do it."
        )


@dataclass(kw_only=True, eq=False)
class MemberIsSubject(VaultError):
    member: AddressBytes

    def sentence(self) -> str:
        return (
            f"The operation is about {show_address(self.member)}, who may neither publish nor stop it; "
            "somebody else has to do it."
        )


@dataclass(kw_only=True, eq=False)
class MemberRolesInvalid(VaultError):
    roles: Number

    def sentence(self) -> str:
        return (
            f"Roles {self.roles:#x} ({names_in(ROLES, self.roles).replace(' or ', ', ')}) do not go together: at least "
            "one role, SECURITY and BREAK_GLASS only with APPROVER, GUARDIAN with neither PROPOSER nor APPROVER."
        )


@dataclass(kw_only=True, eq=False)
class MemberAddressInvalid(VaultError):
    member: AddressBytes

    def sentence(self) -> str:
        return (
            f"{show_address(self.member)} cannot take a seat: a member is an account without code that never had one; "
            "choose a fresh account."
        )


@dataclass(kw_only=True, eq=False)
class MemberAttributesInvalid(VaultError):
    member: AddressBytes
    attributes: AttributesWord

    def sentence(self) -> str:
        return (
            f"Attributes {self.attributes:#x} of {show_address(self.member)} are not on Earth: an offset of -720 to "
            "840 minutes and a place that is a unit vector times 8388607 are; compute them again."
        )


@dataclass(kw_only=True, eq=False)
class MemberPersonTaken(VaultError):
    person: Number
    by: AddressBytes

    def sentence(self) -> str:
        if not any(self.by):
            return f"A person's number is 1 to 4294967295, and {self.person} was named; choose another."
        return (
            f"Person {self.person} acts through {show_address(self.by)} already, and has one seat at most; "
            "remove or replace that member first."
        )


@dataclass(kw_only=True, eq=False)
class MemberSeatsFull(VaultError):
    def sentence(self) -> str:
        return "All 64 seats are taken, or left too short a time ago; remove a member, or wait."


@dataclass(kw_only=True, eq=False)
class SuspensionOfGuardian(VaultError):
    member: AddressBytes

    def sentence(self) -> str:
        return (
            f"{show_address(self.member)} is a guardian, whom no guardian suspends; publish an operation that removes "
            "it."
        )


@dataclass(kw_only=True, eq=False)
class SuspensionHeld(VaultError):
    guardian_person: Number
    member: AddressBytes

    def sentence(self) -> str:
        return (
            f"The guardian (person {self.guardian_person}) holds {show_address(self.member)} suspended already, and "
            "may hold one; that suspension has to be confirmed or lapse first."
        )


@dataclass(kw_only=True, eq=False)
class SuspensionTooSoon(VaultError):
    guardian_person: Number
    member: AddressBytes
    not_before: Moment
    now_: Moment

    def sentence(self) -> str:
        return (
            f"The guardian (person {self.guardian_person}) may suspend whoever is behind {show_address(self.member)} "
            f"again from {show_moment(self.not_before)} on, and it is {show_moment(self.now_)}; ask another guardian."
        )


@dataclass(kw_only=True, eq=False)
class SuspensionNotDue(VaultError):
    member: AddressBytes
    lapses_at: Moment
    now_: Moment

    def sentence(self) -> str:
        when = f"at {show_moment(self.lapses_at)}, and it is {show_moment(self.now_)}"
        if self.now_ < self.lapses_at:
            return f"The suspension of {show_address(self.member)} lapses {when}; until then it can be confirmed."
        return f"The suspension of {show_address(self.member)} lapsed {when}; it can be ended, and not confirmed."


@dataclass(kw_only=True, eq=False)
class MemberIsGroup(VaultError):
    member: AddressBytes

    def sentence(self) -> str:
        return (
            f"{show_address(self.member)} is a group, whose only words are FROST signatures; a transaction from its "
            "address says that somebody has its whole key. Suspend it."
        )


@dataclass(kw_only=True, eq=False)
class MemberIsNoGroup(VaultError):
    member: AddressBytes

    def sentence(self) -> str:
        return f"{show_address(self.member)} is no group; it speaks by its own transactions."


@dataclass(kw_only=True, eq=False)
class MemberDutiesConflict(VaultError):
    person: Number
    duties: Number

    def sentence(self) -> str:
        return (
            f"Person {self.person} has duties ({show_duties(self.duties)}) that conflict with approving operations; "
            "revoke them first, or choose somebody else."
        )


@dataclass(kw_only=True, eq=False)
class GroupKeyInvalid(VaultError):
    group: AddressBytes
    x: Number
    y: Number

    def sentence(self) -> str:
        return (
            f"The point ({self.x:#x}, {self.y:#x}) is not the key of {show_address(self.group)}, or no key that can "
            "sign, or its holders signed no registration with this vault, these roles and these holders."
        )


@dataclass(kw_only=True, eq=False)
class GroupHoldersInvalid(VaultError):
    group: AddressBytes
    first: Number
    second: Number
    third: Number

    def sentence(self) -> str:
        return (
            f"The holders of {show_address(self.group)} ({self.first:#x}, {self.second:#x}, {self.third:#x}) are "
            "refused: 2 to 20 persons, in growing order, and nothing behind the last one."
        )
