"""A watcher: old events read, a block seen and told of among 100 vaults, and the memory of each vault."""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from tests.anvil import FUNDED, Anvil, start_anvil
from tests.bench.report import Number, Report, Row
from tests.stage import Stage
from tests.watch.scene import AT_ONCE, PACE, Scene, found_vault, watched
from verifier.alerts.files import line_file
from verifier.chain.endpoint import Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.model.finding import Severity
from verifier.model.routes import Route, Routes
from verifier.model.units import BlockNumber
from verifier.watch.delivering import Deliverer
from verifier.watch.watcher import Watcher

_PAIRS: Final = 1_000
_VAULTS: Final = 100
_BLOCKS: Final = 100
_SECONDS: Final = 30.0
_EVERYTHING: Final = Routes(routes=(Route(channel="lines", least=Severity.INFO),))

TITLE: Final = "A watcher"
NOTES: Final = f"""\
On this machine, which runs other work, against Anvil at two addresses that have to agree, into SQLite with every
step synced. Old events are {_PAIRS} operations published and vetoed, each in a block of its own, of one vault:
filtered, compared between the endpoints, read, learned from and kept with their audit records. Under "peer" stands
what asking one endpoint for the same logs takes, and nothing else.

From block to line: {_BLOCKS} blocks, each with one operation published in one of {_VAULTS} vaults; from the moment
at which the node has the block until the line about it is on the disk. The watcher looks four times a second, reads
the vault with proofs, and reviews the operation as the terminal does.

Memory is what Python keeps for each vault more, once all were looked at."""


def measure(say: Callable[[str], None]) -> Report:
    rows: list[Row] = []
    say(f"old events: {2 * _PAIRS}")
    with start_anvil() as chain, tempfile.TemporaryDirectory() as folder:
        rows += _old_events(chain, found_vault(chain), Path(folder))
    say(f"from block to line, among {_VAULTS} vaults")
    with start_anvil() as chain, tempfile.TemporaryDirectory() as folder:
        chain.set_balance(FUNDED[0], 10**24)
        stages = [found_vault(chain) for _ in range(_VAULTS)]
        rows += _from_block_to_line(chain, stages, Path(folder))
    return Report(bench="watch", title=TITLE, rows=rows, notes=NOTES.split("\n\n"), varies=True)


class _Direct(Scene):
    """A scene without proxies: they would be measured too."""

    def panel(self) -> Panel:
        urls = (self.chain.url, self.chain.url.replace("127.0.0.1", "localhost"))
        asked = [Endpoint(HttpTransport(url), retries=AT_ONCE) for url in urls]
        return Panel(asked, needed=2, chain_id=self.chain_id)


def _old_events(chain: Anvil, stage: Stage, folder: Path) -> list[Row]:
    lane, limit = 8 * stage.seat("ann"), chain.now() + 86_400
    for i in range(_PAIRS):
        operation = ([(FUNDED[2], 1, b"")], lane, i + 1, limit)
        stage.must(stage.propose("ann", operation))
        stage.must(stage.send("gus", "veto", lane, stage.id_of(operation)))
    with watched(chain, [stage], folder, scene=_Direct) as scene:
        began, worked = time.perf_counter(), time.process_time()
        scene.look(most=1_000)
        took, worked = time.perf_counter() - began, time.process_time() - worked
        kept = scene.store.events(scene.chain_id, BlockNumber(0), BlockNumber(scene.head()))
        began = time.perf_counter()
        where = {"fromBlock": "0x0", "toBlock": "latest", "address": "0x" + stage.vault.hex()}
        logs = chain.rpc("eth_getLogs", [where])
        bare = time.perf_counter() - began
        assert len(kept) == len(logs) >= 2 * _PAIRS
    table = "Old events"
    return [
        Row(name=f"{len(kept)} events", ours=_ms(took), peer=_ms(bare), unit="ms", table=table),
        Row(name="processor time", ours=_ms(worked), peer=None, unit="ms", table=table),
        Row(name="events a second", ours=round(len(kept) / took), peer=None, unit="", table=table),
    ]


def _from_block_to_line(chain: Anvil, stages: Sequence[Stage], folder: Path) -> list[Row]:
    with watched(chain, stages, folder, scene=_Direct) as scene:
        scene.pace = replace(PACE, block_seconds=1.0)
        scene.restart()
        gc.collect()
        tracemalloc.start()
        scene.look(most=1_000)
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        times = asyncio.run(_tell(scene, folder / "lines.jsonl"))
    times.sort()
    table = f"Among {_VAULTS} vaults"
    percentile = times[min(round(0.99 * len(times)), len(times) - 1)]
    return [
        Row(
            name="from block to line, median",
            ours=_ms(statistics.median(times)),
            peer=None,
            unit="ms",
            table=table,
        ),
        Row(name="from block to line, 99 %", ours=_ms(percentile), peer=None, unit="ms", table=table),
        Row(
            name="memory of each vault",
            ours=round(size / 1024 / len(stages)),
            peer=None,
            unit="KiB",
            most=200,
            table=table,
        ),
    ]


async def _tell(scene: Scene, path: Path) -> list[float]:
    channel = line_file("lines", path, product="bench")
    deliverer = Deliverer(scene.store, [channel], holder="bench", clock=scene.clock, dice=lambda: 0.5)
    watcher = Watcher(
        [scene.plan()],
        scene.store,
        scene.clock,
        routes=_EVERYTHING,
        holder="bench",
        dice=lambda: 0.5,
        told=deliverer.wake,
    )
    tasks = [asyncio.create_task(watcher.run()), asyncio.create_task(deliverer.run())]
    times = []
    try:
        await _until(partial(_is_at_rest, watcher, scene))
        for i in range(_BLOCKS):
            stage = scene.stages[i * 37 % len(scene.stages)]
            operation = scene.payment(stage=stage, nth=i // len(scene.stages))
            name = stage.id_of(operation).hex()
            outcome = await asyncio.to_thread(stage.propose, "ann", operation)
            stage.must(outcome)
            began = time.perf_counter()
            await _until(partial(_is_told, path, name))
            times.append(time.perf_counter() - began)
    finally:
        watcher.stop()
        deliverer.stop()
        await asyncio.gather(*tasks)
    return times


def _is_told(path: Path, name: str) -> bool:
    return path.exists() and name in path.read_text()


def _is_at_rest(watcher: Watcher, scene: Scene) -> bool:
    """Whether everything was seen and told, what was before included."""
    is_there = any(status.checkpoint == scene.head() for status in watcher.statuses)
    return is_there and scene.store.health(now=scene.clock.now()).pending == 0


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(_SECONDS * 4):
        while not await asyncio.to_thread(is_so):
            await asyncio.sleep(0.01)


def _ms(seconds: float) -> Number:
    return round(seconds * 1_000, 1)
