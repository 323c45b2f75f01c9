"""The start of the command: `--help`, beside other commands of people who sign and deploy."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench.report import BenchError, Report, Row

_RUNS: Final = 11
_BIN: Final = Path(sys.executable).parent
_OURS: Final = (str(_BIN / "fourth-signer"), "--help")
_HELP_OF_ONE: Final = (str(_BIN / "fourth-signer"), "sign", "--help")
_APE: Final = (str(_BIN / "ape"), "--help")
_CAST: Final = (str(_BIN / "cast"), "--help")
_PYTHON: Final = (sys.executable, "-c", "pass")
# What a person does not notice; more would be a fault.
_MOST: Final = 300

TITLE: Final = "The command, from its start to its help"
NOTES: Final = """\
Medians of {runs} runs of each command, one after the other in turns, so that whatever else this machine does meets
all of them alike; each run is a process of its own, with its output in a pipe. Wall clock and processor time are of
the same runs. Every file was read once before, so that no disk is measured.

Peers: Ape's `ape --help` (Python, with its plugins), Foundry's `cast --help` (Rust), and the same Python that does
nothing, which is the least that a command in Python can take."""


class _Run(NamedTuple):
    """Seconds."""

    wall: float
    processor: float


def measure(say: Callable[[str], None]) -> Report:
    commands = (_OURS, _HELP_OF_ONE, _APE, _CAST, _PYTHON)
    runs: dict[tuple[str, ...], list[_Run]] = {command: [] for command in commands}
    with tempfile.TemporaryDirectory() as home:
        for turn in range(_RUNS + 1):
            say(f"turn {turn} of {_RUNS}")
            for command in commands:
                run = _run(command, home)
                if turn:  # the first one reads the files
                    runs[command].append(run)
    wall = {command: statistics.median(run.wall for run in of) for command, of in runs.items()}
    busy = {command: statistics.median(run.processor for run in of) for command, of in runs.items()}
    rows = [
        Row(name="--help, beside Ape", ours=_ms(wall[_OURS]), peer=_ms(wall[_APE]), unit="ms", most=_MOST),
        Row(name="--help, beside cast", ours=_ms(wall[_OURS]), peer=_ms(wall[_CAST]), unit="ms"),
        Row(name="--help, beside bare Python", ours=_ms(wall[_OURS]), peer=_ms(wall[_PYTHON]), unit="ms"),
        Row(name="sign --help", ours=_ms(wall[_HELP_OF_ONE]), peer=None, unit="ms", most=_MOST),
        Row(
            name="--help, processor time, beside Ape",
            ours=_ms(busy[_OURS]),
            peer=_ms(busy[_APE]),
            unit="ms",
        ),
    ]
    notes = NOTES.format(runs=_RUNS).split("\n\n")
    return Report(bench="start", title=TITLE, rows=rows, notes=notes, varies=True)


def _run(command: Sequence[str], home: str) -> _Run:
    environment = {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8"}
    before, start = _processor(), time.perf_counter()
    ran = subprocess.run(
        command, check=False, cwd=home, env=environment, stdin=subprocess.DEVNULL, capture_output=True
    )
    wall = time.perf_counter() - start
    if ran.returncode != 0:
        raise BenchError(f"{' '.join(command)} ended with {ran.returncode}: {ran.stderr.decode()[-300:]}")
    return _Run(wall=wall, processor=_processor() - before)


def _processor() -> float:
    """Return the seconds that all children together had of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _ms(seconds: float) -> int:
    return max(1, round(1_000 * seconds))
