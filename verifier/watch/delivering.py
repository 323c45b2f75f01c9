"""Carries deliveries from the outbox to the channels: one task and one thread for each, so that none waits for another.

A delivery leaves the outbox when the channel took it and the store knows. Whatever happens before that, it comes again:
after a pause that grows, or when the channel asked to be asked again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from verifier.errors import FourthSignerError
from verifier.errors.watching import DeliveryFailed
from verifier.model.finding import Severity
from verifier.model.routes import Route, Tally
from verifier.model.text import Shown, sanitise
from verifier.model.units import Timestamp
from verifier.model.watching import Delivery
from verifier.ports import Channel, Clock, WatchStore

_T = TypeVar("_T")

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
"""Seconds between two attempts at a channel that does not answer."""
LONGEST_RETRY: Final = 900
"""Seconds after which a delivery that failed often is tried again."""
LONGEST_WISH: Final = 3_600
"""Seconds for which a channel's wish to be left alone is respected."""
LONGEST_SENDING: Final = 90.0
"""Seconds after which a channel is taken to hang, in spite of its own limits."""
_LOOK: Final = 5.0
_HOUR: Final = 3_600
_LOG: Final = logging.getLogger("fourth_signer.watch.delivering")


class Deliverer:
    """Sends what is due, for as long as it runs."""

    def __init__(
        self,
        store: WatchStore,
        channels: Iterable[Channel],
        *,
        holder: str,
        clock: Clock,
        dice: Callable[[], float],
        routes: Mapping[str, Route] | None = None,
        sleep: Callable[[float], float] = lambda seconds: seconds,
        most_sending: float = LONGEST_SENDING,
    ) -> None:
        """Take what it sends with.

        :param holder: this watcher's name in a store that several share
        :param dice: a number from 0 to 1, so that watchers that failed together do not come back together
        :param routes: by channel, for the limits of a channel
        :param sleep: how long a pause of so many seconds is; tests make it shorter
        """
        self._store = store
        self._channels = {channel.name: channel for channel in channels}
        self._holder = holder
        self._clock = clock
        self._dice = dice
        self._routes = dict(routes or {})
        self._sleep = sleep
        self._most_sending = most_sending
        self._woken = {name: asyncio.Event() for name in self._channels}
        self._stopping = asyncio.Event()
        # Threads of its own: whatever else waits for a chain must not keep the outbox waiting.
        self._outbox = ThreadPoolExecutor(max_workers=2, thread_name_prefix="outbox")
        self._sent: dict[str, deque[Timestamp]] = {name: deque() for name in self._channels}
        self.tallies = {name: Tally() for name in self._channels}

    def wake(self) -> None:
        """Say that something new may be due."""
        for event in self._woken.values():
            event.set()

    def stop(self) -> None:
        """End once what is being sent was sent; everything else stays in the outbox."""
        self._stopping.set()
        self.wake()

    async def run(self) -> None:
        """Send until told to stop."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for name in self._channels:
                    tasks.create_task(self._serve(name), name=f"channel {name}")
        finally:
            self._outbox.shutdown(wait=False)

    async def _serve(self, name: str) -> None:
        # A thread of its own: one that hangs keeps nobody else from sending, and never sends twice at once.
        threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"channel-{name}")
        pause = 0.0
        try:
            while not self._stopping.is_set():
                pause = await self._turn(name, threads, pause)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)

    async def _turn(self, name: str, threads: ThreadPoolExecutor, pause: float) -> float:
        """Send what is due, or wait; return how long the next failure pauses the channel."""
        self._woken[name].clear()
        try:
            claimed = await self._ask(
                lambda: self._store.claim(name, self._holder, now=self._clock.now(), most=1)
            )
        except FourthSignerError as error:
            _LOG.warning("the outbox cannot be read: %s", error.sentence())
            return await self._rest(pause)
        if not claimed:
            await self._wait(name, _LOOK)
            return pause
        for delivery in claimed:
            if (until := self._allowed_at(delivery)) > self._clock.now():
                await self._record_failure(
                    delivery, Shown("Its limit of messages an hour is used up."), until
                )
                continue
            try:
                reply = await self._send(delivery, threads)
            except DeliveryFailed as failed:
                return await self._fail(delivery, failed, pause)
            await self._finish(delivery, reply)
        return 0.0

    async def _send(self, delivery: Delivery, threads: ThreadPoolExecutor) -> Shown:
        """:raises DeliveryFailed: the channel did not take it, or hangs."""
        channel = self._channels[delivery.channel]
        loop = asyncio.get_running_loop()
        sending = loop.run_in_executor(threads, channel.deliver, delivery)
        try:
            return await asyncio.wait_for(sending, self._most_sending)
        except TimeoutError as exc:
            why = f"it hangs for more than {self._most_sending:g} seconds"
            raise DeliveryFailed(channel=delivery.channel, why=why) from exc
        except DeliveryFailed:
            raise
        except Exception as fault:  # a channel's fault must not end the others
            why = f"it has a fault ({type(fault).__name__})"
            raise DeliveryFailed(channel=delivery.channel, why=why) from fault

    async def _finish(self, delivery: Delivery, reply: Shown) -> None:
        """Note that it was taken. It is sent already, so nothing else is until the store knows."""
        tally = self.tallies[delivery.channel]
        now = self._clock.now()
        tally.delivered += 1
        tally.failing = 0
        self._sent[delivery.channel].append(now)
        _LOG.info("delivered %s", delivery.key)
        await self._insist(lambda: self._store.delivered(delivery, now=now, reply=reply))

    async def _fail(self, delivery: Delivery, failed: DeliveryFailed, pause: float) -> float:
        tally = self.tallies[delivery.channel]
        tally.failed += 1
        tally.failing += 1
        wish = min(failed.retry_after or 0.0, LONGEST_WISH)
        grown = min(FIRST_PAUSE * 2 ** min(delivery.attempts, 20), LONGEST_RETRY)
        retry_at = Timestamp(int(self._clock.now() + max(wish, grown * (0.75 + self._dice() / 2)) + 1))
        why = sanitise(failed.sentence(), most=300)
        _LOG.warning("%s It is tried again (%s).", why, delivery.key)
        await self._record_failure(delivery, why, retry_at)
        if wish > pause:
            await self._pause(wish)
            return pause
        return await self._rest(pause)

    async def _record_failure(self, delivery: Delivery, why: Shown, retry_at: Timestamp) -> None:
        await self._insist(
            lambda: self._store.failed(delivery, now=self._clock.now(), why=why, retry_at=retry_at)
        )

    async def _insist(self, note: Callable[[], _T]) -> None:
        """Have the store note something, however often it takes; a claim that runs out meanwhile is sent again."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self._ask(note)
            except FourthSignerError as error:
                _LOG.warning("what was sent cannot be noted: %s", error.sentence())
            else:
                return
            if self._stopping.is_set():
                return
            await self._pause(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _ask(self, question: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._outbox, question)

    def _allowed_at(self, delivery: Delivery) -> Timestamp:
        """Return when the channel's limit lets this through; danger always may."""
        now = self._clock.now()
        route = self._routes.get(delivery.channel)
        if route is None or route.most_an_hour is None:
            return now
        if delivery.happening is not None and delivery.happening.severity >= Severity.DANGER:
            return now
        sent = self._sent[delivery.channel]
        while sent and sent[0] <= now - _HOUR:
            sent.popleft()
        if len(sent) < route.most_an_hour:
            return now
        return Timestamp(sent[-route.most_an_hour] + _HOUR + 1)

    async def _rest(self, pause: float) -> float:
        """Wait a little longer than last time, and return for how long."""
        pause = min(pause * 2, LONGEST_PAUSE) or FIRST_PAUSE
        await self._pause(pause * (0.75 + self._dice() / 2))
        return pause

    async def _wait(self, name: str, seconds: float) -> None:
        """Wait until somebody wakes the channel, or for so long."""
        try:
            await asyncio.wait_for(self._woken[name].wait(), self._sleep(seconds))
        except TimeoutError:
            return

    async def _pause(self, seconds: float) -> None:
        """Wait for so long, unless all is to end."""
        try:
            await asyncio.wait_for(self._stopping.wait(), self._sleep(seconds))
        except TimeoutError:
            return
