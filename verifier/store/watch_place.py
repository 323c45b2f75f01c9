"""Opening a watcher's store: a path is one SQLite file, `postgresql://...` a database that several may share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.errors import WatchStoreUnusable
from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.ports import AuditChain
from verifier.store.place import path_of

if TYPE_CHECKING:
    from verifier.store.watch_database import Database
    from verifier.store.watch_store import DatabaseWatchStore

_SCHEMES = ("postgresql:", "postgres:", "postgresql+psycopg:")


def open_database(place: str, *, is_visit: bool = False, is_look: bool = False) -> Database:
    """Open what a place names.

    :param is_visit: change no table, and take no lock: beside a watcher
    :param is_look: a visit that only reads, and comes again and again
    :raises WatchStoreError: it cannot be used.
    """
    try:
        from verifier.store.watch_postgres import PostgresDatabase
        from verifier.store.watch_sqlite import SqliteDatabase
    except ImportError as exc:
        why = "what speaks to databases is missing; run `pip install 'fourth-signer[watch]'`"
        raise WatchStoreUnusable(store="a database", why=why) from exc
    if place.startswith(_SCHEMES):
        return PostgresDatabase(place, is_visit=is_visit or is_look)
    if "://" in place:
        why = "a store is a path, or an address that begins with postgresql://"
        raise WatchStoreUnusable(store=place.partition("://")[0], why=why)
    return SqliteDatabase(path_of(place), is_visit=is_visit, is_look=is_look)


def open_watch_store(
    place: str,
    chain: AuditChain,
    *,
    identity: Shown,
    now: Timestamp,
    is_visit: bool = False,
    trusts_audit: bool = False,
) -> DatabaseWatchStore:
    """Open a watcher's store; a new one is made where there is none, unless it is for a visit.

    :param identity: in whose name the audit log is written
    :param trusts_audit: do not look at the end of the audit log: whoever asks looks at all of it
    :raises WatchStoreError: it cannot be used.
    """
    database = open_database(place, is_visit=is_visit)
    from verifier.store.watch_store import DatabaseWatchStore

    return DatabaseWatchStore(
        database, chain, identity=identity, now=now, is_visit=is_visit, trusts_audit=trusts_audit
    )
