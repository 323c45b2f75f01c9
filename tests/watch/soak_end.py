"""How a long story ends: the logs of the chains, the watcher's store and what people were told, held side by side."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from eth_hash.auto import keccak

from tests.stage import Stage, abi, type_text
from tests.watch.scene import reader
from verifier.assess.happenings import asked_of, facts_of
from verifier.audit.chain import HashChain
from verifier.chain.endpoint import Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import Kept, Kind, Standing
from verifier.store.watch_place import open_watch_store
from verifier.store.watch_store import DatabaseWatchStore
from verifier.watch.eye import OWN

ENDS: Final = {
    "Proposed": Kind.PROPOSED,
    "Executed": Kind.EXECUTED,
    "Vetoed": Kind.VETOED,
    "Cancelled": Kind.CANCELLED,
}
_MOST_SHOWN: Final = 5
_LEAST_POINTS: Final = 5
_LEAST_SECONDS: Final = 30.0
_FAR: Final = Timestamp(1 << 40)

Step = tuple[int, str, str, Kind]
"""Chain, vault, operation and what happened to it."""


@dataclass(slots=True, kw_only=True)
class Ending:
    """What was compared, and what does not fit."""

    starts: int
    done: dict[str, int]
    steps: int = 0
    happenings: int = 0
    retracted: int = 0
    alerts: int = 0
    copies: int = 0
    # KiB at most, and how fast that grows: KiB in a minute, where one process lived long enough to tell.
    memory: int = 0
    slope: float | None = None
    faults: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return not self.faults

    @property
    def text(self) -> str:
        stands = f"{self.happenings} happenings stand, {self.retracted} were retracted"
        delivered = f"{self.alerts} lines were delivered, {self.copies} of them twice"
        grows = "no process lived long enough to say how it grows"
        if self.slope is not None:
            grows = f"growing by {self.slope:.0f} KiB a minute"
        lines = [
            f"{self.steps} steps of operations in the chains' logs; {stands}",
            f"{delivered}; the watcher was started {self.starts} times",
            f"memory: {self.memory / 1024:.0f} MiB at most, {grows}",
            *(f"does not fit: {fault}" for fault in self.faults),
        ]
        lines.append("all tell the same story" if self.is_well else f"{len(self.faults)} faults")
        return "\n".join(f"soak: {line}" for line in lines)

    def miss(self, what: str, items: Sequence[object]) -> None:
        if items:
            shown = ", ".join(map(str, items[:_MOST_SHOWN]))
            self.faults.append(f"{what}: {len(items)}, such as {shown}")


def compare(
    stages: Sequence[Stage],
    store: Path,
    alerts: Path,
    *,
    starts: int,
    done: dict[str, int],
    memory: Sequence[tuple[int, float, int]],
) -> Ending:
    """Hold everything side by side. The watcher has ended."""
    ending = Ending(starts=starts, done=done)
    with open_watch_store(str(store), HashChain(), identity=Shown("the soak"), now=Timestamp(0)) as kept:
        found = kept.happenings(Timestamp(0), _FAR, least=Severity.INFO)
        _compare_steps(ending, stages, found)
        _compare_storage(ending, stages, kept)
        _compare_alerts(ending, found, alerts)
    _measure(ending, memory)
    return ending


def _compare_steps(ending: Ending, stages: Sequence[Stage], found: Sequence[Kept]) -> None:
    expected = Counter(step for stage in stages for step in _steps_of(stage))
    told = Counter(
        (
            int(each.happening.chain_id),
            str(each.happening.vault),
            (each.happening.operation_id or b"").hex(),
            each.happening.kind,
        )
        for each in found
        if each.standing is not Standing.RETRACTED and each.happening.kind in ENDS.values()
    )
    ending.steps = expected.total()
    ending.happenings = sum(each.standing is not Standing.RETRACTED for each in found)
    ending.retracted = len(found) - ending.happenings
    ending.miss("steps that nobody was told of", list(expected - told))
    ending.miss("steps that never happened, or were told twice", list(told - expected))


def _steps_of(stage: Stage) -> list[Step]:
    """Return what the chain's own logs say, read without any of our code."""
    chain_id = int(stage.chain.rpc("eth_chainId"), 16)
    topics = {
        "0x" + keccak(f"{e['name']}({','.join(map(type_text, e['inputs']))})".encode()).hex(): ENDS[e["name"]]
        for e in abi()
        if e["type"] == "event" and e["name"] in ENDS
    }
    where = {
        "fromBlock": "0x0",
        "toBlock": "latest",
        "address": "0x" + stage.vault.hex(),
        "topics": [list(topics)],
    }
    logs: list[dict[str, Any]] = stage.chain.rpc("eth_getLogs", [where])
    vault = str(Address(stage.vault))
    return [(chain_id, vault, log["topics"][1][2:], topics[log["topics"][0]]) for log in logs]


def _compare_storage(ending: Ending, stages: Sequence[Stage], kept: DatabaseWatchStore) -> None:
    wrong, missing = [], []
    for stage in stages:
        chain_id, vault = ChainId(int(stage.chain.rpc("eth_chainId"), 16)), Address(stage.vault)
        panel = Panel([Endpoint(HttpTransport(stage.chain.url))], needed=1, chain_id=chain_id)
        journal = {
            name: fact for name, fact in kept.facts(chain_id, vault).items() if not name.startswith(OWN)
        }
        source = reader(panel, stage)
        reading, asked = source.read_vault(), asked_of(journal)
        policy = source.read_policy(
            reading, assets=asked.assets, accounts=asked.accounts, functions=asked.functions
        )
        fresh = facts_of(reading, source.read_bypasses(reading), policy)
        said = {name: fact.value for name, fact in journal.items()}
        wrong += [f"{vault} {name}" for name, value in fresh.items() if said.get(name) != value]
        head = BlockNumber(int(stage.chain.block()["number"], 16))
        events = [log for log in kept.events(chain_id, BlockNumber(0), head) if log.emitter == vault]
        where = {"fromBlock": "0x0", "toBlock": "latest", "address": "0x" + stage.vault.hex()}
        logged = {
            (int(log["blockNumber"], 16), int(log["logIndex"], 16), log["blockHash"])
            for log in stage.chain.rpc("eth_getLogs", [where])
        }
        has = {(int(log.block), log.index, "0x" + log.block_hash.hex()) for log in events}
        missing += [f"{vault} {place}" for place in logged ^ has]
    ending.miss("facts that storage says otherwise", wrong)
    ending.miss("events that are kept and not logged, or logged and not kept", missing)


def _compare_alerts(ending: Ending, found: Sequence[Kept], alerts: Path) -> None:
    lines = [json.loads(line) for line in alerts.read_text().splitlines()]
    copies = Counter(line["metadata"]["uid"] for line in lines)
    ending.alerts, ending.copies = len(lines), copies.total() - len(copies)
    told = {line["unmapped"]["happening"] for line in lines if line["activity_name"] in ("Create", "Update")}
    last = {line["unmapped"]["happening"]: line["activity_name"] for line in lines}
    stand = {each.happening.key for each in found if each.standing is not Standing.RETRACTED}
    gone = {each.happening.key for each in found} - stand
    ending.miss("happenings that nobody was told of", sorted(stand - told))
    ending.miss("alerts about what is not in the store", sorted(told - stand - gone))
    ending.miss(
        "what stands and was told to be over", sorted(key for key in stand if last.get(key) == "Close")
    )
    ending.miss(
        "what is over and was not told to be", sorted(key for key in gone & told if last.get(key) != "Close")
    )


def _measure(ending: Ending, memory: Sequence[tuple[int, float, int]]) -> None:
    """Fit a line to the last third of the longest life: at first a process only learns what there is."""
    ending.memory = max((size for _, _, size in memory), default=0)
    lives = [[(at, size) for start, at, size in memory if start == life] for life in {m[0] for m in memory}]
    longest = max(lives, key=lambda life: life[-1][0] - life[0][0], default=[])
    until = longest[-1][0] if longest else 0.0
    points = [(at, size) for at, size in longest if 3 * (until - at) <= until - longest[0][0]]
    if len(points) < _LEAST_POINTS or points[-1][0] - points[0][0] < _LEAST_SECONDS:
        return
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    ending.slope = 60 * sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
