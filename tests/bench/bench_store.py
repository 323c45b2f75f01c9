"""A watcher's store: steps kept and deliveries marked, each synced, and the facts of 100 vaults read."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Final

from tests.bench.report import Number, Report, Row
from tests.watch_store.postgres import fresh_database, start_postgres
from tests.watch_store.stores import open_place
from tests.watch_store.story import CHAIN, at, fact, happening, log, look
from verifier.audit.chain import HashChain
from verifier.model.address import Address
from verifier.model.text import Shown
from verifier.model.watching import WatchedFact
from verifier.store.watch_store import DatabaseWatchStore

_STEPS: Final = 300
_VAULTS: Final = 100
_SUBJECTS: Final = 60
_READS: Final = 5

TITLE: Final = "A watcher's store"
NOTES: Final = f"""\
Medians of {_STEPS} transactions one after the other, on this machine, which runs other work; each is on the disk
when it is answered (SQLite with a write-ahead log and synchronous=FULL, PostgreSQL with fsync and
synchronous_commit). A step has a block, a log, a fact, a happening and an alert, with their audit records. Under
"peer" stands what the database alone takes: one row inserted over a bare connection with the same settings.

The facts are {_SUBJECTS} of each of {_VAULTS} vaults, as a look at all of them reads them. The audit log is looked
at whole, each record hashed."""


def measure(say: Callable[[str], None]) -> Report:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        say("SQLite")
        path = Path(folder) / "watch.sqlite3"
        with open_place(str(path)) as store:
            rows += _rows(store, "SQLite", _bare_sqlite(Path(folder) / "bare.sqlite3"))
    say("PostgreSQL")
    with (
        start_postgres(is_synced=True) as server,
        fresh_database(server, "bench") as address,
        open_place(address) as store,
    ):
        rows += _rows(store, "PostgreSQL", _bare_postgres(address))
    return Report(bench="store", title=TITLE, rows=rows, notes=NOTES.split("\n\n"), varies=True)


def _rows(store: DatabaseWatchStore, table: str, bare: Iterator[float]) -> list[Row]:
    heights = count(1)

    def step() -> None:
        height = next(heights)
        facts = (fact("seat/1", str(height), height),)
        store.keep(
            look(height, happening(height, height), events=(log(height),), facts=facts), now=at(height)
        )

    def deliver() -> None:
        (delivery,) = store.claim("pager", "bench", now=at(1 << 20), most=1)
        store.delivered(delivery, now=at(1 << 20), reply=Shown("taken"))

    steps, worked = _times(step, _STEPS)
    floor = statistics.median(next(bare) for _ in range(_STEPS))
    deliveries, _ = _times(deliver, _STEPS)
    facts = [_facts(Address(i.to_bytes(20, "big")), 400) for i in range(1, _VAULTS + 1)]
    first, _ = _times(
        lambda: store.keep(look(400, facts=tuple(f for some in facts for f in some)), now=at(0)), 1
    )
    read, _ = _times(lambda: [store.facts(CHAIN, some[0].vault) for some in facts], _READS)
    records: list[int] = []
    chain = HashChain()
    audit, _ = _times(
        lambda: records.append(store.with_audit(lambda found, head: chain.verify(found, head=head[1]))), 1
    )
    median = statistics.median(steps)
    return [
        Row(name="a step", ours=_ms(median), peer=_ms(floor), unit="ms", table=table),
        Row(name="a step, processor time", ours=_ms(worked / _STEPS), peer=None, unit="ms", table=table),
        Row(name="steps a second", ours=round(1 / median), peer=round(1 / floor), unit="", table=table),
        Row(
            name="a delivery claimed and marked",
            ours=_ms(statistics.median(deliveries)),
            peer=_ms(2 * floor),
            unit="ms",
            table=table,
        ),
        Row(
            name=f"first facts of {_VAULTS} vaults kept",
            ours=_ms(first[0]),
            peer=None,
            unit="ms",
            table=table,
        ),
        Row(
            name=f"facts of {_VAULTS} vaults read",
            ours=_ms(statistics.median(read)),
            peer=None,
            unit="ms",
            most=1_000,
            table=table,
        ),
        Row(
            name="audit log, each record",
            ours=round(audit[0] / records[0] * 1e6),
            peer=None,
            unit="us",
            table=table,
        ),
    ]


def _facts(vault: Address, height: int) -> list[WatchedFact]:
    return [fact(f"subject/{i}", "x" * 60, height, vault=vault) for i in range(_SUBJECTS)]


def _times(work: Callable[[], object], times: int) -> tuple[list[float], float]:
    """Return how long each took, and the processor time of all, in seconds."""
    found = []
    worked = time.process_time()
    for _ in range(times):
        before = time.perf_counter()
        work()
        found.append(time.perf_counter() - before)
    return found, time.process_time() - worked


def _bare_sqlite(path: Path) -> Iterator[float]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, text TEXT)")
        while True:
            before = time.perf_counter()
            connection.execute("INSERT INTO rows (text) VALUES ('bare')")
            yield time.perf_counter() - before


def _bare_postgres(address: str) -> Iterator[float]:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (text TEXT)")
        while True:
            before = time.perf_counter()
            connection.execute("INSERT INTO bare VALUES ('bare')")
            yield time.perf_counter() - before


def _ms(seconds: float) -> Number:
    return round(seconds * 1_000, 2)
