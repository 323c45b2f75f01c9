"""A group with a key, made once for all tests that only use it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.holders.auditing import Auditor, Record, records_of, start_auditor
from tests.holders.company import Company
from tests.holders.lived import Lived, live


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
    with _lent(made, tmp_path):
        yield made


@pytest.fixture(scope="module")
def lent(made: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The same for all tests of a module together."""
    with _lent(made, tmp_path_factory.mktemp("lent")):
        yield made


@contextmanager
def _lent(made: Company, folder: Path) -> Iterator[None]:
    shutil.copytree(made.path, folder / "kept")
    yield
    made.end()
    shutil.rmtree(made.path)
    shutil.copytree(folder / "kept", made.path)


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """A group whose records hold every kind of message, honest and not. Nobody changes its folders."""
    return live(tmp_path_factory.mktemp("lived"))


@pytest.fixture(scope="session")
def records(lived: Lived) -> list[Record]:
    """The records of its coordinator, as the auditor gets them."""
    return records_of(lived.desk)


@pytest.fixture(scope="session")
def auditor() -> Iterator[Auditor]:
    with start_auditor() as started:
        yield started
