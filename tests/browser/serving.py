"""`fourth-signer serve`, running, and what is left of it when it has ended."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.cli.program import COMMAND, Home

PATIENCE: Final = 300


class Served:
    """A running `fourth-signer serve`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.said = process.stdout.readline()
        assert self.said.startswith("Look at http://127.0.0.1:"), self.said
        self.url = self.said.split()[2]
        self.port = int(self.url.split(":")[2].strip("/"))
        self.host = f"127.0.0.1:{self.port}"

    @property
    def children(self) -> list[int]:
        """The processes behind its windows."""
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(line) for line in listed.stdout.split()]

    def wait_for_children(self, number: int) -> list[int]:
        """Return its children once there are as many."""
        until = time.monotonic() + PATIENCE
        while len(found := self.children) != number:
            assert time.monotonic() < until, found
            time.sleep(0.05)
        return found

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """End it with a signal, and return its exit code and what it said besides."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors


@contextmanager
def serve_screens(home: Home, *arguments: str, **variables: str) -> Iterator[Served]:
    """Serve a pinned vault on a free port."""
    environment: Mapping[str, str] = {**home.environment, **variables}
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *arguments],
        env=environment,
        cwd=home.path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Served(process)
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=PATIENCE)


def is_alive(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
