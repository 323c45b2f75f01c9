"""The rarer turns of a story: of operations, approvals and members."""

from __future__ import annotations

from tests.lifecycle.acts import Act
from tests.lifecycle.state import State
from verifier.model.life import Status
from verifier.model.member import MemberStatus
from verifier.model.tier import Tier


def turns_of(act: Act) -> list[str]:
    """Return the rarer things that an act was, by name."""
    found = _turns_of_members(act)
    if act.function == "pull" and act.arguments[1]:
        found.append("a spender took what it was allowed")
    if act.lane is None:
        return found
    before, after = act.before.lane(act.lane), act.after.lane(act.lane)
    was, now = before.state, after.state
    if act.function == "propose":
        found += ["a lane used again"] * (now.sequence > 1)
        found += ["quorum reached at publication"] * (now.status is Status.WAITING)
        return found
    lost = was.status is Status.WAITING and now.status is Status.PROPOSED
    started = was.status is Status.PROPOSED and now.status is Status.WAITING
    match act.function:
        case "approve":
            found += _turns_of_approval(act, lost=lost, started=started)
        case "withdraw":
            found += ["quorum lost by a withdrawal"] * lost
        case "object":
            found += ["quorum lost by an objection"] * lost
            found += ["objection without effect"] * (now.status is Status.WAITING)
        case "execute":
            found += _turns_of_execution(act)
        case _:
            pass
    if act.function in ("veto", "object"):
        is_suspended = act.before.record(act.sender).status is MemberStatus.SUSPENDED
        found += ["stopped by a suspended member"] * is_suspended
    return found


def _turns_of_members(act: Act) -> list[str]:
    found = []
    for member, record in act.after.records.items():
        was = act.before.record(member)
        if record.status is MemberStatus.RETURNED and record.seat != was.seat:
            found.append("returned to a new seat")
        if record.seat != was.seat and act.before.seat(record.seat).free_from:
            found.append("seat used again")
    if act.function == "suspend" and act.before.record(act.sender).status is MemberStatus.SUSPENDED:
        found.append("suspended by oneself while suspended")
    return found


def _turns_of_approval(act: Act, *, lost: bool, started: bool) -> list[str]:
    assert act.lane is not None
    was, now = act.before.lane(act.lane).state, act.after.lane(act.lane).state
    added = now.approvals - was.approvals
    own = {approval.seat for approval in act.arguments[1] if approval.is_own_transaction}
    found = ["quorum lost by a recount"] * lost
    found += ["clock started by a recount"] * (started and not added)
    found += ["approved by an own transaction"] * bool(added & own)
    found += ["approved again after a withdrawal"] * bool(added & act.before.withdrawn_in(act.lane))
    found += ["tier raised by a recount"] * (now.tier > was.tier)
    found += ["approvals dropped by a risen tier"] * (
        now.tier > was.tier and not was.approvals <= now.approvals
    )
    if any(_sitting(act.before, seat) is MemberStatus.RETURNED for seat in added):
        found.append("approval of a returned member")
    return found


def _turns_of_execution(act: Act) -> list[str]:
    assert act.lane is not None
    lane, roster = act.before.lane(act.lane).state, act.before.roster
    publisher = act.lane // 8
    found = ["executed a payment of high value"] * (lane.tier is Tier.HIGH_VALUE)
    found += ["executed across epochs"] * (lane.epoch != roster.epoch)
    found += ["executed a seat operation with a supermajority"] * (lane.objected and lane.seat_operation)
    if publisher not in roster.proposers | roster.approvers:
        found.append("executed a seat operation without its publisher")
    return found


def _sitting(state: State, seat: int) -> MemberStatus:
    return next(
        (r.status for r in state.records.values() if r.is_seated and r.seat == seat), MemberStatus.STRANGER
    )
