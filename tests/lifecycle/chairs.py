"""Under the acts of `seating.py`, in the model: who may act, who sits where, and what a seat counts for."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tests.lifecycle.outside import Reverted
from tests.lifecycle.registers import conflicting_duties, register_at
from tests.lifecycle.state import Block, Seat, State
from verifier.assess.floors import require_bare_floor
from verifier.assess.terms import require_supermajority, require_valid_holders, require_valid_member
from verifier.errors.members import (
    MemberAddressInvalid,
    MemberDutiesConflict,
    MemberIsGroup,
    MemberNotActive,
    MemberPersonTaken,
    MemberRoleMissing,
    MemberSeatsFull,
    MemberStatusUnexpected,
)
from verifier.errors.settings import CounterpartyInvalid
from verifier.model.address import NOBODY, Address
from verifier.model.group import unpack_holders
from verifier.model.limits import SEASONING, SEAT_REST, SUSPENSION_PAUSE
from verifier.model.member import Attributes, Kind, MemberRecord, MemberStatus, Role
from verifier.model.roster import Roster
from verifier.model.tier import Tier
from verifier.model.units import SEATS, BlockNumber, MemberIndex, Person, Timestamp

_COUNTING: Final = Role.PROPOSER | Role.APPROVER | Role.SECURITY


@dataclass(slots=True)
class Chairs:
    """The seats of a vault, at one block."""

    state: State
    block: Block
    vault: Address
    coded: Container[Address]

    # ------------------------------------------------------------ what a step asks for

    def require_seated(self, account: Address) -> MemberRecord:
        record = self.state.record(account)
        require(record.is_seated, account, record)
        return record

    def require_active(self, account: Address) -> MemberRecord:
        record = self.state.record(account)
        require(record.is_active, account, record)
        return record

    def require_no_group(self, sender: Address) -> None:
        """A group's only words are FROST signatures: nobody sends from its address."""
        if self.state.record(sender).is_group:
            raise MemberIsGroup(member=sender)

    def require_sender(self, sender: Address) -> MemberRecord:
        """Return the record of an active member that may send transactions."""
        record = self.require_active(sender)
        self.require_no_group(sender)
        return record

    def require_member(self, account: Address, any_of: Role) -> MemberRecord:
        """Return the record of an active member with one of these roles, who sends."""
        record = self.require_sender(account)
        _require_role(record, account, any_of)
        return record

    def require_may_stop(self, account: Address) -> None:
        record = self.state.record(account)
        require(record.may_stop, account, record)
        _require_role(record, account, Role.APPROVER | Role.GUARDIAN)

    def _require_suspended(self, account: Address) -> tuple[MemberRecord, Timestamp]:
        record = self.state.record(account)
        suspension = self.state.suspensions.get(account)
        if record.status is not MemberStatus.SUSPENDED or suspension is None:
            raise MemberStatusUnexpected(
                member=account, expected=MemberStatus.SUSPENDED, actual=record.status
            )
        return record, suspension.lapses_at

    # -------------------------------------------------------------- taking and leaving

    def enter(
        self, account: Address, person: int, roles: int, attributes: int, *, seasoned_at: Timestamp
    ) -> None:
        """Bring in an address that never had a seat."""
        self._require_new(account)
        self._bind(account, person)
        require_valid_member(account, is_group=False, roles=roles, attributes=attributes)
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

    def _require_no_counterparty(self, account: Address) -> None:
        uses = self.state.counterparties.get(account, 0)
        if uses or self.state.assets.get(account):
            raise CounterpartyInvalid(account=account, uses=uses)

    def _require_new(self, account: Address) -> None:
        is_known = account in self.state.records
        if account in (NOBODY, self.vault) or account in self.coded or is_known:
            raise MemberAddressInvalid(member=account)

    def _bind(self, account: Address, person: int) -> None:
        """Let an address act for a person for whom nobody acts."""
        other = self.state.persons.get(Person(person), NOBODY)
        if not 0 < person < 1 << 32 or other != NOBODY:
            raise MemberPersonTaken(person=person, by=other)
        self.state.persons[Person(person)] = account

    def _hold(self, account: Address, holders: Sequence[int]) -> None:
        require_valid_holders(account, holders)
        persons = unpack_holders(holders)
        self.state.groups[account] = replace(self.state.groups[account], holders=persons)
        for person in persons:
            self._bind(account, person)

    def _release(self, account: Address) -> None:
        """Nobody acts any more for the persons behind a member."""
        for person in self.state.persons_of(account):
            self.state.persons[person] = NOBODY

    def require_compatible(self) -> None:
        """Nobody who approves has a duty, by the registry of now, that excludes approving."""
        for account in [seat.member for _, seat in sorted(self.state.seats.items())]:
            if account != NOBODY:
                self._require_compatible(account, self.state.records[account])

    def _require_compatible(self, account: Address, record: MemberRecord) -> None:
        state = self.state
        if state.registry == NOBODY or not record.has_any(Role.APPROVER):
            return
        name = register_at(state.registry)
        if name is None:
            # It has code, and is no register: it answers nothing.
            raise Reverted
        for person in state.persons_of(account, record):
            duties = conflicting_duties(state.duties[name], person)
            if duties:
                raise MemberDutiesConflict(person=person, duties=duties)

    def _depart(self, account: Address, record: MemberRecord) -> None:
        """Take a member out for ever."""
        self._rise(record)
        self._release(account)
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
        self.state.group_seats -= {record.seat}
        self._count_seat(record.seat, Role(0))

    def _sit(self, account: Address, record: MemberRecord) -> None:
        self._require_compatible(account, record)
        seats = (MemberIndex(i) for i in range(SEATS))
        free = (i for i in seats if self._is_free(self.state.seat(i)))
        seat = next(free, None)
        if seat is None:
            raise MemberSeatsFull
        self.state.seats[seat] = replace(self.state.seat(seat), member=account)
        if record.is_group:
            self.state.group_seats |= {seat}
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
        state.pauses[guardian, paused(account, record)] = Timestamp(self.block.time + SUSPENSION_PAUSE)

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
        require_bare_floor(self.state.roster, self.state.group_seats, self.state.tiers[Tier.CUSTODY])

    def _seasoned(self) -> Timestamp:
        return Timestamp(self.block.time + SEASONING)

    def count_epoch(self) -> None:
        """Every change of members, tiers or policy ends here."""
        roster: Roster = self.state.roster
        self.state.roster = roster.at_next_epoch()


def require(is_fit: bool, account: Address, record: MemberRecord) -> None:
    if not is_fit:
        raise MemberNotActive(member=account, status=record.status)


def _require_role(record: MemberRecord, account: Address, any_of: Role) -> None:
    if not record.has_any(any_of):
        raise MemberRoleMissing(member=account, any_of=any_of, actual=record.roles)


def paused(account: Address, record: MemberRecord) -> int:
    """Return what a guardian's pause is kept under: the person, or the number that a group's address is."""
    return int.from_bytes(account, "big") if record.is_group else record.person
