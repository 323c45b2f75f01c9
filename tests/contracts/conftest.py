"""One chain for all tests of this folder; each test begins where no other has been."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.anvil import Anvil, start_anvil
from tests.contracts.scene import Scene, usual_scene

LAST = "test_completeness.py"


class SettledAnvil(Anvil):
    """A node that finishes what it does before it goes back."""

    def revert(self, snapshot: str) -> None:
        # The miner takes what it mined out of its pool only after it answered. Were the chain back by then, it would
        # take out what the same sender sends next, and that would never be mined.
        while self.rpc("txpool_status")["pending"] != "0x0":
            pass
        super().revert(snapshot)


@pytest.fixture(scope="session")
def node() -> Iterator[Anvil]:
    with start_anvil() as chain:
        settled = SettledAnvil(int(chain.url.rpartition(":")[2]))
        yield settled
        settled.close()


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
