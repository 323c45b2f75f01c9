"""Where a chain is now: its newest block, what is final, and what time it is there."""

from __future__ import annotations

from typing import Final

from verifier.errors import EvidenceError
from verifier.model.units import BlockNumber, Timestamp
from verifier.model.watching import NOTHING_FINAL, BlockRef
from verifier.ports import BlockSource
from verifier.watch import wrong
from verifier.watch.plan import Pace
from verifier.watch.troubles import Troubles

# By so many seconds the clocks of chain and machine may differ.
_EARLY: Final = 120
# An endpoint that was caught lying has to be honest for so many times the usual patience.
_PROBATION: Final = 5


class Present:
    """What the endpoints say of the chain itself."""

    def __init__(self, source: BlockSource, pace: Pace) -> None:
        self._source = source
        self._pace = pace
        self.newest: BlockRef | None = None
        self.final: BlockNumber = NOTHING_FINAL
        # By this machine's clock, when the newest block was seen first.
        self._seen_at = Timestamp(0)
        self._final_of: BlockNumber | None = None

    def ask(self, now: Timestamp) -> BlockRef:
        """Return the newest block as the endpoints say; one that is older than another before is no news here.

        :raises EvidenceError: they cannot be asked, or do not agree.
        """
        newest = self._source.newest()
        if self.newest is None or newest.number > self.newest.number:
            self.newest, self._seen_at = newest, now
        elif newest.number == self.newest.number:
            self.newest = newest
        return newest

    def ask_final(self, newest: BlockRef) -> tuple[BlockNumber, BlockNumber]:
        """Return what was final before, and what is now. Nothing that was final ceases to be so."""
        before = self.final
        if self._final_of != newest.number:
            try:
                self.final = BlockNumber(max(self._source.final(), before))
                self._final_of = newest.number
            except EvidenceError:
                # The next look asks again.
                pass
        return before, self.final

    def time(self, now: Timestamp) -> Timestamp:
        """Return what the time is by the chain's clock: that of its newest block, and what went by since it came.

        This machine's own clock may be wrong, and is only believed about how long something takes.
        """
        if self.newest is None:
            return now
        return Timestamp(self.newest.timestamp + max(now - self._seen_at, 0))

    def judge(self, troubles: Troubles, now: Timestamp) -> None:
        """Note who lied or was silent, and whether the chain stands still or is ahead of this machine."""
        present = wrong.doubted(self._source.doubts())
        for trouble in present:
            troubles.bad(trouble, now)
        named = {trouble.subject for trouble in present}
        if wrong.DOUBTED not in named:
            troubles.good(wrong.DOUBTED, now, lasts=self._pace.patience_seconds * _PROBATION)
        if wrong.SILENT not in named:
            troubles.good(wrong.SILENT, now)
        self._judge_head(troubles, now)

    def _judge_head(self, troubles: Troubles, now: Timestamp) -> None:
        if self.newest is None:
            return
        early = self.newest.timestamp - now
        age = max(now - self._seen_at, -early)
        if early > _EARLY:
            troubles.bad(wrong.behind(self.newest, early, is_early=True), now)
        elif age > self._pace.silent_seconds:
            troubles.bad(wrong.behind(self.newest, age, is_early=False), now)
        else:
            troubles.good(wrong.HEAD, now)
