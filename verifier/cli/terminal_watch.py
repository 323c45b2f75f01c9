"""What the terminal asks about whoever watches its vault: of the watcher's configuration, its store, and itself.

Nothing here is open between two questions, and the configuration is read anew when its file changed.
"""

from __future__ import annotations

import getpass
import os
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from verifier.audit.chain import HashChain
from verifier.cli.adapters import CLOCK, Choice, place_of
from verifier.cli.auditing import Walk, verify_records
from verifier.cli.watch_asking import ask_watcher
from verifier.cli.watch_check import WATCHED, examine_watch
from verifier.cli.watch_plans import pace_of
from verifier.desk.watching import MOST_UNDELIVERED, WatchReport, WatchSetup, look_at_watch
from verifier.errors import FourthSignerError, WatchStoreError, WatchStoreUnusable
from verifier.model.episodes import Telling, WatchedLog
from verifier.model.finding import Severity
from verifier.model.routes import WATCHER
from verifier.model.text import Shown, sanitise
from verifier.pages.watch import acknowledged_page
from verifier.ports import Clock, WatchBook
from verifier.store.place import path_of
from verifier.store.watch_configuration import VARIABLE, read_watch_settings
from verifier.store.watch_place import open_watch_store
from verifier.store.watch_settings import WatchSettings
from verifier.watch.chores import LEASE
from verifier.watch.watcher import LEASE_SECONDS

_MISSING = "what a watcher needs is missing; run `pip install 'fourth-signer[watch]'`"


def own_name() -> Shown:
    """Return in whose name this person acknowledges, unless they say otherwise: as `watch ack` does."""
    try:
        return sanitise(getpass.getuser(), most=80)
    except (KeyError, OSError):
        return Shown(f"user {os.getuid()}")


@dataclass(slots=True, kw_only=True)
class WatchDesk:
    """One vault's watcher, asked over and over. Every question is asked in one and the same thread."""

    options: Namespace
    choice: Choice
    clock: Clock = CLOCK
    _settings: WatchSettings | None = field(default=None, init=False)
    _setup: WatchSetup | None = field(default=None, init=False)
    # How its files were when they were read.
    _read: tuple[tuple[int, int] | None, ...] = field(default=(), init=False)

    @property
    def path(self) -> Path:
        """Where the watcher's configuration is, or would be."""
        if chosen := self.options.watch or os.environ.get(VARIABLE):
            return path_of(chosen)
        return place_of(self.options).parent / "watch.toml"

    def look(self) -> WatchReport:
        """Return how the watching of the vault is; what cannot be known is a part of that."""
        chain_id, vault = self.choice.chain.chain_id, self.choice.vault
        setup, settings = self._present(), self._settings
        try:
            book = None if settings is None or setup.is_new else _book(settings)
            return look_at_watch(book, setup, self.clock, chain_id, vault)
        except WatchStoreError as error:
            trouble = Shown(error.sentence())
            return WatchReport(
                at=self.clock.now(), chain_id=chain_id, vault=vault, setup=setup, trouble=trouble
            )

    def tellings(self, episode: str) -> tuple[Telling, ...]:
        """Return whom an episode was told, and what is still to be told.

        :raises FourthSignerError: the store cannot be read.
        """
        return _book(self._known()).tellings(episode, now=self.clock.now())

    def acknowledge(self, number: int, who: str) -> Shown:
        """Note who knows of a happening and its episode, and say what became of it, as `watch ack` does.

        :raises FourthSignerError: it is not noted.
        """
        name = sanitise(who.strip() or own_name(), most=80)
        place, now = self._known().store.reveal(), self.clock.now()
        with open_watch_store(place, HashChain(), identity=name, now=now, is_visit=True) as store:
            kept = store.acknowledge(number, who=name, now=now)
        is_ours = (kept.acknowledged_by, kept.acknowledged_at) == (name, now)
        return Shown(acknowledged_page(kept, name, is_ours=is_ours).rstrip())

    def verify(self, passed: Callable[[int], object]) -> WatchedLog:
        """Look at every record of the audit log.

        :param passed: told the number of each record
        :raises AuditBroken: it is not what was written into it.
        :raises FourthSignerError: it cannot be read.
        """
        place, walk = self._known().store.reveal(), Walk(passed=passed)
        with open_watch_store(
            place, HashChain(), identity=own_name(), now=self.clock.now(), is_visit=True, trusts_audit=True
        ) as store:
            count = store.with_audit(lambda records, newest: verify_records(records, newest, walk))
        last = walk.last
        return WatchedLog(
            count=count, head=last.hash if last else bytes(32), newest_at=last.at if last else None
        )

    def _known(self) -> WatchSettings:
        """:raises ConfigurationError: there is no watcher, or its configuration cannot be used."""
        if self._settings is None:
            self._settings = read_watch_settings(self.path, os.environ)
        return self._settings

    def _present(self) -> WatchSetup:
        """Return what is known before the store is looked into; the watcher itself is asked each time."""
        path = self.path
        is_there = _state(path) is not None
        if not is_there and self.options.watch is None and VARIABLE not in os.environ:
            self._settings = self._setup = None
            return WatchSetup(file=None)
        # What was wrong may be mended anywhere: in a file that it names, or in the environment.
        if self._setup is None or self._setup.trouble is not None or self._read != self._states(path):
            self._setup = self._examine(path)
            self._read = self._states(path)
        setup, settings = self._setup, self._settings
        if settings is None:
            return setup
        asked = ask_watcher(settings)
        return replace(
            setup,
            is_answering=None if settings.listen is None else asked is not None,
            ailment=asked.ailment if asked else None,
            is_new=_is_new(settings),
        )

    def _states(self, path: Path) -> tuple[tuple[int, int] | None, ...]:
        """Return how the watcher's file and the signer's, which it names, are now."""
        places = (path, self._settings.configuration) if self._settings else (path,)
        return tuple(_state(place) for place in places)

    def _examine(self, path: Path) -> WatchSetup:
        name = sanitise(str(path), most=200)
        try:
            settings = self._settings = read_watch_settings(path, os.environ)
            found = examine_watch(settings, self.clock)
            # Without a channel it is the file of somebody who looks on, and says nothing of whom the watcher tells.
            parts = found.values() if settings.channels else [found[WATCHED]]
            gaps = [check for part in parts for check in part if check.severity >= Severity.NOTICE]
        except FourthSignerError as error:
            self._settings = None
            return WatchSetup(file=name, trouble=Shown(error.sentence()))
        except ImportError:
            self._settings = None
            return WatchSetup(file=name, trouble=Shown(f"{_MISSING[0].upper()}{_MISSING[1:]}."))
        chain_id, vault = self.choice.chain.chain_id, self.choice.vault
        pins = [settings.settings.pins[each] for each in settings.vaults]
        pace, beat = pace_of(settings.chains.get(chain_id)), settings.heartbeat
        return WatchSetup(
            file=name,
            has_vault=any((pin.chain_id, pin.vault) == (chain_id, vault) for pin in pins),
            channels=frozenset(sanitise(channel.name) for channel in settings.channels),
            most_lag=int(pace.silent_blocks * pace.block_seconds),
            most_undelivered=MOST_UNDELIVERED if beat is None else beat.most_undelivered,
            gaps=tuple(gaps),
        )


def _book(settings: WatchSettings) -> WatchBook:
    """:raises WatchStoreUnusable: what speaks to databases is not installed."""
    try:
        from verifier.store.watch_visit import WatchVisit
    except ImportError as exc:
        raise WatchStoreUnusable(store="a database", why=_MISSING) from exc
    return WatchVisit(settings.store.reveal(), leases={WATCHER: LEASE}, usual_lease=LEASE_SECONDS)


def _state(path: Path) -> tuple[int, int] | None:
    """Return what changes when a file does: the moment of its last change and its size; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _is_new(settings: WatchSettings) -> bool:
    place = settings.store.reveal()
    return "://" not in place and not path_of(place).exists()
