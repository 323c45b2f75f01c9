"""What can be done about an operation, by whom; and that the data does exactly that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.desk.fakes import (
    APART,
    DAY,
    EPOCH,
    NO_BYPASSES,
    NOW,
    PUBLICATION,
    TIERS,
    VAULT,
    FakeClock,
    FakeReader,
    address_of,
    bypass,
    group,
    head,
    lane_of,
    ledger,
    member,
    members_apart,
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
from verifier.model.member import Member, MemberStatus, Role
from verifier.model.operation import NO_SIGNATURE, Approval, Call, Operation
from verifier.model.reading import BypassReading, LaneReading
from verifier.model.tier import Tier, TierBook
from verifier.model.units import MemberIndex, Wei
from verifier.sign.typed import approve_hash, digest_of, expedite_hash, id_of, veto_hash, withdraw_hash

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


def apart(
    *approvals: int, mine: Signer, members: Mapping[int, Member] | None = None, tiers: TierBook = APART
) -> dict[str, Action]:
    lane = lane_of(ONE, *approvals, status=Status.PROPOSED)
    reader = FakeReader(reading(lane, members=members or members_apart(), tiers=tiers), {ONE.lane: ONE})
    (review,) = brief_lane(reader, FakeClock(), mine, 0).reviews
    return {action.name: action for action in review.actions}


def listing(*seats: int) -> bytes:
    return encode_approve(
        ONE,
        [Approval(seat=MemberIndex(seat), publication=PUBLICATION, signature=NO_SIGNATURE) for seat in seats],
    )


def test_actions__approval_that_makes_them_apart__lists_the_quorum() -> None:
    approve = apart(1, 2, 4, mine=signer(3))["approve"]
    assert approve.data == listing(1, 2, 3)
    assert "names seats 3, 1 and 2" in approve.sentence
    # Not yet enough who are apart; or nobody asks for it.
    assert apart(1, mine=signer(3))["approve"].data == listing(3)
    assert apart(1, 2, mine=signer(3), tiers=TIERS)["approve"].data == listing(3)


def test_actions__members_apart_recorded__anyone_names_them() -> None:
    for mine in (signer(1), STRANGER_TO_ALL):
        assert apart(1, 2, 3, mine=mine)["approve"].data == listing(1, 2, 3)
    assert "approve" not in apart(1, 3, 4, mine=signer(1))


def test_actions__group__signs_digests_and_sends_nothing() -> None:
    members = {**usual_members(), 4: group(4, 70, 71)}
    found = actions(lane_of(ONE, 1, 2), signer(4), members=members)
    assert list(found) == ["vetoAsGroup", "approve"]
    assert {action.data for action in found.values()} == {b""}
    assert found["vetoAsGroup"].digest == digest(veto_hash(id_of(ONE)))
    assert found["approve"].digest == digest(approve_hash(id_of(ONE), PUBLICATION))
    given = actions(lane_of(ONE, 1, 4), signer(4), members=members)
    assert given["withdrawAsGroup"].digest == digest(withdraw_hash(id_of(ONE), PUBLICATION))
    assert "approve" not in given


def test_actions__group_and_a_seat_operation__one_objection_and_none_about_itself() -> None:
    members = {**usual_members(), 4: group(4, 70, 71), 3: group(3, 72, 73)}
    lane = lane_of(REMOVE_4, 1, seat_operation=True, status=Status.PROPOSED)
    assert "Objects" in actions(lane, signer(3), members=members, subject=REMOVE_4)["vetoAsGroup"].sentence
    assert "vetoAsGroup" not in actions(lane, signer(4), members=members, subject=REMOVE_4)
    objected = lane_of(REMOVE_4, 1, seat_operation=True, objected=True, status=Status.PROPOSED)
    assert "vetoAsGroup" not in actions(objected, signer(3), members=members, subject=REMOVE_4)


def digest(struct: bytes) -> bytes:
    return digest_of(struct, chain_id=head().chain_id, vault=VAULT)


def reasons(
    lane: LaneReading,
    mine: Signer,
    *,
    members: Mapping[int, Member] | None = None,
    bypasses: BypassReading = NO_BYPASSES,
    has_bytes: bool = True,
) -> dict[str, str]:
    found = {ONE.lane: ONE} if has_bytes else {}
    reader = FakeReader(reading(lane, members=members), found, bypasses=bypasses)
    (review,) = brief_lane(reader, FakeClock(), mine, 0).reviews
    assert not {action.name for action in review.actions} & {action.name for action in review.impossible}
    assert all(action.data == b"" == action.digest for action in review.impossible)
    return {action.name: action.why_not for action in review.impossible}


def test_impossible__one_who_approved__each_says_why() -> None:
    assert reasons(lane_of(ONE, 1, 2, tier=Tier.STANDARD), signer(1)) == {
        "object": "Only a seat operation takes an objection.",
        "cancel": "Only seat 0, which published it, can.",
        "approve": "You have approved it.",
        "expedite": "No approver with BREAK_GLASS is there to consent.",
        "execute": "It is not ready before Sat 2027-01-16 08:00:00 UTC.",
    }


def test_impossible__final__everything_for_one_reason() -> None:
    found = reasons(lane_of(ONE, 1, 2, status=Status.VETOED), signer(4))
    assert len(found) == 7
    assert set(found.values()) == {"It is VETOED, and that is final."}


def test_impossible__seat_taken_by_another__nothing_is_ones_own() -> None:
    members = {**usual_members(), 4: replace(member(4), address=address_of(9))}
    assert set(reasons(lane_of(ONE, 1), signer(4), members=members).values()) == {
        "Seat 4 is not yours any more."
    }


def test_impossible__bytes_missing__all_that_needs_them() -> None:
    found = reasons(lane_of(ONE, 1, 2, moment=NOW), signer(1), has_bytes=False)
    assert {name for name, why in found.items() if "bytes" in why} == {
        "withdraw",
        "approve",
        "expedite",
        "execute",
    }


BREAKING = {**usual_members(), 3: member(3, Role.APPROVER | Role.SECURITY | Role.BREAK_GLASS)}


def test_expedite__waiting_and_somebody_may_break_glass__consent_is_signed() -> None:
    lane = lane_of(ONE, 1, 2, 3, tier=Tier.STANDARD, moment=NOW + 3 * DAY)
    found = actions(lane, signer(4), members=BREAKING)["expedite"]
    assert found.data == b""
    assert found.digest == digest(expedite_hash(id_of(ONE), PUBLICATION, lane.state.moment))
    assert "expedite" in actions(lane, signer(3), members=BREAKING)
    assert "expedite" not in actions(lane, signer(0), members=BREAKING)


@pytest.mark.parametrize(
    ("tier", "status", "bypasses", "said"),
    [
        (Tier.CUSTODY, Status.WAITING, NO_BYPASSES, "CUSTODY is never hurried."),
        (Tier.STANDARD, Status.PROPOSED, NO_BYPASSES, "Only what is WAITING can be hurried."),
        (Tier.STANDARD, Status.WAITING, ledger(bypass(at=NOW - 4 * DAY)), "review"),
    ],
)
def test_expedite__what_cannot_be_hurried__says_why(
    tier: Tier, status: Status, bypasses: BypassReading, said: str
) -> None:
    lane = lane_of(ONE, 1, 2, 3, tier=tier, status=status, moment=NOW + 3 * DAY)
    assert said in reasons(lane, signer(4), members=BREAKING, bypasses=bypasses)["expedite"]
