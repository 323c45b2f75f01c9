"""A group with a key, made once for all tests that only use it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.holders.company import Company


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Three holders, two of whom sign; nobody is there at the moment."""
    company = Company.of(tmp_path_factory.mktemp("company"), threshold=2, holders=3)
    with company.present():
        company.must("keygen", str(company.desk))
    return company


@pytest.fixture
def company(made: Company, tmp_path: Path) -> Iterator[Company]:
    """The same group, whose folders a test may change; whoever is left at its end is sent home."""
    shutil.copytree(made.path, tmp_path / "kept")
    yield made
    made.end()
    shutil.rmtree(made.path)
    shutil.copytree(tmp_path / "kept", made.path)
