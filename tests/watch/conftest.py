"""One node with one vault for a file of tests; what a test does to its chain is undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.anvil import Anvil, start_anvil
from tests.stage import Stage
from tests.watch.scene import Scene, found_vault, watched


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    with start_anvil() as running:
        yield running


@pytest.fixture(scope="module")
def founded(node: Anvil) -> Stage:
    return found_vault(node)


@pytest.fixture
def scene(node: Anvil, founded: Stage, tmp_path: Path) -> Iterator[Scene]:
    """A vault that was just founded, and that nobody looked at yet."""
    with node.isolate(), watched(node, [founded], tmp_path) as scene:
        yield scene
