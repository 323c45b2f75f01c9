"""The table of a life against the contract: what is in it happens, what is not is refused, and nothing changes then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import pytest

from tests.lifecycle.refusals import facts_of
from tests.lifecycle.run import Run
from tests.lifecycle.scene import Scene, payment, seat_operation
from tests.lifecycle.tally import Tally
from tests.lifecycle.vocabulary import id_of
from tests.lifecycle.world import World
from tests.stage import HOUR
from verifier.model.life import FINAL, LIFE, OPEN, Status, Step, follow

U, P, W, R = Status.UNKNOWN, Status.PROPOSED, Status.WAITING, Status.READY
X, V, C, E = Status.EXECUTED, Status.VETOED, Status.CANCELLED, Status.EXPIRED

Arrange = Callable[[Run], Scene]
"""Bring an operation to a status."""
Turn = Callable[[Scene], None]
"""Make the step that is to be seen, and nothing else."""


@pytest.fixture
def run(world: World) -> Iterator[Run]:
    run = Run(world, "five", Tally())
    yield run
    run.close()


# ----------------------------------------------------------------------------------- how to get to a status


def proposed(run: Run, *approvers: str, of_seat: bool = False) -> Scene:
    scene = seat_operation(run) if of_seat else payment(run)
    scene.propose()
    if approvers:
        scene.must_approve(*approvers)
    return scene


def waiting(run: Run, *more: str, of_seat: bool = False, approve_within: int = 96 * HOUR) -> Scene:
    """Ann, Bob and Cid are the quorum; with one more it is a supermajority."""
    arrange = seat_operation if of_seat else payment
    scene = arrange(run, approve_within=approve_within)
    scene.propose()
    scene.must_approve("ann", "bob", "cid", *more)
    return scene


def ready(run: Run, *more: str, of_seat: bool = False, approve_within: int = 96 * HOUR) -> Scene:
    scene = waiting(run, *more, of_seat=of_seat, approve_within=approve_within)
    scene.wait_until_ready()
    return scene


def with_one_lost(arrange: Arrange) -> Arrange:
    """One of the quorum suspends itself: the vault does not notice until it is asked."""

    def arranged(run: Run) -> Scene:
        scene = arrange(run)
        assert run.step("ann", "suspend", run.address("ann")) is None
        return scene

    return arranged


def overdue(arrange: Callable[..., Scene], *, of_seat: bool = False) -> Arrange:
    """The time to approve it is over, while the clock still runs."""

    def arranged(run: Run) -> Scene:
        scene = arrange(run, of_seat=of_seat, approve_within=HOUR)
        scene.wait_until(scene.operation.approve_by + 1)
        return scene

    return arranged


def ended(run: Run, end: Status) -> Scene:
    """Bring a payment to an end."""
    scene = ready(run) if end is X else proposed(run)
    step = {X: Step.EXECUTE, V: Step.VETO, C: Step.CANCEL}.get(end)
    if step is None:
        scene.wait_until_expired()
    else:
        assert scene.step(step) is None
    return scene


def expired_ready(run: Run) -> Scene:
    scene = ready(run)
    scene.wait_until_expired()
    return scene


def simply(step: Step, *who: str) -> Turn:
    def turn(scene: Scene) -> None:
        refused = scene.approve(*who) if step is Step.APPROVE else scene.step(step, *who)
        assert refused is None

    return turn


def until_ready(scene: Scene) -> None:
    scene.wait_until_ready()


def until_expired(scene: Scene) -> None:
    scene.wait_until_expired()


# ------------------------------------------------------------------------------------- what is in the table

seat_proposed = partial(proposed, of_seat=True)
seat_waiting = partial(waiting, of_seat=True)
seat_ready = partial(ready, of_seat=True)


def with_a_fourth(arrange: Callable[..., Scene]) -> Arrange:
    return lambda run: arrange(run, "dee")


STORIES: Final[dict[tuple[Status, Step, Status], tuple[Arrange, Turn]]] = {
    (U, Step.PROPOSE, P): (payment, simply(Step.PROPOSE)),
    (U, Step.PROPOSE, W): (payment, lambda scene: scene.propose("ann", "bob", "cid")),
    (P, Step.APPROVE, P): (proposed, simply(Step.APPROVE, "ann")),
    (P, Step.APPROVE, W): (lambda run: proposed(run, "ann", "bob"), simply(Step.APPROVE, "cid")),
    (P, Step.WITHDRAW, P): (lambda run: proposed(run, "ann"), simply(Step.WITHDRAW)),
    (P, Step.OBJECT, P): (seat_proposed, simply(Step.OBJECT)),
    (P, Step.VETO, V): (proposed, simply(Step.VETO)),
    (P, Step.CANCEL, C): (proposed, simply(Step.CANCEL)),
    (P, Step.CLOCK, E): (proposed, until_expired),
    (W, Step.APPROVE, W): (waiting, simply(Step.APPROVE, "dee")),
    (W, Step.APPROVE, P): (with_one_lost(waiting), simply(Step.APPROVE)),
    (W, Step.WITHDRAW, W): (with_a_fourth(waiting), simply(Step.WITHDRAW)),
    (W, Step.WITHDRAW, P): (waiting, simply(Step.WITHDRAW)),
    (W, Step.WITHDRAW, E): (overdue(waiting), simply(Step.WITHDRAW)),
    (W, Step.OBJECT, W): (with_a_fourth(seat_waiting), simply(Step.OBJECT)),
    (W, Step.OBJECT, P): (seat_waiting, simply(Step.OBJECT)),
    (W, Step.OBJECT, E): (overdue(waiting, of_seat=True), simply(Step.OBJECT)),
    (W, Step.VETO, V): (waiting, simply(Step.VETO)),
    (W, Step.CANCEL, C): (waiting, simply(Step.CANCEL)),
    (W, Step.EXPEDITE, W): (waiting, simply(Step.EXPEDITE)),
    (W, Step.CLOCK, R): (waiting, until_ready),
    (W, Step.CLOCK, E): (waiting, until_expired),
    (R, Step.APPROVE, R): (ready, simply(Step.APPROVE, "dee")),
    (R, Step.APPROVE, W): (with_one_lost(ready), simply(Step.APPROVE, "dee")),
    (R, Step.APPROVE, P): (with_one_lost(ready), simply(Step.APPROVE)),
    (R, Step.WITHDRAW, R): (with_a_fourth(ready), simply(Step.WITHDRAW)),
    (R, Step.WITHDRAW, P): (ready, simply(Step.WITHDRAW)),
    (R, Step.WITHDRAW, E): (overdue(ready), simply(Step.WITHDRAW)),
    (R, Step.OBJECT, R): (with_a_fourth(seat_ready), simply(Step.OBJECT)),
    (R, Step.OBJECT, P): (seat_ready, simply(Step.OBJECT)),
    (R, Step.OBJECT, E): (overdue(ready, of_seat=True), simply(Step.OBJECT)),
    (R, Step.VETO, V): (ready, simply(Step.VETO)),
    (R, Step.CANCEL, C): (ready, simply(Step.CANCEL)),
    (R, Step.EXECUTE, X): (ready, simply(Step.EXECUTE)),
    (R, Step.CLOCK, E): (ready, until_expired),
}


def test_table__all_its_steps__have_a_story() -> None:
    assert set(STORIES) == {(status, step, end) for (status, step), ends in LIFE.items() for end in ends}


@pytest.mark.parametrize(
    "key", STORIES, ids=lambda key: f"{key[0].name}-{key[1].value}-{key[2].name}".lower()
)
def test_step__that_the_table_has__goes_where_the_table_says(
    run: Run, key: tuple[Status, Step, Status]
) -> None:
    status, _, outcome = key
    arrange, turn = STORIES[key]
    scene = arrange(run)
    assert scene.status() is status

    turn(scene)

    assert scene.status() is outcome


# --------------------------------------------------------------------------------- what is not in the table

WAYS: Final[dict[str, tuple[Status, Arrange]]] = {
    "unknown": (U, payment),
    "proposed": (P, proposed),
    "waiting": (W, waiting),
    "ready": (R, ready),
    "executed": (X, partial(ended, end=X)),
    "vetoed": (V, partial(ended, end=V)),
    "cancelled": (C, partial(ended, end=C)),
    "never-approved": (E, partial(ended, end=E)),
    "never-executed": (E, expired_ready),
}
MISSING: Final = [
    (way, step)
    for way, (status, _) in WAYS.items()
    for step in Step
    if step is not Step.CLOCK and not follow(status, step)
]


@pytest.mark.parametrize(
    ("way", "step"), MISSING, ids=lambda part: part if isinstance(part, str) else part.value
)
def test_step__that_the_table_has_not__is_refused_with_the_state(run: Run, way: str, step: Step) -> None:
    status, arrange = WAYS[way]
    scene = arrange(run)
    assert scene.status() is status
    before, lane = run.state.words(), scene.operation.lane

    refused = scene.step(step, "ann")

    assert refused is not None
    name, facts = facts_of(refused)
    match step, status:
        case Step.PROPOSE, _ if status in OPEN:
            assert (name, facts) == ("LaneTaken", (lane, id_of(scene.operation), status))
        case Step.PROPOSE, _:
            # The lane is free, but this operation has had its life.
            assert (name, facts) == ("LaneSequenceUnexpected", (lane, 2, 1))
        case _, Status.UNKNOWN:
            assert (name, facts) == ("OperationUnknown", (lane, bytes(32), id_of(scene.operation)))
        case _:
            assert name == "OperationStatusUnexpected"
            assert (facts[0], facts[2]) == (id_of(scene.operation), status)
    assert run.state.words() == before, "a refused step changed something"
    assert scene.status() is status


@pytest.mark.parametrize("way", [way for way, (status, _) in WAYS.items() if status in FINAL | {U}])
def test_clock__where_the_table_has_nothing__changes_nothing(run: Run, way: str) -> None:
    status, arrange = WAYS[way]
    scene = arrange(run)

    scene.wait_until(run.time + 400 * 24 * HOUR)

    assert scene.status() is status


# ------------------------------------------------------------------------------------- the other kind of no


@pytest.mark.parametrize(
    "arrange", [seat_proposed, seat_waiting, seat_ready], ids=["proposed", "waiting", "ready"]
)
def test_veto__of_a_seat_operation__is_refused_where_an_objection_is_not(run: Run, arrange: Arrange) -> None:
    scene = arrange(run)
    before = run.state.words()

    refused = scene.step(Step.VETO)

    assert refused is not None
    assert facts_of(refused)[0] == "OperationNotVetoable"
    assert run.state.words() == before
    assert scene.step(Step.OBJECT) is None


@pytest.mark.parametrize("arrange", [proposed, waiting, ready], ids=["proposed", "waiting", "ready"])
def test_objection__to_a_payment__is_refused_where_a_veto_is_not(run: Run, arrange: Arrange) -> None:
    scene = arrange(run)
    before = run.state.words()

    refused = scene.step(Step.OBJECT)

    assert refused is not None
    assert facts_of(refused)[0] == "OperationNotObjectable"
    assert run.state.words() == before
    assert scene.step(Step.VETO) is None
