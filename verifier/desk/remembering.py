"""What this client remembers of a vault, and what it notes of each look at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from verifier.desk.review import Review
from verifier.errors import MemoryUnusable
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.history import LATEST, NO_HISTORY, History
from verifier.model.life import Status
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.text import Shown
from verifier.ports import Memory

_MOST_ENDED: Final = 64


def recall(
    memory: Memory | None, reading: VaultReading, *, latest: int = LATEST
) -> tuple[History, tuple[Finding, ...]]:
    """Return what is remembered of a vault. That the memory cannot be used is a finding: what the chain says still is
    to be seen.

    :param latest: so many of the operations that were executed
    """
    if memory is None:
        return NO_HISTORY, ()
    try:
        return memory.history(reading.head.chain_id, reading.vault, latest=latest), ()
    except MemoryUnusable as exc:
        return NO_HISTORY, (_unusable(exc),)


def newly_executed(memory: Memory | None, history: History, reading: VaultReading) -> list[LaneReading]:
    """Return the lanes whose latest operation was executed without this client having noted it."""
    if memory is None:
        return []
    known = {past.operation_id for past in history.executed}
    lanes = [
        lane
        for lane in reading.lanes.value
        if lane.state.status is Status.EXECUTED and lane.operation_id not in known
    ]
    return lanes[:_MOST_ENDED]


def remember(
    memory: Memory | None, reading: VaultReading, reviews: Sequence[Review], ended: Iterable[Review]
) -> tuple[Finding, ...]:
    """Note what was seen: which operations stand in which lanes, what the reviewed ones touch, what was executed."""
    if memory is None:
        return ()
    chain_id, vault, evidence = reading.head.chain_id, reading.vault, reading.lanes.evidence
    try:
        memory.note_identities(
            chain_id,
            vault,
            [(lane.lane, lane.state.sequence, lane.operation_id) for lane in reading.lanes.value],
            evidence=evidence,
        )
        for review in reviews:
            if review.simulation is not None and review.simulation.touched:
                memory.note_review(chain_id, vault, review.lane.operation_id, review.simulation.touched)
        for review in ended:
            if review.operation is not None:
                memory.note_executed(
                    chain_id,
                    vault,
                    review.operation,
                    # When this client saw it: storage does not keep the time of an execution.
                    executed_at=reading.head.timestamp,
                    counterparties=review.gainers,
                    evidence=evidence,
                )
    except MemoryUnusable as exc:
        return (_unusable(exc),)
    return ()


def _unusable(exc: MemoryUnusable) -> Finding:
    said = f"{exc.sentence()} Until then nobody is new here, and nothing differs from before."
    return Finding(
        rule="memory-unusable", severity=Severity.WARNING, sentence=Shown(said), evidence=Evidence.PROVEN
    )
