"""Runs a guard: chains, deliveries, chores, heartbeat and health, until a signal ends it."""

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

from verifier.audit.chain import HashChain
from verifier.cli.adapters import CLOCK
from verifier.cli.guard_hold import FileHold
from verifier.cli.guard_key import open_guard_key, require_opens
from verifier.cli.guard_plans import (
    make_chains,
    require_apart,
    require_guarding,
    require_own_store,
    route_with,
)
from verifier.cli.undumped import leave_no_dump
from verifier.cli.watch_channels import open_channels, vault_names
from verifier.cli.watch_log import start_logging
from verifier.cli.watch_running import health_server_of, heartbeat_of
from verifier.cli.watch_supervisor import Supervisor
from verifier.errors import EvidenceError, GuardSeatUnfit
from verifier.guard.guard import Guard
from verifier.guard.looking import require_fit
from verifier.guard.plan import GuardedChain, Means
from verifier.model.routes import Tally
from verifier.model.text import Shown
from verifier.model.units import ChainId
from verifier.ports import KeyHolder
from verifier.store.guard_settings import GuardSettings
from verifier.store.watch_place import open_watch_store
from verifier.store.watch_store import DatabaseWatchStore
from verifier.watch.chores import Chores
from verifier.watch.delivering import Deliverer
from verifier.watch.pulse import PulseTaker

IDENTITY: Final = Shown("guard")
"""In whose name the audit log is written."""
COMMAND: Final = Shown("fourth-signer guard")
_LOG: Final = logging.getLogger("fourth_signer.guard.run")


def guard_until_stopped(settings: GuardSettings, *, is_dry: bool) -> None:
    """Guard until SIGTERM or SIGINT.

    :param is_dry: open no key, and tell what would be vetoed
    :raises ConfigurationError: the configuration cannot be used.
    :raises GuardError: the guard may not veto, or would rest on one source.
    :raises KeyHolderError: its key does not sign.
    :raises WatchStoreError: the store cannot be opened.
    """
    leave_no_dump()
    require_guarding(settings)
    require_apart(settings)
    key = open_guard_key(settings)
    chains = make_chains(settings)
    start_logging(settings.around)
    _require_seats(chains, key)
    if not is_dry:
        require_opens(key)
    place = settings.around.store.reveal()
    with open_watch_store(place, HashChain(), identity=IDENTITY, now=CLOCK.now()) as store:
        require_own_store(settings, store)
        asyncio.run(_Run(settings, store, chains, key, is_dry=is_dry).run())


def _require_seats(chains: tuple[GuardedChain, ...], key: KeyHolder) -> None:
    """Return if the key may veto wherever that can be found out now.

    :raises GuardSeatUnfit: it may not.
    """
    for chain in chains:
        for target in chain.targets:
            try:
                require_fit(target.reader.read_vault(), target, key.address)
            except GuardSeatUnfit:
                raise
            except EvidenceError as error:
                # The guard rings about it for as long as it is so.
                _LOG.warning("%s", error.sentence())


class _Run:
    """One run of the program."""

    def __init__(
        self,
        settings: GuardSettings,
        store: DatabaseWatchStore,
        chains: tuple[GuardedChain, ...],
        key: KeyHolder,
        *,
        is_dry: bool,
    ) -> None:
        around, dice = settings.around, random.SystemRandom().random
        holder = f"guard/{os.getpid()}/{secrets.token_hex(4)}"
        self._settings = settings
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._supervisor = Supervisor()
        self._pulse = PulseTaker(store, CLOCK, looks=self._looks, tallies=self._tallies)
        self._deliverer = Deliverer(
            store,
            open_channels(around, CLOCK, command=COMMAND),
            holder=holder,
            clock=CLOCK,
            dice=dice,
            routes={route.channel: route for route in around.routes.routes},
        )
        self._chores = Chores(
            store,
            around.routes,
            clock=CLOCK,
            holder=holder,
            pulse=self._pulse.take,
            names=vault_names(around),
            wake=self._deliverer.wake,
        )
        self._heartbeat = heartbeat_of(around, self._pulse)
        means = Means(
            terms=settings.terms,
            member=key.address,
            key=None if is_dry else key,
            store=store,
            route=route_with(settings, store),
            hold=FileHold(settings.hold),
            clock=CLOCK,
            holder=holder,
            wake=self._wake,
        )
        self._guard = Guard(chains, means)

    async def run(self) -> None:
        """Run until a signal says that it is enough."""
        self._loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._stopping.set)
        health = health_server_of(self._settings.around, self._pulse)
        try:
            if health is not None:
                health.start()
            _LOG.info("guarding %s", ", ".join(self._settings.around.vaults))
            await self._work()
            _LOG.info("stopped")
        finally:
            if health is not None:
                health.stop()

    async def _work(self) -> None:
        guarding = asyncio.create_task(self._guard.run(), name="guard")
        working = [
            asyncio.create_task(each.run())
            for each in (self._deliverer, self._chores, self._heartbeat)
            if each is not None
        ]
        living = asyncio.create_task(self._supervisor.live(), name="signs of life")
        stopping = asyncio.create_task(self._stopping.wait())
        self._supervisor.ready()
        await asyncio.wait([guarding, *working, stopping], return_when=asyncio.FIRST_COMPLETED)
        self._supervisor.stopping()
        for task in (living, stopping):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._guard.stop()
        # A fault of this program ends it, and whoever started it starts it again.
        await guarding
        for each in (self._deliverer, self._chores, self._heartbeat):
            if each is not None:
                each.stop()
        await asyncio.gather(*working)

    def _wake(self) -> None:
        """Say so in the loop: chains are looked at in threads of their own."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliverer.wake)

    def _looks(self) -> Mapping[ChainId, int]:
        return self._guard.looks

    def _tallies(self) -> Mapping[str, Tally]:
        return self._deliverer.tallies
