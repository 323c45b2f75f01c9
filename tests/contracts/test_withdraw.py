"""withdraw: taking back one's own approval, and what becomes of the clock."""

from __future__ import annotations

import pytest

from tests.contracts.scene import HIGH_VALUE_CALL, PAYEE, STANDARD_CALL, Scene
from tests.stage import ETHER, HOUR, STRANGER, Call, Operation, call
from verifier.errors.approvals import ApprovalMissing, ApprovalWithdrawn
from verifier.errors.operations import OperationStatusUnexpected, OperationUnknown
from verifier.model.life import Status
from verifier.model.member import MemberStatus

OPEN = 0b1110


@pytest.mark.parametrize("status", [Status.WAITING, Status.READY])
def test_withdraw__of_a_quorums_last_approval__stops_the_clock(scene: Scene, status: Status) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    if status is Status.READY:
        scene.pass_to_ready(operation)
    assert scene.status(operation) is status
    scene.must(scene.send("bob", "withdraw", operation))
    _, lane, now = scene.lane(operation[1])
    assert (now, lane.moment, lane.grace_hours) == (Status.PROPOSED, operation[3], 0)
    assert lane.approvals == {scene.seat("cat"), scene.seat("dan")}
    assert lane.withdrawals


def test_withdraw__above_the_quorum__leaves_the_clock(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan", "eve")
    before = scene.lane(operation[1])[1]
    scene.must(scene.send("bob", "withdraw", operation))
    after = scene.lane(operation[1])[1]
    assert (after.status, after.moment) == (Status.WAITING, before.moment)
    scene.must(scene.send("cat", "withdraw", operation))
    assert scene.status(operation) is Status.PROPOSED


def test_withdraw__of_the_only_security_approval__stops_the_clock(scene: Scene) -> None:
    operation = scene.waiting("bob", [HIGH_VALUE_CALL], "ann", "cat", "dan", "eve")
    with scene.chain.isolate():
        scene.must(scene.send("dan", "withdraw", operation))
        assert scene.status(operation) is Status.WAITING
    scene.must(scene.send("cat", "withdraw", operation))
    assert scene.status(operation) is Status.PROPOSED


def test_withdraw__below_the_quorum__leaves_it_proposed(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "bob")
    scene.must(scene.send("bob", "withdraw", operation))
    _, lane, status = scene.lane(operation[1])
    assert (status, lane.moment, lane.approvals) == (Status.PROPOSED, operation[3], frozenset())


@pytest.mark.parametrize(("late", "status"), [(0, Status.PROPOSED), (1, Status.EXPIRED)])
def test_withdraw__when_the_time_to_approve_is_over__ends_the_operation(
    scene: Scene, late: int, status: Status
) -> None:
    approve_by = scene.next_time() + HOUR
    operation = scene.operation("ann", [STANDARD_CALL], approve_by=approve_by)
    approvals = [scene.sign(who, operation) for who in ("bob", "cat", "dan")]
    scene.must(scene.propose("ann", operation, approvals))
    scene.at(approve_by + late, lambda: scene.send("bob", "withdraw", operation))
    assert scene.status(operation) is status


# ---------------------------------------------------------------------------------------------------------- Who may


@pytest.mark.parametrize("who", ["ann", "dan", "gus", STRANGER])
def test_withdraw__of_what_one_did_not_approve__is_refused(scene: Scene, who: str | bytes) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "bob")
    refusal = ApprovalMissing(id=scene.id_of(operation), member=scene.address(who))
    scene.refuses(refusal, lambda: scene.send(who, "withdraw", operation))
    scene.must(scene.send("bob", "withdraw", operation))


def test_withdraw__twice__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "bob")
    scene.must(scene.send("bob", "withdraw", operation))
    refusal = ApprovalMissing(id=scene.id_of(operation), member=scene.address("bob"))
    scene.refuses(refusal, lambda: scene.send("bob", "withdraw", operation))


def test_withdraw__while_suspended__is_possible(scene: Scene) -> None:
    """It takes power away and gives none."""
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "dan")
    scene.must(scene.send("gus", "suspend", scene.address("dan")))
    assert scene.member("dan").status is MemberStatus.SUSPENDED
    scene.must(scene.send("dan", "withdraw", operation))
    assert scene.lane(operation[1])[1].approvals == frozenset()


def test_withdraw__from_another_seat_than_the_one_that_approved__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "bob", "dan")
    scene.must(scene.send("bob", "suspend", scene.address("bob")))
    scene.must_change("reinstateMember", scene.address("bob"))
    refusal = ApprovalMissing(id=scene.id_of(operation), member=scene.address("bob"))
    scene.refuses(refusal, lambda: scene.send("bob", "withdraw", operation))
    scene.must(scene.send("dan", "withdraw", operation))


def test_withdraw__by_a_removed_member__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "bob", "dan")
    scene.must_change("removeMember", scene.address("bob"))
    refusal = ApprovalMissing(id=scene.id_of(operation), member=scene.address("bob"))
    scene.refuses(refusal, lambda: scene.send("bob", "withdraw", operation))
    scene.must(scene.send("dan", "withdraw", operation))


def test_withdraw__from_an_operation_that_ended__is_refused(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    with scene.chain.isolate():
        scene.must(scene.send("ann", "cancel", operation[1], scene.id_of(operation)))
        refusal = OperationStatusUnexpected(id=scene.id_of(operation), expected=OPEN, actual=Status.CANCELLED)
        scene.refuses(refusal, lambda: scene.send("bob", "withdraw", operation))
    scene.must(scene.send("bob", "withdraw", operation))


def test_withdraw__from_an_operation_that_differs_in_its_approve_by__is_refused(scene: Scene) -> None:
    """Else the operation could be made approvable for longer."""
    operation = scene.waiting("ann", [STANDARD_CALL])
    calls, lane, sequence, approve_by = operation
    other: Operation = (calls, lane, sequence, approve_by + 1)
    refusal = OperationUnknown(lane=lane, expected=scene.id_of(operation), actual=scene.id_of(other))
    scene.refuses(refusal, lambda: scene.send("bob", "withdraw", other))
    scene.must(scene.send("bob", "withdraw", operation))


# ------------------------------------------------------------------------------------------------------- Coming back


@pytest.mark.parametrize("tier_call", [STANDARD_CALL, HIGH_VALUE_CALL])
def test_withdraw__and_the_old_signature_again__is_refused(scene: Scene, tier_call: Call) -> None:
    """Anybody has the signature; only the member can send its own transaction."""
    operation = scene.published("ann", [tier_call])
    bob = scene.sign_published("bob", operation)
    scene.must(scene.approve(operation, [bob]))
    scene.must(scene.send("bob", "withdraw", operation))
    refusal = ApprovalWithdrawn(seat=scene.seat("bob"))
    scene.refuses(refusal, lambda: scene.approve(operation, [bob]))
    scene.refuses(refusal, lambda: scene.approve(operation, [bob], by="bob"))
    scene.must(scene.approve(operation, [scene.own("bob", operation)], by="bob"))
    assert scene.lane(operation[1])[1].approvals == {scene.seat("bob")}


def test_withdraw__and_again_after_coming_back__is_possible(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "bob")
    for _ in range(2):
        scene.must(scene.send("bob", "withdraw", operation))
        refusal = ApprovalWithdrawn(seat=scene.seat("bob"))
        scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign_published("bob", operation)]))
        scene.must(scene.approve(operation, [scene.own("bob", operation)], by="bob"))
    assert scene.lane(operation[1])[1].approvals == {scene.seat("bob")}


def test_withdraw__by_one__leaves_the_signatures_of_others(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "bob")
    scene.must(scene.send("bob", "withdraw", operation))
    scene.give(operation, "cat", "dan", "eve")
    assert scene.status(operation) is Status.WAITING


def test_withdraw__in_an_earlier_operation_of_the_lane__binds_nobody_later(scene: Scene) -> None:
    earlier = scene.published("ann", [STANDARD_CALL])
    scene.give(earlier, "bob", "cat")
    scene.must(scene.send("bob", "withdraw", earlier))
    scene.must(scene.send("ann", "cancel", earlier[1], scene.id_of(earlier)))

    # Little enough to stay ROUTINE when it counts a second time.
    later = scene.published("ann", [call(to=PAYEE, value=ETHER // 2)])
    scene.give(later, "bob", "cat")
    scene.must(scene.send("cat", "withdraw", later))
    refusal = ApprovalWithdrawn(seat=scene.seat("cat"))
    scene.refuses(refusal, lambda: scene.approve(later, [scene.sign_published("cat", later)]))
    assert scene.lane(later[1])[1].approvals == {scene.seat("bob")}
    scene.give(later, "dan")
    assert scene.status(later) is Status.WAITING
