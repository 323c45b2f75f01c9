"""Running forge and Halmos within a time, and ending them with all that they started, however this ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

_running: set[int] = set()
_ending = threading.Event()


class TimeOverError(Exception):
    """It did not end in time, and was ended."""


def run(command: Sequence[str], *, env: Mapping[str, str], log: Path, seconds: int) -> int:
    """Return the exit code of `command`, whose output goes to `log`."""
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        _running.add(process.pid)
        try:
            if _ending.is_set():
                raise TimeOverError
            return process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TimeOverError from None
        finally:
            _end(process.pid)
            process.wait()
            _running.discard(process.pid)


def end_all() -> None:
    """End what runs now; what is started later ends at once."""
    _ending.set()
    for group in list(_running):
        _end(group)


def _end(group: int) -> None:
    # Each is a process group of its own, so this reaches its solver or compiler as well.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
