"""The store in one SQLite file: the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.watch_store.contract import WatchStoreContract
from tests.watch_store.stores import open_file
from verifier.store.watch_store import DatabaseWatchStore


class TestSqlite(WatchStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[DatabaseWatchStore]:
        with open_file(tmp_path / "watch.sqlite3") as store:
            yield store
