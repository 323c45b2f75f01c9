"""A real pseudo-terminal around a program: what it writes, byte for byte, and keys for it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 300
# Sequences that Textual itself sends: modes, cursor, colours, the pointer's shape, and what it asks the terminal about.
SEQUENCE: Final = re.compile(
    rb"\x1b\]22;[a-z-]*\x07|"
    rb"\x1b\[[0-9;?<>=$]*[ -/]*[@-~]|\x1b[78=>NOc]|\x1bP[^\x1b\x07]*\x1b\\|\x1b\(B|\x1b\][0-9]+;\?\x1b\\"
)


class Tty:
    """A program in a pseudo-terminal. It is ended with the block."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        columns: int = 100,
        rows: int = 40,
        folder: Path = ROOT,
    ) -> None:
        self.written = b""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.started = self._pressed = self._came = time.monotonic()
        self.program = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.program.poll() is None:
            os.killpg(self.program.pid, signal.SIGKILL)
            self.program.wait()
        os.close(self._master)

    def wait_for(self, text: str, *, since: int = 0) -> float:
        """Read until some text was written after a place, and return the seconds since the start."""
        until = time.monotonic() + PATIENCE
        while text not in self.text(since):
            assert time.monotonic() < until, self.text(since)
            assert self.program.poll() is None or self._read(), self.text(since)
            self._read()
        return time.monotonic() - self.started

    def rest(self) -> None:
        """Read until nothing was written for a moment."""
        while self._read(0.3):
            pass

    def until_drawn(self, place: int) -> float:
        """Return the seconds from the last key to the end of what was drawn for it; nothing at all is an error."""
        last = self._pressed
        until = last + PATIENCE
        while len(self.written) == place or self._read(0.1):
            if len(self.written) == place:
                assert time.monotonic() < until, "nothing was drawn"
                self._read(0.05)
            last = self._came
        return last - self._pressed

    def press(self, keys: str) -> int:
        """Send keys, and return the place in what was written before."""
        place = len(self.written)
        self._pressed = time.monotonic()
        os.write(self._master, keys.encode())
        return place

    def end(self) -> int:
        """Read to the end, and return the exit code."""
        until = time.monotonic() + PATIENCE
        while self.program.poll() is None:
            assert time.monotonic() < until, self.text()
            self._read()
        while self._read():
            pass
        return self.program.returncode

    def text(self, since: int = 0) -> str:
        """Return what was written, without the sequences that place and colour it."""
        return SEQUENCE.sub(b"", self.written[since:]).decode("utf-8", "replace")

    def _read(self, seconds: float = 0.05) -> bool:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            found = os.read(self._master, 65_536)
        except OSError:  # the program has closed it
            return False
        self.written += found
        self._came = time.monotonic()
        return bool(found)
