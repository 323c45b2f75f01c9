"""The moments at which something changes by the clock, and the seconds around them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.lifecycle.run import Run
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.units import Timestamp

_QUARTER = 900
_WEEK_OF_QUARTERS = 7 * 96


def moments_of_interest(run: Run) -> list[Timestamp]:
    """Return the nearest moments first."""
    moments = {moment + side for moment in _turning_points(run) for side in (-1, 0, 1)}
    return [Timestamp(moment) for moment in sorted(moments) if moment > run.time]


def _turning_points(run: Run) -> Iterator[int]:
    state = run.state
    for operation in run.open_operations():
        lane = state.lane(operation.lane).state
        yield operation.approve_by
        if lane.status is Status.WAITING:
            yield lane.moment
            yield lane.expires_at
    for suspension in state.suspensions.values():
        if suspension is not None:
            yield suspension.lapses_at
    yield from state.pauses.values()
    yield from (seat.free_from for seat in state.seats.values())
    yield from (record.seasoned_at for record in state.records.values() if record.is_active)
    for tier in Tier:
        if state.tiers[tier].has_window:
            yield from _changes_of_window(run, tier)


def _changes_of_window(run: Run, tier: Tier) -> Iterator[int]:
    """Yield when the window opens and closes next."""
    terms = run.state.tiers[tier]
    first = run.time - run.time % _QUARTER
    was, found = terms.is_open_at(run.time), 0
    for quarter in range(first + _QUARTER, first + _WEEK_OF_QUARTERS * _QUARTER, _QUARTER):
        is_open = terms.is_open_at(Timestamp(quarter))
        if is_open != was:
            yield quarter
            was, found = is_open, found + 1
        if found == 2:
            return
