"""The database under a watcher's store: transactions, and what can go wrong with them, for both kinds of databases."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from verifier.errors import (
    WatchStoreCorrupt,
    WatchStoreError,
    WatchStoreForeign,
    WatchStoreFull,
    WatchStoreNewer,
    WatchStoreUnusable,
)
from verifier.model.units import Timestamp
from verifier.store.watch_json import UnreadableError
from verifier.store.watch_schema import MARK, VERSION, statements

T = TypeVar("T")

_FULL_PG: Final = "53100"
_DAMAGED_PG: Final = ("XX001", "XX002")
_AGAIN_PG: Final = ("40001", "40P01")
"""Two transactions were in each other's way; one of them was undone and can be done again."""
_ATTEMPTS: Final = 4

_REFUSED: Final = (SQLAlchemyError, OverflowError, UnicodeError, UnreadableError)
"""What comes of a database, or of reading what stands in it."""


class Database(Protocol):
    """One database, of either kind."""

    @property
    def name(self) -> str:
        """Where it is, without any password."""
        ...

    @property
    def is_shared(self) -> bool:
        """Whether several watchers may use it at once."""
        ...

    def read(self, work: Callable[[Connection], T]) -> T:
        """Do some reading, all of it at one moment.

        :raises WatchStoreError: it cannot be done.
        """
        ...

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do some writing, which happens whole or not at all. It may be done again from the start.

        :raises WatchStoreError: it cannot be done, and nothing of it was.
        """
        ...

    def now(self, connection: Connection, given: Timestamp, /) -> int:
        """Return the time by which leases run out: where several share a database, its own."""
        ...

    def close(self) -> None: ...


class EngineDatabase:
    """What both kinds have in common."""

    dialect = ""
    is_shared = False
    _reading_options: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name
        self._reading = engine.execution_options(**self._reading_options)
        self._writing = threading.Lock()

    def read(self, work: Callable[[Connection], T]) -> T:
        with self.refusals(), self._reading.connect() as connection, connection.begin():
            return work(connection)

    def write(self, work: Callable[[Connection], T]) -> T:
        for attempt in range(_ATTEMPTS):
            try:
                # Threads of one process wait here, and not in the database.
                with self._writing, self.engine.begin() as connection:
                    return work(connection)
            except DBAPIError as exc:
                is_last = attempt + 1 == _ATTEMPTS
                if is_last or getattr(exc.orig, "sqlstate", None) not in _AGAIN_PG:
                    raise self.refusal(exc) from exc
            except _REFUSED as exc:
                raise self.refusal(exc) from exc
        raise AssertionError

    def now(self, _: Connection, given: Timestamp, /) -> int:
        return int(given)

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """:raises WatchStoreError: for whatever the database, or what stands in it, is to blame for."""
        try:
            yield
        except _REFUSED as exc:
            raise self.refusal(exc) from exc

    def refusal(self, error: Exception) -> WatchStoreError:
        """Return what to say of an error."""
        if isinstance(error, DBAPIError) and error.orig is not None:
            return self._refusal_of_database(error.orig)
        if isinstance(error, SQLAlchemyError):
            why = "it gave no connection in time" if isinstance(error, PoolTimeout) else str(error)
            return WatchStoreUnusable(store=self.name, why=why)
        if isinstance(error, OverflowError):
            return WatchStoreUnusable(store=self.name, why="a number has more than 63 bits")
        if isinstance(error, UnicodeError):
            return WatchStoreUnusable(store=self.name, why="a text has characters that are none")
        return WatchStoreCorrupt(store=self.name, why="what stands in it makes no sense")

    def _refusal_of_database(self, error: BaseException) -> WatchStoreError:
        if isinstance(error, sqlite3.Error):
            return self._refusal_of_sqlite(error)
        state = getattr(error, "sqlstate", None)
        why = str(error).strip().partition("\n")[0] or type(error).__name__
        if state == _FULL_PG:
            return WatchStoreFull(store=self.name, why=why)
        if state in _DAMAGED_PG:
            return WatchStoreCorrupt(store=self.name, why=why)
        return WatchStoreUnusable(store=self.name, why=why)

    def _refusal_of_sqlite(self, error: sqlite3.Error) -> WatchStoreError:
        code = getattr(error, "sqlite_errorcode", 0)
        match code & 0xFF:
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_MISMATCH:
                return WatchStoreCorrupt(store=self.name, why=str(error))
            case sqlite3.SQLITE_FULL:
                return WatchStoreFull(store=self.name, why=str(error))
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                why = "another program is writing to it, and does not end"
                return WatchStoreUnusable(store=self.name, why=why)
            case _:
                return WatchStoreUnusable(store=self.name, why=str(error))

    # ------------------------------------------------------------------------------------------------------ Versions

    def version_of(self, connection: Connection) -> int:
        """Return the version of the tables; 0 where there are none.

        :raises WatchStoreForeign: there are tables, and they are not a watcher's.
        """
        rows = connection.execute(text("SELECT name, value FROM watch_meta"))
        found = {row.name: row.value for row in rows}
        version = found.get("version", "")
        if found.get("mark") != MARK or not version.isdecimal() or int(version) < 1:
            raise WatchStoreForeign(store=self.name, why="it does not say that it is one")
        return int(version)

    def require_known(self, version: int) -> None:
        """:raises WatchStoreNewer: a later release made it."""
        if version > VERSION:
            raise WatchStoreNewer(store=self.name, expected=VERSION, actual=version)

    def migrate(self, connection: Connection, version: int) -> None:
        """Bring the tables from a version to this release's, in the transaction that is under way."""
        for step in range(version + 1, VERSION + 1):
            for statement in statements(step, self.dialect):
                connection.exec_driver_sql(statement)
            if step == 1:
                connection.execute(text("INSERT INTO watch_meta VALUES ('mark', :mark)"), {"mark": MARK})
                connection.execute(text("INSERT INTO watch_meta VALUES ('version', '1')"))
                connection.execute(
                    text("INSERT INTO watch_audit_head (one, number, hash) VALUES (1, 0, :hash)"),
                    {"hash": bytes(32)},
                )
            connection.execute(
                text("UPDATE watch_meta SET value = :version WHERE name = 'version'"), {"version": str(step)}
            )
