"""A watcher small enough to be killed a hundred times: it keeps steps and delivers to a file, as fast as it can.

    python -m tests.watch_store.writer STORE FILE

Each line that comes in starts another life of it, in a process of its own: what takes time, importing, was done before.
It says `born NUMBER`, `kept` after each step, and `ended STATUS` when it was killed.

Block n always holds happening n, so it is known what has to be there. Every seventh step a re-organisation undoes three
blocks, and takes the same steps again.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.watch_store.stores import open_file
from tests.watch_store.story import CHAIN, at, block, fact, happening, log, look
from verifier.model.text import Shown
from verifier.model.units import BlockNumber
from verifier.store.watch_store import DatabaseWatchStore

CHANNEL: Final = "file"
_REORGANISED: Final = 7
_DEPTH: Final = 3


def live(path: Path, sink: Path) -> None:
    """Keep steps in one thread and deliver in another, until killed. An error ends it at once."""

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException:  # noqa: BLE001 - whatever it is
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)

    def both() -> None:
        store = open_file(path)
        threading.Thread(target=guarded, args=(lambda: keep_steps(store),), daemon=True).start()
        deliver(store, sink)

    guarded(both)


def keep_steps(store: DatabaseWatchStore) -> None:
    checkpoint = store.checkpoint(CHAIN)
    number = 0 if checkpoint is None else int(checkpoint.number)
    while True:
        number += 1
        undone = _DEPTH if number % _REORGANISED == 0 else 0
        heights = range(number - undone, number + 1)
        step = look(
            number,
            *(happening(height, height) for height in heights),
            channels=(CHANNEL,),
            blocks=tuple(block(height) for height in heights),
            events=tuple(log(height) for height in heights),
            facts=tuple(fact("seat/1", str(height), height) for height in heights),
            unwound_to=BlockNumber(number - undone - 1) if undone else None,
            final=BlockNumber(number - 20),
        )
        store.keep(step, now=at(number))
        _say("kept")


def deliver(store: DatabaseWatchStore, sink: Path) -> None:
    handle = os.open(sink, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    while True:
        for delivery in store.claim(CHANNEL, "writer", now=at(1 << 20), most=3):
            os.write(handle, f"{delivery.key}\n".encode())
            os.fsync(handle)
            store.delivered(delivery, now=at(1 << 20), reply=Shown("written"))


def _say(what: str) -> None:
    os.write(1, f"{what}\n".encode())


def main() -> None:
    path, sink = Path(sys.argv[1]), Path(sys.argv[2])
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            _say(f"born {os.getpid()}")
            live(path, sink)
        _, status = os.waitpid(child, 0)
        _say(f"ended {status}")


if __name__ == "__main__":
    main()
