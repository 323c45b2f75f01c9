"""A watcher's store in one SQLite file: for its owner only, with a write-ahead log, every transaction synced.

The file appears whole or not at all, so that one that is there and is no store is never taken for a new one.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

from verifier.errors import (
    WatchStoreCorrupt,
    WatchStoreForeign,
    WatchStoreUnusable,
)
from verifier.store.syncing import sync_folder
from verifier.store.watch_database import EngineDatabase
from verifier.store.watch_lock import FileLock
from verifier.store.watch_schema import APPLICATION_ID, VERSION, statements

# `watch ack` and `watch status` write and read beside the watcher, for milliseconds.
BUSY_SECONDS: Final = 10.0

# Of every SQLite file: its first words, and where the mark of who made it stands.
_MAGIC: Final = b"SQLite format 3\0"
_HEAD: Final = 100
# Files whose pages this process has found to fit together, by device and inode.
_LOOKED_THROUGH: Final[set[tuple[int, int]]] = set()


class SqliteDatabase(EngineDatabase):
    """One file. The watcher has it alone; whoever only visits does so beside the watcher."""

    dialect = "sqlite"
    _reading_options = MappingProxyType({"watch_reading": True})

    def __init__(self, path: Path, *, is_visit: bool = False, is_look: bool = False) -> None:
        """Open the file; a watcher's is made where there is none, and brought to this release's version.

        :param is_visit: do not take the lock, and change no table
        :param is_look: a visit that only reads, and looks through all pages only when it comes for the first time
        :raises WatchStoreError: it is locked, damaged, of something else, of another version, or cannot be opened.
        """
        self._path = Path(os.path.realpath(path))
        self._lock: FileLock | None = None
        self._is_look = is_look
        engine = create_engine("sqlite+pysqlite://", creator=self._connect, poolclass=QueuePool)
        super().__init__(engine, str(path))
        event.listen(engine, "begin", _begin)
        try:
            with self.refusals():
                self._open(is_visit=is_visit or is_look)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        super().close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _open(self, *, is_visit: bool) -> None:
        if is_visit:
            self._require_file()
        else:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._lock = FileLock(self._path)
                self._require_file_or_make_it()
            except OSError as exc:
                raise WatchStoreUnusable(store=self.name, why=exc.strerror or "no such path") from exc
        version = self.read(self._require_sound)
        if version < VERSION and is_visit:
            why = "an older release made it; start this release's watcher on it once"
            raise WatchStoreUnusable(store=self.name, why=why)
        if version < VERSION:
            self.write(lambda connection: self.migrate(connection, version))

    def _require_file(self) -> None:
        """Look at the file's head before SQLite does, which would change the first bytes of somebody else's."""
        try:
            is_regular = stat.S_ISREG(self._path.stat().st_mode)
            head = _first_bytes(self._path) if is_regular else b""
        except OSError as exc:
            raise WatchStoreUnusable(store=self.name, why=exc.strerror or "no such path") from exc
        if not is_regular:
            raise WatchStoreForeign(store=self.name, why="it is no regular file")
        if len(head) < _HEAD or not head.startswith(_MAGIC):
            raise WatchStoreCorrupt(store=self.name, why="it is no SQLite file, or not whole")
        if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
            raise WatchStoreForeign(store=self.name, why="it is a file of something else")

    def _require_file_or_make_it(self) -> None:
        if not self._path.exists():
            self._make()
        self._require_file()
        if self._path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            self._path.chmod(stat.S_IRUSR | stat.S_IWUSR)

    def _make(self) -> None:
        """Put an empty store in its place."""
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
        os.close(handle)
        temporary = Path(name)
        try:
            engine = create_engine(
                "sqlite+pysqlite://", creator=lambda: _connected(temporary), poolclass=NullPool
            )
            event.listen(engine, "begin", _begin)
            with engine.begin() as connection:
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                self.migrate(connection, 0)
            engine.dispose()
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            os.link(temporary, self._path)
            with suppress(OSError):
                sync_folder(self._path.parent)
        finally:
            for ending in ("", "-wal", "-shm"):
                temporary.with_name(temporary.name + ending).unlink(missing_ok=True)

    def _connect(self) -> sqlite3.Connection:
        connection = _connected(self._path)
        if self._is_look:
            connection.execute("PRAGMA query_only = ON")
        return connection

    def _require_sound(self, connection: Connection) -> int:
        """Return the version of a file that is a store, and whole.

        :raises WatchStoreError: it is not.
        """
        if not (self._is_look and _identity(self._path) in _LOOKED_THROUGH):
            verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            if verdict != "ok":
                raise WatchStoreCorrupt(
                    store=self.name, why="SQLite finds pages in it that do not fit together"
                )
            _LOOKED_THROUGH.add(_identity(self._path))
        try:
            version = self.version_of(connection)
        except DBAPIError as exc:
            raise WatchStoreCorrupt(store=self.name, why="its first table is missing") from exc
        self.require_known(version)
        # A view or a trigger that was slipped in would answer in place of a table.
        if _schema_of(connection) != _own_schema(version):
            raise WatchStoreCorrupt(store=self.name, why="its tables are not those of a store")
        return version


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=rw",
        uri=True,
        isolation_level=None,
        timeout=BUSY_SECONDS,
        check_same_thread=False,
    )
    try:
        # Nothing that stands in a file may make the database call anything.
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _begin(connection: Connection) -> None:
    """Begin as what it is: a reader that became a writer half-way would be refused where somebody else wrote."""
    is_reading = connection.get_execution_options().get("watch_reading", False)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


def _schema_of(connection: Connection) -> list[Any]:
    rows = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name"))
    return [tuple(row) for row in rows]


@cache
def _own_schema(version: int) -> list[Any]:
    """Return how SQLite tells of the tables of a new store."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for step in range(1, version + 1):
            for statement in statements(step, "sqlite"):
                connection.execute(statement)
        query = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name"
        return connection.execute(query).fetchall()
