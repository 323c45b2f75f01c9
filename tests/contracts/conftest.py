"""One chain for all tests of this folder; each test begins where no other has been."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.anvil import Anvil, start_anvil
from tests.contracts.scene import Scene, usual_scene
from tests.stage import deploy_companions

LAST = "test_completeness.py"


@pytest.fixture(scope="session")
def node() -> Iterator[Anvil]:
    with start_anvil() as chain:
        deploy_companions(chain)
        yield chain


@pytest.fixture
def anvil(node: Anvil) -> Iterator[Anvil]:
    """The session's chain; whatever a test does to it is undone. (`chain` is Ape's.)"""
    with node.isolate():
        yield node


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    """A vault of the usual cast, with the usual tiers and 1,000 ether."""
    return usual_scene(anvil)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ask what is missing after everything else has been tried."""
    items.sort(key=lambda item: item.path.name == LAST)
