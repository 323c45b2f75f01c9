"""What can be done about an operation, by whom; and that the data does exactly that."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.desk.fakes import (
    DAY,
    EPOCH,
    NOW,
    PUBLICATION,
    VAULT,
    FakeClock,
    FakeReader,
    address_of,
    lane_of,
    member,
    operation,
    reading,
    signer,
    usual_members,
)
from verifier.decode.operations import abi_of, encode_approve, encode_call
from verifier.desk.actions import Action
from verifier.desk.briefing import brief_lane
from verifier.desk.signer import Signer
from verifier.model.life import FINAL, Status
from verifier.model.member import Member, MemberStatus
from verifier.model.operation import NO_SIGNATURE, Approval, Call, Operation
from verifier.model.reading import LaneReading
from verifier.model.units import MemberIndex, Wei
from verifier.sign.typed import id_of

ONE = operation()
REMOVE_4 = operation(
    Call(target=VAULT, value=Wei(0), data=encode_call("removeMember", address_of(4))), lane=0
)
STRANGER_TO_ALL = Signer(vault_name="treasury")


def actions(
    lane: LaneReading,
    mine: Signer,
    *,
    members: Mapping[int, Member] | None = None,
    subject: Operation = ONE,
    has_bytes: bool = True,
) -> dict[str, Action]:
    found = {subject.lane: subject} if has_bytes else {}
    reader = FakeReader(reading(lane, members=members), found)
    (review,) = brief_lane(reader, FakeClock(), mine, 0).reviews
    return {action.name: action for action in review.actions}


def test_actions__waiting__an_approver_vetoes_or_approves() -> None:
    assert list(actions(lane_of(ONE, 1, 2), signer(4))) == ["veto", "approve"]


def test_actions__waiting__one_who_approved_vetoes_or_withdraws() -> None:
    assert list(actions(lane_of(ONE, 1, 2), signer(1))) == ["veto", "withdraw"]


def test_actions__waiting__the_publisher_vetoes_or_cancels() -> None:
    assert list(actions(lane_of(ONE, 1, 2), signer(0))) == ["veto", "cancel"]


def test_actions__waiting__a_guardian_vetoes() -> None:
    assert list(actions(lane_of(ONE, 1, 2), signer(5))) == ["veto"]


def test_actions__ready__execution_is_offered() -> None:
    lane = lane_of(ONE, 1, 2, 3, moment=NOW)
    assert "execute" in actions(lane, signer(5))
    assert "execute" not in actions(lane_of(ONE, 1, 2, 3, moment=NOW + 1), signer(5))


def test_actions__ready_but_quorum_broken__no_execution() -> None:
    gone = {**usual_members(), 1: member(1, status=MemberStatus.SUSPENDED)}
    lane = lane_of(ONE, 1, 2, 3, moment=NOW - DAY, epoch=EPOCH - 1)
    assert "execute" in actions(lane, signer(5))
    assert "execute" not in actions(lane, signer(5), members=gone)


@pytest.mark.parametrize("status", sorted(FINAL - {Status.EXPIRED}))
def test_actions__final__none(status: Status) -> None:
    assert actions(lane_of(ONE, 1, 2, status=status), signer(4)) == {}


def test_actions__seat_operation__objection_and_no_veto() -> None:
    lane = lane_of(REMOVE_4, seat_operation=True, status=Status.PROPOSED)
    assert list(actions(lane, signer(1), subject=REMOVE_4)) == ["object", "approve"]


def test_actions__seat_operation__its_subject_can_do_nothing() -> None:
    lane = lane_of(REMOVE_4, seat_operation=True, status=Status.PROPOSED)
    assert actions(lane, signer(4), subject=REMOVE_4) == {}


def test_actions__seat_operation_objected_already__no_second_objection() -> None:
    lane = lane_of(REMOVE_4, seat_operation=True, objected=True, status=Status.PROPOSED)
    assert list(actions(lane, signer(1), subject=REMOVE_4)) == ["approve"]


def test_actions__approver_suspended_by_a_guardian__keeps_its_veto_only() -> None:
    held = {**usual_members(), 4: member(4, status=MemberStatus.SUSPENDED)}
    assert list(actions(lane_of(ONE, 1, 2), signer(4), members=held)) == ["veto"]
    confirmed = {**usual_members(), 4: member(4, status=MemberStatus.CONFIRMED)}
    assert actions(lane_of(ONE, 1, 2), signer(4), members=confirmed) == {}


def test_actions__no_seat_of_ones_own__what_anyone_with_a_seat_can() -> None:
    assert list(actions(lane_of(ONE, 1, 2, 3, moment=NOW), STRANGER_TO_ALL)) == ["veto", "execute"]


def test_actions__bytes_missing__veto_remains() -> None:
    assert list(actions(lane_of(ONE, 1, 2), signer(4), has_bytes=False)) == ["veto"]


def test_actions__data__calls_of_the_vault() -> None:
    lane = lane_of(ONE, 1, 2, moment=NOW)
    mine, other, own = actions(lane, signer(4)), actions(lane, signer(1)), actions(lane, signer(0))
    empty = Approval(seat=MemberIndex(4), publication=PUBLICATION, signature=NO_SIGNATURE)
    assert mine["veto"].data == encode_call("veto", 0, id_of(ONE))
    assert mine["approve"].data == encode_approve(ONE, [empty])
    assert mine["execute"].data == encode_call("execute", abi_of(ONE))
    assert other["withdraw"].data == encode_call("withdraw", abi_of(ONE))
    assert own["cancel"].data == encode_call("cancel", 0, id_of(ONE))
