"""A terminal of tmux's, with a server of its own: a program starts in it, keys are pressed, the screen is read."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

PATIENCE: Final = 300
_PAUSE: Final = 0.03
_ENDED: Final = re.compile(r"^ended with (\d+)$", re.MULTILINE)


class Screen:
    """One window. It is ended, with all that runs in it, by `end`."""

    def __init__(self, socket: Path) -> None:
        program = shutil.which("tmux")
        assert program is not None, "tmux is missing; run scripts/install --system"
        self._tmux = [program, "-S", str(socket), "-f", "/dev/null"]

    def start(
        self,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        *,
        folder: Path,
        columns: int = 140,
        rows: int = 45,
    ) -> None:
        """Start a program as somebody at a shell would. What it leaves on the screen stays there."""
        kept = {
            name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")
        }
        terminal = {**kept, "TERM": "tmux-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        script = 'stty -echo; "$@"; code=$?; printf "\\nended with %s\\n" "$code"; exec sleep 600'
        self._ask(
            *("new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", str(folder)),
            *("env", "-i", *(f"{name}={value}" for name, value in terminal.items())),
            *("bash", "-c", script, "bash", *map(str, command)),
        )
        self._ask("set-option", "-g", "escape-time", "0")

    def read(self) -> str:
        """Return what stands on the screen now, as text."""
        return self._ask("capture-pane", "-p")

    def read_coloured(self) -> str:
        """Return what stands on the screen now, with the sequences that tmux would draw it with."""
        return self._ask("capture-pane", "-p", "-e")

    def wait_for(self, *texts: str) -> str:
        """Return the screen once all of these stand on it."""
        return self.wait_until(lambda screen: all(text in screen for text in texts))

    def wait_for_notice(self, words: str) -> str:
        """Return the screen once a notice at its edge says so, wherever its lines are broken."""
        return self.wait_until(lambda screen: words in _notices(screen))

    def wait_until(self, fits: Callable[[str], bool]) -> str:
        until = time.monotonic() + PATIENCE
        while not fits(screen := self.read()):
            assert time.monotonic() < until, screen
            threading.Event().wait(_PAUSE)
        return screen

    def title(self) -> str:
        """Return the title that the program gave the window."""
        return self._ask("display-message", "-p", "#{pane_title}")

    def press(self, *keys: str) -> None:
        """Press keys, by their names in tmux: `a`, `Enter`, `Escape`, `Right`, `C-c`."""
        self._ask("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type text, and Enter."""
        self._ask("send-keys", "-l", text)
        self._ask("send-keys", "Enter")

    def wait_for_end(self) -> int:
        """Return the exit code of the program once it has ended."""
        found = _ENDED.search(self.wait_until(lambda screen: _ENDED.search(screen) is not None))
        assert found is not None
        return int(found[1])

    def leave(self) -> int:
        """Press q, and return the exit code."""
        self.press("q")
        return self.wait_for_end()

    def send_signal(self, number: int) -> None:
        """Send a signal to the program, and to it alone."""
        (shell,) = self._ask("list-panes", "-F", "#{pane_pid}").split()
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", shell], capture_output=True, text=True, check=True
        )
        (program,) = found.stdout.split()
        subprocess.run(["kill", f"-{number}", program], check=True)

    def end(self) -> None:
        """Return once nothing runs in it any more: what locks a folder has let it go."""
        asked = [*self._tmux, "list-panes", "-a", "-F", "#{pane_pid}"]
        panes = subprocess.run(asked, check=False, capture_output=True, text=True).stdout.split()
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)
        for pane in panes:
            end_session(int(pane))

    def _ask(self, *arguments: str) -> str:
        return subprocess.run([*self._tmux, *arguments], check=True, capture_output=True, text=True).stdout


@contextmanager
def open_screen(folder: Path) -> Iterator[Screen]:
    """Give a terminal, and end it."""
    screen = Screen(folder / "tmux")
    try:
        yield screen
    finally:
        screen.end()


def end_session(leader: int) -> None:
    """Kill whatever is in a session of processes, and return once it is gone."""
    until = time.monotonic() + PATIENCE
    while running := _running_in(leader):
        assert time.monotonic() < until, f"these do not end: {running}"
        for process in running:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(_PAUSE)


def _running_in(leader: int) -> list[int]:
    """Return the processes of a session that have not ended; who reaps them is not our matter."""
    asked = ["ps", "-o", "pid=,stat=", "--sid", str(leader)]
    found = subprocess.run(asked, check=False, capture_output=True, text=True).stdout.splitlines()
    return [int(line.split()[0]) for line in found if not line.split()[1].startswith("Z")]


def _notices(screen: str) -> str:
    lines = (line.partition("▌")[2] for line in screen.splitlines())
    return " ".join(" ".join(lines).split())
