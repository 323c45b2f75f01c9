"""Two processes that tell stories beside each other, since most machines have two cores at least."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import Any, Final

from tests.lifecycle.tally import Tally

ROOT: Final = Path(__file__).parents[2]
WORKERS: Final = 2


class StoryFailedError(AssertionError):
    """Contract and model disagreed, or an invariant broke."""

    def __init__(self, batch: int, story: str) -> None:
        super().__init__(f"batch {batch} of the stories\n{story}")
        self.batch = batch


class WorkerEndedError(Exception):
    """A worker ended before it answered: on its own, or since somebody ended it."""


@dataclass(slots=True)
class Crew:
    """Workers, and what they have seen."""

    processes: list[subprocess.Popen[str]]
    tally: Tally = field(default_factory=Tally)
    # Batches that were told.
    batches: int = 0
    _next: int = 0
    _lock: Lock = field(default_factory=Lock)
    _ended: Event = field(default_factory=Event)

    def tell(self, first: int, is_enough: Callable[[Crew], bool]) -> None:
        """Tell batch after batch, from one on, until it is enough. Raise the first failure."""
        self._next = first
        with ThreadPoolExecutor(len(self.processes)) as pool:
            try:
                for done in [pool.submit(self._lead, process, is_enough) for process in self.processes]:
                    done.result()
            except BaseException:
                # The others need not come to the end of their batches.
                self._ended.set()
                self.end()
                raise

    def end(self) -> None:
        """End the workers and their nodes: each is a session of its own."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()

    def _lead(self, process: subprocess.Popen[str], is_enough: Callable[[Crew], bool]) -> None:
        while not self._ended.is_set():
            with self._lock:
                if is_enough(self):
                    return
                batch, self._next = self._next, self._next + 1
            answer = _ask(process, batch)
            with self._lock:
                self.batches += 1
                self.tally.add(Tally.from_json(answer["tally"]))
            if answer["failure"]:
                self._ended.set()
                raise StoryFailedError(batch, answer["failure"])


def _ask(process: subprocess.Popen[str], batch: int) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{batch}\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise WorkerEndedError(batch)
    answer: dict[str, Any] = json.loads(line)
    return answer


@contextmanager
def start_crew(workers: int = WORKERS, *, release: Path | None = None) -> Iterator[Crew]:
    """Start workers, and end them, with their nodes, at the end of the block.

    :param release: a folder with other contracts than the released ones
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if release:
        # That a story fails is all that one wants to know of other contracts.
        environment["LIFECYCLE_SHRINK"] = "no"
    processes: list[subprocess.Popen[str]] = []
    try:
        for _ in range(workers):
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.lifecycle.worker", *([str(release)] if release else [])],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env=environment,
                start_new_session=True,
            )
            processes.append(process)
        yield Crew(processes)
    finally:
        Crew(processes).end()
        for process in processes:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
