"""A command at a terminal of its own, and somebody who types."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time

import pytest

from tests.holders.company import PATIENCE, Company


class Terminal:
    """A process with a terminal of its own, and somebody who types."""

    def __init__(self, company: Company, index: int, *arguments: str, variables: dict[str, str]) -> None:
        chair = company.chairs[index - 1]
        self._master, other = pty.openpty()
        self.shown = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "verifier", *arguments],
            env={**chair.home.environment, **variables},
            cwd=chair.home.path,
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
        )
        os.close(other)

    def wait_for(self, pattern: str) -> None:
        """Return once this was shown, after what was waited for before."""
        end = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.shown)):
            ready, _, _ = select.select([self._master], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{pattern!r} was not shown in:\n{self.shown}"
            try:
                self.shown += os.read(self._master, 65_536).decode(errors="replace")
            except OSError:
                pytest.fail(f"it ended before {pattern!r}:\n{self.shown}")
        self.shown = self.shown[found.end() :]

    def type(self, text: str) -> None:
        self.send((text + "\n").encode())

    def send(self, raw: bytes) -> None:
        """Type bytes, whatever they are."""
        os.write(self._master, raw)

    def end(self) -> None:
        self.process.kill()
        self.process.wait(timeout=PATIENCE)
        os.close(self._master)
