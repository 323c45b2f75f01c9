"""The scene's vault, watched: the watcher's own code looked at it, told people, and kept all of it in a real store.

Two channels: `ops` takes what it is given, and `pager` is down. Ann acknowledged one thing.
"""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from unittest import mock

from tests.alerts.outbox import Scripted, run_until
from tests.desk.fakes import NOW, VAULT, FakeClock, lane_of
from tests.tui.scene import LABELS, Scene, make_scene, theft
from verifier.assess.happenings import Look, judge_look
from verifier.audit.chain import HashChain
from verifier.cli.adapters import Choice
from verifier.cli.terminal_offers import with_watching
from verifier.cli.terminal_watch import WatchDesk
from verifier.desk.signer import Signer
from verifier.model.finding import Severity
from verifier.model.life import Status
from verifier.model.routes import Daily, Route, Routes
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import BlockRef, Checkpoint, Happening, WatchedFact, WatchStep
from verifier.ports import Clock
from verifier.store.release import release_code_hash
from verifier.store.settings import ChainSettings, Pin, Settings
from verifier.store.watch_place import open_watch_store
from verifier.store.watch_store import DatabaseWatchStore
from verifier.watch.chores import Chores
from verifier.watch.delivering import Deliverer
from verifier.watch.keeping import Keeper
from verifier.watch.plan import Target
from verifier.watch.pulse import pulse_of
from verifier.watch.troubles import Troubles
from verifier.watch.views import Views
from verifier.watch.watcher import LEASE_SECONDS
from verifier.watch.wrong import HEAD, behind

CHAIN: Final = ChainId(31_337)
HOUR: Final = 3_600
DOWN: Final = Shown("The channel pager did not take a message: 503 Service Unavailable.")
CONFIGURATION: Final = """\
version = 1
name = "watch-test"
configuration = "config.toml"

[channels.ops]
kind = "file"
path = "ops.txt"

[channels.pager]
kind = "lines"
path = "pager.jsonl"
pager = true

[digest]
at = "08:00"
channels = ["ops"]

[audit_head]
at = "08:00"
channels = ["ops"]
"""
_SIGNERS: Final = f"""\
version = 1

[vaults.treasury]
chain = {CHAIN}
address = "{VAULT}"
code_hash = "0x{release_code_hash().hex()}"
founding = "0x{"cd" * 32}"

[chains.{CHAIN}]
endpoints = ["https://one.example", "https://two.example"]
quorum = 2
"""


@dataclass(slots=True, kw_only=True)
class Watched:
    """A scene with its watcher, which looks when it is told to."""

    scene: Scene
    folder: Path
    store: DatabaseWatchStore
    clock: FakeClock = field(default_factory=FakeClock)
    ops: Scripted = field(default_factory=lambda: Scripted("ops", lambda _: Shown("written")))
    journal: dict[str, WatchedFact] = field(default_factory=dict)
    views: Views = field(init=False)
    keeper: Keeper = field(init=False)

    def __post_init__(self) -> None:
        scene = self.scene
        target = Target(vault=VAULT, reader=scene.reader, signer=Signer(labels=LABELS), aids=scene.aids)
        self.views = Views(target, self.clock, seconds=HOUR)
        self.keeper = Keeper(self.store, ROUTES, lambda: None)

    # ------------------------------------------------------------------------------------------------- Watching

    def look(self, block: int = 100) -> None:
        """Look at the vault as it is now, as the watcher does, and keep what that brings."""
        now, reader = self.clock.now(), self.scene.reader
        former = reader.reading
        # The watcher's own block; this signer reads another one.
        head = replace(former.head, number=BlockNumber(block), timestamp=now)
        reading = reader.reading = replace(former, head=head)
        views = self.views.of(reading, [lane.operation_id for lane in reading.lanes.value])
        reader.reading = former
        judged = judge_look(Look(reading=reading, journal=self.journal, now=now, views=views, labels=LABELS))
        self.journal |= {fact.subject: fact for fact in judged.facts}
        self.live()
        self.keep(*judged.happenings, facts=judged.facts, block=block)

    def keep(
        self, *happenings: Happening, block: int = 100, facts: tuple[WatchedFact, ...] = (), **more: object
    ) -> None:
        """Keep what a look up to a block brings."""
        now = self.clock.now()
        ref = BlockRef(number=BlockNumber(block), hash=b"\x11" * 32, parent=b"\x10" * 32, timestamp=now)
        mark = Checkpoint(chain_id=CHAIN, number=ref.number, hash=ref.hash)
        step = WatchStep(
            chain_id=CHAIN,
            checkpoint=mark,
            blocks=(ref,),
            happenings=happenings,
            facts=facts,
            **more,  # type: ignore[arg-type]
        )
        self.keeper.keep(step, now)

    def live(self) -> None:
        """Give a sign of life, as a watcher does four times a minute."""
        assert self.store.lease_chain(CHAIN, "watch-test", now=self.clock.now(), seconds=LEASE_SECONDS)

    def deliver(self) -> None:
        """Send what is due: `ops` takes all of it, and `pager` nothing; in turn, so that the log is always the same."""
        deliverer = Deliverer(
            self.store,
            [self.ops],
            holder="watch-test",
            clock=self.clock,
            dice=lambda: 0.5,
            sleep=lambda _: 0.001,
        )
        asyncio.run(run_until(deliverer, lambda: "ops" not in self.store.waiting(now=self.clock.now())))
        now = self.clock.now()
        for delivery in self.store.claim("pager", "watch-test", now=now, most=100):
            self.store.failed(delivery, now=now, why=DOWN, retry_at=Timestamp(now + 900))

    def chores(self) -> None:
        """Say what is said once a day."""
        pulse = pulse_of(self.store, self.clock.now(), channels=["ops", "pager"])
        names = {(CHAIN, VAULT): Shown("treasury")}
        Chores(
            self.store,
            ROUTES,
            clock=self.clock,
            holder="watch-test",
            pulse=lambda: pulse,
            names=names,
            wake=lambda: None,
        ).turn()

    def number_of(self, kind: str, *, lane: int) -> int:
        """Return the number of what happened last of a kind in a lane."""
        found = self.store.happenings(Timestamp(0), Timestamp(1 << 40), least=Severity.INFO)
        return next(
            each.number
            for each in reversed(found)
            if (each.happening.kind, each.happening.lane) == (kind, lane)
        )

    # -------------------------------------------------------------------------------------------------- Looking on

    @property
    def desk(self) -> WatchDesk:
        """What the terminal of a signer of this vault asks."""
        return desk_at(self.folder, self.clock)

    @property
    def options(self) -> dict[str, Any]:
        """What the front door hands over."""
        return {"watching": with_watching(self.scene.source(), lambda: self.desk).watching}


def desk_at(folder: Path, clock: Clock, *, is_named: bool = True) -> WatchDesk:
    """Return what the terminal asks.

    :param is_named: whether somebody said where the watcher's configuration is, or it is looked for beside the signer's
    """
    pin = Pin(name="treasury", chain_id=CHAIN, vault=VAULT, code_hash=b"", founding=b"")
    chain = ChainSettings(chain_id=CHAIN, endpoints=("https://one.example",), quorum=1)
    watch = str(folder / "watch.toml") if is_named else None
    options = Namespace(watch=watch, config=str(folder / "config.toml"))
    choice = Choice(vault=VAULT, pin=pin, chain=chain, settings=Settings())
    return WatchDesk(options=options, choice=choice, clock=clock)


ROUTES: Final = Routes(
    routes=(Route(channel="ops"), Route(channel="pager", is_pager=True)),
    digest=Daily(minute=480, zone="UTC", channels=("ops",)),
    head=Daily(minute=480, zone="UTC", channels=("ops",)),
)


def set_up(folder: Path) -> None:
    """Write the configuration of a signer and of a watcher."""
    (folder / "config.toml").write_text(_SIGNERS)
    (folder / "watch.toml").write_text(CONFIGURATION)


@contextmanager
def watched(folder: Path, scene: Scene | None = None) -> Iterator[Watched]:
    """Yield the scene's vault with a watcher that has just begun."""
    set_up(folder)
    clock = FakeClock(Timestamp(NOW - 21 * HOUR))
    place = str(folder / "watch.sqlite3")
    with (
        # So that the hashes of the audit log are the same everywhere.
        mock.patch(
            "verifier.store.watch_store.origin_of_this_process", return_value=Shown("watch-test process 17")
        ),
        open_watch_store(place, HashChain(), identity=Shown("watch-test"), now=clock.now()) as store,
    ):
        yield Watched(scene=scene or make_scene(), folder=folder, store=store, clock=clock)


@contextmanager
def told(folder: Path) -> Iterator[Watched]:
    """Yield the same after a day: a theft was published, told, and queued; a chain was behind for a while."""
    with watched(folder) as found:
        clock, scene = found.clock, found.scene
        whole = scene.reader.reading.lanes.value
        clock.time = Timestamp(NOW - 20 * HOUR)
        scene.replace_lanes(
            (lane_of(theft(), 1, status=Status.PROPOSED, moment=NOW + HOUR, tier=Tier.HIGH_VALUE), *whole[3:])
        )
        found.look(block=70)
        found.deliver()
        number = found.number_of("operation-proposed", lane=8)
        found.store.acknowledge(number, who=Shown("Ann"), now=clock.now())
        clock.time = Timestamp(NOW - 12 * HOUR)
        troubles = Troubles(CHAIN, patience=0)
        ref = BlockRef(
            number=BlockNumber(80),
            hash=b"\x08" * 32,
            parent=b"\x07" * 32,
            timestamp=Timestamp(clock.time - 900),
        )
        troubles.bad(behind(ref, 900, is_early=False), clock.now())
        found.keep(*troubles.changes().happenings, block=80)
        troubles.kept()
        troubles.good(HEAD, clock.now())
        found.keep(block=81, retracted=troubles.changes().retracted)
        found.chores()
        found.deliver()
        clock.time = Timestamp(NOW - 5 * HOUR)
        scene.replace_lanes(whole)
        found.look(block=98)
        found.deliver()
        clock.time = Timestamp(NOW - 24)
        found.keep(block=99, final=BlockNumber(75))
        clock.time = Timestamp(NOW - 8)
        found.live()
        clock.time = NOW
        yield found
