"""A part of the long story that `scripts/soak` tells, and what would be wrong with its ending."""

from __future__ import annotations

import json
from pathlib import Path

from tests.watch.soak import Size, run, soaking
from tests.watch.soak_end import compare

PROPOSED = "operation-proposed"
SIZE = Size(operations=300, vaults=10, chains=2, kills=3, reorganisations=6, seed=20_221_122)


def test_soak__killed_and_reorganised__logs_storage_and_alerts_tell_the_same(tmp_path: Path) -> None:
    ending = run(tmp_path, SIZE)
    assert ending.faults == []
    assert ending.starts == 1 + SIZE.kills
    assert ending.steps > SIZE.operations
    assert ending.alerts >= ending.happenings


def test_compare__somebody_was_not_told__said(tmp_path: Path) -> None:
    size = Size(operations=4, vaults=1, chains=1, kills=0, reorganisations=0)
    with soaking(tmp_path, size, lambda _: None) as soak:
        soak.start()
        soak.greet()
        soak.play()
        soak.settle()
        lines = soak.alerts.read_text().splitlines(keepends=True)
        dropped = next(i for i, line in enumerate(lines) if json.loads(line)["unmapped"]["kind"] == PROPOSED)
        soak.alerts.write_text("".join(lines[:dropped] + lines[dropped + 1 :]))
        # And something happens that nobody watches.
        soak.publish(soak.stages[0], 6)
        ending = compare(soak.stages, soak.store, soak.alerts, starts=1, done={}, memory=[])
    assert [fault.partition(":")[0] for fault in ending.faults] == [
        "steps that nobody was told of",
        "facts that storage says otherwise",
        "events that are kept and not logged, or logged and not kept",
        "happenings that nobody was told of",
    ]
