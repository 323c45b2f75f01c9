"""The program in a real terminal (tmux), as a person sees it: 80x24, 140x45, and the keys that stop it."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Scene
from tests.cli.liars import hangs, serve
from tests.cli.program import COMMAND, Home

PROMPT = "nothing more"
SECONDS = 300

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Terminal:
    """One tmux session with a socket of its own."""

    def __init__(self, socket: Path) -> None:
        self._tmux = ["tmux", "-S", str(socket), "-f", "/dev/null"]

    def start(self, home: Home, command: str, *, columns: int, rows: int) -> None:
        self._ask(
            "new-session", "-d", "-x", str(columns), "-y", str(rows), "env", "-i", *self._line(home, command)
        )

    def screen(self) -> str:
        """Return what stands on the screen and above it, without what tmux fills lines up with."""
        return self._ask("capture-pane", "-p", "-S", "-1000")

    def wait_for(self, text: str) -> str:
        """Return the screen once it shows some text."""
        until = time.monotonic() + SECONDS
        while text not in (screen := self.screen()):
            assert time.monotonic() < until, screen
            threading.Event().wait(0.05)
        return screen

    def press(self, key: str) -> None:
        self._ask("send-keys", key)

    def end(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)

    def _line(self, home: Home, command: str) -> list[str]:
        # The terminal's own size counts here.
        variables = {name: value for name, value in home.environment.items() if name != "COLUMNS"}
        script = (
            f'{" ".join(COMMAND)} {command}; code=$?; echo; echo "code $code, {PROMPT}"; exec sleep {SECONDS}'
        )
        return [
            *(f"{name}={value}" for name, value in variables.items()),
            "TERM=screen",
            "bash",
            "-c",
            script,
        ]

    def _ask(self, *arguments: str) -> str:
        return subprocess.run([*self._tmux, *arguments], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with _terminal(tmp_path / "tmux") as opened:
        yield opened


@contextmanager
def _terminal(socket: Path) -> Iterator[Terminal]:
    opened = Terminal(socket)
    try:
        yield opened
    finally:
        opened.end()


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (140, 45)])
def test_queue__in_a_terminal__uses_its_width_and_breaks_no_line(
    terminal: Terminal, settled: Home, columns: int, rows: int
) -> None:
    terminal.start(settled, "queue", columns=columns, rows=rows)
    screen = terminal.wait_for(PROMPT)
    assert "code 0" in screen
    assert "   0  WAITING   HIGH_VALUE  3/3        ready in" in screen
    widest = max(map(len, screen.splitlines()))
    assert 80 - 10 < widest <= min(columns, 110)
    assert screen.isascii()


def test_queue__control_c_while_it_waits__leaves_with_one_sentence(
    terminal: Terminal, home: Home, scene: Scene
) -> None:
    until, reached = threading.Event(), threading.Event()
    with serve(hangs(until, reached)) as url:
        try:
            terminal.start(home, f"queue --vault {scene.vault} --rpc {url}", columns=80, rows=24)
            # A person is told what is being waited for.
            terminal.wait_for(f"Asking {url.removeprefix('http://')}. Ctrl-C stops.")
            terminal.press("C-c")
            screen = terminal.wait_for(PROMPT)
        finally:
            until.set()
    assert "fourth-signer: Interrupted." in screen
    assert "code 130" in screen
    assert "Traceback" not in screen
