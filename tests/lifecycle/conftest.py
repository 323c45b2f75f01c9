"""One chain for every story."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.anvil import start_anvil
from tests.lifecycle.world import World, build


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with start_anvil() as chain:
        yield build(chain)
