"""Holders that are killed and started anew at will, as real processes forked from one that has everything loaded."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.holders.company import Company, Running


class Forker:
    """Starts and kills holders of a company."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.holders.forker"],
            env=company.home.environment,
            cwd=company.home.path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        self.told = Running(self._process)
        self._pids: dict[int, int] = {}
        self._started = 0

    def start(self, index: int) -> None:
        """Start a holder, and return once it can be reached."""
        arguments = self._company.joining(index)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write((json.dumps(arguments) + "\n").encode())
        self._pids[index] = int(self._process.stdout.readline())
        self._started += 1
        self.told.wait_for("Ctrl-C stops", times=self._started)

    def kill(self, index: int) -> None:
        """End a holder as a power cut would, and return once it is gone."""
        pid = self._pids.pop(index)
        os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            while True:  # its parent does not wait for it, and the lock of its folder goes with it
                os.kill(pid, 0)

    def end(self) -> None:
        for index in list(self._pids):
            self.kill(index)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def forking(company: Company) -> Iterator[Forker]:
    forker = Forker(company)
    try:
        yield forker
    finally:
        forker.end()
