"""The file under the memory: one SQLite database with a marker of its version, for its owner only.

It appears whole or not at all, so that a file that is there and is no memory is never taken for a new one: it was
damaged, or is somebody else's, and is left alone. The rollback journal is used, and not the write-ahead log, since the
latter does not work on network file systems and leaves files beside it.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

from verifier.errors import MemoryUnusable

VERSION: Final = 1
"""Stands in the file as SQLite's `user_version`."""
MARKER: Final = 0x46534D31
"""Stands in the file as SQLite's `application_id`: a file with another one is not ours."""

# Another process of the same signer may be writing; it takes milliseconds.
BUSY_SECONDS: Final = 10.0

# Bytes of one value; an operation has fewer.
_MOST_VALUE: Final = 1 << 20

_SCHEMA: Final = """
-- Chains are decimal text, since their numbers may have 64 bits. Evidence: 0 claimed, 1 agreed, 2 proven.
CREATE TABLE identities (
    chain TEXT NOT NULL,
    vault BLOB NOT NULL CHECK (length(vault) = 20),
    lane INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 32),
    evidence INTEGER NOT NULL CHECK (evidence BETWEEN 0 AND 2),
    PRIMARY KEY (chain, vault, lane, sequence, id)
) WITHOUT ROWID, STRICT;

-- That an operation was simulated at a moment (review or signing), though it may have touched nothing.
CREATE TABLE looks (
    number INTEGER PRIMARY KEY,
    chain TEXT NOT NULL,
    vault BLOB NOT NULL CHECK (length(vault) = 20),
    id BLOB NOT NULL CHECK (length(id) = 32),
    moment TEXT NOT NULL CHECK (moment IN ('review', 'signing')),
    UNIQUE (chain, vault, id, moment)
) STRICT;

CREATE TABLE touched (
    look INTEGER NOT NULL REFERENCES looks ON DELETE CASCADE,
    address BLOB NOT NULL CHECK (length(address) = 20),
    code_hash BLOB NOT NULL CHECK (length(code_hash) = 32),
    implementation BLOB CHECK (length(implementation) = 20),
    evidence INTEGER NOT NULL CHECK (evidence BETWEEN 0 AND 2),
    PRIMARY KEY (look, address)
) WITHOUT ROWID, STRICT;

-- An operation as the data of the transaction that would publish it; it hashes to its id.
CREATE TABLE executed (
    number INTEGER PRIMARY KEY,
    chain TEXT NOT NULL,
    vault BLOB NOT NULL CHECK (length(vault) = 20),
    id BLOB NOT NULL CHECK (length(id) = 32),
    operation BLOB NOT NULL,
    executed_at INTEGER NOT NULL,
    evidence INTEGER NOT NULL CHECK (evidence BETWEEN 0 AND 2),
    UNIQUE (chain, vault, id)
) STRICT;

CREATE TABLE counterparties (
    executed INTEGER NOT NULL REFERENCES executed ON DELETE CASCADE,
    account BLOB NOT NULL CHECK (length(account) = 20),
    PRIMARY KEY (executed, account)
) WITHOUT ROWID, STRICT;
"""


def _schema_of(connection: sqlite3.Connection) -> list[Any]:
    return connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name").fetchall()


@cache
def _own_schema() -> list[Any]:
    """Return how SQLite tells of the tables of a new memory."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_SCHEMA)
        return _schema_of(connection)


class MemoryFile:
    """A file that is made where it is first written to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_sound = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """Open the file for one look at it; None where there is none yet.

        :raises MemoryUnusable: it is no memory of this version, damaged, or cannot be read.
        """
        with self._refusals():
            if not self._is_there():
                yield None
                return
            with closing(self._open()) as connection:
                connection.execute("BEGIN")
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one change of it, which happens whole or not at all.

        :raises MemoryUnusable: it is no memory of this version, damaged, or cannot be written.
        """
        with self._refusals():
            if not self._is_there():
                self._make()
            with closing(self._open()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")

    def _is_there(self) -> bool:
        try:
            mode = self.path.stat().st_mode
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(mode):
            self.refuse("it is no regular file")
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            self.path.chmod(stat.S_IRUSR | stat.S_IWUSR)
        return True

    def _make(self) -> None:
        """Put an empty memory in its place, unless another process is faster."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        os.close(handle)
        try:
            with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
                connection.executescript(
                    f"BEGIN; PRAGMA application_id = {MARKER}; PRAGMA user_version = {VERSION}; {_SCHEMA} COMMIT;"
                )
            with suppress(FileExistsError):
                os.link(temporary, self.path)
        finally:
            Path(temporary).unlink(missing_ok=True)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_SECONDS
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_VALUE)
            # Nothing that stands in a file may make the database call anything.
            connection.execute("PRAGMA trusted_schema = OFF")
            self._require_sound(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _require_sound(self, connection: sqlite3.Connection) -> None:
        (marker,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if marker != MARKER:
            self.refuse("it is a file of something else, or was emptied")
        if version != VERSION:
            self.refuse(
                f"it has version {version}, and this program reads version {VERSION}",
                advice="Use the newest release of this program that you have used before.",
            )
        # A view or a trigger that was slipped in would answer in place of a table, or go on for ever.
        if _schema_of(connection) != _own_schema():
            self.refuse("it is damaged: its tables are not those of a memory")
        # Once is enough: it costs as much as reading all of it.
        if not self._is_sound:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                self.refuse("it is damaged")
            self._is_sound = True

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                self.refuse(
                    "another program is using it",
                    advice="Try again; if it stays so, end that program.",
                    cause=exc,
                )
            self.refuse(f"it cannot be read or written ({exc})", cause=exc)
        except sqlite3.IntegrityError:
            # What was to be noted is no such thing: a fault of this program, and none of the file.
            raise
        except sqlite3.DatabaseError as exc:
            self.refuse("it is damaged, or is no memory of this program", cause=exc)
        except (OSError, ValueError) as exc:
            why = getattr(exc, "strerror", None) or "its path is no path"
            self.refuse(f"it cannot be read or written ({why})", cause=exc)

    def refuse(self, why: str, *, advice: str = "", cause: Exception | None = None) -> NoReturn:
        """:raises MemoryUnusable: always."""
        usual = "Put back a copy, or move it away to begin a new one; then every account is a stranger again."
        raise MemoryUnusable(path=str(self.path), why=why, advice=advice or usual) from cause
