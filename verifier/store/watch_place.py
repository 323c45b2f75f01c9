"""Where a watcher's store is, and opening it: a path is one SQLite file, `postgresql://...` a database."""

from __future__ import annotations

from pathlib import Path

from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.ports import AuditChain
from verifier.store.watch_database import Database
from verifier.store.watch_postgres import SCHEMES, PostgresDatabase
from verifier.store.watch_sqlite import SqliteDatabase
from verifier.store.watch_store import DatabaseWatchStore


def open_database(place: str, *, is_visit: bool = False) -> Database:
    """Open what a place names: a path, or `postgresql://...`.

    :raises WatchStoreError: it cannot be used.
    """
    if place.startswith(SCHEMES):
        return PostgresDatabase(place, is_visit=is_visit)
    return SqliteDatabase(Path(place).expanduser(), is_visit=is_visit)


def open_watch_store(
    place: str, chain: AuditChain, *, identity: Shown, now: Timestamp, is_visit: bool = False
) -> DatabaseWatchStore:
    """Open a watcher's store; a new one is made where there is none, unless it is for a visit.

    :raises WatchStoreError: it cannot be used.
    """
    database = open_database(place, is_visit=is_visit)
    return DatabaseWatchStore(database, chain, identity=identity, now=now, is_visit=is_visit)
