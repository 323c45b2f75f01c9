"""vetoAsGroup, withdrawAsGroup, suspendAsGroup: what a group says by a FROST signature, whoever sends it."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import pytest

from tests.contracts.groups import typed_digest
from tests.contracts.scene import STANDARD_CALL, Scene
from tests.contracts.seated_groups import (
    OTHERS,
    OWLS,
    RAVENS,
    SUSPEND_SELF,
    approval_by,
    proof,
    seat_group,
    suspension_by,
    veto_by,
    withdrawal_by,
)
from tests.stage import NO_SIGNATURE, STRANGER, Operation
from verifier.errors.approvals import ApprovalMissing, ApprovalSignerUnexpected, ApprovalWithdrawn
from verifier.errors.members import MemberIsSubject, MemberNotActive
from verifier.errors.operations import (
    OperationNotObjectable,
    OperationStatusUnexpected,
    OperationUnknown,
)
from verifier.model.life import Status
from verifier.model.member import MemberStatus

NOBODY: Final = bytes(20)
ANY_OPEN: Final = sum(1 << status for status in (Status.PROPOSED, Status.WAITING, Status.READY))


@pytest.fixture
def seat(scene: Scene) -> int:
    """Seat the owls, and return where."""
    return seat_group(scene)


def approved(scene: Scene, *others: str) -> Operation:
    """Return an operation that the owls approved, and some others."""
    operation = scene.published("ann", [STANDARD_CALL])
    entries = [scene.sign_published(who, operation) for who in others]
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation), *entries]))
    return operation


# -------------------------------------------------------------------------------------------------------------- Veto


@pytest.mark.parametrize("status", [Status.PROPOSED, Status.WAITING, Status.READY])
@pytest.mark.parametrize("by", ["ann", STRANGER], ids=["member", "stranger"])
def test_veto__by_a_group__ends_an_open_operation(
    scene: Scene, seat: int, status: Status, by: str | bytes
) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    if status is not Status.PROPOSED:
        scene.give(operation, "bob", "cat", "dan")
    if status is Status.READY:
        scene.pass_to_ready(operation)
    assert scene.status(operation) is status
    outcome = scene.must(scene.send(by, "vetoAsGroup", operation, veto_by(scene, OWLS, operation)))
    assert scene.status(operation) is Status.VETOED
    # The last word of the event Vetoed: by whom.
    assert outcome.receipt["logs"][0]["data"][-40:] == OWLS.account.hex()


def test_veto__by_a_group_that_approved__is_possible(scene: Scene, seat: int) -> None:
    operation = approved(scene, "cat", "dan")
    scene.must(scene.send(STRANGER, "vetoAsGroup", operation, veto_by(scene, OWLS, operation)))
    assert scene.status(operation) is Status.VETOED


@pytest.mark.parametrize("status", [Status.VETOED, Status.CANCELLED, Status.EXECUTED, Status.EXPIRED])
def test_veto__by_a_group_of_what_is_over__is_refused(scene: Scene, seat: int, status: Status) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    said = veto_by(scene, OWLS, operation)
    match status:
        case Status.VETOED:
            scene.must(scene.send(STRANGER, "vetoAsGroup", operation, said))
        case Status.CANCELLED:
            scene.must(scene.send("ann", "cancel", 0, scene.id_of(operation)))
        case Status.EXECUTED:
            scene.pass_to_ready(operation)
            scene.must(scene.execute("ann", operation))
        case _:
            scene.chain.set_time(scene.lane(0)[1].expires_at + 1)
    refusal = OperationStatusUnexpected(id=scene.id_of(operation), expected=ANY_OPEN, actual=status)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "vetoAsGroup", operation, said))


def test_veto__by_a_group_of_the_same_calls_again__takes_a_new_signature(scene: Scene, seat: int) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    said = veto_by(scene, OWLS, operation)
    scene.must(scene.send(STRANGER, "vetoAsGroup", operation, said))
    again = scene.published("ann", [STANDARD_CALL])
    refusal = OperationUnknown(lane=0, expected=scene.id_of(again), actual=scene.id_of(operation))
    scene.refuses(refusal, lambda: scene.send(STRANGER, "vetoAsGroup", operation, said))
    misread = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=NOBODY)
    scene.refuses(misread, lambda: scene.send(STRANGER, "vetoAsGroup", again, said))
    scene.must(scene.send(STRANGER, "vetoAsGroup", again, veto_by(scene, OWLS, again)))


def test_veto__by_a_group__does_not_hang_on_the_epoch(scene: Scene, seat: int) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    said = veto_by(scene, OWLS, operation)
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    scene.must(scene.send(STRANGER, "vetoAsGroup", operation, said))


def test_veto__by_a_group_that_a_guardian_suspended__is_possible_till_it_is_confirmed(
    scene: Scene, seat: int
) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    said = veto_by(scene, OWLS, operation)
    scene.must(scene.send("gus", "suspend", OWLS.account))
    with scene.chain.isolate():
        scene.must(scene.send(STRANGER, "vetoAsGroup", operation, said))
    scene.must_change("confirmSuspension", OWLS.account)
    refusal = MemberNotActive(member=OWLS.account, status=MemberStatus.CONFIRMED)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "vetoAsGroup", operation, said))


def test_veto__by_a_group_that_suspended_itself__is_refused(scene: Scene, seat: int) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.must(scene.send(STRANGER, "suspendAsGroup", suspension_by(scene, OWLS)))
    refusal = MemberNotActive(member=OWLS.account, status=MemberStatus.SELF_SUSPENDED)
    said = veto_by(scene, OWLS, operation)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "vetoAsGroup", operation, said))


def test_veto__by_a_removed_group__is_nobody_s(scene: Scene, seat: int) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    said = veto_by(scene, OWLS, operation)
    scene.must_change("removeMember", OWLS.account)
    refusal = ApprovalSignerUnexpected(seat=seat, expected=NOBODY, actual=NOBODY)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "vetoAsGroup", operation, said))


# --------------------------------------------------------------------------------------------------------- Objection


def test_objection__by_a_group__raises_a_seat_operation_s_quorum(scene: Scene, seat: int) -> None:
    operation = scene.seat_operation("ann", "removeMember", scene.address("amy"))
    scene.give(operation, "bob", "cat", "dan")
    said = veto_by(scene, OWLS, operation)
    outcome = scene.must(scene.send(STRANGER, "vetoAsGroup", operation, said))
    assert scene.status(operation) is Status.PROPOSED
    assert scene.lane(0)[1].objected
    assert OWLS.account.hex() in outcome.receipt["logs"][0]["data"]
    scene.give(operation, "eve")
    assert scene.status(operation) is Status.WAITING


@pytest.mark.parametrize("first", ["owls", "gus"])
def test_objection__by_a_group_a_second_time__is_refused(scene: Scene, seat: int, first: str) -> None:
    operation = scene.seat_operation("ann", "removeMember", scene.address("amy"))
    said = veto_by(scene, OWLS, operation)
    if first == "gus":
        scene.must(scene.send("gus", "object", operation))
    else:
        scene.must(scene.send(STRANGER, "vetoAsGroup", operation, said))
    refusal = OperationNotObjectable(id=scene.id_of(operation), state=scene.lane(0)[1].pack())
    scene.refuses(refusal, lambda: scene.send(STRANGER, "vetoAsGroup", operation, said))


@pytest.mark.parametrize("function", ["removeMember", "setHolders", "setRoles"])
def test_objection__by_a_group_to_what_is_about_itself__is_refused(
    scene: Scene, seat: int, function: str
) -> None:
    seat_group(scene, RAVENS, OTHERS)
    arguments: dict[str, tuple[Any, ...]] = {
        "removeMember": (),
        "setHolders": ([7 | 8 << 32, 0, 0],),
        "setRoles": (6,),
    }
    operation = scene.seat_operation("ann", function, OWLS.account, *arguments[function])
    own, others = veto_by(scene, OWLS, operation), veto_by(scene, RAVENS, operation)
    refusal = MemberIsSubject(member=OWLS.account)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "vetoAsGroup", operation, own))
    scene.must(scene.send(STRANGER, "vetoAsGroup", operation, others))


# -------------------------------------------------------------------------------------------------------- Withdrawal


@pytest.mark.parametrize("by", ["ann", STRANGER], ids=["member", "stranger"])
def test_withdraw__by_a_group__takes_its_approval_back(scene: Scene, seat: int, by: str | bytes) -> None:
    operation = approved(scene, "cat", "dan")
    assert scene.status(operation) is Status.WAITING
    scene.must(scene.send(by, "withdrawAsGroup", operation, withdrawal_by(scene, OWLS, operation)))
    lane = scene.lane(0)[1]
    assert (lane.status, lane.moment, lane.withdrawals) == (Status.PROPOSED, operation[3], True)
    assert lane.approvals == {scene.seat("cat"), scene.seat("dan")}


def test_withdraw__by_a_group__is_for_ever(scene: Scene, seat: int) -> None:
    """Others bring theirs back by a transaction of their own, and a group sends none."""
    operation = approved(scene, "cat", "dan")
    old = approval_by(scene, OWLS, operation)
    scene.must(scene.send(STRANGER, "withdrawAsGroup", operation, withdrawal_by(scene, OWLS, operation)))
    refusal = ApprovalWithdrawn(seat=seat)
    unsigned = approval_by(scene, OWLS, operation, 0)
    for entry in (old, unsigned):
        scene.refuses(refusal, partial(scene.approve, operation, [entry]))
    own = (seat, scene.publication(operation), NO_SIGNATURE)
    misread = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=OWLS.account)
    scene.refuses(misread, lambda: scene.approve(operation, [own], by=OWLS.account))
    # Where it is published anew, it may.
    again = scene.published("ann", [STANDARD_CALL], nth=1)
    scene.must(scene.approve(again, [approval_by(scene, OWLS, again)]))


def test_withdraw__by_a_group_twice__is_refused(scene: Scene, seat: int) -> None:
    operation = approved(scene, "cat", "dan")
    said = withdrawal_by(scene, OWLS, operation)
    scene.must(scene.send(STRANGER, "withdrawAsGroup", operation, said))
    refusal = ApprovalMissing(id=scene.id_of(operation), member=OWLS.account)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "withdrawAsGroup", operation, said))


def test_withdraw__by_a_group_that_did_not_approve__is_refused(scene: Scene, seat: int) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    said = withdrawal_by(scene, OWLS, operation)
    refusal = ApprovalMissing(id=scene.id_of(operation), member=OWLS.account)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "withdrawAsGroup", operation, said))


def test_withdraw__by_a_suspended_group__is_possible(scene: Scene, seat: int) -> None:
    operation = approved(scene, "cat", "dan", "eve")
    said = withdrawal_by(scene, OWLS, operation)
    scene.must(scene.send("gus", "suspend", OWLS.account))
    scene.must(scene.send(STRANGER, "withdrawAsGroup", operation, said))
    assert seat not in scene.lane(0)[1].approvals


def test_withdraw__by_a_group_in_a_new_seat__is_refused(scene: Scene, seat: int) -> None:
    operation = approved(scene, "cat", "dan")
    scene.must_change("setHolders", OWLS.account, [7 | 8 << 32, 0, 0])
    refusal = ApprovalMissing(id=scene.id_of(operation), member=OWLS.account)
    said = withdrawal_by(scene, OWLS, operation)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "withdrawAsGroup", operation, said))


# -------------------------------------------------------------------------------------------------------- Suspension


@pytest.mark.parametrize("by", ["ann", STRANGER], ids=["member", "stranger"])
def test_suspend__by_a_group_of_itself__takes_effect_at_once(
    scene: Scene, seat: int, by: str | bytes
) -> None:
    before = scene.roster()
    scene.must(scene.send(by, "suspendAsGroup", suspension_by(scene, OWLS)))
    assert scene.member(OWLS.account).status is MemberStatus.SELF_SUSPENDED
    assert scene.roster().approvers == before.approvers - {seat}
    assert scene.roster().epoch == before.epoch + 1


def test_suspend__by_a_group_twice__is_refused_though_it_signs_again(scene: Scene, seat: int) -> None:
    said = suspension_by(scene, OWLS)
    scene.must(scene.send(STRANGER, "suspendAsGroup", said))
    misread = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=NOBODY)
    scene.refuses(misread, lambda: scene.send(STRANGER, "suspendAsGroup", said))
    refusal = MemberNotActive(member=OWLS.account, status=MemberStatus.SELF_SUSPENDED)
    again = suspension_by(scene, OWLS)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "suspendAsGroup", again))


def test_suspend__by_a_group_after_anything_changed__has_to_be_signed_again(scene: Scene, seat: int) -> None:
    """So that nobody keeps a suspension of a group for later."""
    said = suspension_by(scene, OWLS)
    scene.must_change("setCounterparty", STRANGER, 1)
    misread = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=NOBODY)
    scene.refuses(misread, lambda: scene.send(STRANGER, "suspendAsGroup", said))
    scene.must(scene.send(STRANGER, "suspendAsGroup", suspension_by(scene, OWLS)))


@pytest.mark.parametrize("off", [-1, 1, 1 << 32])
def test_suspend__by_a_group_for_another_epoch__is_refused(scene: Scene, seat: int, off: int) -> None:
    epoch = scene.roster().epoch + off
    digest = typed_digest(scene.vault, SUSPEND_SELF, ["uint8", "uint256"], [seat, epoch])
    misread = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=NOBODY)
    said = proof(scene, OWLS, digest)
    scene.refuses(misread, lambda: scene.send(STRANGER, "suspendAsGroup", said))


def test_suspend__by_a_group_that_a_guardian_suspended__frees_the_guardian(scene: Scene, seat: int) -> None:
    scene.must(scene.send("gus", "suspend", OWLS.account))
    scene.must(scene.send(STRANGER, "suspendAsGroup", suspension_by(scene, OWLS)))
    assert scene.member(OWLS.account).status is MemberStatus.SELF_SUSPENDED
    scene.must(scene.send("gus", "suspend", scene.address("eve")))


def test_suspend__by_a_group_below_every_floor__is_possible(scene: Scene, seat: int) -> None:
    for who in ("ann", "bob", "cat", "dan", "eve"):
        scene.must(scene.send(who, "suspend", scene.address(who)))
    scene.must(scene.send(STRANGER, "suspendAsGroup", suspension_by(scene, OWLS)))
    assert scene.roster().approvers == frozenset()
