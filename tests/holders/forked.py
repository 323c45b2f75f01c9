"""Holders and coordinators that are killed and started anew at will, as real processes forked from one that has
everything loaded."""

from __future__ import annotations

import dataclasses
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tests.holders.company import PATIENCE, Company
from tests.holders.forker import Errand
from tests.holders.power import cut_power

CUT: Final = "power: "
"""Before the step at which not only a process ends, but the power of its machine goes."""
_LOOK = 0.01


class Forked:
    """One process."""

    def __init__(self, pid: int, errand: Errand) -> None:
        self.errand = errand
        self._pid = pid
        try:
            self._handle = os.pidfd_open(pid)
        except ProcessLookupError:
            self._handle = -1

    @property
    def text(self) -> str:
        return Path(self.errand.said).read_text(errors="replace")

    @property
    def printed(self) -> str:
        return Path(self.errand.printed).read_text(errors="replace")

    @property
    def is_over(self) -> bool:
        return self.wait(0)

    @property
    def code(self) -> int | None:
        """Return its exit code; None where it was killed, or is not over."""
        path = Path(self.errand.ended)
        return int(path.read_text()) if self.is_over and path.exists() else None

    @property
    def trace(self) -> list[str]:
        """Return the steps that it has taken. The last is `killed` where it was ended at one."""
        path = Path(self.errand.trace or "/nowhere")
        return path.read_text().splitlines() if path.exists() else []

    def wait(self, seconds: float = PATIENCE) -> bool:
        """Return whether it is over, within so many seconds. With it the power goes, where that was asked for."""
        if self._handle >= 0 and select.select([self._handle], [], [], seconds)[0]:
            os.close(self._handle)
            self._handle = -1
        if self._handle < 0 and self.errand.notes:
            cut_power(Path(self.errand.notes), Path(self.errand.root))
        return self._handle < 0

    def wait_for(self, words: str) -> None:
        """Return once this was said.

        :raises AssertionError: it ended before, or takes too long.
        """
        self.look_for(words)
        assert words in self.text, f"{words!r} was not said in:\n{self.text}"

    def look_for(self, words: str) -> None:
        """Return once this was said, or it is over.

        :raises AssertionError: it takes too long.
        """
        end = time.monotonic() + PATIENCE
        while words not in self.text and not self.is_over:
            assert time.monotonic() < end, f"{words!r} was not said in:\n{self.text}"
            time.sleep(_LOOK)

    def hurry(self) -> None:
        """End a coordinator's patience."""
        if not self.is_over:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGUSR1)

    def kill(self) -> None:
        """End it as a power cut would, and return once it is gone."""
        if not self.is_over:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            assert self.wait()


class Forker:
    """Starts and kills holders of a company."""

    def __init__(self, company: Company, fault: str = "") -> None:
        """:param fault: what is put into all that are started; none where it is empty"""
        self._company, self.fault = company, fault
        self._kept = tempfile.TemporaryDirectory()
        (Path(self._kept.name) / "stretched").mkdir()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.holders.forker"],
            env=company.home.environment,
            cwd=company.home.path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._started = 0
        self._holders: dict[int, Forked] = {}
        # Whatever else runs: who is there until stopped must not outlast a game that was lost.
        self._running: list[Forked] = []

    def run(
        self, arguments: Sequence[str], *, at: str = "", is_traced: bool = False, is_double: bool = False
    ) -> Forked:
        """Start a process.

        :param at: the step at which it ends; behind CUT its machine's power goes then
        """
        is_cut, at = at.startswith(CUT), at.removeprefix(CUT)
        self._started += 1
        base = f"{self._kept.name}/{self._started}"
        errand = Errand(
            arguments=list(arguments),
            said=f"{base}.said",
            printed=f"{base}.printed",
            ended=f"{base}.ended",
            folder=str(self._company.home.path),
            stretched=f"{self._kept.name}/stretched",
            root=str(self._company.path.resolve()),
            trace=f"{base}.trace" if at or is_traced or is_cut else "",
            at=at,
            is_double=is_double,
            notes=f"{base}.notes" if is_cut else "",
            fault=self.fault,
        )
        for kept in (errand.said, errand.printed):
            Path(kept).touch()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write((json.dumps(dataclasses.asdict(errand)) + "\n").encode())
        started = Forked(int(self._process.stdout.readline()), errand)
        self._running = [*(one for one in self._running if not one.is_over), started]
        return started

    def start(self, index: int, *more: str, at: str = "", is_traced: bool = False) -> Forked:
        """Start a holder, and return once it can be reached; or is over, where it is to end at a step."""
        arguments = self._company.joining(index, *more)
        holder = self._holders[index] = self.run(arguments, at=at, is_traced=is_traced)
        try:
            holder.wait_for("Ctrl-C stops")
        except AssertionError:
            if not (at and holder.trace[-1:] == ["killed"]):
                raise
        return holder

    def kill(self, index: int) -> None:
        """End a holder as a power cut would, and return once it is gone."""
        self._holders.pop(index).kill()

    @property
    def present(self) -> list[int]:
        return sorted(self._holders)

    def kill_all(self) -> None:
        for index in list(self._holders):
            self.kill(index)

    def end(self) -> None:
        self.kill_all()
        for one in self._running:
            one.kill()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._kept.cleanup()


@contextmanager
def forking(company: Company, fault: str = "") -> Iterator[Forker]:
    forker = Forker(company, fault)
    try:
        yield forker
    finally:
        forker.end()
