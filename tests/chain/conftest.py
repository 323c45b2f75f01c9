"""The vault that operations are played from: one node for a file of tests, and each test begins where none has been."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.anvil import Anvil, start_anvil
from tests.stage import ETHER, Actor, Stage, found
from verifier.model.member import Role


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    with start_anvil() as running:
        yield running


@pytest.fixture(scope="module")
def founded(node: Anvil) -> Stage:
    people = [
        Actor.new("ann", Role.PROPOSER | Role.APPROVER),
        *(Actor.new(name, Role.APPROVER | Role.SECURITY) for name in ("bob", "cy", "dee", "eve")),
    ]
    return found(node, people, value=100 * ETHER)


@pytest.fixture
def stage(node: Anvil, founded: Stage) -> Iterator[Stage]:
    """A vault of five with 100 ether; whatever a test does to its chain is undone."""
    with node.isolate():
        yield founded
