"""The invariants of the vault, each judged after every step, by the journal and by what storage holds.

None of them knows how the vault or its model decides: they are about persons, signatures, times and balances.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.lifecycle import messages
from tests.lifecycle.acts import Act, executed
from tests.lifecycle.floors import require_configuration, require_floors
from tests.lifecycle.journal import Journal, asked, is_segregated, team_in
from tests.lifecycle.messages import Message
from tests.lifecycle.powers import (
    check_i7_only_the_vault_changes_the_vault,
    check_i8_no_conflicting_duties,
    check_i8_one_seat_a_person,
)
from tests.lifecycle.segregating import are_apart
from tests.lifecycle.slots import lane_places, seat_places
from tests.lifecycle.vocabulary import GROUP_ACTS, id_of
from verifier.assess.policy import TRANSFER, TRANSFER_FROM
from verifier.model.address import NOBODY, Address
from verifier.model.lane import Lane
from verifier.model.life import FINAL, OPEN
from verifier.model.limits import MIN_DELAY, MIN_HIGH_DELAY, MIN_HIGH_EXPEDITED_DELAY
from verifier.model.member import Role
from verifier.model.operation import Approval
from verifier.model.tier import Tier

Check = Callable[[Journal, Act], None]


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
    persons = [person for member in live for person in act.before.persons_of(member)]
    roles = Role.PROPOSER | Role.APPROVER if lane.seat_operation else Role.PROPOSER
    assert published.roles & roles, "published by somebody without the role"
    assert published.person not in persons, "the publisher among the approvers"
    assert len(set(persons)) == len(persons), "a person twice among the approvers"
    assert len(live) >= max(2, asked(lane, act.before)), "too few approvers"
    security = act.before.tiers[lane.tier].security_approvals
    assert len(team_in(live)) >= security, "too few of the security team"


def check_i3_executed_after_the_delay(journal: Journal, act: Act) -> None:
    if act.did("expedite"):
        _require_hurry(journal, act)
    done = executed(act)
    if done is None:
        return
    operation_id, _, lane = done
    standing = journal.standing[operation_id]
    assert standing is not None, "executed without a quorum that stood"
    waited, asked_for, least = act.now - standing.since, standing.delay, _LEAST[lane.tier]
    if operation_id in journal.hurried:
        assert any(bypass.id == operation_id for bypass in act.before.ledger.bypasses.values()), "no record"
        since, asked_for = journal.hurried[operation_id]
        waited, least = min(waited, act.now - since), _LEAST_HURRIED[lane.tier]
    assert waited >= asked_for, f"the quorum stood for {waited} seconds, and {asked_for} are asked"
    assert waited >= least, "hurried"
    assert standing.tier == lane.tier, "waited in another tier"
    assert standing.live >= min(standing.needed, asked(lane, act.before)), "the quorum did not stand"
    security = act.before.tiers[lane.tier].security_approvals
    assert standing.team >= min(standing.security, security), "the security team did not stand"


def _require_hurry(journal: Journal, act: Act) -> None:
    """Who consented signed for this very hurry, and they are enough; the clock came nearer, and a record was added."""
    operation, consents = act.arguments
    was, now = act.before.lane(operation.lane).state, act.after.lane(operation.lane).state
    terms, roster = act.before.tiers[now.tier], act.before.roster
    members = [act.before.seat(consent.seat).member for consent in consents]
    records = [act.before.record(member) for member in members]
    message = messages.expedite(id_of(operation), was.publication.pack(), was.moment)
    for member in members:
        assert (member, journal.vault, journal.chain_id, message) in journal.signed, "hurry without consent"
    needed = roster.supermajority if now.tier >= Tier.HIGH_VALUE else terms.quorum
    persons = [person for member in members for person in act.before.persons_of(member)]
    assert now.tier < Tier.CUSTODY, "CUSTODY was hurried"
    assert len(set(members)) >= needed, "too few consented"
    assert len(set(persons)) == len(persons), "a person consented twice"
    assert journal.published[id_of(operation)].person not in persons, "the publisher consented"
    assert all(record.is_active and record.has_any(Role.APPROVER) for record in records)
    assert any(record.has_any(Role.BREAK_GLASS) for record in records), "nobody may break the glass"
    assert not terms.segregated or are_apart(records[: terms.quorum]), "no segregated quorum consented"
    assert now.moment < was.moment, "the clock did not come nearer"
    assert now.moment >= act.now + _LEAST_HURRIED[now.tier], "hurried too much"
    assert act.after.ledger.count == act.before.ledger.count + 1, "no record of it"


def check_i4_high_value_by_seasoned_and_late_signatures(journal: Journal, act: Act) -> None:
    done = executed(act)
    if done is None or done[2].tier < Tier.HIGH_VALUE:
        return
    operation_id, _, lane = done
    for member in journal.live(operation_id, act.before):
        consent = journal.consents[operation_id][member]
        assert consent.is_bound, "a signature that may be older than the publication"
        assert consent.was_seasoned or lane.seat_operation, "an unseasoned approver"


def check_i4_segregated_where_the_tier_says_so(journal: Journal, act: Act) -> None:
    done = executed(act)
    if done is not None and is_segregated(done[2], act.before):
        assert are_apart(journal.live(done[0], act.before).values()), "approvers near to each other"


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
            message = messages.approval(slot.id, publication)
            assert _has_said(journal, member, message), "an approval that its member never signed"
            assert publication in (0, slot.state.publication.pack()), "signed for another publication"
    if act.refused is None and act.function in GROUP_ACTS:
        proof = act.arguments[-1]
        group = act.before.seat(proof.seat).member
        assert act.before.record(group).is_group, "said by no group"
        assert _has_said(journal, group, _message_of(act)), "said by a group that never signed it"


def _has_said(journal: Journal, member: Address, message: Message) -> bool:
    return (member, journal.vault, journal.chain_id, message) in journal.signed


def _message_of(act: Act) -> Message:
    """Return what a group must have signed for an act to be its own."""
    if act.operation is None:
        return messages.suspension(act.arguments[0].seat, act.before.roster.epoch)
    operation_id = id_of(act.operation)
    if act.function == "vetoAsGroup":
        return messages.veto(operation_id)
    publication = act.before.lane(act.operation.lane).state.publication
    return messages.withdrawal(operation_id, publication.pack())


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


def check_i12_storage_alone_tells_who_and_what(journal: Journal, act: Act) -> None:
    """All 512 lanes and all 64 seats, read as words: no operation is pending, and nobody sits, that is not there."""
    pending = set()
    for id_place, state_place in lane_places():
        word = act.stored.get(state_place, 0)
        if word and Lane.unpack(word).is_open_at(act.now):
            pending.add(act.stored[id_place].to_bytes(32, "big"))
    assert pending == journal.published.keys() - journal.ends.keys(), "the queue is not what was published"
    words = (act.stored.get(place, 0) for place in seat_places())
    sitting = {(word & (1 << 160) - 1).to_bytes(20, "big") for word in words} - {NOBODY}
    assert sitting == journal.members, "the seats are not those who were brought in"


def check_i14_an_objection_holds_without_a_supermajority(journal: Journal, act: Act) -> None:
    """The other half is `probes.py`: it asks the chain who could veto."""
    done = executed(act)
    if done is None or done[0] not in journal.objected:
        return
    live = journal.live(done[0], act.before)
    assert len(live) >= act.before.roster.supermajority, "an objection was overridden by too few"
    assert done[2].objected, "an objection was forgotten"


_LEAST: Final = dict(zip(Tier, (MIN_DELAY, MIN_DELAY, MIN_HIGH_DELAY, MIN_HIGH_DELAY), strict=True))
_LEAST_HURRIED: Final = {
    tier: MIN_HIGH_EXPEDITED_DELAY if tier >= Tier.HIGH_VALUE else MIN_DELAY for tier in Tier
}
BEFORE_WRITING: Final[tuple[Check, ...]] = (
    check_i1_assets_leave_only_by_execution,
    check_i2_executed_by_two_others,
    check_i3_executed_after_the_delay,
    check_i4_high_value_by_seasoned_and_late_signatures,
    check_i4_segregated_where_the_tier_says_so,
    check_i5_final_is_final,
    check_i6_configuration_and_floors,
    check_i7_only_the_vault_changes_the_vault,
    check_i8_one_seat_a_person,
    check_i8_no_conflicting_duties,
    check_i10_a_signature_serves_one_purpose,
    check_i11_nothing_outlives_its_seat,
    check_i14_an_objection_holds_without_a_supermajority,
)
"""Each judges an act by what the journal knew before it. I-9 is `replay.py`, I-13 and the rest of I-14 `probes.py`."""

AFTER_WRITING: Final[tuple[Check, ...]] = (check_i12_storage_alone_tells_who_and_what,)
"""These want to know what the act itself began and ended."""
