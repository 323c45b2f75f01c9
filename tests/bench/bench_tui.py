"""The terminal with 64 pending and 1,000 in history: first frame, first operation, key to frame, memory."""

from __future__ import annotations

import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tests.anvil import start_anvil
from tests.bench.reads import QUEUE
from tests.bench.reads import fill as fill_queue
from tests.bench.report import BenchError, Report, Row
from tests.cli.program import Home
from tests.stage import Stage
from tests.tui.scene import crowd, make_scene, past
from tests.tui.tty import Tty
from verifier.model.address import Address
from verifier.model.history import LATEST
from verifier.store.memory import FileMemory

_RUNS: Final = 5
_KEYS: Final = 100
_HISTORY: Final = 1_000

TITLE: Final = "The terminal, from its start to its last key"
NOTES: Final = """\
Real processes in a pseudo-terminal of 140 columns and 45 rows, on this machine, which runs other work{precedence}; each
start is a cold process. The first two rows are medians of {runs} starts of `fourth-signer` on a local node (one Anvil
under two names, which have to agree), with {queue} operations of two calls pending: until the frame with the keys
stands there, and until the first operation of the proven queue can be read.

The past, and the queue beside it: what the answer to one question costs, with {history} operations in a memory file,
of which {latest} are compared with each that waits. First is the first time, again is each time after that.

Key to frame: from a key's byte going in to the last byte of what is drawn for it, over {keys} keys in the queue of
{queue} and {keys} in a history of {history}; the vault is made of plain values then, so that no node is measured.
Memory is the most that either process ever held."""


def measure(say: Callable[[str], None]) -> Report:
    with start_anvil() as chain, tempfile.TemporaryDirectory() as folder:
        say(f"a vault with {QUEUE} pending operations")
        chain.set_time(int(time.time()) - 3_600)
        stage = fill_queue(chain)
        chain.set_time(int(time.time()))
        home = _settle(stage, Path(folder))
        say("starting")
        starts = [_start(home) for _ in range(_RUNS)]
    say("reading again")
    survey, queue = _readings()
    say("keys")
    keys, busy, memory = _keys()
    frames, framing, operations, reading, held = zip(*starts, strict=True)
    ordered = sorted(keys)
    rows = [
        Row(name="first frame", ours=_ms(statistics.median(frames)), peer=None, unit="ms", most=500),
        Row(
            name="first frame, processor time",
            ours=_ms(statistics.median(framing)),
            peer=None,
            unit="ms",
        ),
        Row(
            name="first operation readable",
            ours=_ms(statistics.median(operations)),
            peer=None,
            unit="ms",
            most=1_500,
        ),
        Row(
            name="first operation readable, processor time",
            ours=_ms(statistics.median(reading)),
            peer=None,
            unit="ms",
        ),
        Row(name="the past, first, processor time", ours=_ms(survey[0]), peer=None, unit="ms"),
        Row(
            name="the past, again, processor time",
            ours=_ms(statistics.median(survey[1:])),
            peer=None,
            unit="ms",
        ),
        Row(
            name="the queue again, processor time",
            ours=_ms(statistics.median(queue[1:])),
            peer=None,
            unit="ms",
        ),
        Row(name="key to frame, median", ours=_ms(statistics.median(keys)), peer=None, unit="ms"),
        Row(
            name="key to frame, 95th percentile",
            ours=_ms(ordered[math.ceil(0.95 * len(ordered)) - 1]),
            peer=None,
            unit="ms",
            most=50,
        ),
        Row(name="a key, processor time", ours=_ms(busy), peer=None, unit="ms"),
        Row(name="memory", ours=max(*held, memory), peer=None, unit="MB", most=150),
    ]
    # Run as `chrt --fifo 5 scripts/bench tui`, it measures what a machine with nothing else to do would.
    is_first = os.sched_getscheduler(0) != os.SCHED_OTHER
    said = NOTES.format(
        precedence=", after this" if is_first else "",
        runs=_RUNS,
        queue=QUEUE,
        keys=_KEYS,
        history=_HISTORY,
        latest=LATEST,
    )
    notes = said.split("\n\n")
    return Report(bench="tui", title=TITLE, rows=rows, notes=notes, varies=True)


def _settle(stage: Stage, folder: Path) -> Home:
    home, url = Home(path=folder), stage.chain.url
    rpc = ("--rpc", url, "--rpc", url.replace("127.0.0.1", "localhost"))
    ran = home.call("init", str(Address(stage.vault)), *rpc, "--name", "treasury")
    if ran.code != 0:
        raise BenchError(ran.err)
    return home


def _start(home: Home) -> tuple[float, float, float, float, int]:
    """Return the seconds to the first frame and to the first operation, each with the processor's, and the memory
    held then, in MB.
    """
    kept = {name: value for name, value in home.environment.items() if name != "COLUMNS"}
    with Tty(
        [sys.executable, "-m", "verifier"], {**kept, **_TERMINAL}, columns=140, rows=45, folder=home.path
    ) as tty:
        frame = tty.wait_for("Evidence")
        framing = _busy(tty.program.pid)
        operation = tty.wait_for("Makes 2 calls, all or none:")
        reading = _busy(tty.program.pid)
        held = _held(tty.program.pid)
        tty.press("q")
        tty.end()
    return frame, framing, operation, reading, held


def _readings() -> tuple[list[float], list[float]]:
    """Return the seconds of the processor for the past, and for the queue, each some times in a row."""
    with tempfile.TemporaryDirectory() as folder:
        scene = crowd(make_scene(), pending=QUEUE, gone=0)
        head = scene.reader.reading.head
        scene.memory = FileMemory(Path(folder) / "memory.sqlite3")
        for each in map(past, range(_HISTORY)):
            scene.memory.note_executed(
                head.chain_id,
                scene.reader.reading.vault,
                each.operation,
                executed_at=each.executed_at,
                counterparties=(),
                evidence=each.evidence,
            )
        source = scene.source()
        return (
            [_processor(source.survey) for _ in range(_RUNS)],
            [_processor(source.brief_queue) for _ in range(_RUNS)],
        )


def _processor(ask: Callable[[], object]) -> float:
    began = time.process_time()
    ask()
    return time.process_time() - began


def _keys() -> tuple[list[float], float, int]:
    """Return the seconds from each key to its frame, the processor's for one, and the memory held at the end, in MB."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nowhere", **_TERMINAL}
    command = [sys.executable, "-m", "tests.tui.child", "crowd"]
    with Tty(command, environment, columns=140, rows=45) as tty:
        tty.wait_for("Complete: proven.")
        tty.rest()
        before = _busy(tty.program.pid)
        taken = list(_press(tty, _KEYS))
        busy = _busy(tty.program.pid) - before
        tty.wait_for("1000 known", since=tty.press("4"))
        tty.rest()
        taken += _press(tty, _KEYS)
        held = _held(tty.program.pid)
        tty.press("q")
        tty.end()
    return taken, busy / _KEYS, held


def _press(tty: Tty, count: int) -> Iterator[float]:
    for i in range(count):
        # Forth and back, so that each key changes what is drawn.
        place = tty.press("\x1b[B" if i % 50 < 25 else "\x1b[A")
        yield tty.until_drawn(place)


def _busy(pid: int) -> float:
    """Return the seconds that a process has had of the processor."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _held(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024)
    raise BenchError("the system does not tell how much memory a process holds")


def _ms(seconds: float) -> int:
    return round(1_000 * seconds)


_TERMINAL: Final = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
