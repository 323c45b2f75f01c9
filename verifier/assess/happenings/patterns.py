"""Approvals that came as they do when nobody reads: at once, at night, all from one place, always behind one proposer.

The near-miss that this project began with looked so: three of five signed what a colleague had sent round.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from verifier.assess.happenings.lanes import Turn
from verifier.assess.happenings.look import Manner, OperationView
from verifier.assess.happenings.operations import subject_of
from verifier.assess.happenings.pen import NOTED, QUIET, RUNG, Pen, Ring, member_subject
from verifier.assess.happenings.texts import counts_in, counts_text
from verifier.assess.happenings.texts import number_in as number_of
from verifier.assess.segregation import DOT_AT_100_KM
from verifier.model.member import Attributes, Member, Role
from verifier.model.text import show_duration
from verifier.model.tier import Tier
from verifier.model.units import Timestamp, seat_of_lane
from verifier.model.watching import Kind

_HOUR: Final = 3_600
_HOURS: Final = 24
# Whoever approves within so many seconds of the publication was waiting for it.
_AT_ONCE: Final = 60


def note_publication(pen: Pen, turn: Turn) -> None:
    """Keep when an operation was published, where that is known."""
    if turn.before is None and pen.place.is_timed:
        pen.put(f"opened/{turn.after.lane}", f"{turn.after.operation_id.hex()} {pen.place.at:x}")


def tell_approvals(pen: Pen, turn: Turn, manner: Manner, view: OperationView | None) -> None:
    """Say what is odd about approvals that an event added, and learn from them."""
    before = turn.before.state.approvals if turn.before else frozenset()
    added = sorted(turn.after.state.approvals - before)
    # With the publication come signatures from before it: when they were made, nobody knows.
    if turn.before is not None and pen.place.is_timed:
        for seat in added:
            member = pen.sitting(seat)
            if member:
                _tell_haste(pen, turn, member, manner)
                _tell_hour(pen, turn, member, manner)
    tell_together(pen, turn, view)


def tell_together(pen: Pen, turn: Turn, view: OperationView | None) -> None:
    """Say that everyone in a new quorum is of one employer, or of one place, though the vault has others."""
    queued = [move for move in turn.moves if move.kind is Kind.QUEUED]
    members = [member for seat in sorted(turn.after.state.approvals) if (member := pen.sitting(seat))]
    approved = [m.record.attributes for m in members if not m.record.is_group]
    if not queued or len(approved) < 2 or len(approved) < len(turn.after.state.approvals):
        return
    everyone = [
        m.record.attributes
        for m in pen.members().values()
        if m.record.is_active and not m.record.is_group and m.record.has_any(Role.APPROVER)
    ]
    shared = [what for what in _shared(approved) if what not in set(_shared(everyone))]
    if not shared:
        return
    state = turn.after.state
    said = (
        f"All {len(approved)} who approved the operation in lane {turn.after.lane} ({state.tier.name}) share "
        f"{' and '.join(shared)}: one person could have talked to all of them, or one laptop. Ask somebody who "
        f"sits elsewhere to read it: `fourth-signer show {turn.after.lane}`."
    )
    _tell(pen, Kind.APPROVED_TOGETHER, turn, said, _loud(state.tier), occasion=queued[0].occasion, view=view)


def _shared(members: Sequence[Attributes]) -> Iterator[str]:
    """Yield what all of them share."""
    first = members[0] if members else None
    if first is None:
        return
    if all(each.employer == first.employer for each in members):
        yield "one employer"
    if all(each.utc_offset == first.utc_offset for each in members):
        yield "one time zone"
    if all(_is_near(a, b) for a in members for b in members):
        yield "one place"


def _is_near(a: Attributes, b: Attributes) -> bool:
    return a is b or sum(i * j for i, j in zip(a.place, b.place, strict=True)) > DOT_AT_100_KM


def _tell_haste(pen: Pen, turn: Turn, member: Member, manner: Manner) -> None:
    opened = _opened(pen, turn)
    if opened is None or not 0 <= pen.place.at - opened <= manner.haste:
        return
    waited, tier = pen.place.at - opened, turn.after.state.tier
    said = (
        f"{pen.name(member.address)} approved the operation in lane {turn.after.lane} ({tier.name}) "
        f"{show_duration(waited)} after it was published: too soon to have read it. Ask what was checked, and read "
        f"it yourself: `fourth-signer show {turn.after.lane}`."
    )
    ring = _loud(tier) if tier >= Tier.HIGH_VALUE else QUIET
    _tell(pen, Kind.APPROVED_HASTILY, turn, said, ring, occasion=f"{member.address}")
    if waited <= _AT_ONCE:
        _tell_pace(pen, turn, member, manner)


def _tell_pace(pen: Pen, turn: Turn, member: Member, manner: Manner) -> None:
    proposer = pen.sitting(seat_of_lane(turn.after.lane))
    if proposer is None or manner.pace < 1:
        return
    subject = f"pace/{member.address}/{proposer.address}"
    count = (number_of(pen.value(subject)) or 0) + 1
    pen.put(subject, f"{count:x}")
    if count % manner.pace == 0:
        said = (
            f"{pen.name(member.address)} has approved {count} operations of {pen.name(proposer.address)} within a "
            "minute of their publication. Two who always act together are one: ask both of them, each by itself."
        )
        pen.tell(
            Kind.APPROVED_HASTILY,
            member_subject(member.address),
            said,
            RUNG,
            occasion=f"{proposer.address}:{count}",
        )


def _tell_hour(pen: Pen, turn: Turn, member: Member, manner: Manner) -> None:
    subject, hour = f"habit/{member.address}", pen.place.at // _HOUR % _HOURS
    known = counts_in(pen.value(subject), _HOURS)
    pen.put(subject, counts_text(tuple(count + (i == hour) for i, count in enumerate(known))))
    # The hours beside it count as well: nobody comes to the minute.
    is_usual = any(known[(hour + i) % _HOURS] for i in (-1, 0, 1))
    has_habits = sum(known) >= manner.habit
    local = (pen.place.at + 60 * member.record.attributes.utc_offset) // _HOUR % _HOURS
    is_night = not member.record.is_group and _is_within(local, manner.night_from, manner.night_to)
    if is_usual if has_habits else not is_night:
        return
    why = (
        f"at {local:02}:00 to {local:02}:59 of the day where this member sits"
        if is_night
        else f"at an hour at which this member never approved before, of {sum(known)} times"
    )
    tier = turn.after.state.tier
    said = (
        f"The approval of {pen.name(member.address)} for the operation in lane {turn.after.lane} ({tier.name}) "
        f"came {why}. Ask this member over another channel whether it was them."
    )
    ring = _loud(tier) if tier >= Tier.HIGH_VALUE else NOTED
    _tell(pen, Kind.APPROVED_AT_NIGHT, turn, said, ring, occasion=f"{member.address}")


def _is_within(hour: int, first: int, last: int) -> bool:
    """Whether an hour is from the first one to before the last one, over midnight where they say so."""
    return first <= hour < last if first <= last else hour >= first or hour < last


def _loud(tier: Tier) -> Ring:
    return RUNG if tier >= Tier.HIGH_VALUE else NOTED


def _opened(pen: Pen, turn: Turn) -> Timestamp | None:
    operation_id, _, at = (pen.value(f"opened/{turn.after.lane}") or "").partition(" ")
    moment = number_of(at)
    return Timestamp(moment) if moment is not None and operation_id == turn.after.operation_id.hex() else None


def _tell(
    pen: Pen,
    kind: Kind,
    turn: Turn,
    said: str,
    ring: Ring,
    *,
    occasion: str,
    view: OperationView | None = None,
) -> None:
    lane = turn.after
    pen.tell(
        kind,
        subject_of(lane.operation_id),
        said,
        ring,
        occasion=occasion,
        findings=view.findings if view else (),
        lane=lane.lane,
        operation_id=lane.operation_id,
        ready_at=lane.state.ready_at,
    )
