"""Every step from every status, as the table of the life cycle has it: what is absent there must revert."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.anvil import Outcome
from tests.contracts.scene import PAYEE, QUORUM, ROUTINE_CALL, Scene
from tests.stage import DAY, Operation
from verifier.errors import VaultError
from verifier.errors.operations import (
    LaneSequenceUnexpected,
    LaneTaken,
    OperationStatusUnexpected,
    OperationUnknown,
)
from verifier.model.life import FINAL, LIFE, OPEN, Status, Step

ANY_OPEN = sum(1 << status for status in OPEN)
ONLY_READY = 1 << Status.READY
# Break-glass wants longer delays: test_expedite.py has it here, and the stories of tests/lifecycle/test_life_table.py.
TRANSACTIONS = [step for step in Step if step not in (Step.CLOCK, Step.EXPEDITE)]


def new(scene: Scene, step: Step) -> Operation:
    """Return an operation that knows the step: only a seat operation is objected to, and only another is vetoed."""
    if step is Step.OBJECT:
        return scene.to_itself("ann", "removeMember", scene.address("amy"))
    return scene.operation("ann", [ROUTINE_CALL])


def bring_to(scene: Scene, operation: Operation, status: Status) -> None:
    """Take an operation from UNKNOWN to a status."""
    if status is Status.UNKNOWN:
        return
    scene.must(scene.propose("ann", operation))
    operation_id = scene.id_of(operation)
    if status in (Status.WAITING, Status.READY, Status.EXECUTED):
        scene.give(operation, *QUORUM)
    match status:
        case Status.READY:
            scene.pass_to_ready(operation)
        case Status.EXECUTED:
            scene.pass_to_ready(operation)
            scene.must(scene.execute("ann", operation))
        case Status.VETOED:
            scene.must(scene.send("eve", "veto", 0, operation_id))
        case Status.CANCELLED:
            scene.must(scene.send("ann", "cancel", 0, operation_id))
        case Status.EXPIRED:
            scene.chain.set_time(operation[3] + 1)
        case _:
            pass


def act(scene: Scene, operation: Operation, step: Step) -> Callable[[], Outcome]:
    """Return the step as a transaction, by somebody who may do it."""
    operation_id = scene.id_of(operation)
    steps: dict[Step, Callable[[], Outcome]] = {
        Step.PROPOSE: lambda: scene.propose("ann", operation),
        Step.APPROVE: lambda: scene.approve(operation, [scene.sign_published("eve", operation)]),
        Step.WITHDRAW: lambda: scene.send("bob", "withdraw", operation),
        Step.OBJECT: lambda: scene.send("eve", "object", operation),
        Step.VETO: lambda: scene.send("eve", "veto", 0, operation_id),
        Step.CANCEL: lambda: scene.send("ann", "cancel", 0, operation_id),
        Step.EXECUTE: lambda: scene.execute("ann", operation),
    }
    return steps[step]


def refusal_of(scene: Scene, operation: Operation, status: Status, step: Step) -> VaultError:
    """Return how a step that the table does not have is refused."""
    operation_id = scene.id_of(operation)
    if step is Step.PROPOSE:
        if status in OPEN:
            return LaneTaken(lane=0, by=operation_id, status=status)
        return LaneSequenceUnexpected(lane=0, expected=2, actual=1)
    if status is Status.UNKNOWN:
        return OperationUnknown(lane=0, expected=bytes(32), actual=operation_id)
    expected = ONLY_READY if step is Step.EXECUTE else ANY_OPEN
    return OperationStatusUnexpected(id=operation_id, expected=expected, actual=status)


@pytest.mark.parametrize("step", TRANSACTIONS, ids=lambda step: step.value)
@pytest.mark.parametrize("status", Status, ids=lambda status: status.name)
def test_step__from_every_status__leads_where_the_table_says(
    scene: Scene, status: Status, step: Step
) -> None:
    # A seat operation knows no veto, and its end by one is that of any other operation.
    operation = new(scene, step if status is not Status.VETOED else Step.VETO)
    bring_to(scene, operation, status)
    assert scene.status(operation) is status
    if step is Step.WITHDRAW and status is Status.PROPOSED:
        scene.give(operation, "bob")
    allowed = LIFE.get((status, step))
    if allowed is None:
        scene.refuses(refusal_of(scene, operation, status, step), act(scene, operation, step))
        assert scene.status(operation) is status
    else:
        scene.must(act(scene, operation, step)())
        assert scene.status(operation) in allowed


@pytest.mark.parametrize(
    ("status", "after", "expected"),
    [
        (Status.PROPOSED, 14 * DAY, Status.EXPIRED),
        (Status.WAITING, 10 * 60, Status.READY),
        (Status.WAITING, 14 * DAY, Status.EXPIRED),
        (Status.READY, 14 * DAY, Status.EXPIRED),
    ],
)
def test_clock__alone__leads_where_the_table_says(
    scene: Scene, status: Status, after: int, expected: Status
) -> None:
    operation = new(scene, Step.CLOCK)
    bring_to(scene, operation, status)
    scene.chain.set_time(scene.chain.now() + after)
    assert scene.status(operation) is expected
    assert expected in LIFE[status, Step.CLOCK]


@pytest.mark.parametrize("status", [Status.UNKNOWN, *sorted(FINAL)], ids=lambda status: status.name)
def test_clock__alone__moves_nothing_that_is_unknown_or_final(scene: Scene, status: Status) -> None:
    operation = new(scene, Step.CLOCK)
    bring_to(scene, operation, status)
    paid = scene.chain.balance(PAYEE)
    scene.chain.set_time(scene.chain.now() + 1_000 * DAY)
    assert scene.status(operation) is status
    assert scene.chain.balance(PAYEE) == paid
    assert (status, Step.CLOCK) not in LIFE


@pytest.mark.parametrize("status", sorted(FINAL), ids=lambda status: status.name)
def test_propose__after_the_end__takes_the_lane_with_the_next_sequence(scene: Scene, status: Status) -> None:
    first = new(scene, Step.VETO)
    bring_to(scene, first, status)
    second = scene.operation("ann", [ROUTINE_CALL])
    assert (first[2], second[2]) == (1, 2)
    scene.must(scene.propose("ann", second))
    assert scene.status(second) is Status.PROPOSED
    assert scene.status(first) is Status.UNKNOWN
