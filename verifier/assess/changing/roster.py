"""Taking seats, leaving them, and the tiers that bind both: what the vault takes, in words of an arrangement.

Seats have no numbers here: which one is taken decides nothing, how many are free does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from verifier.assess.floors import require_bare_floor, require_full_floor
from verifier.assess.terms import (
    require_supermajority,
    require_valid_holders,
    require_valid_member,
    require_valid_tiers,
)
from verifier.errors.duties import DUTIES
from verifier.errors.members import (
    MemberAddressInvalid,
    MemberDutiesConflict,
    MemberIsNoGroup,
    MemberNotActive,
    MemberPersonTaken,
    MemberSeatsFull,
    MemberStatusUnexpected,
)
from verifier.errors.settings import CounterpartyInvalid, RegistryInvalid
from verifier.model.address import NOBODY, Address
from verifier.model.arrangement import Arrangement, Sitting
from verifier.model.companions import Companions
from verifier.model.group import Group, unpack_holders
from verifier.model.member import Attributes, Kind, MemberStatus, Role
from verifier.model.roster import Roster
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Epoch, MemberIndex, Person
from verifier.model.word import SeatSet

APPROVAL: Final = 1 << DUTIES.index("TRANSACTION_APPROVAL")
_COUNTING: Final = Role.PROPOSER | Role.APPROVER | Role.SECURITY
_NO_ATTRIBUTES: Final = Attributes.unpack(0)


class Sitters:
    """The members of an arrangement. Every act leaves another arrangement, or raises what the vault refuses with."""

    def __init__(self, arrangement: Arrangement, *, vault: Address, companions: Companions) -> None:
        self.arrangement = arrangement
        self._vault = vault
        self._companions = companions

    # ------------------------------------------------------------------------------ acts

    def add(self, account: Address, person: int, roles: int, attributes: int) -> None:
        self._require_new(account)
        self._require_no_counterparty(account)
        require_valid_member(account, is_group=False, roles=roles, attributes=attributes)
        sitting = Sitting(person=Person(person), roles=Role(roles), attributes=Attributes.unpack(attributes))
        self._sit(account, sitting)

    def add_group(
        self, account: Address, x: int, y: int, roles: int, holders: Sequence[int], _proof: object
    ) -> None:
        """Whether the key signed its registration is for whoever has the proof to know."""
        self._require_new(account)
        self._require_no_counterparty(account)
        require_valid_member(account, is_group=True, roles=roles, attributes=0)
        require_valid_holders(account, holders)
        sitting = Sitting(
            person=Person(0),
            roles=Role(roles),
            attributes=_NO_ATTRIBUTES,
            kind=Kind.FROST_ODD if y & 1 else Kind.FROST_EVEN,
            group=Group(x=x, holders=unpack_holders(holders)),
        )
        self._sit(account, sitting)

    def set_holders(self, account: Address, holders: Sequence[int]) -> None:
        sitting = self._active(account)
        if sitting.group is None:
            raise MemberIsNoGroup(member=account)
        require_valid_holders(account, holders)
        group = replace(sitting.group, holders=unpack_holders(holders))
        self._move(account, replace(sitting, group=group))

    def remove(self, account: Address) -> None:
        sitting = self._seated(account)
        self._leave(account)
        self._settle(sitting.roles)

    def replace(self, account: Address, successor: Address, person: int, attributes: int) -> None:
        roles = self._seated(account).roles
        self._leave(account)
        self.add(successor, person, roles, attributes)

    def reinstate(self, account: Address) -> None:
        sitting = self._seated(account)
        if sitting.is_active:
            raise MemberStatusUnexpected(
                member=account, expected=MemberStatus.SUSPENDED, actual=sitting.status
            )
        self._move(account, replace(sitting, status=MemberStatus.ACTIVE))

    def set_roles(self, account: Address, roles: int) -> None:
        sitting = self._active(account)
        attributes = sitting.attributes.pack()
        require_valid_member(account, is_group=sitting.group is not None, roles=roles, attributes=attributes)
        changed = replace(sitting, roles=Role(roles))
        if Role(roles) & ~sitting.roles:
            self._move(account, changed)
        else:
            self._put(account, changed)
        self._settle(sitting.roles & ~Role(roles))

    def set_attributes(self, account: Address, attributes: int) -> None:
        sitting = self._active(account)
        require_valid_member(
            account, is_group=sitting.group is not None, roles=sitting.roles, attributes=attributes
        )
        self._move(account, replace(sitting, attributes=Attributes.unpack(attributes)))

    def set_tiers(self, words: Sequence[int], supermajority: int) -> None:
        first, second, third, custody = (TierTerms.unpack(word) for word in words)
        tiers = (first, second, third, custody)
        require_valid_tiers(tiers)
        roster, groups = self._roster()
        require_supermajority(supermajority, custody=custody, approvers=len(roster.approvers))
        require_full_floor(roster, groups, custody)
        self.arrangement = replace(self.arrangement, tiers=tiers, supermajority=supermajority)

    def set_registry(self, registry: Address) -> None:
        if registry != NOBODY and registry in self.arrangement.assets:
            raise RegistryInvalid(registry=registry)
        self.arrangement = replace(self.arrangement, registry=registry)
        for sitting in self.arrangement.members.values():
            self._require_compatible(sitting)

    # ----------------------------------------------------------------------------- parts

    def _require_new(self, account: Address) -> None:
        known = (NOBODY, self._vault, *self.arrangement.departed, *self.arrangement.members)
        if account in known:
            raise MemberAddressInvalid(member=account)

    def _require_no_counterparty(self, account: Address) -> None:
        uses = self.arrangement.counterparties.get(account, 0)
        if uses or account in self.arrangement.assets:
            raise CounterpartyInvalid(account=account, uses=uses)

    def _require_compatible(self, sitting: Sitting) -> None:
        """Nobody who approves has a duty that excludes it. What another register would say, nobody knows."""
        now = self.arrangement
        if now.registry != self._companions.duty_registry or not sitting.roles & Role.APPROVER:
            return
        excluded = now.exclusions.get(APPROVAL, 0)
        for person in sitting.persons:
            if duties := now.duties.get(person, 0) & excluded:
                raise MemberDutiesConflict(person=person, duties=duties)

    def _seated(self, account: Address) -> Sitting:
        sitting = self.arrangement.members.get(account)
        if sitting is None:
            is_gone = account in self.arrangement.departed
            status = MemberStatus.REMOVED if is_gone else MemberStatus.STRANGER
            raise MemberNotActive(member=account, status=status)
        return sitting

    def _active(self, account: Address) -> Sitting:
        sitting = self._seated(account)
        if not sitting.is_active:
            raise MemberNotActive(member=account, status=sitting.status)
        return sitting

    def _sit(self, account: Address, sitting: Sitting) -> None:
        """Give a seat to someone who has none."""
        now = self.arrangement
        for person in sitting.persons:
            by = next((other for other, each in now.members.items() if person in each.persons), NOBODY)
            if not 0 < person < 1 << 32 or by != NOBODY:
                raise MemberPersonTaken(person=person, by=by)
        self._require_compatible(sitting)
        if now.free_seats == 0:
            raise MemberSeatsFull
        members = {**now.members, account: sitting}
        self.arrangement = replace(now, members=members, free_seats=now.free_seats - 1)

    def _move(self, account: Address, sitting: Sitting) -> None:
        """Give a member another seat: the old one rests, and is free to nobody for months."""
        place = list(self.arrangement.members)
        self._unseat(account)
        self._sit(account, sitting)
        now = self.arrangement
        self.arrangement = replace(now, members={each: now.members[each] for each in place})

    def _put(self, account: Address, sitting: Sitting) -> None:
        now = self.arrangement
        self.arrangement = replace(now, members={**now.members, account: sitting})

    def _unseat(self, account: Address) -> None:
        now = self.arrangement
        members = {each: sitting for each, sitting in now.members.items() if each != account}
        self.arrangement = replace(now, members=members)

    def _leave(self, account: Address) -> None:
        self._unseat(account)
        now = self.arrangement
        self.arrangement = replace(now, departed=now.departed | {account})

    def _settle(self, lost: Role) -> None:
        """After roles were lost: what is left must be able to govern, and to outvote an objection."""
        if not lost & _COUNTING:
            return
        now = self.arrangement
        custody = now.tiers[Tier.CUSTODY]
        roster, groups = self._roster()
        require_bare_floor(roster, groups, custody)
        require_supermajority(now.supermajority, custody=custody, approvers=len(roster.approvers))

    def _roster(self) -> tuple[Roster, SeatSet]:
        """Return who counts, with any numbers for seats, and which of them are groups."""
        sitting = dict(enumerate(self.arrangement.members.values()))

        def having(role: Role) -> SeatSet:
            return frozenset(MemberIndex(i) for i, m in sitting.items() if m.is_active and m.roles & role)

        roster = Roster(
            approvers=having(Role.APPROVER),
            security=having(Role.SECURITY),
            proposers=having(Role.PROPOSER),
            epoch=Epoch(0),
            supermajority=self.arrangement.supermajority,
            windows=frozenset(),
        )
        return roster, frozenset(MemberIndex(i) for i, m in sitting.items() if m.group)
