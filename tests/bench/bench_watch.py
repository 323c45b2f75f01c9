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
from tests.bench import ponder
from tests.bench.report import Number, Report, Row
from tests.stage import Stage, data_of
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

_OLD_BLOCKS: Final = 10_000
_MADE_AT_ONCE: Final = 500
_VAULTS: Final = 100
_BLOCKS: Final = 100
_SECONDS: Final = 30.0
_EVERYTHING: Final = Routes(routes=(Route(channel="lines", least=Severity.INFO),))

TITLE: Final = "A watcher"
NOTES: Final = f"""\
On this machine, which runs other work, against Anvil at two addresses that have to agree, into SQLite with every
step synced. Old events are of one vault: {_OLD_BLOCKS:,} blocks, in each an operation published and vetoed. They are
filtered, compared between the endpoints, read, learned from and kept with their audit records. The peer is Ponder
(npm), which reads the same blocks from one endpoint and keeps each event as a row in its own PGlite; its time is what
it says of itself, without its start. It allows itself 20 requests a second of an address at first, so the node is
named to it fifty times. It reads to the block that it holds final, so its events are some fewer.

From block to line: {_BLOCKS} blocks, each with one operation published in one of {_VAULTS} vaults; from the moment
at which the node has the block until the line about it is on the disk. The watcher looks four times a second, reads
the vault with proofs, and reviews the operation as the terminal does.

Memory is what Python keeps for each vault more, once all were looked at."""


def measure(say: Callable[[str], None]) -> Report:
    rows: list[Row] = []
    say("installing Ponder, unless it is there")
    ponder.install()
    with start_anvil() as chain, tempfile.TemporaryDirectory() as folder:
        rows += _old_events(chain, found_vault(chain), Path(folder), say)
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


def _old_events(chain: Anvil, stage: Stage, folder: Path, say: Callable[[str], None]) -> list[Row]:
    _make_old_blocks(chain, stage, say)
    with watched(chain, [stage], folder, scene=_Direct) as scene:
        began, worked = time.perf_counter(), time.process_time()
        scene.look(most=_OLD_BLOCKS)
        took, worked = time.perf_counter() - began, time.process_time() - worked
        kept = scene.store.events(scene.chain_id, BlockNumber(0), BlockNumber(scene.head()))
        where = {"fromBlock": "0x0", "toBlock": "latest", "address": "0x" + stage.vault.hex()}
        assert len(kept) == len(chain.rpc("eth_getLogs", [where])) >= 2 * _OLD_BLOCKS
    say(f"the same by Ponder {ponder.version()}")
    peer = ponder.index(url=chain.url, chain_id=scene.chain_id, vault=stage.vault, log=folder / "ponder.log")
    assert peer.rows > 1.9 * _OLD_BLOCKS
    table = f"Old events, in {_OLD_BLOCKS:,} blocks"
    return [
        Row(name="events", ours=len(kept), peer=peer.rows, unit="", table=table),
        Row(
            name="time of a thousand",
            ours=_ms(1_000 * took / len(kept)),
            peer=_ms(1_000 * peer.seconds / peer.rows),
            unit="ms",
            most_ratio=1.0,
            table=table,
        ),
        Row(name="time", ours=_ms(took), peer=_ms(peer.seconds), unit="ms", table=table),
        Row(name="processor time", ours=_ms(worked), peer=None, unit="ms", table=table),
    ]


def _make_old_blocks(chain: Anvil, stage: Stage, say: Callable[[str], None]) -> None:
    """Publish and veto an operation in each block."""
    lane, limit = 8 * stage.seat("ann"), chain.now() + 86_400
    vault = "0x" + stage.vault.hex()
    chain.rpc("evm_setAutomine", [False])
    for i in range(_OLD_BLOCKS):
        operation = ([(FUNDED[2], 1, b"")], lane, i + 1, limit)
        acts = (
            ("ann", data_of("propose", operation, [])),
            ("gus", data_of("veto", lane, stage.id_of(operation))),
        )
        for who, data in acts:
            transaction = {
                "from": "0x" + stage.address(who).hex(),
                "to": vault,
                "data": "0x" + data.hex(),
                "gas": hex(1_000_000),
                "gasPrice": "0x0",
            }
            chain.rpc("eth_sendTransaction", [transaction])
        chain.mine()
        if i % _MADE_AT_ONCE == 0:
            say(f"making old blocks: {i:,} of {_OLD_BLOCKS:,}")
    chain.rpc("evm_setAutomine", [True])


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
        Row(
            name="from block to line, 99 %",
            ours=_ms(percentile),
            peer=None,
            unit="ms",
            most=1_000,
            table=table,
        ),
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
