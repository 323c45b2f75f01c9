"""Seats run out, and come back after their rest: too long for a random story, so told by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from tests.lifecycle.run import Run
from tests.lifecycle.scene import BYSTANDER
from tests.lifecycle.tally import Tally
from tests.lifecycle.vocabulary import data_of
from tests.lifecycle.world import World
from tests.stage import DAY
from verifier.errors.members import MemberSeatsFull
from verifier.errors.operations import CallFailed
from verifier.errors.revert import from_revert
from verifier.errors.tree import VaultError
from verifier.model.limits import SEAT_REST
from verifier.model.operation import Call, Operation
from verifier.model.units import SEATS, LaneIndex, MemberIndex, Sequence, Timestamp, Wei

MOST_CALLS: Final = 32


@pytest.fixture
def run(world: World) -> Iterator[Run]:
    run = Run(world, "five", Tally())
    yield run
    run.close()


def move_dee(run: Run, times: int) -> Operation:
    """Publish and approve an operation that describes Dee anew, which gives her a new seat each time."""
    described = run.world.cast["dee"].attributes.pack()
    call = Call(
        target=run.vault, value=Wei(0), data=data_of("setAttributes", [run.address("dee"), described])
    )
    lane = LaneIndex(8 * run.record("pam").seat)
    operation = Operation(
        calls=(call,) * times,
        lane=lane,
        sequence=Sequence(run.state.lane(lane).state.sequence + 1),
        approve_by=Timestamp(run.time + DAY),
    )
    assert run.step("pam", "propose", operation, []) is None
    approvals = [run.sign_published(name, operation) for name in ("ann", "bob", "cid")]
    assert run.step(BYSTANDER, "approve", operation, approvals) is None
    run.time = run.state.lane(lane).state.moment
    return operation


def execute(run: Run, operation: Operation) -> VaultError | None:
    return run.step("hal", "execute", operation)


def test_seats__all_taken_or_resting__refuse_a_move_until_one_has_rested(run: Run) -> None:
    first = run.record("dee").seat
    assert execute(run, move_dee(run, MOST_CALLS)) is None
    left_at = run.time - 1
    assert execute(run, move_dee(run, SEATS - len(run.seated()) - MOST_CALLS)) is None
    assert run.record("dee").seat == SEATS - 1
    waiting = move_dee(run, 1)
    words = run.state.words()

    refused = execute(run, waiting)

    assert isinstance(refused, CallFailed)
    assert isinstance(from_revert(refused.reason), MemberSeatsFull)
    assert run.state.words() == words
    # Her first seat has rested when a second more than its rest is over.
    again = move_dee_at(run, Timestamp(left_at + SEAT_REST))
    assert isinstance(execute(run, again), CallFailed)
    run.time = Timestamp(left_at + SEAT_REST + 1)
    assert execute(run, again) is None
    assert run.record("dee").seat == first


def move_dee_at(run: Run, moment: Timestamp) -> Operation:
    """Have the move ready a little before this moment, and wait for it."""
    run.time = Timestamp(moment - 2 * DAY)
    operation = move_dee(run, 1)
    run.time = moment
    return operation


def test_seat__taken_again__does_not_wake_what_its_last_member_left(run: Run) -> None:
    """Dee's old seat goes to Nan; an approval that Dee gave from it is void, whoever sits there now."""
    seat = run.record("dee").seat
    assert execute(run, move_dee(run, 1)) is None
    assert run.state.seat(MemberIndex(seat)).free_from == run.time - 1 + SEAT_REST
    run.time = Timestamp(run.time + SEAT_REST + 1)
    nan = run.world.cast["nan"]
    data = data_of("addMember", [run.address("nan"), nan.person, 2, nan.attributes.pack()])
    lane = LaneIndex(8 * run.record("pam").seat)
    operation = Operation(
        calls=(Call(target=run.vault, value=Wei(0), data=data),),
        lane=lane,
        sequence=Sequence(run.state.lane(lane).state.sequence + 1),
        approve_by=Timestamp(run.time + DAY),
    )
    assert run.step("pam", "propose", operation, []) is None
    approvals = [run.sign_published(name, operation) for name in ("ann", "bob", "cid")]
    old = run.sign("dee", operation, run.publication(operation), seat=seat)
    words = run.state.words()

    refused = run.step(BYSTANDER, "approve", operation, [*approvals, old])

    assert type(refused).__name__ == "ApprovalNotEligible"
    assert run.state.words() == words
    assert run.step(BYSTANDER, "approve", operation, approvals) is None
    run.time = run.state.lane(lane).state.moment
    assert execute(run, operation) is None
    assert run.record("nan").seat == seat
