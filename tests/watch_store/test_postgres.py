"""The store in PostgreSQL: the contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.watch_store.contract import WatchStoreContract
from tests.watch_store.stores import open_place
from verifier.store.watch_store import DatabaseWatchStore


class TestPostgres(WatchStoreContract):
    @pytest.fixture
    def store(self, database: str) -> Iterator[DatabaseWatchStore]:
        with open_place(database) as store:
            yield store
