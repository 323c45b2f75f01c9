"""What is said of an operation at each of its steps, and how loud.

A step of a ROUTINE or STANDARD operation whose findings are no warnings fetches nobody. From HIGH_VALUE on one step
does: its clock begins to run, which is what the delay is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from verifier.assess.happenings.look import DOES, READ, OperationView
from verifier.assess.happenings.moves import Move
from verifier.assess.happenings.pen import ALARM, NOTED, QUIET, RUNG, Pen, Ring
from verifier.model.finding import Severity
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.reading import LaneReading
from verifier.model.text import Shown, show_bytes, show_duration, show_moment
from verifier.model.tier import Tier
from verifier.model.units import OperationId, seat_of_lane
from verifier.model.watching import Kind

BASE: Final[Mapping[Kind, tuple[Ring, Ring]]] = {
    # Below HIGH_VALUE, and from there on; without findings.
    Kind.PROPOSED: (QUIET, NOTED),
    Kind.APPROVED: (QUIET, QUIET),
    Kind.QUEUED: (QUIET, Ring(severity=Severity.NOTICE, pages=True)),
    Kind.QUORUM_LOST: (NOTED, NOTED),
    Kind.TIER_RISEN: (NOTED, NOTED),
    Kind.OBJECTED: (RUNG, RUNG),
    Kind.EXPEDITED: (RUNG, RUNG),
    Kind.READY_SOON: (QUIET, NOTED),
    Kind.READY: (QUIET, NOTED),
    Kind.EXECUTED: (QUIET, NOTED),
    Kind.VETOED: (NOTED, NOTED),
    Kind.CANCELLED: (QUIET, NOTED),
    Kind.EXPIRED: (QUIET, NOTED),
    Kind.CODE_CHANGED: (ALARM, ALARM),
}

PAGES_FROM: Final[Mapping[Kind, Severity]] = {
    # From which severity of its findings on a step fetches somebody.
    Kind.PROPOSED: Severity.DANGER,
    Kind.QUEUED: Severity.WARNING,
    Kind.TIER_RISEN: Severity.DANGER,
    Kind.EXPEDITED: Severity.INFO,
    Kind.READY_SOON: Severity.WARNING,
    Kind.READY: Severity.DANGER,
    Kind.EXECUTED: Severity.DANGER,
}
"""Steps that are not here say nothing of findings: they are over, or somebody was fetched before."""

_MOST_LINES: Final = 12


def ring_of(kind: Kind, tier: Tier, findings: Severity) -> Ring:
    """Return how loud a step is.

    :param findings: the worst of the operation's findings; INFO where there are none
    """
    base = BASE[kind][tier >= Tier.HIGH_VALUE]
    if kind not in PAGES_FROM:
        return base
    return Ring(
        severity=max(base.severity, findings),
        pages=base.pages or (findings >= Severity.WARNING and findings >= PAGES_FROM[kind]),
    )


def subject_of(operation_id: OperationId) -> str:
    return f"operation/0x{operation_id.hex()}"


def tell_move(
    pen: Pen, lane: LaneReading, move: Move, view: OperationView | None, *, by: Shown | None = None
) -> None:
    """Say that an operation took a step.

    :param lane: with the state after it
    :param by: who took it, where that is known
    """
    state = lane.state
    ring = ring_of(move.kind, state.tier, view.severity if view else Severity.INFO)
    is_open = move.kind in PAGES_FROM
    said = f"{_say(lane, move, by, is_seat=state.seat_operation)} {_what(view)}"
    pen.tell(
        move.kind,
        subject_of(lane.operation_id),
        f"{said} {_todo(lane)}" if is_open and move.kind is not Kind.EXECUTED else said,
        ring,
        occasion=move.occasion,
        lines=tuple(_lines(pen, lane, view)),
        findings=view.findings if view else (),
        evidence=view.evidence if view else None,
        lane=lane.lane,
        operation_id=lane.operation_id,
        ready_at=move.moment if move.kind in _READINESS else None,
    )


_READINESS: Final = frozenset({Kind.QUEUED, Kind.EXPEDITED, Kind.READY_SOON, Kind.READY})


def _say(lane: LaneReading, move: Move, by: Shown | None, *, is_seat: bool) -> str:
    what = f"The {'seat operation' if is_seat else 'operation'} in lane {lane.lane} ({lane.state.tier.name})"
    moment = show_moment(move.moment) if move.moment is not None else "an unknown time"
    former = show_moment(move.former) if move.former is not None else "an unknown time"
    who = f" by {by}" if by else ""
    match move.kind:
        case Kind.PROPOSED:
            return f"{what} was published{who}."
        case Kind.APPROVED:
            return f"{what} was approved{who}."
        case Kind.QUEUED:
            return f"{what} has its quorum: it can be executed from {moment} on."
        case Kind.QUORUM_LOST:
            return f"{what} lost its quorum{who}: it would have been ready at {former}."
        case Kind.TIER_RISEN:
            return f"{what} rose to this tier, and lost the approvals that it does not take."
        case Kind.OBJECTED:
            return f"{what} was objected to{who}: it needs the supermajority now. Find out who is right."
        case Kind.EXPEDITED:
            return f"{what} was hurried by break-glass: it is ready at {moment} instead of {former}."
        case Kind.READY_SOON:
            return f"{what} can be executed soon, from {moment} on."
        case Kind.READY:
            return (
                f"{what} is ready since {moment}: any member may execute it while its tier's window is open."
            )
        case Kind.EXECUTED:
            return f"{what} was executed{who}."
        case Kind.VETOED:
            return f"{what} was vetoed{who}, for good. Ask why, before it comes again."
        case Kind.CANCELLED:
            return f"{what} was cancelled{who}."
        case Kind.EXPIRED:
            return f"{what} expired: it can never be executed."
        case _:
            return f"{what} is another one."


def _what(view: OperationView | None) -> str:
    return f"{DOES}{view.sentence}" if view and view.sentence else "What it does was not read."


def _todo(lane: LaneReading) -> str:
    stop = "object" if lane.state.seat_operation else "veto"
    return f"{READ} {lane.lane}`; if it is wrong, stop it with `fourth-signer {stop} {lane.lane}`."


def _lines(pen: Pen, lane: LaneReading, view: OperationView | None) -> Iterator[Shown]:
    state, seat = lane.state, seat_of_lane(lane.lane)
    yield Shown(f"Operation {show_bytes(lane.operation_id)}, number {state.sequence} of lane {lane.lane}.")
    yield Shown(f"Published by {pen.who(seat)}.")
    approved = ", ".join(pen.who(each) for each in sorted(state.approvals)[:_MOST_LINES])
    yield Shown(f"Approved by {approved}." if approved else "Approved by nobody yet.")
    yield Shown(_times(state))
    if view:
        for finding in view.findings[:_MOST_LINES]:
            yield Shown(f"{finding.severity.name}: {finding.sentence}")
        if len(view.findings) > _MOST_LINES:
            yield Shown(f"And {len(view.findings) - _MOST_LINES} more findings.")


def _times(state: Lane) -> str:
    if state.status is Status.PROPOSED:
        return f"It can be approved until {show_moment(state.expires_at)}."
    if state.ready_at is None:
        return "It ended."
    return (
        f"Ready at {show_moment(state.ready_at)}, expires at {show_moment(state.expires_at)} "
        f"({show_duration(state.grace_hours * 3_600)} later)."
    )
