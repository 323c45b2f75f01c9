"""The invariants of the vault, each judged after every step, by the journal and by what storage holds.

None of them knows how the vault or its model decides: they are about persons, signatures, times and balances.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, Final

from tests.lifecycle.floors import require_configuration, require_floors
from tests.lifecycle.journal import Act, Journal, asked, team_in
from tests.lifecycle.state import State
from tests.lifecycle.vocabulary import id_of
from verifier.assess.policy import TRANSFER, TRANSFER_FROM
from verifier.model.lane import Lane
from verifier.model.life import FINAL, OPEN
from verifier.model.limits import MIN_DELAY, MIN_HIGH_DELAY
from verifier.model.member import MemberStatus, Role
from verifier.model.operation import Approval, Operation
from verifier.model.tier import Tier
from verifier.model.units import OperationId

Check = Callable[[Journal, Act], None]


def executed(act: Act) -> tuple[OperationId, Operation, Lane] | None:
    """Return the operation that an act executed, with its lane as it was before."""
    if not act.did("execute") or act.operation is None:
        return None
    return id_of(act.operation), act.operation, act.before.lane(act.operation.lane).state


def check_i1_assets_leave_only_by_execution(journal: Journal, act: Act) -> None:
    done = executed(act)
    calls = done[1].calls if done else ()
    outside = [call for call in calls if call.target != journal.vault]
    spent = act.wealth_before.native - act.wealth_after.native
    assert spent <= sum(call.value for call in outside), "native coins left"
    for token, before in act.wealth_before.tokens.items():
        moved = sum(
            int.from_bytes(call.data[-32:], "big")
            for call in calls
            if call.target == token and call.data[:4] in (TRANSFER, TRANSFER_FROM)
        )
        taken = 0
        if act.did("pull") and act.arguments[0] == token:
            taken = journal.allowed[token, act.sender]
            journal.allowed[token, act.sender] -= before - act.wealth_after.tokens[token]
        assert before - act.wealth_after.tokens[token] <= moved + taken, "tokens left"


def check_i2_executed_by_two_others(journal: Journal, act: Act) -> None:
    done = executed(act)
    if done is None:
        return
    operation_id, _, lane = done
    published = journal.published[operation_id]
    live = journal.live(operation_id, act.before)
    persons = {record.person for record in live.values()} - {published.person}
    roles = Role.PROPOSER | Role.APPROVER if lane.seat_operation else Role.PROPOSER
    assert published.roles & roles, "published by somebody without the role"
    assert len(persons) == len(live), "the publisher, or a person twice, among the approvers"
    assert len(persons) >= max(2, asked(lane, act.before)), "too few persons"
    security = act.before.tiers[lane.tier].security_approvals
    assert len(team_in(live)) >= security, "too few of the security team"


def check_i3_executed_after_the_delay(journal: Journal, act: Act) -> None:
    done = executed(act)
    if done is None:
        return
    operation_id, _, lane = done
    standing = journal.standing[operation_id]
    assert standing is not None, "executed without a quorum that stood"
    waited = act.now - standing.since
    assert waited >= standing.delay, f"the quorum stood for {waited} seconds, and {standing.delay} are asked"
    assert waited >= (MIN_HIGH_DELAY if lane.tier >= Tier.HIGH_VALUE else MIN_DELAY), "hurried"
    assert standing.tier == lane.tier, "waited in another tier"
    assert standing.live >= min(standing.needed, asked(lane, act.before)), "the quorum did not stand"
    security = act.before.tiers[lane.tier].security_approvals
    assert standing.team >= min(standing.security, security), "the security team did not stand"


def check_i4_high_value_by_seasoned_and_late_signatures(journal: Journal, act: Act) -> None:
    done = executed(act)
    if done is None or done[2].tier < Tier.HIGH_VALUE:
        return
    operation_id, _, lane = done
    for member in journal.live(operation_id, act.before):
        consent = journal.consents[operation_id][member]
        assert consent.is_bound, "a signature that may be older than the publication"
        assert consent.was_seasoned or lane.seat_operation, "an unseasoned approver"


def check_i5_final_is_final(journal: Journal, act: Act) -> None:
    for index, after in act.after.lanes.items():
        before = act.before.lane(index)
        status = before.state.status_at(act.now)
        if after.id == before.id:
            assert status in OPEN or after == before, f"an operation came back from {status.name}"
            assert after.state.sequence == before.state.sequence
            assert after.state.publication == before.state.publication
        else:
            assert status not in OPEN, f"an operation was replaced while it was {status.name}"
            assert after.id not in journal.published, "an id lives twice"
            assert after.state.sequence == before.state.sequence + 1, "the sequence did not grow by one"
    for operation_id, end in journal.ends.items():
        slot = act.after.lane(journal.published[operation_id].operation.lane)
        assert end in FINAL
        if slot.id == operation_id:
            assert slot.state.status_at(act.now) == end, "an end did not last"


def check_i6_configuration_and_floors(_: Journal, act: Act) -> None:
    require_configuration(act.after)
    require_floors(act)


def _configuration(state: State) -> dict[str, Any]:
    """Return all but the lanes."""
    return {
        field.name: getattr(state, field.name)
        for field in fields(state)
        if field.name not in ("lanes", "withdrawn")
    }


def check_i7_only_the_vault_changes_the_vault(journal: Journal, act: Act) -> None:
    before, after = _configuration(act.before), _configuration(act.after)
    done = executed(act)
    if done and any(call.target == journal.vault for call in done[1].calls):
        return
    if act.did("suspend"):
        _require_only_less(act)
    elif act.did("lapse"):
        _require_only_back(journal, act)
    else:
        assert before == after, f"{act.function} changed the configuration"
    for index, slot in act.after.lanes.items():
        if index != act.lane:
            assert slot == act.before.lane(index), "a lane changed that nobody acted on"
    if act.function in ("withdraw", "veto", "object", "cancel", "execute") and act.lane is not None:
        gained = act.after.lane(act.lane).state.approvals - act.before.lane(act.lane).state.approvals
        assert not gained, f"{act.function} gave an approval"


def _require_only_less(act: Act) -> None:
    """A suspension takes one member out and changes nothing else."""
    account = act.arguments[0]
    status = MemberStatus.SELF_SUSPENDED if account == act.sender else MemberStatus.SUSPENDED
    records = {**act.before.records, account: replace(act.before.record(account), status=status)}
    assert act.after.records == records
    was, now = act.before.roster, act.after.roster
    assert now.approvers <= was.approvers
    assert now.security <= was.security
    assert now.proposers <= was.proposers
    assert (now.supermajority, now.windows) == (was.supermajority, was.windows)
    for name in ("tiers", "founding", "seats", "persons", "assets", "counterparties"):
        assert getattr(act.after, name) == getattr(act.before, name), f"a suspension changed {name}"


def _require_only_back(journal: Journal, act: Act) -> None:
    """A lapse, in its time, gives one member back what it had, in another seat."""
    account = act.arguments[0]
    was, now = act.before.record(account), act.after.record(account)
    assert act.now >= journal.suspended[account][1], "it lapsed too early"
    assert was.status is MemberStatus.SUSPENDED
    assert now == replace(was, status=MemberStatus.RETURNED, seat=now.seat, seated_in_block=act.block.number)
    assert {**act.after.records, account: was} == act.before.records
    for name in ("tiers", "founding", "persons", "assets", "counterparties"):
        assert getattr(act.after, name) == getattr(act.before, name), f"a lapse changed {name}"
    for name in ("approvers", "security", "proposers"):
        others = getattr(act.after.roster, name) - {now.seat}
        assert others == getattr(act.before.roster, name), f"a lapse changed the other {name}"


def check_i8_one_seat_a_person(_: Journal, act: Act) -> None:
    seated = {m: record for m, record in act.after.records.items() if record.is_seated}
    persons = [record.person for record in seated.values()]
    assert len(set(persons)) == len(persons), "a person has two seats"
    sitting = {i: seat.member for i, seat in act.after.seats.items() if any(seat.member)}
    assert sitting == {record.seat: member for member, record in seated.items()}, "two in one seat"
    counting = act.after.roster
    for name, role in (
        ("approvers", Role.APPROVER),
        ("security", Role.SECURITY),
        ("proposers", Role.PROPOSER),
    ):
        holders = {r.seat for r in seated.values() if r.is_active and r.has_any(role)}
        assert getattr(counting, name) == holders, f"{name} are not who holds the role"


def check_i10_a_signature_serves_one_purpose(journal: Journal, act: Act) -> None:
    """Whatever approval appears was signed for this very operation, or sent by the member."""
    for index, slot in act.after.lanes.items():
        before = act.before.lane(index)
        old = before.state.approvals if before.id == slot.id else frozenset()
        given: dict[int, Approval] = {}
        if slot.state.approvals - old:
            assert act.function in ("propose", "approve"), f"{act.function} gave an approval"
            given = {approval.seat: approval for approval in act.arguments[1]}
        for seat in slot.state.approvals - old:
            member, approval = act.before.seat(seat).member, given[seat]
            if approval.is_own_transaction:
                assert act.sender == member, "somebody else sent a member's own approval"
                continue
            publication = approval.publication.pack()
            said = (member, journal.vault, journal.chain_id, slot.id, publication)
            assert said in journal.signed, "an approval that its member never signed"
            assert publication in (0, slot.state.publication.pack()), "signed for another publication"


def check_i11_nothing_outlives_its_seat(journal: Journal, act: Act) -> None:
    for index, slot in act.after.lanes.items():
        before = act.before.lane(index)
        old = before.state.approvals if before.id == slot.id else frozenset()
        for seat in slot.state.approvals - old:
            since = journal.in_office_since[act.before.seat(seat).member]
            assert since < slot.state.publication.block, "an approval of what is older than the seat"
    done = executed(act)
    if done is None:
        return
    operation_id, _, lane = done
    live = journal.live(operation_id, act.before)
    counted = {seat for seat in lane.approvals if seat in act.before.roster.approvers}
    assert counted == {record.seat for record in live.values()}, "an approval outlived its seat"
    supermajority = act.before.roster.supermajority
    assert journal.may_publish(operation_id, act.before, live=len(live), supermajority=supermajority), (
        "an operation outlived its publisher"
    )


BEFORE_WRITING: Final[tuple[Check, ...]] = (
    check_i1_assets_leave_only_by_execution,
    check_i2_executed_by_two_others,
    check_i3_executed_after_the_delay,
    check_i4_high_value_by_seasoned_and_late_signatures,
    check_i5_final_is_final,
    check_i6_configuration_and_floors,
    check_i7_only_the_vault_changes_the_vault,
    check_i8_one_seat_a_person,
    check_i10_a_signature_serves_one_purpose,
    check_i11_nothing_outlives_its_seat,
)
"""Each judges an act by what the journal knew before it. I-9 is `replay.py`."""
