"""The queue: a proposer who fills it, takes another's place in it, or hides something outside of it."""

from __future__ import annotations

from functools import partial

import pytest

from tests.contracts.scene import BOTH, HERE, STANDARD_CALL, Scene
from tests.stage import Operation
from verifier.errors.operations import LaneOfOtherSeat, LaneSequenceUnexpected, LaneTaken
from verifier.model.life import Status


def fill(scene: Scene, who: str) -> list[Operation]:
    return [scene.published(who, [STANDARD_CALL], nth=nth) for nth in range(8)]


def test_propose__ann_filled_all_her_lanes__stops_nobody_else(scene: Scene) -> None:
    filled = fill(scene, "ann")
    for nth in range(8):
        operation = scene.operation("ann", [STANDARD_CALL], nth=nth)
        refusal = LaneTaken(lane=operation[1], by=scene.id_of(filled[nth]), status=Status.PROPOSED)
        scene.refuses(refusal, partial(scene.propose, "ann", operation))
    scene.published("bob", [STANDARD_CALL])
    # Her removal needs no lane of hers, and any approver may publish it.
    scene.seat_operation("dan", "removeMember", scene.address("ann"))


def test_propose__into_another_members_lane__is_refused(scene: Scene) -> None:
    bobs = 8 * scene.seat("bob")
    for lane in (bobs, bobs + 7, 8 * 63, 511, 512, 2**16 - 1):
        calls, _, sequence, approve_by = scene.operation("ann", [STANDARD_CALL])
        operation: Operation = (calls, lane, sequence, approve_by)
        refusal = LaneOfOtherSeat(lane=lane, expected=scene.seat("ann"), actual=lane // 8)
        scene.refuses(refusal, partial(scene.propose, "ann", operation))
    scene.published("ann", [STANDARD_CALL], nth=7)


@pytest.mark.parametrize("sequence", [0, 2, 3, 2**32 - 1])
def test_propose__out_of_sequence__is_refused(scene: Scene, sequence: int) -> None:
    """A gap would let somebody publish what was signed for later, or publish the same twice."""
    operation = scene.operation("ann", [STANDARD_CALL], sequence=sequence)
    refusal = LaneSequenceUnexpected(lane=operation[1], expected=1, actual=sequence)
    scene.refuses(refusal, lambda: scene.propose("ann", operation))
    scene.published("ann", [STANDARD_CALL])


@pytest.mark.parametrize("state", ["PROPOSED", "WAITING", "READY"])
def test_propose__over_an_open_operation__is_refused(scene: Scene, state: str) -> None:
    """Publishing over it would make an operation disappear that somebody is about to veto, or to execute."""
    old = {
        "PROPOSED": lambda: scene.published("ann", [STANDARD_CALL]),
        "WAITING": lambda: scene.waiting("ann", [STANDARD_CALL]),
        "READY": lambda: scene.ready("ann", [STANDARD_CALL]),
    }[state]()
    status = scene.status(old)
    assert status.name == state
    new = scene.operation("ann", [STANDARD_CALL])
    refusal = LaneTaken(lane=old[1], by=scene.id_of(old), status=status)
    scene.refuses(refusal, lambda: scene.propose("ann", new))
    scene.must(scene.send("ann", "cancel", old[1], scene.id_of(old)))
    scene.must(scene.propose("ann", new))


def test_propose__from_a_seat_that_was_left__is_refused(scene: Scene) -> None:
    """ann moved: her old lanes are nobody's until the seat has rested, and her new ones begin."""
    old = scene.seat("ann")
    waiting = scene.waiting("ann", [STANDARD_CALL], nth=1)
    scene.must_change("setAttributes", scene.address("ann"), HERE.pack())
    new = scene.seat("ann")
    calls, _, _, approve_by = scene.operation("ann", [STANDARD_CALL])
    in_old: Operation = (calls, 8 * old, 1, approve_by)
    refusal = LaneOfOtherSeat(lane=8 * old, expected=new, actual=old)
    scene.refuses(refusal, lambda: scene.propose("ann", in_old))
    # Nor can she end what she left there; anybody else can, and it does not execute.
    cancel = LaneOfOtherSeat(lane=waiting[1], expected=new, actual=old)
    scene.refuses(cancel, lambda: scene.send("ann", "cancel", waiting[1], scene.id_of(waiting)))
    scene.pass_to_ready(waiting)
    assert not scene.execute("eve", waiting).succeeded
    scene.must(scene.send("eve", "veto", waiting[1], scene.id_of(waiting)))
    scene.published("ann", [STANDARD_CALL])


def test_propose__by_an_approver__only_seat_operations(scene: Scene) -> None:
    transfer = scene.operation("dan", [STANDARD_CALL])
    outcome = scene.propose("dan", transfer)
    assert not outcome.succeeded
    assert scene.status(transfer) is Status.UNKNOWN
    scene.seat_operation("dan", "setRoles", scene.address("eve"), int(BOTH))


def test_queue__read_from_storage__has_every_open_operation_in_a_lane_of_a_seat(scene: Scene) -> None:
    """There is no other place: what executes names a lane, and only 512 lanes have a seat."""
    published = {scene.id_of(operation) for who in ("ann", "bob") for operation in fill(scene, who)}
    found = set()
    for lane in range(8 * 64):
        id_, _, status = scene.lane(lane)
        if status is not Status.UNKNOWN:
            found.add(id_)
    assert found == published
