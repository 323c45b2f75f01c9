"""Reading a proven queue of 64 pending operations: round trips, wall time, and how much of it is the node's."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Final

from tests.anvil import start_anvil
from tests.bench.reads import (
    QUEUE,
    Again,
    CountingTransport,
    node_seconds,
    read_queue,
    reader_over,
)
from tests.bench.reads import fill as fill_queue
from tests.bench.report import BenchError, Report, Row
from tests.stage import Stage
from verifier.model.evidence import Evidence

MOST_TRIPS: Final = 6
_RUNS: Final = 5

TITLE: Final = f"Reading a queue of {QUEUE} pending operations"
NOTES: Final = """\
A vault with eight proposers, three more approvers and a guardian; {queue} operations of two calls each, which name four
tokens and eight recipients. Two endpoints have to agree (one Anvil under two names, on this machine, which runs other
work too). Everything is proven: the queue, its members, tiers, policy and bypasses, and the id of each operation, which
its bytes hash to.

The first endpoint is asked for a block, for the words that are the same in every vault, for lanes and members, for all
events, and for the policy. The others are asked for a block, and then only for what is missing, or what nothing proves.
With accounts: code and whose code it runs, what tokens say of themselves, and what was there two days ago; all of it
comes with the policy's round trip and one more.

Times are medians of {runs} runs in milliseconds. Under "peer" stands how long the node takes for the very same
requests, over a plain connection: nothing of ours is in it. The checks are the same reading with the answers at hand:
headers hashed, proofs verified, operations decoded and hashed; JSON and network are not in it."""


def measure(say: Callable[[str], None]) -> Report:
    rows: list[Row] = []
    with start_anvil() as chain:
        say(f"a vault with {QUEUE} pending operations")
        stage = fill_queue(chain)
        for accounts, table in ((False, ""), (True, "With the accounts that it names")):
            say("reading, with accounts" if accounts else "reading")
            rows += _rows(stage, accounts=accounts, table=table)
    notes = NOTES.format(queue=QUEUE, runs=_RUNS).split("\n\n")
    return Report(bench="read", title=TITLE, rows=rows, notes=notes, varies=True)


def _rows(stage: Stage, *, accounts: bool, table: str) -> list[Row]:
    walls, nodes, checks = [], [], []
    first, second = _transports(stage)
    for _ in range(_RUNS):
        first, second = _transports(stage)
        reader = reader_over(stage, (first, second))
        began = time.perf_counter()
        queue = read_queue(reader, accounts=accounts)
        walls.append(time.perf_counter() - began)
        _require_whole(
            queue.reading.lanes.evidence, sum(each.operation is not None for each in queue.operations)
        )
        nodes.append(node_seconds(stage.chain.url, first.carried))
        again = [Again(each.name, each.carried) for each in (first, second)]
        reader = reader_over(stage, again)
        began = time.process_time()
        read_queue(reader, accounts=accounts)
        checks.append(time.process_time() - began)
    wall, node, check = (round(1000 * statistics.median(each)) for each in (walls, nodes, checks))
    most = MOST_TRIPS
    return [
        Row(
            name="round trips to the first endpoint",
            ours=first.carried.trips,
            peer=None,
            unit="",
            most=most,
            table=table,
        ),
        Row(
            name="round trips to the second endpoint",
            ours=second.carried.trips,
            peer=None,
            unit="",
            most=most,
            table=table,
        ),
        Row(
            name="requests in them, first endpoint",
            ours=first.carried.requests,
            peer=None,
            unit="",
            table=table,
        ),
        Row(name="wall time", ours=wall, peer=node, unit="ms", table=table),
        Row(name="checks, processor time", ours=check, peer=None, unit="ms", table=table),
    ]


def _transports(stage: Stage) -> tuple[CountingTransport, CountingTransport]:
    url = stage.chain.url
    return CountingTransport(url), CountingTransport(url.replace("127.0.0.1", "localhost"))


def _require_whole(evidence: Evidence, found: int) -> None:
    if evidence is not Evidence.PROVEN or found != QUEUE:
        raise BenchError(f"{found} of {QUEUE} operations were read, as {evidence.name.lower()}")
