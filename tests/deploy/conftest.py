"""A chain that nothing is deployed on, once a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.anvil import Anvil, start_anvil


@pytest.fixture(scope="module")
def chain_of_all() -> Iterator[Anvil]:
    with start_anvil() as chain:
        yield chain


@pytest.fixture
def chain(chain_of_all: Anvil) -> Iterator[Anvil]:
    with chain_of_all.isolate():
        yield chain_of_all
