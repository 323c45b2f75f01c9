"""Reads the events that are older than the watching: from a vault's first block to the chain's checkpoint.

Vaults that stand at the same block are asked about together. Where each stands is in the store, with what was learned.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from verifier.assess.happenings import learn
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import BlockRef, Checkpoint, LogEvent, WatchedFact, WatchStep
from verifier.ports import BlockSource
from verifier.watch.eye import BEGUN, FILLED, WHOLE, Eye
from verifier.watch.hearing import Ears, by_vault

# Where nothing happened for so many ranges, it is noted all the same how far they were read.
_NOTED_EACH: Final = 32
_ALWAYS: Final = BlockNumber(0)
_LOG: Final = logging.getLogger("fourth_signer.watch")


class Filler:
    """The old events of one chain's vaults."""

    def __init__(
        self,
        chain_id: ChainId,
        source: BlockSource,
        ears: Ears,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._chain_id = chain_id
        self._source = source
        self._ears = ears
        self._now = now
        self._ranges = 0

    def advance(
        self,
        eyes: Iterable[Eye],
        checkpoint: Checkpoint,
        keep: Callable[[WatchStep], object],
        *,
        seconds: float,
    ) -> bool:
        """Read old events for a while, and return whether there are more.

        :param keep: keeps a step in the store
        :raises EvidenceError: the endpoints cannot be asked, or do not agree.
        """
        until = self._now() + seconds
        while filling := [eye for eye in eyes if not eye.is_whole]:
            for eye in filling:
                if eye.next is None:
                    eye.next = self._beginning(eye, checkpoint.number)
            self._finish([eye for eye in filling if self._place(eye) > checkpoint.number], keep)
            open_ = [eye for eye in filling if not eye.is_whole]
            if not open_:
                return False
            first = min(map(self._place, open_))
            together = [eye for eye in open_ if self._place(eye) == first]
            others = [self._place(eye) for eye in open_ if self._place(eye) > first]
            self._read(together, first, BlockNumber(min([checkpoint.number, *(n - 1 for n in others)])), keep)
            if self._now() > until:
                place, last = min(map(self._place, open_)), checkpoint.number
                _LOG.info(
                    "chain %d: old events of %d vaults are read up to block %d of %d",
                    self._chain_id,
                    len(open_),
                    place - 1,
                    last,
                )
                return True
        return False

    def _beginning(self, eye: Eye, newest: BlockNumber) -> BlockNumber:
        if eye.target.since is not None:
            eye.is_begun = False
            return eye.target.since
        born = self._source.born(eye.vault, newest)
        # Nobody knows: its events begin with the watching then.
        eye.is_begun = born is None
        return BlockNumber(newest + 1) if born is None else born

    def _place(self, eye: Eye) -> BlockNumber:
        return eye.next if eye.next is not None else _ALWAYS

    def _read(
        self,
        eyes: Sequence[Eye],
        first: BlockNumber,
        last: BlockNumber,
        keep: Callable[[WatchStep], object],
    ) -> None:
        """Read one range."""
        vaults = {eye.vault: eye for eye in eyes}
        end, logs = next(self._ears.parts(first, last, tuple(vaults)))
        (ref,) = self._source.blocks(end, end)
        times = self._source.times({log.block for log in logs}) if logs else {}
        about = by_vault(logs, vaults)
        self._ranges += 1
        learned: dict[Eye, tuple[WatchedFact, ...]] = {}
        for vault, its in about.items():
            eye = vaults[vault]
            learned[eye] = (*self._learn(eye, its, times), self._filled(eye, ref))
        if self._ranges % _NOTED_EACH == 0:
            learned |= {eye: (self._filled(eye, ref),) for eye in eyes if eye not in learned}
        self._keep(learned, logs, keep)
        for eye in eyes:
            eye.next = BlockNumber(end + 1)

    def _learn(
        self, eye: Eye, logs: tuple[LogEvent, ...], times: Mapping[BlockNumber, Timestamp]
    ) -> tuple[WatchedFact, ...]:
        """Return what only events tell. Those of a vault that was watched before wait for a look, which judges them."""
        if eye.unjudged_from is not None:
            eye.put_aside(eye.waiting(logs))
            return ()
        events = eye.read_events(logs)
        return learn(self._chain_id, eye.vault, journal=eye.judged_journal, events=events, times=times)

    def _finish(self, eyes: Sequence[Eye], keep: Callable[[WatchStep], object]) -> None:
        """Note that vaults are whole: from here on, the chain's own steps have their events."""
        # Of no block: a re-organisation takes back what was learned above it, and the chain's steps bring it again.
        facts: dict[Eye, tuple[WatchedFact, ...]] = {}
        for eye in eyes:
            value = BEGUN if eye.is_begun else WHOLE
            facts[eye] = (eye.own_fact(self._chain_id, FILLED, value, block=_ALWAYS, block_hash=b""),)
        self._keep(facts, (), keep)
        for eye in eyes:
            eye.is_whole, eye.read_at = True, None
            eye.is_dirty |= bool(eye.pending)

    def _filled(self, eye: Eye, ref: BlockRef) -> WatchedFact:
        return eye.own_fact(self._chain_id, FILLED, str(ref.number), block=ref.number, block_hash=ref.hash)

    def _keep(
        self,
        learned: dict[Eye, tuple[WatchedFact, ...]],
        logs: tuple[LogEvent, ...],
        keep: Callable[[WatchStep], object],
    ) -> None:
        if not learned and not logs:
            return
        facts = tuple(fact for its in learned.values() for fact in its)
        keep(WatchStep(chain_id=self._chain_id, events=logs, facts=facts))
        for eye, its in learned.items():
            eye.note(its)
