"""Files to open: filled, changed behind the store's back, refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.watch_store.stores import open_file
from tests.watch_store.story import at, fact, happening, log, look
from verifier.errors import (
    WatchStoreError,
)


def fill(path: Path, steps: int = 20) -> None:
    with open_file(path) as store:
        for i in range(1, steps + 1):
            step = look(i, happening(i, i), events=(log(i),), facts=(fact("seat/1", "x" * 200 + str(i), i),))
            store.keep(step, now=at(i))


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def refused(path: Path, kind: type[WatchStoreError]) -> str:
    """Return what is said of a file that is not opened, and is as it was afterwards."""
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(kind):
        open_file(path, is_visit=True)
    with pytest.raises(kind) as caught:
        open_file(path)
    assert (path.read_bytes() if path.is_file() else b"") == before
    return str(caught.value)
