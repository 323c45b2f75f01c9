"""A signer and a watcher on one machine: nobody watches; somebody does, and is answered; nobody does again."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.cli.council import Council, Seat
from tests.cli.program import COMMAND
from tests.terminal.conftest import open_terminal, wait_for_words, words_of
from tests.tui.tty import PATIENCE, Tty

WATCHER = """\
version = 1
name = "watch-test"

[chains.31337]
block_time = 1.0

[channels.ops]
kind = "file"
path = "ops.txt"
"""


@contextmanager
def watching(seat: Seat) -> Iterator[subprocess.Popen[bytes]]:
    """Run a watcher of the vaults that a member pinned, until the end."""
    process = subprocess.Popen(
        [*COMMAND, "watch"],
        env=seat.home.environment,
        cwd=seat.home.path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def read_until(tty: Tty, words: str) -> None:
    """Read again until some words are there."""
    until, place = time.monotonic() + PATIENCE, len(tty.written)
    while words not in words_of(tty, place):
        assert time.monotonic() < until, words_of(tty, place)
        tty.press("r")
        tty.rest()


def test_signer__beside_a_watcher__sees_it_come_answers_and_sees_it_go(council: Council) -> None:
    eve = council["eve"]
    (eve.home.config.parent / "watch.toml").unlink(missing_ok=True)
    with open_terminal(eve) as tty:
        tty.wait_for("Complete: proven.")
        wait_for_words(tty, "Nobody is known here to watch this vault", tty.press("6"))
        (eve.home.config.parent / "watch.toml").write_text(WATCHER)
        wait_for_words(tty, "A watcher is configured and has never looked", tty.press("r"))
        with watching(eve) as watcher:
            read_until(tty, "Somebody watches this vault, and looked")
            read_until(tty, "lane 0: proposed")
            wait_for_words(tty, "Acknowledge number", tty.press("k"))
            # It stands in one's own name, until one types another.
            tty.press("Eve")
            # The second button is drawn anew once it is the one that Enter presses.
            tty.wait_for("Acknowledge", since=tty.press("\r\t"))
            wait_for_words(tty, "Eve knows of number", tty.press("\r"))
            # What it was about is one key away.
            tty.wait_for("1. no data", since=tty.press("\r"))
            tty.press("\x1b")
            watcher.send_signal(signal.SIGTERM)
            assert watcher.wait(PATIENCE) == 0
        read_until(tty, "Nobody watches this vault now: the watcher was stopped")
        tty.press("q")
        assert tty.end() == 0
    (eve.home.config.parent / "watch.toml").unlink()
    for path in eve.home.config.parent.glob("watch.sqlite3*"):
        path.unlink()
    (eve.home.config.parent / "ops.txt").unlink()
