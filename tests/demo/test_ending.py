"""The demonstration's end, where somebody sits at a terminal: inside of the signer's own, with what was vetoed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.cli.program import ROOT, Home
from tests.tmux.screen import Screen, open_screen

DEMO: Final = ROOT / "scripts" / "demo"


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with open_screen(tmp_path) as opened:
        yield opened


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """Surroundings in which whatever is left over is seen: temporary files in a folder of their own, and a mark."""
    (tmp_path / "left").mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path / "left"),
        "DEMO_OF": tmp_path.name,
    }


def marked(tmp_path: Path) -> list[str]:
    """Return the commands of the processes that carry the mark, the terminal's own shell and its sleep excepted."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            environment = place.joinpath("environ").read_bytes().split(b"\0")
            command = place.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if f"DEMO_OF={tmp_path.name}".encode() in environment and not command.startswith(
            ("sleep ", "bash -c ")
        ):
            found.append(command)
    return found


def require_nothing_left(tmp_path: Path) -> None:
    until = time.monotonic() + 300
    while left := marked(tmp_path):
        assert time.monotonic() < until, left
        time.sleep(0.05)
    assert list((tmp_path / "left").iterdir()) == []
    assert not (tmp_path / ".local").exists()
    assert not (tmp_path / ".config").exists()


def test_demo__at_a_terminal__ends_on_what_was_vetoed_and_leaves_nothing(
    screen: Screen, surroundings: dict[str, str], tmp_path: Path
) -> None:
    picture = tmp_path / "demo.svg"
    command = [sys.executable, "-m", "verifier", "demo", "--fast", "--out", str(picture)]
    screen.start(command, {**surroundings, "PYTHONPATH": str(ROOT)}, folder=tmp_path)
    shown = screen.wait_for("VETOED", "Sends 40,000,000.000000 USDC (40000000000000)", "Calls", "esc Back")
    assert "Lane 32.1" in shown
    assert "treasury" in shown
    assert any("anvil" in command for command in marked(tmp_path))
    # One more operation waits in the queue.
    screen.press("Escape")
    screen.wait_for("Allows", "PROPOSED", "Complete")
    assert screen.leave() == 0
    shown = screen.read()
    # The story stands where it was told, and what follows the terminal below it.
    assert "it opens now as Dana's" in " ".join(shown.split())
    assert "it has ended with the terminal." in " ".join(shown.split())
    assert picture.exists()
    require_nothing_left(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_demo__stopped_while_the_terminal_is_open__ends_terminal_and_chain(
    screen: Screen, surroundings: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    screen.start([DEMO, "--fast", "--out", tmp_path / "demo.svg"], surroundings, folder=tmp_path)
    screen.wait_for("VETOED", "esc Back")
    screen.send_signal(number)
    assert screen.wait_for_end() == 130
    assert "demo: stopped, and its chain with it." in screen.read()
    require_nothing_left(tmp_path)


def test_demo__interrupted_at_the_keyboard_in_the_terminal__ends_as_by_q(
    screen: Screen, surroundings: dict[str, str], tmp_path: Path
) -> None:
    screen.start([DEMO, "--fast", "--out", tmp_path / "demo.svg"], surroundings, folder=tmp_path)
    screen.wait_for("VETOED", "esc Back")
    screen.press("C-c")
    assert screen.wait_for_end() == 0
    require_nothing_left(tmp_path)


def test_demo__in_an_installed_package__says_where_it_is(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "verifier", tmp_path / "verifier", ignore=shutil.ignore_patterns("__pycache__"))
    ran = subprocess.run(
        [sys.executable, "-m", "verifier", "demo"],
        cwd=tmp_path,
        env={**Home(path=tmp_path).environment, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (46, "")
    assert ran.stderr.startswith("fourth-signer: The demonstration wants a compiler and a chain of its own")
    assert ran.stderr.count("\n") == 1
