"""The rarer turns of a story: of people apart, hurry, groups, duties, buckets and rules."""

from __future__ import annotations

from tests.lifecycle.acts import Act
from tests.lifecycle.journal import is_segregated
from tests.lifecycle.registers import register_at
from tests.lifecycle.state import COMPANIONS
from tests.lifecycle.vocabulary import GROUP_ACTS
from tests.lifecycle.world import POKE, SWAP
from verifier.model.life import Status
from verifier.model.member import Role
from verifier.model.tier import Tier


def turns_of_controls(act: Act) -> list[str]:
    """Return the rarer things that an act was, by name."""
    return [
        *_of_apart(act),
        *_of_hurry(act),
        *_of_groups(act),
        *_of_duties(act),
        *_of_buckets(act),
    ]


def _of_apart(act: Act) -> list[str]:
    if act.lane is None or not is_segregated(act.after.lane(act.lane).state, act.after):
        return []
    was, now = act.before.lane(act.lane).state, act.after.lane(act.lane).state
    found = []
    if act.function in ("approve", "propose") and now.status is Status.WAITING:
        found.append("a quorum of people apart was named")
        if act.function == "approve" and was.approvals & now.approvals:
            found.append("a quorum of people apart named somebody recorded")
        if act.function == "approve" and was.approvals - now.approvals:
            found.append("a quorum of people apart left somebody out")
    terms = act.after.tiers[now.tier]
    if act.function == "approve" and now.status is Status.PROPOSED and len(now.approvals) >= terms.quorum:
        found.append("enough approved and were not apart")
    if act.function == "approve" and was.status is Status.WAITING and now.status is Status.PROPOSED:
        found.append("people apart lost their quorum by a recount")
    if act.function == "execute":
        found.append(f"people apart executed {now.tier.name}")
    return found


def _of_hurry(act: Act) -> list[str]:
    ledger = act.before.ledger
    found = []
    if act.function == "expedite" and act.lane is not None:
        state = act.before.lane(act.lane).state
        found.append(f"hurried {state.tier.name}")
        found += ["hurried people apart"] * is_segregated(state, act.before)
        found += ["hurried across epochs"] * (state.epoch != act.before.roster.epoch)
        found += ["hurried a second time"] * any(
            bypass.id == act.before.lane(act.lane).id for bypass in ledger.bypasses.values()
        )
    if act.function == "execute" and act.lane is not None:
        slot = act.before.lane(act.lane)
        found += ["executed what was hurried"] * any(b.id == slot.id for b in ledger.bypasses.values())
    if act.function == "review":
        found += ["reviewed out of order"] * (act.after.ledger.terms == ledger.terms)
    return found


def _of_groups(act: Act) -> list[str]:
    found = []
    if act.lane is not None and act.function == "approve":
        was, now = act.before.lane(act.lane).state, act.after.lane(act.lane).state
        groups = {seat for seat in now.approvals - was.approvals if seat in act.before.group_seats}
        found += ["approved by a group"] * bool(groups)
    if act.lane is not None and act.function == "execute":
        approvals = act.before.lane(act.lane).state.approvals
        found += ["executed with a group's approval"] * bool(approvals & act.before.group_seats)
    if act.function in GROUP_ACTS:
        found += ["a group objected"] * (
            act.lane is not None and act.function == "vetoAsGroup" and act.after.lane(act.lane).state.objected
        )
    suspended = act.function == "suspend" and act.before.record(act.arguments[0]).is_group
    found += ["a group was suspended by a guardian"] * suspended
    return found


def _of_duties(act: Act) -> list[str]:
    state = act.before
    name = register_at(state.registry)
    if act.function != "execute" or act.operation is None or name is None:
        return []
    found = ["the register was exchanged"] * (state.registry != act.after.registry)
    approving = {
        person
        for member, record in act.after.records.items()
        if record.is_seated and record.has_any(Role.APPROVER)
        for person in act.after.persons_of(member)
    }
    duties = act.after.duties[name].duties
    found += ["an approver got a duty"] * any(
        duties.get(person, 0) & ~state.duties[name].duties.get(person, 0) for person in approving
    )
    return found


def _of_buckets(act: Act) -> list[str]:
    found = []
    if act.lane is not None and act.function in ("propose", "approve"):
        was, now = act.before.lane(act.lane).state, act.after.lane(act.lane).state
        found += ["a bucket was filled"] * (act.before.assets != act.after.assets)
        is_same = act.before.roster.epoch == was.epoch and act.function == "approve"
        found += ["what moved meanwhile raised the tier"] * (is_same and now.tier > was.tier)
        found += ["quorum of a risen tier stood at once"] * (
            is_same and now.tier > was.tier and now.status is Status.WAITING
        )
    if act.function == "execute" and act.operation is not None and act.lane is not None:
        tier = act.before.lane(act.lane).state.tier
        calls = act.operation.calls
        found += ["executed by a rule that measures"] * (
            tier < Tier.HIGH_VALUE and any(call.data[:4] == SWAP for call in calls)
        )
        found += ["executed by an opaque rule"] * (
            tier == Tier.HIGH_VALUE and any(call.data[:4] == POKE for call in calls)
        )
        found += ["a check held"] * any(call.target == COMPANIONS.checks for call in calls)
    return found
