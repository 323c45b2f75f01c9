"""Killed at random a hundred times: nothing that was seen is lost, and everybody is told at least once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.watch_store.stores import open_file
from tests.watch_store.story import CHAIN, VAULT, alert, at, happening, look
from tests.watch_store.writer import CHANNEL
from verifier.audit.chain import HashChain
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber
from verifier.model.watching import Parcel

KILLS: Final = 100
# So many steps it keeps, and then lives for a moment that falls anywhere in the next.
MOST_STEPS: Final = 4
MOST_SECONDS: Final = 0.05
# One in so many dies while it opens the store.
EARLY: Final = 5


@contextmanager
def nursery(store: Path, sink: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.watch_store.writer", str(store), str(sink)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def test_kill__a_hundred_times_at_random__nothing_lost_and_all_told(tmp_path: Path) -> None:
    dice = random.Random(6)  # noqa: S311 - when to kill
    path, sink = tmp_path / "watch.sqlite3", tmp_path / "told"
    with nursery(path, sink) as process:
        assert process.stdin
        assert process.stdout
        for life in range(KILLS):
            process.stdin.write("\n")
            process.stdin.flush()
            lines = iter(process.stdout.readline, "")
            child = next(int(line.split()[1]) for line in lines if line.startswith("born"))
            for _ in range(dice.randrange(1, MOST_STEPS) if life % EARLY else 0):
                assert next(lines) == "kept\n", "it ended before it was killed"
            time.sleep(dice.uniform(0, MOST_SECONDS))
            os.kill(child, signal.SIGKILL)
            # Not ended by an error of its own before.
            status = next(int(line.split()[1]) for line in lines if line.startswith("ended"))
            assert status == signal.SIGKILL

    with open_file(path) as store:
        checkpoint = store.checkpoint(CHAIN)
        assert checkpoint is not None
        last = int(checkpoint.number)
        assert last >= KILLS
        everything = range(1, last + 1)
        kept = store.happenings(at(0), at(1 << 30), least=Severity.INFO)
        assert {each.happening.key for each in kept} == {happening(n, n).key for n in everything}
        assert [event.block for event in store.events(CHAIN, BlockNumber(0), BlockNumber(last + 1))] == list(
            everything
        )
        assert store.facts(CHAIN, VAULT)["seat/1"].value == str(last)

        before = Counter(sink.read_text().split())
        late = store.claim(CHANNEL, "last", now=at(1 << 20), most=1_000_000)
        for delivery in late:
            store.delivered(delivery, now=at(1 << 20), reply=Shown("at last"))
        told = before + Counter(delivery.key for delivery in late)
        alerts = {alert(happening(n, n), CHANNEL).key for n in everything}
        assert {key for key in told if key.endswith(f":{Parcel.ALERT}")} == alerts
        # More than once only where a kill fell between sending and marking.
        assert sum(told.values()) - len(told) <= KILLS
        store.with_audit(lambda records, head: HashChain().verify(records, head=head[1]))


def test_kill__with_a_claim_open__the_next_life_sends_it(tmp_path: Path) -> None:
    path = tmp_path / "watch.sqlite3"
    store = open_file(path)
    told = happening(1, 5)
    store.keep(look(5, told), now=at(0))
    assert len(store.claim("pager", "first life", now=at(1), most=1)) == 1
    store._database.close()
    with open_file(path) as again:
        (delivery,) = again.claim("pager", "second life", now=at(2), most=1)
        assert delivery.happening == told
