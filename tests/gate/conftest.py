"""A project for each test: a copy of one that is made once."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.gate.house import House, build_house


@pytest.fixture(scope="session")
def model_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return build_house(tmp_path_factory.mktemp("model"))


@pytest.fixture
def house(model_house: House, tmp_path: Path) -> House:
    shutil.copytree(model_house.folder, tmp_path, dirs_exist_ok=True)
    return replace(model_house, folder=tmp_path)
