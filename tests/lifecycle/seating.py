"""Who sits where, in the model: taking seats, leaving them, and suspensions.

Every function changes the state that it is given, or raises what the vault refuses with; the caller throws a state away
whose change was refused. A seat is one address, one person (or the holders of a group's key), one set of attributes,
and roles that are only taken away: whatever else changes moves the member to a new seat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.lifecycle.chairs import Chairs, paused, require
from verifier.assess.terms import require_valid_member
from verifier.errors.members import (
    GroupKeyInvalid,
    MemberIsNoGroup,
    MemberStatusUnexpected,
    SuspensionHeld,
    SuspensionNotDue,
    SuspensionOfGuardian,
    SuspensionTooSoon,
)
from verifier.model.address import NOBODY, Address
from verifier.model.group import Group
from verifier.model.limits import SUSPENSION
from verifier.model.member import STRANGER, Attributes, Kind, MemberStatus, Role, Suspension
from verifier.model.tier import Tier
from verifier.model.units import Timestamp


class Seating(Chairs):
    """What happens to the members of a vault, at one block."""

    # ------------------------------------------------------------------ suspension

    def suspend(self, sender: Address, account: Address) -> None:
        self.require_no_group(sender)
        if account != sender:
            self._suspend_as_guardian(sender, account)
        else:
            self.suspend_self(account)

    def suspend_self(self, account: Address) -> None:
        record = self.state.record(account)
        require(record.may_stop, account, record)
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
        not_before = self.state.pauses.get((guardian, paused(account, record)), Timestamp(0))
        if not_before > self.block.time:
            raise SuspensionTooSoon(
                guardian_person=guardian, member=account, not_before=not_before, now_=self.block.time
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
        self._require_no_counterparty(account)
        self.enter(account, person, roles, attributes, seasoned_at=self._seasoned())
        self.count_epoch()

    def add_group(
        self, account: Address, x: int, y: int, roles: int, holders: Sequence[int], *, is_proven: bool
    ) -> None:
        """:param is_proven: the point is this account's key, and it signed the registration"""
        if not is_proven:
            raise GroupKeyInvalid(group=account, x=x, y=y)
        self._require_no_counterparty(account)
        self._require_new(account)
        require_valid_member(account, is_group=True, roles=roles, attributes=0)
        self.state.groups[account] = Group(x=x, holders=())
        self._hold(account, holders)
        record = replace(
            STRANGER,
            status=MemberStatus.ACTIVE,
            roles=Role(roles),
            kind=Kind.FROST_ODD if y & 1 else Kind.FROST_EVEN,
            seasoned_at=self._seasoned(),
        )
        self._sit(account, record)
        self.count_epoch()

    def set_holders(self, account: Address, holders: Sequence[int]) -> None:
        record = self.require_active(account)
        if not record.is_group:
            raise MemberIsNoGroup(member=account)
        self._release(account)
        self._hold(account, holders)
        self._move(account, replace(record, seasoned_at=self._seasoned()))
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
        record = self.require_active(account)
        require_valid_member(
            account, is_group=record.is_group, roles=roles, attributes=record.attributes.pack()
        )
        changed = replace(record, roles=Role(roles))
        if Role(roles) & ~record.roles:
            self._move(account, changed)
        else:
            self._stay(account, changed)
        self._settle(record.roles & ~Role(roles))

    def set_attributes(self, account: Address, attributes: int) -> None:
        record = self.require_active(account)
        require_valid_member(account, is_group=record.is_group, roles=record.roles, attributes=attributes)
        described = replace(record, attributes=Attributes.unpack(attributes), seasoned_at=self._seasoned())
        self._move(account, described)
        self.count_epoch()
