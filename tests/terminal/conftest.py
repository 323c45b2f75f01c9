"""A vault whose members have key files, and the terminal as each of them opens it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import PAYROLL
from tests.cli.council import Council, Seat, meet
from tests.stage import ETHER
from tests.tui.tty import Tty

Open = Callable[..., Tty]


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Council]:
    with meet(tmp_path_factory.mktemp("council")) as council:
        yield council


@pytest.fixture
def council(founded: Council, tmp_path: Path) -> Iterator[Council]:
    """The council with one payment published, of which its members have seen nothing else."""
    payment = tmp_path / "payment.toml"
    payment.write_text(f'version = 1\n[[calls]]\ntarget = "{PAYROLL}"\nvalue = "{ETHER // 10}"\n')
    with founded.chain.isolate():
        founded["ann"].must("propose", str(payment))
        yield founded
    for seat in founded.seats.values():
        shutil.rmtree(seat.home.path / ".local", ignore_errors=True)


def open_terminal(seat: Seat, *arguments: str) -> Tty:
    """Start `fourth-signer` in a member's home."""
    hidden = {"COLUMNS", "LINES"}
    environment = {name: value for name, value in seat.home.environment.items() if name not in hidden}
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    return Tty(
        [sys.executable, "-m", "verifier", *arguments],
        {**environment, **terminal},
        columns=140,
        rows=45,
        folder=seat.home.path,
    )
