"""veto: anyone's stop. cancel: the publisher's. Both for good."""

from __future__ import annotations

import dataclasses

import pytest

from tests.contracts.scene import (
    BOTH,
    HIGH_VALUE_CALL,
    ROUTINE_CALL,
    STANDARD_CALL,
    Scene,
)
from tests.stage import STRANGER
from verifier.errors.members import MemberNotActive, MemberRoleMissing
from verifier.errors.operations import (
    LaneOfOtherSeat,
    OperationNotVetoable,
    OperationStatusUnexpected,
    OperationUnknown,
)
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role

OPEN = 0b1110
STOPPERS = Role.APPROVER | Role.GUARDIAN


# ------------------------------------------------------------------------------------------------------------- Veto


@pytest.mark.parametrize("who", ["ann", "bob", "eve", "gus"])
@pytest.mark.parametrize("status", [Status.PROPOSED, Status.WAITING, Status.READY])
def test_veto__by_any_approver_or_guardian__ends_an_open_operation(
    scene: Scene, who: str, status: Status
) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    if status is not Status.PROPOSED:
        scene.give(operation, "bob", "cat", "dan")
    if status is Status.READY:
        scene.pass_to_ready(operation)
    operation_id, before, now = scene.lane(operation[1])
    assert now is status
    scene.must(scene.send(who, "veto", operation[1], operation_id))
    after = scene.lane(operation[1])
    assert after[2] is Status.VETOED
    assert after[1] == replace_status(before, Status.VETOED)


def replace_status(lane: Lane, status: Status) -> Lane:
    """Return the lane with nothing but its status changed."""

    return dataclasses.replace(lane, status=status)


def test_veto__by_a_stranger__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    refusal = MemberNotActive(member=STRANGER, status=MemberStatus.STRANGER)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "veto", 0, scene.id_of(operation)))
    scene.must(scene.send("eve", "veto", 0, scene.id_of(operation)))


@pytest.mark.parametrize("roles", [Role.AUDITOR, Role.PROPOSER])
def test_veto__by_an_auditor_or_a_mere_proposer__is_refused(scene: Scene, roles: Role) -> None:
    scene.newcomer("pat", roles)
    operation = scene.published("ann", [STANDARD_CALL])
    refusal = MemberRoleMissing(member=scene.address("pat"), any_of=STOPPERS, actual=roles)
    scene.refuses(refusal, lambda: scene.send("pat", "veto", 0, scene.id_of(operation)))
    scene.must(scene.send("gus", "veto", 0, scene.id_of(operation)))


def test_veto__by_one_whom_a_guardian_suspended__is_possible_until_confirmed(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.must(scene.send("gus", "suspend", scene.address("dan")))
    with scene.chain.isolate():
        scene.must(scene.send("dan", "veto", 0, scene.id_of(operation)))
    scene.must_change("confirmSuspension", scene.address("dan"))
    refusal = MemberNotActive(member=scene.address("dan"), status=MemberStatus.CONFIRMED)
    scene.refuses(refusal, lambda: scene.send("dan", "veto", 0, scene.id_of(operation)))


@pytest.mark.parametrize("who", ["dan", "gus"])
def test_veto__by_one_who_suspended_oneself__is_refused(scene: Scene, who: str) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    with scene.chain.isolate():
        scene.must(scene.send(who, "suspend", scene.address(who)))
        refusal = MemberNotActive(member=scene.address(who), status=MemberStatus.SELF_SUSPENDED)
        scene.refuses(refusal, lambda: scene.send(who, "veto", 0, scene.id_of(operation)))
    scene.must(scene.send(who, "veto", 0, scene.id_of(operation)))


def test_veto__by_a_removed_member__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    with scene.chain.isolate():
        scene.must_change("removeMember", scene.address("dan"))
        refusal = MemberNotActive(member=scene.address("dan"), status=MemberStatus.REMOVED)
        scene.refuses(refusal, lambda: scene.send("dan", "veto", 0, scene.id_of(operation)))
    scene.must(scene.send("dan", "veto", 0, scene.id_of(operation)))


@pytest.mark.parametrize("who", ["bob", "gus", "eve"])
def test_veto__of_a_seat_operation__is_refused_but_an_objection_is_not(scene: Scene, who: str) -> None:
    operation = scene.seat_operation("ann", "removeMember", scene.address("dan"))
    operation_id, lane, _ = scene.lane(operation[1])
    refusal = OperationNotVetoable(id=operation_id, state=lane.pack())
    scene.refuses(refusal, lambda: scene.send(who, "veto", 0, operation_id))
    scene.must(scene.send(who, "object", operation))


def test_veto__of_a_batch_about_a_member__is_possible(scene: Scene) -> None:
    removal = scene.to_itself("ann", "removeMember", scene.address("dan"))[0][0]
    operation = scene.published("ann", [removal, removal])
    scene.must(scene.send("dan", "veto", 0, scene.id_of(operation)))
    assert scene.status(operation) is Status.VETOED


def test_veto__of_an_earlier_operation_of_the_lane__never_hits_its_successor(scene: Scene) -> None:
    earlier = scene.published("ann", [STANDARD_CALL])
    earlier_id = scene.id_of(earlier)
    scene.must(scene.send("ann", "cancel", 0, earlier_id))
    later = scene.published("ann", [STANDARD_CALL])
    refusal = OperationUnknown(lane=0, expected=scene.id_of(later), actual=earlier_id)
    scene.refuses(refusal, lambda: scene.send("eve", "veto", 0, earlier_id))
    scene.refuses(refusal, lambda: scene.send("ann", "cancel", 0, earlier_id))
    scene.must(scene.send("eve", "veto", 0, scene.id_of(later)))


@pytest.mark.parametrize("lane", [1, 8, 511, 512, 2**256 - 1])
def test_veto__in_another_lane__is_refused(scene: Scene, lane: int) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    refusal = OperationUnknown(lane=lane, expected=bytes(32), actual=scene.id_of(operation))
    scene.refuses(refusal, lambda: scene.send("eve", "veto", lane, scene.id_of(operation)))
    scene.must(scene.send("eve", "veto", 0, scene.id_of(operation)))


def test_veto__of_a_lane_that_never_held_anything__is_refused(scene: Scene) -> None:
    """Its id is zero, and naming zero opens nothing."""
    refusal = OperationStatusUnexpected(id=bytes(32), expected=OPEN, actual=Status.UNKNOWN)
    scene.refuses(refusal, lambda: scene.send("eve", "veto", 0, bytes(32)))


# ----------------------------------------------------------------------------------------------------------- Cancel


@pytest.mark.parametrize("status", [Status.PROPOSED, Status.WAITING, Status.READY])
def test_cancel__by_its_publisher__ends_an_open_operation(scene: Scene, status: Status) -> None:
    operation = scene.published("ann", [ROUTINE_CALL])
    if status is not Status.PROPOSED:
        scene.give(operation, "bob", "cat")
    if status is Status.READY:
        scene.pass_to_ready(operation)
    operation_id, before, now = scene.lane(operation[1])
    assert now is status
    scene.must(scene.send("ann", "cancel", 0, operation_id))
    assert scene.lane(0)[1:] == (replace_status(before, Status.CANCELLED), Status.CANCELLED)


@pytest.mark.parametrize("who", ["bob", "eve", "gus", "amy"])
def test_cancel__by_another_member__is_refused(scene: Scene, who: str) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    refusal = LaneOfOtherSeat(lane=0, expected=scene.seat(who), actual=0)
    scene.refuses(refusal, lambda: scene.send(who, "cancel", 0, scene.id_of(operation)))
    scene.must(scene.send("ann", "cancel", 0, scene.id_of(operation)))


def test_cancel__by_a_stranger__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    refusal = MemberNotActive(member=STRANGER, status=MemberStatus.STRANGER)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "cancel", 0, scene.id_of(operation)))
    scene.must(scene.send("ann", "cancel", 0, scene.id_of(operation)))


def test_cancel__of_a_seat_operation__is_possible_for_its_publisher(scene: Scene) -> None:
    operation = scene.seat_operation("dan", "removeMember", scene.address("eve"))
    scene.must(scene.send("dan", "cancel", operation[1], scene.id_of(operation)))
    assert scene.status(operation) is Status.CANCELLED


def test_cancel__from_another_seat_than_the_one_that_published__is_refused(scene: Scene) -> None:
    """Whoever comes back has new lanes, and no hand in the old ones."""
    operation = scene.published("ann", [STANDARD_CALL])
    with scene.chain.isolate():
        scene.must_change("setRoles", scene.address("ann"), int(BOTH | Role.SECURITY))
        refusal = LaneOfOtherSeat(lane=0, expected=scene.seat("ann"), actual=0)
        scene.refuses(refusal, lambda: scene.send("ann", "cancel", 0, scene.id_of(operation)))
    with scene.chain.isolate():
        scene.must(scene.send("ann", "suspend", scene.address("ann")))
        suspended = MemberNotActive(member=scene.address("ann"), status=MemberStatus.SELF_SUSPENDED)
        scene.refuses(suspended, lambda: scene.send("ann", "cancel", 0, scene.id_of(operation)))
    scene.must(scene.send("ann", "cancel", 0, scene.id_of(operation)))


def test_cancel__with_the_role_of_a_proposer_lost__is_still_possible(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.must_change("setRoles", scene.address("ann"), int(Role.APPROVER))
    scene.must(scene.send("ann", "cancel", 0, scene.id_of(operation)))
    assert scene.status(operation) is Status.CANCELLED
