"""One PostgreSQL for the folder, and an empty database of it for whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from tests.watch_store.postgres import fresh_database, start_postgres

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with start_postgres() as server:
        yield server


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    with fresh_database(postgres, f"watch{next(_NUMBERS)}") as address:
        yield address
