"""A vault whose members have key files, and the terminal as each of them opens it."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import PAYROLL
from tests.cli.council import Council, Seat, meet
from tests.keys.soft_token import SoftToken, make_token
from tests.stage import ETHER
from tests.tui.tty import PATIENCE, Tty

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


@pytest.fixture
def token(council: Council, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftToken]:
    """A token that holds the key of seat 4."""
    token = make_token(tmp_path, monkeypatch)
    (eve,) = [actor for actor in council.stage.actors.values() if actor.name == "eve"]
    token.put(key=eve.key.to_bytes())
    yield token
    for name in council["eve"].files:
        if name.endswith(".approval"):
            (council["eve"].home.path / name).unlink()


def open_terminal(seat: Seat, *arguments: str, command: Sequence[str] | None = None, **more: str) -> Tty:
    """Start `fourth-signer` in a member's home.

    :param command: what is started instead of it
    :param more: variables of its environment
    """
    hidden = {"COLUMNS", "LINES"}
    environment = {name: value for name, value in seat.home.environment.items() if name not in hidden}
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    return Tty(
        command or [sys.executable, "-m", "verifier", *arguments],
        {**environment, **terminal, **more},
        columns=140,
        rows=45,
        folder=seat.home.path,
    )


def words_of(tty: Tty, since: int) -> str:
    """Return what was written after a place in one line: what is said at the edge is broken into short ones."""
    return " ".join(tty.text(since).replace("\u258c", " ").split())


def wait_for_words(tty: Tty, words: str, since: int) -> None:
    """Read until some words were written after a place, wherever their lines were broken."""
    until = time.monotonic() + PATIENCE
    while words not in words_of(tty, since):
        assert time.monotonic() < until, words_of(tty, since)
        tty.rest()
