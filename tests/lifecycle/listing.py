"""Lists of approvals and of consents to hurry that make a quorum: of anybody, or of people apart from each other."""

from __future__ import annotations

from typing import Final

from tests.lifecycle.choices import Choices
from tests.lifecycle.consents import may_approve, proper
from tests.lifecycle.run import Run
from verifier.assess.quorum import asks_for_segregation
from verifier.assess.segregation import Shortfall, attributes_of, find_segregated
from verifier.model.member import MemberRecord, Role
from verifier.model.operation import UNPUBLISHED, Approval, Operation, Signature
from verifier.model.tier import Tier
from verifier.model.units import seat_of_lane

# Who is recorded is named by the seat alone, whatever stands behind it.
_WHATEVER: Final = Signature(r=bytes(32), s=bytes(31) + b"\1", v=27)


def full_list(choices: Choices, operation: Operation) -> list[Approval]:
    """Return approvals by everybody whose approval counts; where people must be apart, a quorum of such."""
    run, lane = choices.run, choices.run.state.lane(operation.lane).state
    fresh = may_approve(run, operation)
    if not run.is_open(operation) or not asks_for_segregation(lane, run.state.tiers):
        return [proper(choices, operation, name) for name in fresh]
    recorded = run.seated(lambda record: record.seat in lane.approvals)
    names = _apart(run, fresh + recorded, lane.tier) or fresh
    return [
        Approval(seat=run.record(name).seat, publication=UNPUBLISHED, signature=_WHATEVER)
        if name in recorded
        else proper(choices, operation, name)
        for name in names
    ]


def _apart(run: Run, names: list[str], tier: Tier) -> list[str]:
    """Return those of them who are a segregated quorum; nobody where there is none."""
    terms, records = run.state.tiers[tier], {run.record(name).seat: run.record(name) for name in names}
    found = find_segregated(
        attributes_of(records),
        quorum=terms.quorum,
        security=run.state.roster.security,
        security_approvals=terms.security_approvals,
    )
    if isinstance(found, Shortfall):
        return []
    return [next(name for name in names if run.record(name).seat == seat) for seat in found]


def hurrying(run: Run, operation: Operation) -> list[str]:
    """Return who may consent to hurry, by name: a quorum of people apart first where the tier wants one."""
    lane = run.state.lane(operation.lane).state

    def is_fit(record: MemberRecord) -> bool:
        seasoned = lane.tier < Tier.HIGH_VALUE or record.seasoned_at <= run.time
        is_old = record.seated_in_block < lane.publication.block
        in_office = record.is_active and record.has_any(Role.APPROVER)
        return in_office and is_old and seasoned and record.seat != seat_of_lane(operation.lane)

    names = run.seated(is_fit)
    if not run.state.tiers[lane.tier].segregated:
        return names
    first = _apart(run, names, lane.tier)
    return first + [name for name in names if name not in first]
