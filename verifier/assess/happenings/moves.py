"""Which steps lie between two states of one operation: from events one at a time, from storage perhaps several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.units import Timestamp
from verifier.model.watching import Kind
from verifier.model.word import bits_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A step that an operation took."""

    kind: Kind
    # Which time it is. The same step has the same, whether an event tells it or storage.
    occasion: str = ""
    # The moment of readiness that it is about, where it is about one.
    moment: Timestamp | None = None
    # What that was before.
    former: Timestamp | None = None


ENDS = {
    Status.EXECUTED: Kind.EXECUTED,
    Status.VETOED: Kind.VETOED,
    Status.CANCELLED: Kind.CANCELLED,
}
"""What storage calls an end, and what is said of it."""


def moves(before: Lane | None, after: Lane, *, hurried_from: Timestamp | None = None) -> Iterator[Move]:
    """Yield the steps from one state to another, in an order in which they can have come.

    :param before: None where the operation is new
    :param hurried_from: when it would have been ready, by the latest bypass of this operation
    """
    if before is None:
        yield Move(kind=Kind.PROPOSED)
    elif after.tier > before.tier:
        yield Move(kind=Kind.TIER_RISEN, occasion=after.tier.name)
    if after.approvals - (before.approvals if before else frozenset()):
        # After a withdrawal the same seats are another set.
        again = "w" if after.withdrawals else ""
        yield Move(kind=Kind.APPROVED, occasion=f"{bits_of(after.approvals):x}{again}")
    if after.objected and not (before and before.objected):
        yield Move(kind=Kind.OBJECTED)
    yield from _clock_moves(before, after, hurried_from)
    if after.status in ENDS and not (before and before.status in ENDS):
        yield Move(kind=ENDS[after.status])


def _clock_moves(before: Lane | None, after: Lane, hurried_from: Timestamp | None) -> Iterator[Move]:
    was = before.moment if before and _runs(before) else None
    now = after.moment if _runs(after) else None
    if was == now:
        return
    is_hurried = now is not None and hurried_from is not None and hurried_from > now
    if was is not None and now is not None and now < was:
        yield Move(kind=Kind.EXPEDITED, occasion=str(now), moment=now, former=was)
        return
    if was is not None:
        yield Move(kind=Kind.QUORUM_LOST, occasion=str(was), former=was)
    if now is None:
        return
    queued = hurried_from if is_hurried and hurried_from is not None else now
    yield Move(kind=Kind.QUEUED, occasion=str(queued), moment=queued)
    if is_hurried:
        yield Move(kind=Kind.EXPEDITED, occasion=str(now), moment=now, former=hurried_from)


def _runs(state: Lane) -> bool:
    """Whether its clock runs, or ran when it ended: only then is there any grace in its state."""
    return state.status is Status.WAITING or (state.status in ENDS and state.grace_hours > 0)
