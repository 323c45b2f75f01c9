"""What follows from the clock alone: soon ready, ready, expired; and a quorum that breaks without anybody touching it.

Each is a fact as well, so that it is said once, and again after the block was undone in which it was seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from verifier.assess.happenings.look import Manner, OperationView
from verifier.assess.happenings.moves import Move
from verifier.assess.happenings.operations import tell_move
from verifier.assess.happenings.pen import Pen
from verifier.assess.happenings.texts import GONE
from verifier.assess.quorum import count_anew
from verifier.model.life import OPEN, Status
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.tier import TierTerms
from verifier.model.units import Duration, OperationId, Timestamp
from verifier.model.watching import Kind

_MOST_LEAD: Final = Duration(6 * 3_600)
_PHASES: Final = {"soon": Kind.READY_SOON, "ready": Kind.READY, "expired": Kind.EXPIRED}


def lead_of(terms: TierTerms, manner: Manner) -> Duration:
    """Return how long before it is ready an operation of a tier is soon ready."""
    usual = Duration(min(terms.delay // 4, _MOST_LEAD))
    return usual if manner.lead is None else manner.lead


def tell_time(
    pen: Pen,
    lane: LaneReading,
    terms: TierTerms,
    manner: Manner,
    *,
    now: Timestamp,
    view: OperationView | None,
) -> None:
    """Say what time has made of an operation that is open as it is stored."""
    if lane.state.status not in OPEN:
        return
    phase = _phase(lane, lead_of(terms, manner), now)
    value = f"{lane.operation_id.hex()} {phase}" if phase else GONE
    subject = _subject(lane)
    if (pen.value(subject) or GONE) == value:
        return
    pen.put(subject, value)
    if phase:
        kind, moment = _PHASES[phase.partition(" ")[0]], lane.state.ready_at
        occasion = "" if kind is Kind.EXPIRED else str(moment)
        tell_move(pen, lane, Move(kind=kind, occasion=occasion, moment=moment), view)


def is_known_expired(pen: Pen, lane: LaneReading) -> bool:
    """Whether it was said before that this operation expired."""
    return pen.value(_subject(lane)) == f"{lane.operation_id.hex()} expired"


def tell_broken(
    pen: Pen, reading: VaultReading, lane: LaneReading, views: Mapping[OperationId, OperationView]
) -> None:
    """Say that a quorum does not stand any more by today's members and tiers, though its clock still runs."""
    state, moment = lane.state, lane.state.ready_at
    if moment is None or not state.is_open_at(reading.head.timestamp):
        return
    value = GONE if _stands(reading, lane) else f"{lane.operation_id.hex()} {moment}"
    subject = f"broken/{lane.lane}"
    if (pen.value(subject) or GONE) != value:
        pen.put(subject, value)
        if value != GONE:
            move = Move(kind=Kind.QUORUM_LOST, occasion=str(moment), former=moment)
            tell_move(pen, lane, move, views.get(lane.operation_id))


def _stands(reading: VaultReading, lane: LaneReading) -> bool:
    """Whether a quorum stands: as the vault, without counting anew where nothing changed since it was counted."""
    roster = reading.roster.value
    if lane.state.epoch == roster.epoch:
        return True
    members = {seat: member.record for seat, member in reading.members.value.items()}
    tiers = reading.tiers.value
    return count_anew(
        lane.state, publisher=lane.proposer, roster=roster, tiers=tiers, members=members
    ).is_standing


def _phase(lane: LaneReading, lead: Duration, now: Timestamp) -> str:
    state = lane.state
    match state.status_at(now):
        case Status.EXPIRED:
            return "expired"
        case Status.READY:
            return f"ready {state.moment}"
        case Status.WAITING if now >= state.moment - lead:
            return f"soon {state.moment}"
        case _:
            return ""


def _subject(lane: LaneReading) -> str:
    return f"clock/{lane.lane}"
