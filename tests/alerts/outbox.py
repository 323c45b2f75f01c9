"""A real store with deliveries in it, a clock that flies, and channels that behave as they are told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from tests.alerts.samples import NOW
from verifier.audit.chain import HashChain
from verifier.model.text import Shown
from verifier.model.units import ChainId, Timestamp
from verifier.model.watching import Delivery, WatchStep
from verifier.store.watch_place import open_watch_store
from verifier.store.watch_store import DatabaseWatchStore
from verifier.watch.delivering import Deliverer

CHAIN = ChainId(1)
PATIENCE: Final = 300.0
"""Seconds for what takes one, on a machine that has much else to do."""


class FlyingClock:
    """The port Clock: whoever waits moves it on, and does not wait."""

    def __init__(self, now: int = NOW) -> None:
        self.moment = float(now)

    def now(self) -> Timestamp:
        return Timestamp(int(self.moment))

    def sleep(self, seconds: float) -> float:
        self.moment += seconds
        return 0.001


class Scripted:
    """The port Channel, doing what a function says; it remembers what it took."""

    def __init__(self, name: str, script: Callable[[Delivery], Shown] | None = None) -> None:
        self._name = name
        self._script = script or (lambda _delivery: Shown("taken"))
        self.taken: list[Delivery] = []
        self.asked: list[Delivery] = []

    @property
    def name(self) -> str:
        return self._name

    def deliver(self, delivery: Delivery) -> Shown:
        self.asked.append(delivery)
        reply = self._script(delivery)
        self.taken.append(delivery)
        return reply

    @property
    def keys(self) -> list[str]:
        return [delivery.key for delivery in self.taken]


def open_store(folder: Path, now: int = NOW) -> DatabaseWatchStore:
    return open_watch_store(
        str(folder / "watch.sqlite3"), HashChain(), identity=Shown("test"), now=Timestamp(now)
    )


def put(store: DatabaseWatchStore, deliveries: Iterable[Delivery], now: int = NOW) -> None:
    """Put deliveries into the outbox, with their happenings."""
    step = tuple(deliveries)
    happenings = tuple(each.happening for each in step if each.happening is not None)
    store.keep(WatchStep(chain_id=CHAIN, happenings=happenings, deliveries=step), now=Timestamp(now))


async def run_until(deliverer: Deliverer, is_done: Callable[[], bool], *, most: float = PATIENCE) -> None:
    """Run a deliverer until something is so.

    :raises AssertionError: it took too long.
    """
    task = asyncio.create_task(deliverer.run())
    until = time.monotonic() + most
    try:
        while not is_done() and not task.done():
            assert time.monotonic() < until, "it took too long"
            await asyncio.sleep(0.005)
    finally:
        deliverer.stop()
        await task
