"""Who sits where, in the model: taking seats, leaving them, and suspensions.

Every function changes the state that it is given, or raises what the vault refuses with; the caller throws a state away
whose change was refused. A seat is one address, one person, one set of attributes, and roles that are only taken away:
whatever else changes moves the member to a new seat.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Final

from tests.lifecycle.state import Block, Seat, State
from verifier.assess.floors import require_bare_floor
from verifier.assess.terms import require_supermajority, require_valid_attributes, require_valid_roles
from verifier.errors.members import (
    MemberAddressInvalid,
    MemberNotActive,
    MemberPersonTaken,
    MemberRoleMissing,
    MemberSeatsFull,
    MemberStatusUnexpected,
    SuspensionHeld,
    SuspensionNotDue,
    SuspensionOfGuardian,
    SuspensionTooSoon,
)
from verifier.errors.settings import CounterpartyInvalid
from verifier.model.address import NOBODY, Address
from verifier.model.limits import SEASONING, SEAT_REST, SUSPENSION, SUSPENSION_PAUSE
from verifier.model.member import Attributes, Kind, MemberRecord, MemberStatus, Role, Suspension
from verifier.model.roster import Roster
from verifier.model.tier import Tier
from verifier.model.units import SEATS, BlockNumber, MemberIndex, Person, Timestamp

_COUNTING: Final = Role.PROPOSER | Role.APPROVER | Role.SECURITY


@dataclass(slots=True)
class Seating:
    """The members of a vault, at one block."""

    state: State
    block: Block
    vault: Address
    coded: Container[Address]

    # ------------------------------------------------------------ what a step asks for

    def require_seated(self, account: Address) -> MemberRecord:
        record = self.state.record(account)
        _require(record.is_seated, account, record)
        return record

    def require_active(self, account: Address) -> MemberRecord:
        record = self.state.record(account)
        _require(record.is_active, account, record)
        return record

    def require_member(self, account: Address, any_of: Role) -> MemberRecord:
        """Return the record of an active member with one of these roles."""
        record = self.require_active(account)
        _require_role(record, account, any_of)
        return record

    def require_may_stop(self, account: Address) -> None:
        record = self.state.record(account)
        _require(record.may_stop, account, record)
        _require_role(record, account, Role.APPROVER | Role.GUARDIAN)

    def _require_suspended(self, account: Address) -> tuple[MemberRecord, Timestamp]:
        record = self.state.record(account)
        suspension = self.state.suspensions.get(account)
        if record.status is not MemberStatus.SUSPENDED or suspension is None:
            raise MemberStatusUnexpected(
                member=account, expected=MemberStatus.SUSPENDED, actual=record.status
            )
        return record, suspension.lapses_at

    # ------------------------------------------------------------------ suspension

    def suspend(self, sender: Address, account: Address) -> None:
        if account != sender:
            self._suspend_as_guardian(sender, account)
            return
        record = self.state.record(account)
        _require(record.may_stop, account, record)
        self._stay(account, replace(record, status=MemberStatus.SELF_SUSPENDED))
        self.count_epoch()

    def _suspend_as_guardian(self, sender: Address, account: Address) -> None:
        guardian = self.require_member(sender, Role.GUARDIAN).person
        record = self.require_active(account)
        if record.has_any(Role.GUARDIAN):
            raise SuspensionOfGuardian(member=account)
        held = self.state.held.get(guardian, NOBODY)
        if held != NOBODY:
            raise SuspensionHeld(guardian_person=guardian, member=held)
        not_before = self.state.pauses.get((guardian, record.person), Timestamp(0))
        if not_before > self.block.time:
            raise SuspensionTooSoon(
                guardian_person=guardian, person=record.person, not_before=not_before, now_=self.block.time
            )
        self._stay(account, replace(record, status=MemberStatus.SUSPENDED))
        lapses_at = Timestamp(self.block.time + SUSPENSION + self.state.tiers[Tier.CUSTODY].delay)
        self.state.held[guardian] = account
        self.state.suspensions[account] = Suspension(guardian_person=guardian, lapses_at=lapses_at)
        self._require_bare_floor()
        self.count_epoch()

    def lapse(self, account: Address) -> None:
        record, lapses_at = self._require_suspended(account)
        if lapses_at > self.block.time:
            raise SuspensionNotDue(member=account, lapses_at=lapses_at, now_=self.block.time)
        self._move(account, record)
        self.count_epoch()

    # ------------------------------------------------------------- seat operations

    def add(self, account: Address, person: int, roles: int, attributes: int) -> None:
        uses = self.state.counterparties.get(account, 0)
        if uses:
            raise CounterpartyInvalid(account=account, uses=uses)
        self.enter(account, person, roles, attributes, seasoned_at=self._seasoned())
        self.count_epoch()

    def remove(self, account: Address) -> None:
        record = self.require_seated(account)
        self._depart(account, record)
        self._settle(record.roles)

    def replace(self, account: Address, successor: Address, person: int, attributes: int) -> None:
        record = self.require_seated(account)
        self._depart(account, record)
        self.add(successor, person, record.roles, attributes)

    def reinstate(self, account: Address) -> None:
        record = self.require_seated(account)
        if record.is_active:
            raise MemberStatusUnexpected(
                member=account, expected=MemberStatus.SUSPENDED, actual=record.status
            )
        self._move(account, record)
        self.count_epoch()

    def confirm(self, account: Address) -> None:
        record, lapses_at = self._require_suspended(account)
        if self.block.time > lapses_at:
            raise SuspensionNotDue(member=account, lapses_at=lapses_at, now_=self.block.time)
        self._stay(account, replace(record, status=MemberStatus.CONFIRMED))
        self._require_bare_floor()
        self.count_epoch()

    def set_roles(self, account: Address, roles: int) -> None:
        require_valid_roles(roles)
        record = self.require_active(account)
        changed = replace(record, roles=Role(roles))
        if Role(roles) & ~record.roles:
            self._move(account, changed)
        else:
            self._stay(account, changed)
        self._settle(record.roles & ~Role(roles))

    def set_attributes(self, account: Address, attributes: int) -> None:
        record = self.require_active(account)
        require_valid_attributes(account, attributes)
        described = replace(record, attributes=Attributes.unpack(attributes), seasoned_at=self._seasoned())
        self._move(account, described)
        self.count_epoch()

    # ------------------------------------------------------------- parts of the above

    def enter(
        self, account: Address, person: int, roles: int, attributes: int, *, seasoned_at: Timestamp
    ) -> None:
        """Bring in an address that never had a seat."""
        require_valid_roles(roles)
        state = self.state
        if account in (NOBODY, self.vault) or account in self.coded or account in state.records:
            raise MemberAddressInvalid(member=account)
        other = state.persons.get(Person(person), NOBODY)
        if not 0 < person < 1 << 32 or other != NOBODY:
            raise MemberPersonTaken(person=person, by=other)
        require_valid_attributes(account, attributes)
        state.persons[Person(person)] = account
        record = MemberRecord(
            seat=MemberIndex(0),
            status=MemberStatus.ACTIVE,
            roles=Role(roles),
            kind=Kind.ECDSA,
            seasoned_at=seasoned_at,
            seated_in_block=BlockNumber(0),
            person=Person(person),
            attributes=Attributes.unpack(attributes),
        )
        self._sit(account, record)

    def _depart(self, account: Address, record: MemberRecord) -> None:
        """Take a member out for ever."""
        self._rise(record)
        self.state.persons[record.person] = NOBODY
        self._keep(account, replace(record, status=MemberStatus.REMOVED))

    def _move(self, account: Address, record: MemberRecord) -> None:
        """Give a member who stays a new seat."""
        self._rise(record)
        self._sit(account, replace(record, status=MemberStatus.RETURNED))

    def _stay(self, account: Address, record: MemberRecord) -> None:
        """Keep a member's seat, with another status or fewer roles."""
        self._keep(account, record)
        self._count_seat(record.seat, record.roles if record.is_active else Role(0))

    def _rise(self, record: MemberRecord) -> None:
        self.state.seats[record.seat] = Seat(member=NOBODY, free_from=Timestamp(self.block.time + SEAT_REST))
        self._count_seat(record.seat, Role(0))

    def _sit(self, account: Address, record: MemberRecord) -> None:
        seats = (MemberIndex(i) for i in range(SEATS))
        free = (i for i in seats if self._is_free(self.state.seat(i)))
        seat = next(free, None)
        if seat is None:
            raise MemberSeatsFull
        self.state.seats[seat] = replace(self.state.seat(seat), member=account)
        self._stay(account, replace(record, seat=seat, seated_in_block=self.block.number))

    def _is_free(self, seat: Seat) -> bool:
        return seat.member == NOBODY and self.block.time > seat.free_from

    def _keep(self, account: Address, record: MemberRecord) -> None:
        """Write a record. Any change ends a guardian's suspension."""
        state = self.state
        state.records[account] = record
        suspension = state.suspensions.get(account)
        if suspension is None:
            return
        guardian = suspension.guardian_person
        state.suspensions[account] = None
        state.held[guardian] = NOBODY
        state.pauses[guardian, record.person] = Timestamp(self.block.time + SUSPENSION_PAUSE)

    def _count_seat(self, seat: MemberIndex, roles: Role) -> None:
        """Let a seat count for these roles, and for nothing else."""
        roster, one = self.state.roster, frozenset({seat})
        self.state.roster = replace(
            roster,
            approvers=roster.approvers | one if roles & Role.APPROVER else roster.approvers - one,
            security=roster.security | one if roles & Role.SECURITY else roster.security - one,
            proposers=roster.proposers | one if roles & Role.PROPOSER else roster.proposers - one,
        )

    def _settle(self, lost: Role) -> None:
        """After roles were lost: what is left must be able to govern, and to outvote an objection."""
        if lost & _COUNTING:
            self._require_bare_floor()
            require_supermajority(
                self.state.roster.supermajority,
                custody=self.state.tiers[Tier.CUSTODY],
                approvers=len(self.state.roster.approvers),
            )
        self.count_epoch()

    def _require_bare_floor(self) -> None:
        require_bare_floor(self.state.roster, self.state.tiers[Tier.CUSTODY])

    def _seasoned(self) -> Timestamp:
        return Timestamp(self.block.time + SEASONING)

    def count_epoch(self) -> None:
        """Every change of members, tiers or policy ends here."""
        roster: Roster = self.state.roster
        self.state.roster = roster.at_next_epoch()


def _require(is_fit: bool, account: Address, record: MemberRecord) -> None:
    if not is_fit:
        raise MemberNotActive(member=account, status=record.status)


def _require_role(record: MemberRecord, account: Address, any_of: Role) -> None:
    if not record.has_any(any_of):
        raise MemberRoleMissing(member=account, any_of=any_of, actual=record.roles)
