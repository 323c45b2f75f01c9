"""A project for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate.house import House, build_house


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(tmp_path)
