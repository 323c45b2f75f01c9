"""Operations as the signers' terminal shows them, for the words of whoever is told.

The desk makes them. It reads a vault by itself; here it gets the reading that the look rests on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from verifier.assess.happenings import OperationView
from verifier.desk.briefing import brief_lane
from verifier.desk.review import Review
from verifier.errors import FourthSignerError
from verifier.model.lane import Lane
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.units import Epoch, OperationId, Timestamp
from verifier.ports import ChainReader, Clock
from verifier.watch.plan import Target

_LOG: Final = logging.getLogger("fourth_signer.watch")


class PinnedReader:
    """A reader whose vault was read already."""

    def __init__(self, reader: ChainReader, reading: VaultReading) -> None:
        self._reader = reader
        self._reading = reading

    def read_vault(self) -> VaultReading:
        return self._reading

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A review that was made, and what it rests on."""

    view: OperationView
    state: Lane
    epoch: Epoch
    at: Timestamp


class Views:
    """The reviews of one vault's operations, made again when they may have changed."""

    def __init__(self, target: Target, clock: Clock, *, seconds: int) -> None:
        """Take a vault.

        :param seconds: a review is made again after so long
        """
        self._target = target
        self._clock = clock
        self._seconds = seconds
        self._made: dict[OperationId, _Made] = {}

    def of(
        self, reading: VaultReading, ended: Iterable[OperationId], *, is_old: bool = False
    ) -> dict[OperationId, OperationView]:
        """Return what there is to be said of open operations, and of those that ended now.

        One that cannot be reviewed keeps its last review, or is missing: what happened to it is told all the same.

        :param is_old: the reading was used before; what was made then is good enough, and nobody is asked
        """
        if is_old:
            return {name: made.view for name, made in self._made.items()}
        wanted = set(ended)
        queue = {lane.operation_id: lane for lane in reading.queue}
        found = {name: self._of(reading, lane) for name, lane in queue.items()}
        for lane in reading.lanes.value:
            if (name := lane.operation_id) in wanted and name not in found:
                # What it did is what it was going to do.
                made = self._made.get(name)
                found[name] = made.view if made else self._of(reading, lane)
        self._made = {name: made for name, made in self._made.items() if name in found}
        return {name: view for name, view in found.items() if view is not None}

    def _of(self, reading: VaultReading, lane: LaneReading) -> OperationView | None:
        made = self._made.get(lane.operation_id)
        now, epoch = self._clock.now(), reading.roster.value.epoch
        if made and (made.state, made.epoch) == (lane.state, epoch) and now - made.at < self._seconds:
            return made.view
        reader: Any = PinnedReader(self._target.reader, reading)
        try:
            briefing = brief_lane(reader, self._clock, self._target.signer, lane.lane, aids=self._target.aids)
        except FourthSignerError as error:
            _LOG.warning("lane %d of %s has no review: %s", lane.lane, reading.vault, error.sentence())
            return made.view if made else None
        view = view_of(briefing.reviews[0])
        self._made[lane.operation_id] = _Made(view=view, state=lane.state, epoch=epoch, at=now)
        return view


def view_of(review: Review) -> OperationView:
    """Return what a happening repeats of a review."""
    return OperationView(
        operation_id=review.lane.operation_id,
        sentence=review.sentence,
        findings=review.findings,
        evidence=review.evidence,
        touched=(review.simulation.touched or ()) if review.simulation else (),
    )
