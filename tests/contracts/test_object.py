"""object: a veto of a seat operation, which does not end it but raises its quorum to `supermajority`."""

from __future__ import annotations

import dataclasses
from typing import Final

import pytest

from tests.contracts.scene import HERE, STANDARD_CALL, SUPERMAJORITY, Scene
from tests.stage import DAY, HOUR, STRANGER, Actor, data_of
from verifier.errors.members import MemberIsSubject, MemberNotActive, MemberRoleMissing
from verifier.errors.operations import (
    OperationNotObjectable,
    OperationQuorumBroken,
    OperationStatusUnexpected,
)
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role

OPEN = 0b1110
STOPPERS = Role.APPROVER | Role.GUARDIAN
FAY = Actor.new("fay", Role.APPROVER)


ADDING_FAY: Final = ("addMember", FAY.address, FAY.person, int(FAY.roles), HERE.pack())


# ------------------------------------------------------------------------------------------------- What it leads to


def test_object__to_a_proposed_one__leaves_it_proposed_until_the_supermajority(scene: Scene) -> None:
    operation = scene.seat_operation("ann", *ADDING_FAY)
    scene.must(scene.send("eve", "object", operation))
    _, lane, status = scene.lane(0)
    assert (status, lane.objected, lane.moment) == (Status.PROPOSED, True, operation[3])
    scene.give(operation, "bob", "cat", "dan")
    assert scene.status(operation) is Status.PROPOSED
    moment = scene.next_time() + HOUR
    entry = scene.sign_published("eve", operation)
    scene.at(moment, lambda: scene.approve(operation, [entry]))
    _, lane, status = scene.lane(0)
    assert (status, lane.moment) == (Status.WAITING, moment + 72 * HOUR)
    assert len(lane.approvals) == SUPERMAJORITY


@pytest.mark.parametrize("status", [Status.WAITING, Status.READY])
def test_object__to_one_with_a_mere_quorum__stops_its_clock(scene: Scene, status: Status) -> None:
    operation = scene.seat_operation("ann", *ADDING_FAY)
    scene.give(operation, "bob", "cat", "dan")
    if status is Status.READY:
        scene.pass_to_ready(operation)
    assert scene.status(operation) is status
    scene.must(scene.send("eve", "object", operation))
    _, lane, now = scene.lane(0)
    assert (now, lane.moment, lane.grace_hours) == (Status.PROPOSED, operation[3], 0)
    assert len(lane.approvals) == 3
    refusal = OperationStatusUnexpected(
        id=scene.id_of(operation), expected=1 << Status.READY, actual=Status.PROPOSED
    )
    scene.refuses(refusal, lambda: scene.execute("ann", operation))


@pytest.mark.parametrize("status", [Status.WAITING, Status.READY])
def test_object__to_one_with_a_supermajority__changes_nothing_but_the_mark(
    scene: Scene, status: Status
) -> None:
    operation = scene.seat_operation("ann", *ADDING_FAY)
    scene.give(operation, "bob", "cat", "dan", "eve")
    if status is Status.READY:
        scene.pass_to_ready(operation)
    before = scene.lane(0)
    scene.must(scene.send("gus", "object", operation))
    after = scene.lane(0)
    assert after == (before[0], dataclasses.replace(before[1], objected=True), before[2])
    if status is Status.WAITING:
        scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))
    assert scene.member(FAY.address).is_active


def test_object__after_approve_by__ends_one_without_a_supermajority(scene: Scene) -> None:
    approve_by = scene.next_time() + DAY
    data = data_of(*ADDING_FAY)
    operation = scene.operation("ann", [(scene.vault, 0, data)], approve_by=approve_by)
    scene.must(scene.propose("ann", operation))
    scene.give(operation, "bob", "cat", "dan")
    for late, status in ((0, Status.PROPOSED), (1, Status.EXPIRED)):
        with scene.chain.isolate():
            scene.chain.set_next_time(approve_by + late)
            scene.must(scene.send("eve", "object", operation))
            assert scene.status(operation) is status


def test_object__and_a_withdrawal_below_the_supermajority__stops_the_clock(scene: Scene) -> None:
    operation = scene.seat_operation("ann", *ADDING_FAY)
    scene.give(operation, "bob", "cat", "dan", "eve")
    with scene.chain.isolate():
        scene.must(scene.send("eve", "withdraw", operation))
        assert scene.status(operation) is Status.WAITING
    scene.must(scene.send("gus", "object", operation))
    assert scene.status(operation) is Status.WAITING
    scene.must(scene.send("eve", "withdraw", operation))
    assert scene.status(operation) is Status.PROPOSED


def test_object__and_a_lost_approver__keeps_it_from_being_executed(scene: Scene) -> None:
    operation = scene.seat_operation("ann", *ADDING_FAY)
    scene.give(operation, "bob", "cat", "dan", "eve")
    scene.must(scene.send("gus", "object", operation))
    scene.pass_to_ready(operation)
    with scene.chain.isolate():
        scene.must(scene.execute("ann", operation))
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    lane = scene.lane(0)[1]
    refusal = OperationQuorumBroken(
        id=scene.id_of(operation), state=lane.pack(), roster=scene.roster().pack()
    )
    scene.refuses(refusal, lambda: scene.execute("ann", operation))


# ---------------------------------------------------------------------------------------------------------- Who may


@pytest.mark.parametrize("who", ["ann", "bob", "eve", "gus"])
def test_object__by_any_approver_or_guardian__is_noted(scene: Scene, who: str) -> None:
    operation = scene.seat_operation("ann", "removeMember", scene.address("dan"))
    scene.must(scene.send(who, "object", operation))
    assert scene.lane(0)[1].objected


def test_object__by_the_subject__is_refused(scene: Scene) -> None:
    operation = scene.seat_operation("ann", "removeMember", scene.address("dan"))
    refusal = MemberIsSubject(member=scene.address("dan"))
    scene.refuses(refusal, lambda: scene.send("dan", "object", operation))
    scene.must(scene.send("eve", "object", operation))


def test_object__by_a_stranger__is_refused(scene: Scene) -> None:
    operation = scene.seat_operation("ann", *ADDING_FAY)
    refusal = MemberNotActive(member=STRANGER, status=MemberStatus.STRANGER)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "object", operation))
    scene.must(scene.send("eve", "object", operation))


@pytest.mark.parametrize("roles", [Role.AUDITOR, Role.PROPOSER])
def test_object__by_an_auditor_or_a_mere_proposer__is_refused(scene: Scene, roles: Role) -> None:
    scene.newcomer("pat", roles)
    operation = scene.seat_operation("ann", *ADDING_FAY)
    refusal = MemberRoleMissing(member=scene.address("pat"), any_of=STOPPERS, actual=roles)
    scene.refuses(refusal, lambda: scene.send("pat", "object", operation))
    scene.must(scene.send("gus", "object", operation))


def test_object__by_one_whom_a_guardian_suspended__is_possible_until_confirmed(scene: Scene) -> None:
    operation = scene.seat_operation("ann", *ADDING_FAY)
    scene.must(scene.send("gus", "suspend", scene.address("dan")))
    with scene.chain.isolate():
        scene.must(scene.send("dan", "object", operation))
    scene.must_change("confirmSuspension", scene.address("dan"))
    refusal = MemberNotActive(member=scene.address("dan"), status=MemberStatus.CONFIRMED)
    scene.refuses(refusal, lambda: scene.send("dan", "object", operation))


# ---------------------------------------------------------------------------------------------------------- To what


def test_object__a_second_time__is_refused(scene: Scene) -> None:
    operation = scene.seat_operation("ann", *ADDING_FAY)
    scene.must(scene.send("eve", "object", operation))
    operation_id, lane, _ = scene.lane(0)
    refusal = OperationNotObjectable(id=operation_id, state=lane.pack())
    scene.refuses(refusal, lambda: scene.send("gus", "object", operation))


def test_object__to_a_payment__is_refused_but_a_veto_is_not(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    operation_id, lane, _ = scene.lane(0)
    refusal = OperationNotObjectable(id=operation_id, state=lane.pack())
    scene.refuses(refusal, lambda: scene.send("eve", "object", operation))
    scene.must(scene.send("eve", "veto", 0, operation_id))


def test_object__to_one_that_ended__is_refused(scene: Scene) -> None:
    operation = scene.seat_operation("ann", *ADDING_FAY)
    with scene.chain.isolate():
        scene.must(scene.send("ann", "cancel", 0, scene.id_of(operation)))
        refusal = OperationStatusUnexpected(id=scene.id_of(operation), expected=OPEN, actual=Status.CANCELLED)
        scene.refuses(refusal, lambda: scene.send("eve", "object", operation))
    scene.must(scene.send("eve", "object", operation))


# -------------------------------------------------------------------------------------------- What outlives whom


def test_execute__of_a_seat_operation_whose_publisher_left__wants_a_supermajority(scene: Scene) -> None:
    operation = scene.seat_operation("ann", *ADDING_FAY)
    scene.give(operation, "bob", "cat", "dan")
    scene.must(scene.send("ann", "suspend", scene.address("ann")))
    scene.pass_to_ready(operation)
    refusal = OperationQuorumBroken(
        id=scene.id_of(operation), state=scene.lane(0)[1].pack(), roster=scene.roster().pack()
    )
    scene.refuses(refusal, lambda: scene.execute("bob", operation))

    # A late approval makes it one: the clock, which the recount stopped, starts again.
    scene.give(operation, "eve")
    assert scene.status(operation) is Status.WAITING
    scene.pass_to_ready(operation)
    scene.must(scene.execute("bob", operation))
    assert scene.member(FAY.address).is_active


def test_execute__of_a_payment_whose_publisher_left__is_refused_with_any_number(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan", "eve")
    scene.pass_to_ready(operation)
    with scene.chain.isolate():
        scene.must(scene.execute("bob", operation))
    scene.must(scene.send("ann", "suspend", scene.address("ann")))
    refusal = OperationQuorumBroken(
        id=scene.id_of(operation), state=scene.lane(0)[1].pack(), roster=scene.roster().pack()
    )
    scene.refuses(refusal, lambda: scene.execute("bob", operation))


@pytest.mark.parametrize("moved", [False, True], ids=["same epoch", "counted anew"])
def test_execute__of_a_seat_operation_by_a_mere_approver__wants_the_quorum_alone(
    scene: Scene, moved: bool
) -> None:
    operation = scene.seat_operation("dan", *ADDING_FAY)
    scene.give(operation, "ann", "bob", "eve")
    scene.pass_to_ready(operation)
    if moved:
        scene.must_change("setCounterparty", STRANGER, 1)
    with scene.chain.isolate():
        scene.must(scene.execute("dan", operation))
        assert scene.member(FAY.address).is_active
    # Who is no approver any more has published nothing that a mere quorum carries.
    scene.must(scene.send("dan", "suspend", scene.address("dan")))
    operation_id, lane, _ = scene.lane(operation[1])
    refusal = OperationQuorumBroken(id=operation_id, state=lane.pack(), roster=scene.roster().pack())
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
