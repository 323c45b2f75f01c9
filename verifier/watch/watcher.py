"""Watches every chain at once: one task and one thread for each, so that none waits for another.

    watcher = Watcher(plans, store, clock, routes=routes, holder="watch-1", dice=dice, told=deliverer.wake)
    await watcher.run()            # until watcher.stop()

Nothing that endpoints, vaults or the store do ends it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from verifier.errors import FourthSignerError
from verifier.errors.watching import ChainLeased
from verifier.model.routes import Routes
from verifier.model.units import ChainId
from verifier.ports import Clock, WatchStore
from verifier.watch.follower import Follower
from verifier.watch.plan import ChainPlan
from verifier.watch.status import ChainStatus, Next

LEASE_SECONDS: Final = 60
"""For so long a chain is one watcher's, where several share a store; then another may take over."""
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
"""Seconds between two looks at a chain that cannot be followed."""
_RENEWED: Final = LEASE_SECONDS / 4
_LOG: Final = logging.getLogger("fourth_signer.watch")


@dataclass(slots=True, kw_only=True)
class _Means:
    """What every chain is watched with."""

    store: WatchStore
    clock: Clock
    routes: Routes
    holder: str
    dice: Callable[[], float]
    told: Callable[[], None]
    sleep: Callable[[float], float]


class Watcher:
    """Follows chains for as long as it runs."""

    def __init__(
        self,
        plans: Iterable[ChainPlan],
        store: WatchStore,
        clock: Clock,
        *,
        routes: Routes,
        holder: str,
        dice: Callable[[], float],
        told: Callable[[], None] = lambda: None,
        sleep: Callable[[float], float] = lambda seconds: seconds,
    ) -> None:
        """Take what to watch.

        :param holder: this watcher's name in a store that several share
        :param dice: a number from 0 to 1, so that watchers that failed together do not come back together
        :param told: called in the loop that this runs in, when something may be due for delivery
        :param sleep: how long a pause of so many seconds is; tests make it shorter
        """
        self._told = told
        self._means = _Means(
            store=store,
            clock=clock,
            routes=routes,
            holder=holder,
            dice=dice,
            told=self._tell,
            sleep=sleep,
        )
        self._plans = {plan.chain_id: plan for plan in plans}
        self._served: dict[ChainId, _Served] = {}
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Watch until told to stop; then each chain's look comes to its end."""
        self._loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as tasks:
            while not self._stopping.is_set():
                self._changed.clear()
                for chain_id in self._plans.keys() - self._served.keys():
                    served = self._served[chain_id] = _Served(self._plans[chain_id], self._means)
                    tasks.create_task(self._serve(chain_id, served), name=f"chain {chain_id}")
                await _either(self._changed, self._stopping)

    def stop(self) -> None:
        """End once what is being looked at is kept."""
        self._stopping.set()
        for served in self._served.values():
            served.end()

    def reload(self, plans: Iterable[ChainPlan], routes: Routes) -> None:
        """Watch this instead, from each chain's next look on. What is in the store stays, so that nothing is lost."""
        self._plans, self._means.routes = {plan.chain_id: plan for plan in plans}, routes
        for chain_id, served in self._served.items():
            if chain_id in self._plans:
                served.replan(self._plans[chain_id])
            else:
                served.end()
        self._changed.set()

    @property
    def statuses(self) -> tuple[ChainStatus, ...]:
        """How each chain is."""
        return tuple(served.follower.status for served in self._served.values())

    async def _serve(self, chain_id: ChainId, served: _Served) -> None:
        try:
            await served.run()
        finally:
            self._served.pop(chain_id, None)
            # It may have been planned anew in the meantime.
            self._changed.set()

    def _tell(self) -> None:
        """Say so in the loop: chains are looked at in threads of their own."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._told)


class _Served:
    """One chain while it is followed."""

    def __init__(self, plan: ChainPlan, means: _Means) -> None:
        self._plan = plan
        self._means = means
        self._chain_id = plan.chain_id
        self._next_plan: ChainPlan | None = None
        self._ending = asyncio.Event()
        self._woken = asyncio.Event()
        self._renewed_at: float | None = None
        self._failures = 0
        self.follower = Follower(plan, means.store, means.clock, routes=means.routes, told=means.told)

    def end(self) -> None:
        self._ending.set()
        self._woken.set()

    def replan(self, plan: ChainPlan) -> None:
        self._next_plan = plan
        self._woken.set()

    async def run(self) -> None:
        """Look until told to end."""
        # A thread of its own: endpoints of another chain that hang keep nobody waiting here.
        threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"chain-{self._chain_id}")
        loop = asyncio.get_running_loop()
        try:
            while not self._ending.is_set():
                self._woken.clear()
                pause = await loop.run_in_executor(threads, self._turn)
                if pause > 0 and not self._ending.is_set():
                    await self._rest(pause)
            await loop.run_in_executor(threads, self._leave)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)

    def _turn(self) -> float:
        """Look once, and return how many seconds to wait."""
        if self._next_plan is not None:
            self._plan, self._next_plan = self._next_plan, None
            self.follower.replan(self._plan, self._means.routes)
        try:
            if not self._has_lease():
                return self._means.sleep(_RENEWED)
            then = self.follower.look()
        except ChainLeased as error:
            _LOG.warning("%s", error.sentence())
            self._renewed_at = None
            self.follower.forget()
            return self._means.sleep(_RENEWED)
        except FourthSignerError as error:
            _LOG.warning("chain %d: %s", self._chain_id, error.sentence())
            then = Next.LATER
        except Exception:  # noqa: BLE001 - nothing ends the watching
            _LOG.exception("chain %d cannot be looked at", self._chain_id)
            # Whatever is in memory may be half-done.
            self.follower.forget()
            then = Next.LATER
        return self._pause(then)

    def _has_lease(self) -> bool:
        """Take or renew the chain. While another watcher has it, nothing that is in memory is worth anything."""
        now, means = time.monotonic(), self._means
        if self._renewed_at is not None and now - self._renewed_at < _RENEWED:
            return True
        is_ours = means.store.lease_chain(
            self._chain_id, means.holder, now=means.clock.now(), seconds=LEASE_SECONDS
        )
        if self._renewed_at is None and is_ours:
            self.follower.forget()
        self._renewed_at = now if is_ours else None
        return is_ours

    def _leave(self) -> None:
        """Give the chain back, so that another watcher need not wait."""
        try:
            self._means.store.release_chain(self._chain_id, self._means.holder)
        except FourthSignerError as error:
            _LOG.warning("chain %d is not given back: %s", self._chain_id, error.sentence())

    def _pause(self, then: Next) -> float:
        means = self._means
        if then is not Next.LATER:
            self._failures = 0
            return 0.0 if then is Next.AT_ONCE else means.sleep(self._plan.pace.poll_seconds)
        grown = min(FIRST_PAUSE * 2**self._failures, LONGEST_PAUSE)
        self._failures = min(self._failures + 1, 10)
        return means.sleep(grown * (0.5 + means.dice() / 2))

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return


async def _either(*events: asyncio.Event) -> None:
    """Wait for one of several events."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
