"""Gas from publication to execution, beside a Safe that schedules on a timelock, and beside others that wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tests.anvil import start_anvil
from tests.bench.acts import acts
from tests.bench.artifact import Artifact
from tests.bench.control_acts import control_acts
from tests.bench.controls import additions
from tests.bench.further import beside, deploy_further
from tests.bench.notes import NOTES
from tests.bench.peers import COMPILED
from tests.bench.report import Report, Row
from tests.bench.sides import open_sides
from tests.bench.transfers import batches, salt_and_sender, steps, transfers

# Quorum and owners of the peer.
SIZES: Final = ((2, 3), (3, 5), (5, 9))
# The one that the rows about single steps, and about further peers, are about.
MAIN: Final = (3, 5)

# What is acceptable.
MOST_RATIO: Final = {"3-of-5 STANDARD ETH": 0.95, "3-of-5 STANDARD ERC-20": 0.95}
MOST_GAS: Final = {"3-of-5 veto": 45_000}

TITLE: Final = "Gas: a vault, and a Safe that schedules on a timelock"
FURTHER: Final = "Beside other peers that wait"


def measure(say: Callable[[str], None]) -> Report:
    say("the peers, compiled where they are not yet")
    Artifact.prepare(COMPILED)
    rows: list[Row] = []
    further: list[Row] = []
    controls: list[Row] = []
    facts: dict[str, int] = {}
    for size in SIZES:
        say(f"{size[0]}-of-{size[1]}: a chain, a vault and its peer")
        with start_anvil() as chain:
            sides = open_sides(chain, *size)
            rows += transfers(sides)
            if size == MAIN:
                rows += batches(sides)
                rows += steps(sides)
                facts = salt_and_sender(sides)
                with chain.isolate():
                    rows += acts(sides)
                say("further peers")
                ours = {row.name: int(row.ours) for row in rows}
                further += beside(sides, deploy_further(sides), ours.__getitem__, table=FURTHER)
                say("each control by itself")
                controls += additions(chain)
                controls += control_acts(sides.ours)
    rows = [_bounded(row) for row in rows]
    return Report(
        bench="gas", title=TITLE, rows=rows + controls + further, notes=NOTES.format(**facts).split("\n\n")
    )


def _bounded(row: Row) -> Row:
    return replace(row, most=MOST_GAS.get(row.name), most_ratio=MOST_RATIO.get(row.name))
