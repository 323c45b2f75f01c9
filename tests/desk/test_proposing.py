"""Proposing: who may, into which lane, and a review that is the one that everybody will see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.desk.fakes import (
    DAY,
    NOW,
    STRANGER_ADDRESS,
    TOKEN,
    VAULT,
    FakeClock,
    FakeReader,
    address_of,
    group,
    head,
    lane_of,
    member,
    operation,
    reading,
    signer,
    transfer,
    usual_members,
)
from tests.desk.test_aids import FakeSimulator
from verifier.decode.operations import encode_call, encode_propose
from verifier.desk.aids import Aids
from verifier.desk.briefing import brief_lane
from verifier.desk.proposing import Draft, draft_operation, recheck_draft
from verifier.errors import ActionImpossible, DangerUnread, EvidenceDisputed, ReviewChanged
from verifier.model.life import Status
from verifier.model.limits import MAX_APPROVAL_TIME, MAX_CALLS, MAX_DATA
from verifier.model.member import MemberStatus, Role
from verifier.model.operation import Call
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.tier import Tier
from verifier.model.units import BlockNumber, Duration, Epoch, LaneIndex, Sequence, Timestamp, Wei
from verifier.sign.typed import id_of

REMOVE_4 = Call(target=VAULT, value=Wei(0), data=encode_call("removeMember", address_of(4)))


def draft(
    *calls: Call,
    seat: int | None = 0,
    vault: VaultReading | None = None,
    aids: Aids | None = None,
    approve_within: int = DAY,
    lane: int | None = None,
) -> Draft:
    reader = FakeReader(vault or reading())
    return draft_operation(
        reader,
        FakeClock(),
        signer(seat),
        calls or (transfer(),),
        aids=aids or Aids(),
        approve_within=Duration(approve_within),
        lane=lane,
    )


def in_lane(index: int, status: Status = Status.PROPOSED, *, sequence: int = 1) -> LaneReading:
    lane = lane_of(operation(lane=index), status=status)
    return replace(lane, state=replace(lane.state, sequence=Sequence(sequence)))


def test_draft__calls__an_operation_for_the_first_lane_and_its_data() -> None:
    made = draft(transfer(), transfer(amount=7))
    assert made.operation.calls == (transfer(), transfer(amount=7))
    assert (made.operation.lane, made.operation.sequence, made.operation.approve_by) == (0, 1, NOW + DAY)
    assert made.data == encode_propose(made.operation)
    assert made.review.lane.operation_id == id_of(made.operation)
    assert made.proposer.record.seat == 0


def test_draft__lanes_that_are_taken__the_next_free_one_with_its_next_number() -> None:
    assert draft(vault=reading(in_lane(0), in_lane(1))).operation.lane == 2
    ended = draft(vault=reading(in_lane(0, Status.EXECUTED, sequence=5))).operation
    assert (ended.lane, ended.sequence) == (0, 6)
    chosen = draft(vault=reading(in_lane(0)), lane=3).operation
    assert (chosen.lane, chosen.sequence) == (3, 1)


@pytest.mark.parametrize(
    ("vault", "lane", "said"),
    [
        (reading(*(in_lane(i) for i in range(8))), None, "all of your lanes hold open operations"),
        (reading(in_lane(3)), 3, "an operation is open in lane 3"),
        (reading(), 8, "lane 8 is not yours: yours are 0 to 7"),
    ],
)
def test_draft__no_such_free_lane__impossible(vault: VaultReading, lane: int | None, said: str) -> None:
    with pytest.raises(ActionImpossible, match=said):
        draft(vault=vault, lane=lane)


def test_draft__its_review__is_that_of_the_operation_once_it_is_there() -> None:
    made = draft(aids=Aids(simulator=FakeSimulator()))
    state = replace(made.review.lane.state, publication=lane_of(made.operation).state.publication)
    published = replace(made.review.lane, state=state)
    reader = FakeReader(reading(published), {LaneIndex(0): made.operation})
    (later,) = brief_lane(reader, FakeClock(), signer(0), 0, aids=Aids(simulator=FakeSimulator())).reviews
    assert (made.review.sentence, made.review.calls) == (later.sentence, later.calls)
    assert {each.rule for each in made.review.findings} == {each.rule for each in later.findings}
    assert made.review.lane.state.tier is later.lane.state.tier is Tier.CUSTODY
    assert made.review.actions == made.review.impossible == ()
    assert made.review.simulation


def test_draft__played_when_it_would_be_ready() -> None:
    simulator = FakeSimulator()
    made = draft(aids=Aids(simulator=simulator))
    tiers = made.briefing.reading.tiers.value
    assert simulator.asked == [NOW + tiers[made.review.lane.state.tier].delay]


@pytest.mark.parametrize("block", [99, 100])
def test_draft__members_seated_in_the_newest_block__may_approve_it_once_it_is_published(block: int) -> None:
    members = {
        seat: replace(each, record=replace(each.record, seated_in_block=BlockNumber(block)))
        for seat, each in usual_members().items()
    }
    made = draft(vault=reading(members=members))
    assert made.briefing.reading.head.number == 100
    assert {each.seat: each.why for each in made.review.quorum.others if not each.counts} == {
        0: "published it"
    }
    assert len(made.review.quorum.others) == 5


def test_draft__seat_operation__any_approver_but_its_subject() -> None:
    made = draft(REMOVE_4, seat=1)
    assert made.operation.lane == 8
    assert made.review.lane.state.seat_operation
    assert made.review.subject == address_of(4)
    with pytest.raises(ActionImpossible, match="it is about you"):
        draft(REMOVE_4, seat=4)
    with pytest.raises(ActionImpossible, match="you are no proposer"):
        draft(REMOVE_4, transfer(), seat=1)
    with pytest.raises(ActionImpossible, match="you are no proposer"):
        draft(REMOVE_4, seat=5)


@pytest.mark.parametrize(
    ("vault", "seat", "said"),
    [
        (reading(), None, "you have no seat here"),
        (reading(), 1, "you are no proposer"),
        (
            reading(members={**usual_members(), 0: replace(member(0), address=STRANGER_ADDRESS)}),
            0,
            "no seat here",
        ),
        (
            reading(members={**usual_members(), 0: member(0, Role.PROPOSER, status=MemberStatus.SUSPENDED)}),
            0,
            "your seat is suspended",
        ),
        (reading(members={**usual_members(), 0: group(0, 70, 71)}), 0, "a group sends no transactions"),
    ],
)
def test_draft__by_one_who_may_not__impossible(vault: VaultReading, seat: int | None, said: str) -> None:
    with pytest.raises(ActionImpossible, match=said):
        draft(vault=vault, seat=seat)


@pytest.mark.parametrize(
    ("calls", "within", "said"),
    [
        ((transfer(),) * (MAX_CALLS + 1), DAY, "1 to 32 calls, and these are 33"),
        ((Call(target=TOKEN, value=Wei(0), data=bytes(MAX_DATA + 1)),), DAY, "at most 24576 bytes"),
        ((transfer(),), MAX_APPROVAL_TIME + 1, "14 days at most"),
        ((transfer(),), 0, "for some time"),
    ],
)
def test_draft__what_no_vault_takes__impossible(calls: tuple[Call, ...], within: int, said: str) -> None:
    with pytest.raises(ActionImpossible, match=said):
        draft(*calls, approve_within=within)


def test_draft__as_much_as_a_vault_takes__made() -> None:
    draft(*[transfer()] * MAX_CALLS, approve_within=MAX_APPROVAL_TIME)
    draft(Call(target=TOKEN, value=Wei(0), data=bytes(MAX_DATA)))


def test_draft__endpoint_that_dissents__nothing_is_proposed() -> None:
    with pytest.raises(EvidenceDisputed):
        draft(vault=reading(block=replace(head(), dissenting=("bad.example",))))


def test_draft__danger__has_to_be_acknowledged() -> None:
    dirty = transfer().data[:4] + b"\x01" + transfer().data[5:]
    assert draft(Call(target=TOKEN, value=Wei(0), data=dirty)).acknowledgements


def recheck(made: Draft, vault: VaultReading, *, typed: tuple[str, ...] | None = None) -> None:
    phrases = tuple(each.phrase for each in made.acknowledgements)
    recheck_draft(
        made, FakeReader(vault), FakeClock(), aids=Aids(), typed=phrases if typed is None else typed
    )


def test_recheck__blocks_later__the_same_operation_may_be_published() -> None:
    made = draft()
    later = replace(head(), number=BlockNumber(140), timestamp=Timestamp(NOW + 100))
    recheck(made, reading(block=later))


def test_recheck__anything_changed__says_what_and_publishes_nothing() -> None:
    made = draft()
    usual = reading()
    roster = replace(usual.roster, value=replace(usual.roster.value, epoch=Epoch(8)))
    with pytest.raises(ReviewChanged, match="Members, tiers or policy have changed"):
        recheck(made, replace(usual, roster=roster))
    with pytest.raises(ActionImpossible, match="an operation is open in lane 0"):
        recheck(made, reading(lane_of(operation())))
    with pytest.raises(EvidenceDisputed):
        recheck(made, reading(block=replace(head(), dissenting=("bad.example",))))


def test_recheck__danger_unread__refused_before_anything_is_read() -> None:
    made = draft(replace(transfer(), data=transfer().data[:4] + b"\x01" + transfer().data[5:]))
    assert made.acknowledgements
    with pytest.raises(DangerUnread):
        recheck(made, reading(), typed=())
    recheck(made, reading())
