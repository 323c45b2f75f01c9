"""What a watcher does by the clock: escalates, sums up the day, sends the audit log's head, tests itself, lives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from verifier.errors import FourthSignerError
from verifier.model.finding import Severity
from verifier.model.routes import WATCHER, Daily, Pulse, Routes
from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.model.watching import Delivery, Happening, Parcel, Standing, WatchStep
from verifier.ports import Clock, WatchStore
from verifier.watch.digest import Names, digest_lines, head_lines, synthetic
from verifier.watch.hours import latest_strike, strike_before
from verifier.watch.routing import escalations_for

LEASE: Final = 120
"""Seconds for which one of several watchers on one store has the chores to do."""
ESCALATING: Final = 7 * 86_400
"""Seconds for which something may still be escalated."""
_TICK: Final = 10.0
_LOG: Final = logging.getLogger("fourth_signer.watch.chores")

Lines = Callable[[Timestamp, Timestamp], tuple[Shown, ...]]


class Chores:
    """Does them for as long as it runs. Keys are by day and episode, so that nothing is said twice."""

    def __init__(
        self,
        store: WatchStore,
        routes: Routes,
        *,
        clock: Clock,
        holder: str,
        pulse: Callable[[], Pulse],
        names: Names,
        wake: Callable[[], None],
        tick: float = _TICK,
    ) -> None:
        self._store = store
        self._routes = routes
        self._clock = clock
        self._holder = holder
        self._pulse = pulse
        self._names = names
        self._wake = wake
        self._tick = tick
        # Keys that are in the outbox already, so that the store is not asked for nothing.
        self._kept: set[str] = set()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Look at the clock until told to stop."""
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chores")
        try:
            while not self._stopping.is_set():
                try:
                    if await asyncio.get_running_loop().run_in_executor(thread, self.turn):
                        self._wake()
                except FourthSignerError as error:
                    _LOG.warning("the day's chores have to wait: %s", error.sentence())
                try:
                    await asyncio.wait_for(self._stopping.wait(), self._tick)
                except TimeoutError:
                    continue
        finally:
            thread.shutdown(wait=False)

    def turn(self) -> bool:
        """Do what is due now, and return whether there is something to deliver.

        :raises WatchStoreError: the store does not let us; it is tried again.
        """
        now = self._clock.now()
        if not self._store.lease_chain(WATCHER, self._holder, now=now, seconds=LEASE):
            return False
        deliveries = list(self._escalations(now))
        deliveries += self._daily(Parcel.DIGEST, self._routes.digest, now, self._digest)
        deliveries += self._daily(Parcel.HEAD, self._routes.head, now, self._head)
        happenings, tests = self._tests(now)
        deliveries = [each for each in (*deliveries, *tests) if each.key not in self._kept]
        if not deliveries:
            return False
        step = WatchStep(chain_id=WATCHER, happenings=happenings, deliveries=tuple(deliveries))
        self._store.keep(step, now=now)
        self._kept.update(each.key for each in deliveries)
        return True

    def _escalations(self, now: Timestamp) -> Iterable[Delivery]:
        """Return what nobody acknowledged in time. What is older than a week was told to everybody long ago."""
        if not self._routes.escalations:
            return ()
        since = Timestamp(now - ESCALATING)
        recent = self._store.happenings(since, Timestamp(now + 1), least=Severity.NOTICE)
        return escalations_for(recent, self._routes, now)

    def _daily(self, parcel: Parcel, daily: Daily | None, now: Timestamp, lines: Lines) -> Iterable[Delivery]:
        """Yield what is said once a day, if its hour has struck and it was not said; it is made only then."""
        if daily is None:
            return
        day, struck = latest_strike(daily, now)
        keys = {channel: f"{channel}:{parcel}:{day}" for channel in daily.channels}
        if self._kept.issuperset(keys.values()):
            return
        text = lines(strike_before(daily, day), struck)
        for channel, key in keys.items() if text else ():
            yield Delivery(
                key=key,
                channel=channel,
                parcel=parcel,
                happening=None,
                standing=Standing.CONFIRMED,
                text=text,
                created_at=now,
                due_at=now,
            )

    def _digest(self, since: Timestamp, until: Timestamp) -> tuple[Shown, ...]:
        kept = self._store.happenings(since, until, least=Severity.INFO)
        waiting = self._store.open_episodes(least=Severity.WARNING)
        return digest_lines(kept, waiting, self._pulse(), self._names, since)

    def _head(self, _since: Timestamp, _until: Timestamp) -> tuple[Shown, ...]:
        head = self._store.audit_head()
        return head_lines(head) if head is not None else ()

    def _tests(self, now: Timestamp) -> tuple[tuple[Happening, ...], list[Delivery]]:
        daily = self._routes.test
        if daily is None:
            return (), []
        day, _struck = latest_strike(daily, now)
        happening = synthetic(str(day), now)
        deliveries = [
            Delivery(
                key=f"{channel}:{happening.key}:{Parcel.ALERT}",
                channel=channel,
                parcel=Parcel.ALERT,
                happening=happening,
                standing=Standing.CONFIRMED,
                created_at=now,
                due_at=now,
            )
            for channel in daily.channels
        ]
        if self._kept.issuperset(each.key for each in deliveries):
            return (), []
        return (happening,), deliveries
