"""The last operations that a vault published, as its endpoints agree on their events."""

from __future__ import annotations

from typing import Final

from verifier.decode.operations import PROPOSED_TOPIC, read_proposed
from verifier.errors.watching import RangeTooWide
from verifier.guard.replay import Published
from verifier.model.address import Address
from verifier.model.units import BlockNumber
from verifier.model.watching import LogEvent
from verifier.ports import BlockSource
from verifier.sign.typed import id_of

_FIRST_RANGE: Final = 10_000
_WIDEST: Final = 100_000
_MOST_QUESTIONS: Final = 60


def last_published(
    source: BlockSource, vault: Address, *, most: int
) -> tuple[tuple[Published, ...], BlockNumber]:
    """Return the last operations, the newest first, and the block back to which was looked.

    :raises EvidenceError: the endpoints cannot be asked, or do not agree.
    """
    found: list[LogEvent] = []
    last, width = source.newest().number, _FIRST_RANGE
    first = last
    for _ in range(_MOST_QUESTIONS):
        first = BlockNumber(max(last - width + 1, 0))
        try:
            logs = source.logs(first, last, [vault], topics=[[PROPOSED_TOPIC]])
        except RangeTooWide:
            if width == 1:
                raise
            width = max(width // 4, 1)
            continue
        found = [*logs, *found]
        if len(found) >= most or first == 0:
            break
        last, width = BlockNumber(first - 1), min(width * 2, _WIDEST)
    chosen = found[-most:] if most else []
    times = source.times({log.block for log in chosen}) if chosen else {}
    published = []
    for log in reversed(chosen):
        operation = read_proposed(log.data)
        if operation is not None and log.topics[1:2] == (id_of(operation),):
            published.append(Published(operation=operation, at=times[log.block]))
    return tuple(published), first
