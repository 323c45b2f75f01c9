"""Invariant I-6, found out by trying: who could publish, and who is left to approve then.

The vault counts heads. Here every pair of members is tried by name.
"""

from __future__ import annotations

from functools import lru_cache

from tests.lifecycle.acts import Act
from tests.lifecycle.state import State
from tests.lifecycle.vocabulary import function_of
from verifier.model.address import Address
from verifier.model.limits import (
    MAX_DELAY,
    MAX_GRACE_HOURS,
    MAX_SEGREGATED_QUORUM,
    MIN_DELAY,
    MIN_HIGH_DELAY,
    MIN_HIGH_EXPEDITED_DELAY,
)
from verifier.model.member import MemberRecord, Role
from verifier.model.tier import Tier, TierBook, TierTerms


def require_configuration(state: State) -> None:
    """Quorums of two persons, times within the constants, no tier laxer than the one below, an outvotable objection."""
    _require_tiers(state.tiers)
    approvers = [r for r in state.records.values() if r.is_seated and r.has_any(Role.APPROVER)]
    assert state.tiers[Tier.CUSTODY].quorum <= state.roster.supermajority <= len(approvers)


@lru_cache(maxsize=1_000)
def _require_tiers(tiers: TierBook) -> None:
    for tier in Tier:
        terms = tiers[tier]
        assert terms.quorum >= 2
        assert terms.security_approvals <= terms.quorum
        assert (MIN_HIGH_DELAY if tier >= Tier.HIGH_VALUE else MIN_DELAY) <= terms.delay <= MAX_DELAY
        assert 24 <= terms.grace_hours <= MAX_GRACE_HOURS
        assert (MIN_HIGH_EXPEDITED_DELAY if tier >= Tier.HIGH_VALUE else MIN_DELAY) <= terms.least_delay
        assert terms.quorum <= MAX_SEGREGATED_QUORUM or not terms.segregated
        if tier == Tier.ROUTINE:
            continue
        below = tiers[tier - 1]
        assert terms.quorum >= below.quorum
        assert terms.security_approvals >= below.security_approvals
        assert terms.delay >= below.delay
        assert terms.least_delay >= below.least_delay
        assert terms.segregated >= below.segregated
        assert _open_quarters(terms) <= _open_quarters(below)
    assert tiers[Tier.CUSTODY].least_delay == tiers[Tier.CUSTODY].delay


@lru_cache(maxsize=1_000)
def _open_quarters(terms: TierTerms) -> set[int]:
    """Return the quarter hours of the week in which a tier may execute."""
    return {
        96 * day + quarter
        for day in range(7)
        if terms.weekdays >> day & 1
        for quarter in range(terms.opens_at, terms.closes_at)
    }


def require_floors(act: Act) -> None:
    """The floor that an act has to leave, where it was one of those that have to."""
    if act.refused is not None:
        return
    if act.function == "suspend" and act.arguments[0] != act.sender:
        assert has_bare_floor(act.after), "a guardian suspended below the bare floor"
    if act.function != "execute" or act.operation is None:
        return
    called = [function_of(call.data) for call in act.operation.calls if call.data]
    if called == ["setTiers"]:
        assert has_full_floor(act.after), "the terms leave no full floor"
    if called == ["removeMember"] or called == ["confirmSuspension"] or called == ["setRoles"]:
        lost = _roles_lost(act)
        if lost & (Role.PROPOSER | Role.APPROVER | Role.SECURITY):
            assert has_bare_floor(act.after), f"{called[0]} broke the bare floor"


def _roles_lost(act: Act) -> Role:
    """Return the roles that somebody had before, though perhaps suspended, and has not now."""
    lost = Role(0)
    for member, record in act.before.records.items():
        now = act.after.record(member)
        was, held = _held(record), _held(now)
        lost |= was & ~held
        if record.status != now.status and not now.is_active:
            lost |= was
    return lost


def _held(record: MemberRecord) -> Role:
    return record.roles if record.is_seated else Role(0)


def _active(state: State) -> dict[Address, MemberRecord]:
    return {member: record for member, record in state.records.items() if record.is_active}


def has_bare_floor(state: State, *, without: Address | None = None) -> bool:
    """Whether somebody may publish a seat operation, and the others are a CUSTODY quorum."""
    custody = state.tiers[Tier.CUSTODY]
    left = {member: record for member, record in _active(state).items() if member != without}
    for publisher, its in left.items():
        # A group sends no transactions, so it publishes nothing.
        if its.is_group or not its.has_any(Role.PROPOSER | Role.APPROVER):
            continue
        others = [r for m, r in left.items() if m != publisher and r.has_any(Role.APPROVER)]
        team = [r for r in others if r.has_any(Role.SECURITY)]
        if len(others) >= custody.quorum and len(team) >= custody.security_approvals:
            return True
    return False


def has_full_floor(state: State) -> bool:
    """Whether that holds without any one member."""
    return all(has_bare_floor(state, without=member) for member in _active(state))
