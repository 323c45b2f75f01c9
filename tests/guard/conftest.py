"""One node with one vault for a file of tests; what a test does to its chain is undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.anvil import Anvil, start_anvil
from tests.guard.scene import GuardScene, guarded
from tests.stage import Stage
from tests.watch.scene import found_vault


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    with start_anvil() as running:
        yield running


@pytest.fixture(scope="module")
def founded(node: Anvil) -> Stage:
    return found_vault(node)


@pytest.fixture
def scene(node: Anvil, founded: Stage, tmp_path: Path) -> Iterator[GuardScene]:
    """A vault that was just founded, and a guard that looked at nothing yet."""
    with node.isolate(), guarded(node, founded, tmp_path) as scene:
        yield scene


@pytest.fixture
def three(node: Anvil, founded: Stage, tmp_path: Path) -> Iterator[GuardScene]:
    """The same, with three endpoints, two of which have to agree."""
    with node.isolate(), guarded(node, founded, tmp_path, count=3) as scene:
        yield scene
