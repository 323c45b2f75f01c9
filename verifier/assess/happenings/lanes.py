"""Lanes as events and storage tell them. Storage is right; events say what it no longer holds, and who did it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from verifier.assess.happenings.clock import is_known_expired
from verifier.assess.happenings.look import OperationView
from verifier.assess.happenings.moves import ENDS, Move, moves
from verifier.assess.happenings.operations import subject_of, tell_move
from verifier.assess.happenings.pen import RUNG, Pen
from verifier.assess.happenings.said import account_in, bytes_in, number_in
from verifier.assess.happenings.texts import bypass_in, lane_in, lane_text
from verifier.assess.happenings.texts import number_in as number_of
from verifier.model.event import VaultEvent
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.reading import LaneReading
from verifier.model.text import Shown
from verifier.model.units import LANES, LaneIndex, OperationId, Timestamp
from verifier.model.watching import Kind
from verifier.model.word import NO_SEATS

_LANE: Final = "lane/"
_ENDED: Final = {"Executed": Status.EXECUTED, "Vetoed": Status.VETOED, "Cancelled": Status.CANCELLED}
_STATES: Final = frozenset({"Approved", "Withdrawn", "Objected", "Expedited"})

_LONGEST_INDEX: Final = 4

LANE_EVENTS: Final = frozenset({"Proposed", *_STATES, *_ENDED})
"""What the vault says about operations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one event, or storage, made of a lane."""

    before: LaneReading | None
    after: LaneReading
    moves: tuple[Move, ...]


@dataclass(slots=True, kw_only=True)
class Lanes:
    """The lanes while a look is judged."""

    pen: Pen
    views: Mapping[OperationId, OperationView]

    def known(self, index: LaneIndex) -> LaneReading | None:
        """Return a lane as the journal has it."""
        return lane_in(index, self.pen.value(f"{_LANE}{index}"))

    def find(self, operation_id: OperationId) -> LaneReading | None:
        """Return the lane that holds an operation, as the journal has it."""
        name = operation_id.hex()
        for text, value in self.pen.below(_LANE):
            if value.startswith(name) and text.isdecimal() and len(text) < _LONGEST_INDEX:
                return self.known(LaneIndex(int(text)))
        return None

    def hear(self, event: VaultEvent) -> Turn | None:
        """Take an event about an operation, say what it tells, and return what it made of the lane.

        :raises UnreadableError: it does not say what its name promises.
        """
        operation_id = OperationId(bytes_in(event, "id"))
        if event.name == "Proposed":
            return self._publish(event, operation_id)
        lane = self.find(operation_id)
        if lane is None:
            return None
        by = account_in(event, "by") if "by" in event.values else None
        who = self.pen.name(by) if by else None
        if event.name in _ENDED:
            after = replace(lane, state=replace(lane.state, status=_ENDED[event.name]))
        else:
            state = Lane.unpack(number_in(event, "state"))
            withdrawn = lane.withdrawn
            member = self.pen.members().get(by) if by else None
            if event.name == "Withdrawn" and member:
                withdrawn |= {member.record.seat}
            kept = withdrawn - state.approvals if state.withdrawals else NO_SEATS
            after = replace(lane, state=state, withdrawn=kept)
        return self._turn(lane, after, by=who)

    def _publish(self, event: VaultEvent, operation_id: OperationId) -> Turn:
        index = number_in(event, "lane", most=LANES - 1)
        state = Lane.unpack(number_in(event, "state"))
        after = LaneReading(lane=LaneIndex(index), operation_id=operation_id, state=state, withdrawn=NO_SEATS)
        former = self.known(after.lane)
        if former and former.operation_id == operation_id:
            return self._turn(former, former)
        if former:
            self.leave(former)
        return self._turn(None, after)

    def see(self, lane: LaneReading) -> Turn | None:
        """Take what storage says of a lane, and say what no event told; None where that is nothing."""
        if self.pen.value(f"{_LANE}{lane.lane}") == lane_text(lane):
            return None
        former = self.known(lane.lane)
        if former is None or former.operation_id == lane.operation_id:
            if former and former.state.status in ENDS and lane.state.status not in ENDS:
                self._contradict(former)
                former = lane
            return self._turn(former, lane)
        self.leave(former)
        return self._turn(None, lane)

    def greet(self, lane: LaneReading) -> Turn | None:
        """Take what storage says of a lane that nobody looked at before: what waits there is new to whoever is told."""
        if lane.state.is_open_at(self.pen.place.at):
            return self._turn(None, lane)
        self.pen.put(f"{_LANE}{lane.lane}", lane_text(lane))
        return None

    def leave(self, lane: LaneReading) -> None:
        """Take that another operation has a lane now, though this one was open as far as is known: how did it end?"""
        if lane.state.status in ENDS or is_known_expired(self.pen, lane):
            return
        if lane.state.is_open_at(self.pen.place.at):
            self.pen.tell(
                Kind.UNKNOWN_EVENT,
                subject_of(lane.operation_id),
                f"The operation that was in lane {lane.lane} ended, and no endpoint tells how: it was executed, "
                "vetoed or cancelled. Look at the vault's transactions, and at the endpoints.",
                RUNG,
                occasion="end",
                lane=lane.lane,
                operation_id=lane.operation_id,
            )
        else:
            tell_move(self.pen, lane, Move(kind=Kind.EXPIRED), self.views.get(lane.operation_id))

    def _contradict(self, former: LaneReading) -> None:
        """Take back an end that storage knows nothing of."""
        for kind in ENDS.values():
            for key, told in list(self.pen.happenings.items()):
                if told.kind is kind and told.operation_id == former.operation_id:
                    del self.pen.happenings[key]
        self.pen.tell(
            Kind.UNKNOWN_EVENT,
            subject_of(former.operation_id),
            f"An event says that the operation in lane {former.lane} ended, and storage says that it is open. "
            "Trust storage, and find out which endpoint made that up.",
            RUNG,
            occasion="contradicted",
            lane=former.lane,
            operation_id=former.operation_id,
        )

    def _turn(self, before: LaneReading | None, after: LaneReading, *, by: Shown | None = None) -> Turn:
        steps = tuple(
            moves(
                before.state if before else None,
                after.state,
                hurried_from=self._hurried_from(after.operation_id),
            )
        )
        # Put down before anything is said, so that sentences see who approved.
        self.pen.put(f"{_LANE}{after.lane}", lane_text(after))
        added = after.state.approvals - (before.state.approvals if before else NO_SEATS)
        whose = {
            Kind.PROPOSED: self.pen.who(after.proposer),
            Kind.APPROVED: Shown(", ".join(self.pen.who(seat) for seat in sorted(added))),
        }
        for step in steps:
            who = whose.get(step.kind, by)
            tell_move(self.pen, after, step, self.views.get(after.operation_id), by=who)
        return Turn(before=before, after=after, moves=steps)

    def _hurried_from(self, operation_id: OperationId) -> Timestamp | None:
        """Return when the operation would have been ready without its latest bypass."""
        found = [
            (number_of(index) or 0, bypass.record.former_ready_at)
            for index, value in self.pen.below("bypass/")
            if (bypass := bypass_in(value)) and bypass.operation_id == operation_id
        ]
        return max(found)[1] if found else None
