"""What was heard of a chain from one block on: kept in memory until it is judged, so that a failure in the middle of a
long gap loses nothing, and nothing is asked for twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from verifier.model.address import Address
from verifier.model.units import BlockNumber, Timestamp
from verifier.model.watching import BlockRef, LogEvent
from verifier.ports import BlockSource
from verifier.watch.hearing import Ears

KEPT: Final = 256
"""So many of the newest blocks are kept one by one, for finding a common ancestor."""


class ChainMovedError(Exception):
    """The chain changed between two questions; everything since the last step is asked for again."""


@dataclass(slots=True, kw_only=True)
class Span:
    """Blocks and logs after a base, which is in the chain."""

    number: BlockNumber
    hash: bytes
    # Where it ends so far.
    end: BlockNumber
    end_hash: bytes
    refs: dict[BlockNumber, BlockRef] = field(default_factory=dict)
    logs: list[LogEvent] = field(default_factory=list)

    @classmethod
    def after(cls, number: BlockNumber, hash_: bytes) -> Span:
        return cls(number=number, hash=hash_, end=number, end_hash=hash_)

    def is_after(self, number: BlockNumber, hash_: bytes) -> bool:
        return (self.number, self.hash) == (number, hash_)

    def hash_at(self, number: BlockNumber) -> bytes | None:
        """Return a block's hash as far as it is known here."""
        if number == self.number:
            return self.hash
        ref = self.refs.get(number)
        return ref.hash if ref else None

    def extend(
        self,
        source: BlockSource,
        ears: Ears,
        to: BlockNumber,
        vaults: Iterable[Address],
        assets: Iterable[Address],
    ) -> None:
        """Hear everything up to a block. Whatever was heard before a failure stays.

        :raises ChainMovedError: the blocks do not follow on those that are here.
        :raises EvidenceError: the endpoints cannot be asked, or do not agree.
        """
        watched, tokens = tuple(vaults), tuple(assets)
        if to - self.end > KEPT:
            # Far behind: only the ends of ranges are kept.
            for end, logs in ears.parts(BlockNumber(self.end + 1), BlockNumber(to - KEPT), watched, tokens):
                (ref,) = source.blocks(end, end)
                self._add({end: ref}, logs, ref)
        first = BlockNumber(self.end + 1)
        if first > to:
            return
        refs = {ref.number: ref for ref in source.blocks(first, to)}
        if refs[first].parent != self.end_hash:
            raise ChainMovedError
        for end, logs in ears.parts(first, to, watched, tokens, at=refs[first]):
            if any(log.block_hash != refs[log.block].hash for log in logs):
                raise ChainMovedError
            self._add({n: ref for n, ref in refs.items() if self.end < n <= end}, logs, refs[end])

    def still_holds(self, source: BlockSource) -> bool:
        """Whether its end is in the chain still.

        :raises EvidenceError: the endpoints cannot be asked, or do not agree.
        """
        if self.end == self.number:
            return True
        return source.blocks(self.end, self.end)[0].hash == self.end_hash

    def times(self, source: BlockSource, logs: Iterable[LogEvent]) -> Mapping[BlockNumber, Timestamp]:
        """Return when the blocks of logs were made.

        :raises EvidenceError: the endpoints cannot be asked, or do not agree.
        """
        wanted = {log.block for log in logs}
        known = {number: self.refs[number].timestamp for number in wanted if number in self.refs}
        missing = sorted(wanted - known.keys())
        return {**known, **source.times(missing)} if missing else known

    def _add(self, refs: Mapping[BlockNumber, BlockRef], logs: Iterable[LogEvent], end: BlockRef) -> None:
        self.refs.update(refs)
        self.logs += logs
        self.end, self.end_hash = end.number, end.hash
        for number in [n for n in self.refs if n <= self.end - KEPT]:
            del self.refs[number]
