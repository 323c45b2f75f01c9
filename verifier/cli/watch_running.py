"""Runs a watcher: chains, deliveries, chores, heartbeat and health, until a signal ends it; another reloads it."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import secrets
import signal
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from verifier.alerts.health import HealthServer
from verifier.alerts.heartbeat import Heartbeat
from verifier.audit.chain import HashChain
from verifier.cli.adapters import CLOCK
from verifier.cli.watch_channels import open_channels, open_mailbox, vault_names
from verifier.cli.watch_log import start_logging
from verifier.cli.watch_plans import make_plans
from verifier.cli.watch_supervisor import Supervisor
from verifier.cli.watching import require_sense
from verifier.errors import FourthSignerError
from verifier.errors.watching import WatchConfigurationMalformed
from verifier.model.routes import Tally
from verifier.model.text import Shown, sanitise
from verifier.model.units import ChainId
from verifier.ports import WatchStore
from verifier.store.watch_configuration import read_watch_settings
from verifier.store.watch_place import open_watch_store
from verifier.store.watch_settings import WatchSettings
from verifier.watch.chores import Chores
from verifier.watch.delivering import Deliverer
from verifier.watch.pulse import PulseTaker, ailment_of
from verifier.watch.watcher import Watcher

MOST_UNDELIVERED: Final = 3_600
_LOG: Final = logging.getLogger("fourth_signer.watch.run")


def watch_until_stopped(settings: WatchSettings) -> None:
    """Watch until SIGTERM or SIGINT.

    :raises ConfigurationError: the configuration cannot be used.
    :raises WatchStoreError: the store cannot be opened.
    """
    place, name = settings.store.reveal(), sanitise(settings.name)
    with open_watch_store(place, HashChain(), identity=name, now=CLOCK.now()) as store:
        asyncio.run(_Run(settings, store).run())


class _Crew:
    """Everything beside the chains: it is made anew when the configuration changes, and the store has all it needs."""

    def __init__(self, settings: WatchSettings, store: WatchStore, holder: str, pulse: PulseTaker) -> None:
        """:raises ConfigurationError: a channel or the heartbeat cannot be used."""
        dice = random.SystemRandom().random
        routes = settings.routes
        self.deliverer = Deliverer(
            store,
            open_channels(settings, CLOCK),
            holder=holder,
            clock=CLOCK,
            dice=dice,
            routes={route.channel: route for route in routes.routes},
        )
        self.chores = Chores(
            store,
            routes,
            clock=CLOCK,
            holder=holder,
            pulse=pulse.take,
            names=vault_names(settings),
            wake=self.deliverer.wake,
        )
        self.heartbeat = heartbeat_of(settings, pulse)

    async def run(self) -> None:
        """Work until told to stop."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.deliverer.run())
            tasks.create_task(self.chores.run())
            if self.heartbeat is not None:
                tasks.create_task(self.heartbeat.run())

    def stop(self) -> None:
        self.deliverer.stop()
        self.chores.stop()
        if self.heartbeat is not None:
            self.heartbeat.stop()


class _Run:
    """One run of the program."""

    def __init__(self, settings: WatchSettings, store: WatchStore) -> None:
        self._settings = settings
        self._store = store
        # Several watchers may have one name, and none may take another's work for its own.
        self._holder = f"{settings.name}/{os.getpid()}/{secrets.token_hex(4)}"
        self._pulse = PulseTaker(store, CLOCK, looks=self._looks, tallies=self._tallies)
        self._supervisor = Supervisor()
        self._stopping = asyncio.Event()
        self._reloading = asyncio.Event()
        self._crew = _Crew(settings, store, self._holder, self._pulse)
        self._watcher = Watcher(
            make_plans(settings),
            store,
            CLOCK,
            routes=settings.routes,
            holder=self._holder,
            dice=random.SystemRandom().random,
            told=self._wake,
        )

    async def run(self) -> None:
        """Run until a signal says that it is enough."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._reloading.set)
        health = health_server_of(self._settings, self._pulse)
        try:
            if health is not None:
                health.start()
            _LOG.info("watching %s", ", ".join(self._settings.vaults))
            watching = asyncio.create_task(self._watcher.run(), name="watcher")
            living = asyncio.create_task(self._supervisor.live(), name="signs of life")
            self._supervisor.ready()
            await self._work(watching)
            self._supervisor.stopping()
            self._watcher.stop()
            await watching
            living.cancel()
            _LOG.info("stopped")
        finally:
            if health is not None:
                health.stop()

    async def _work(self, watching: asyncio.Task[None]) -> None:
        """Keep the crew at work, and exchange it when the configuration changed."""
        while not self._stopping.is_set():
            working = asyncio.create_task(self._crew.run(), name="crew")
            following = None
            while following is None and not self._stopping.is_set():
                ended = await _first(self._stopping, self._reloading, working, watching)
                if ended:
                    # A fault of this program: it ends, and whoever started it starts it again.
                    self._crew.stop()
                    self._watcher.stop()
                    for task in ended:
                        task.result()
                    return
                if self._reloading.is_set():
                    self._reloading.clear()
                    self._supervisor.reloading()
                    following = self._reload()
                    self._supervisor.ready()
            self._crew.stop()
            await working
            if following is not None:
                self._crew = following

    def _reload(self) -> _Crew | None:
        """Read the file again, and return who works from now on; where it is wrong, all stays as it was."""
        settings = self._settings
        try:
            read = read_watch_settings(settings.path, os.environ)
            require_sense(read)
            plans = make_plans(read)
            crew = _Crew(read, self._store, self._holder, self._pulse)
        except FourthSignerError as error:
            _LOG.error("nothing is reloaded: %s", error.sentence())
            return None
        if (read.store, read.listen, read.name) != (settings.store, settings.listen, settings.name):
            _LOG.warning("store, listen and name stay as they were until the watcher is started again")
        start_logging(read)
        self._settings = read
        self._watcher.reload(plans, read.routes)
        _LOG.info("reloaded; watching %s", ", ".join(read.vaults))
        return crew

    def _wake(self) -> None:
        self._crew.deliverer.wake()

    def _looks(self) -> Mapping[ChainId, int]:
        return {status.chain_id: status.looks for status in self._watcher.statuses}

    def _tallies(self) -> Mapping[str, Tally]:
        return self._crew.deliverer.tallies


async def _first(
    stopping: asyncio.Event, reloading: asyncio.Event, *tasks: asyncio.Task[None]
) -> list[asyncio.Task[None]]:
    """Wait for an event, or for a task that should not end, and return those that did."""
    waits = [asyncio.create_task(event.wait()) for event in (stopping, reloading)]
    try:
        await asyncio.wait([*waits, *tasks], return_when=asyncio.FIRST_COMPLETED)
        return [task for task in tasks if task.done()]
    finally:
        for wait in waits:
            wait.cancel()
            with suppress(asyncio.CancelledError):
                await wait


def health_server_of(settings: WatchSettings, pulse: PulseTaker) -> HealthServer | None:
    """Return what tells how it is, or None where nobody wants to know.

    :raises WatchConfigurationMalformed: nothing can be told there.
    """
    if settings.listen is None:
        return None
    try:
        return HealthServer(settings.listen, pulse=pulse.take, ailment=lambda: _ailment(settings, pulse))
    except OSError as exc:
        why = f"nothing can be told at port {settings.listen[1]} ({exc.strerror}); choose another `listen`"
        raise WatchConfigurationMalformed(path=str(settings.path), why=why) from exc


def heartbeat_of(settings: WatchSettings, pulse: PulseTaker) -> Heartbeat | None:
    """Return what gives signs of life to the outside; None where nobody waits for them.

    :raises WatchConfigurationMalformed: what is sent there could be read on the way.
    """
    beat = settings.heartbeat
    if beat is None:
        return None
    mailbox = open_mailbox(settings, "heartbeat", beat.url, is_insecure=beat.is_insecure)
    return Heartbeat(mailbox, every=beat.every, ailment=lambda: _ailment(settings, pulse))


def _ailment(settings: WatchSettings, pulse: PulseTaker) -> Shown | None:
    most = MOST_UNDELIVERED if settings.heartbeat is None else settings.heartbeat.most_undelivered
    return ailment_of(pulse.take(), most_undelivered=most)
