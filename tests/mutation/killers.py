"""A running suite, from the side of whoever asks it.

with start_killers() as (requests, answers):
    killers = Killers(requests, answers)
    for result in killers.run(folder, killers.tests):
        ...
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from tests.mutation.roots import ROOT

FOREVER: Final = 3_600.0


class SuiteGoneError(Exception):
    """The suite ended, or could not collect its tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a test said of a mutant."""

    test: str
    seconds: float
    failed: str
    """Why it failed; nothing where it passed."""


class Killers:
    """A suite that waits for mutants."""

    def __init__(self, requests: IO[str], answers: IO[str]) -> None:
        self._requests = requests
        self._answers = answers
        collected = self._next()
        self.tests: list[str] = collected["tests"]
        self.of_harness = frozenset(collected["harness"])
        """Those that look at a library through a harness alone."""

    def _next(self) -> dict[str, Any]:
        line = self._answers.readline()
        if not line:
            raise SuiteGoneError("the suite ended; python -m pytest tests/contracts says why")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def run(
        self, folder: Path, tests: Sequence[str], *, until: float = FOREVER, batches: int = 1
    ) -> Iterator[Result]:
        """Yield what each test says, in this order, up to the first that fails or until so many seconds are over.

        `batches` is how many batches of stories the state machine of `tests/lifecycle` tells.
        """
        request = {"folder": str(folder), "tests": list(tests), "until": until, "batches": batches}
        self._requests.write(json.dumps(request) + "\n")
        self._requests.flush()
        while "end" not in (answer := self._next()):
            yield Result(**answer)


@contextmanager
def start_killers() -> Iterator[tuple[IO[str], IO[str]]]:
    """Start a suite, which collects its tests meanwhile, and end it at the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.mutation.suite"],
        cwd=ROOT,
        env={**os.environ, "LIFECYCLE_SHRINK": "no"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    if process.stdin is None or process.stdout is None:
        raise SuiteGoneError
    try:
        yield process.stdin, process.stdout
    finally:
        # It ends what it forked; only then is the rest of it ended.
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdin.close()
        process.stdout.close()
