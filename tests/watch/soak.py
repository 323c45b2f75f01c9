"""A long story on several chains while the watcher is killed again and again: in the end, what the chains logged, what
storage holds and what people were told have to be the same.

    python -m tests.watch.soak --operations 10000 --vaults 100

Operations are published with their approvals, eight at a time in each vault; then time passes, and each is executed,
vetoed, cancelled or left alone. Blocks are taken back in between, with what was in them. The watcher is the real
program, in a process of its own, and is ended with SIGKILL.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.anvil import Anvil, start_anvil
from tests.cli.program import COMMAND, Home
from tests.stage import Operation, Stage, call, release
from tests.watch.scene import PAYEE, found_vault
from tests.watch.soak_end import Ending, compare
from verifier.audit.chain import HashChain
from verifier.errors import WatchStoreError
from verifier.model.address import Address
from verifier.model.life import Status
from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.store.watch_place import open_watch_store

FIRST_CHAIN: Final = 31_337
LANES: Final = 8
WAIT: Final = 601
# Seconds that the watcher takes to start, about, and that are given to it to see what is new.
_STARTING: Final = 4.0
_SEEING: Final = 10.0
# Blocks that are taken back at once, at most.
_DEEPEST: Final = 5
# The part of the operations that get their approvals.
_APPROVED: Final = 0.35
PATIENCE: Final = 300.0
SECRET_FREE: Final = """\
version = 1
name = "soak"
configuration = "config.toml"
zone = "UTC"

[channels.lines]
kind = "lines"
path = "alerts.jsonl"
least = "info"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How long the story is."""

    operations: int = 10_000
    vaults: int = 100
    chains: int = 3
    kills: int = 40
    reorganisations: int = 60
    seed: int = 1


@dataclass(slots=True)
class Soak:
    """The chains, and the program that watches them."""

    size: Size
    home: Home
    chains: list[Anvil]
    stages: list[Stage]
    dice: random.Random
    say: Callable[[str], None]
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    # Resident memory in KiB, by start and seconds since the beginning.
    memory: list[tuple[int, float, int]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    done: Counter[str] = field(default_factory=Counter)

    # ------------------------------------------------------------------ watching

    def start(self) -> None:
        with (self.home.path / "log.jsonl").open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "watch", "--config", "watch.toml"],
                env=self.home.environment,
                cwd=self.home.path,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        self.starts += 1

    def end(self, how: int) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(how)
            process.wait()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def measure(self) -> None:
        """Note how much memory the watcher has."""
        if self.process is None:
            return
        with suppress(OSError, IndexError):
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
            self.memory.append((self.starts, time.monotonic() - self.began, pages * 4))

    # -------------------------------------------------------------------- acting

    def play(self) -> None:
        """Tell the whole story."""
        rounds = -(-self.size.operations // (LANES * len(self.stages)))
        left = self.size.operations
        troubles = self._troubles(rounds * 2 * len(self.stages))
        for _ in range(rounds):
            waiting: list[tuple[Stage, Operation]] = []
            for stage in self.stages:
                next(troubles)
                for nth in range(min(LANES, left)):
                    waiting.append((stage, self.publish(stage, nth)))
                    left -= 1
            for chain in self.chains:
                chain.set_time(chain.now() + WAIT)
            for i, (stage, operation) in enumerate(waiting):
                if i % LANES == 0:
                    next(troubles)
                    self.measure()
                self._finish(stage, operation)

    def publish(self, stage: Stage, nth: int) -> Operation:
        lane = 8 * stage.seat("ann") + nth
        former, state, status = stage.lane(lane)
        if status in (Status.PROPOSED, Status.WAITING, Status.READY):
            # It was left alone long enough.
            stage.send("ann", "cancel", lane, former)
            self.done["cancelled late"] += 1
        operation = stage.operation(
            "ann", [call(to=PAYEE, value=1 + nth)], nth=nth, sequence=state.sequence + 1
        )
        # Signing costs more than all the rest: most are published and never approved.
        approvers = ("bob", "cid") if self.dice.random() < _APPROVED else ()
        signed = [stage.sign(who, operation) for who in approvers]
        self.done["published" if stage.propose("ann", operation, signed).succeeded else "refused"] += 1
        return operation

    def _finish(self, stage: Stage, operation: Operation) -> None:
        """End an operation in one of the ways; a block that was taken back may have ended it already."""
        is_ready = stage.lane(operation[1])[2] is Status.READY
        how = self.dice.choices(["execute", "veto", "cancel", "leave"], [8 if is_ready else 0, 3, 2, 1])[0]
        name = stage.id_of(operation)
        outcome = None
        if how == "execute":
            outcome = stage.execute("ann", operation)
        elif how != "leave":
            who = "gus" if how == "veto" else "ann"
            outcome = stage.send(who, how, operation[1], name)
        self.done[how if outcome is None or outcome.succeeded else "refused"] += 1

    def _troubles(self, places: int) -> Iterator[None]:
        """Kill the watcher and take back blocks, spread over the story."""
        kills = Counter(self.dice.choices(range(places), k=self.size.kills))
        reorganisations = Counter(self.dice.choices(range(places), k=self.size.reorganisations))
        for place in range(places * 2):
            for _ in range(kills[place]):
                self.end(signal.SIGKILL)
                self.start()
                self.done["killed"] += 1
                # Somewhere between its start and its rest the next thing happens to it.
                time.sleep(self.dice.uniform(0, _STARTING))
            for _ in range(reorganisations[place]):
                # What it saw is taken back, every other time.
                if self.dice.random() < 0.5:
                    self._wait(self._stands_at_the_heads, _SEEING)
                chain = self.dice.choice(self.chains)
                chain.rpc("anvil_reorg", [self.dice.randint(1, _DEEPEST), []])
                self.done["reorganised"] += 1
            if not self.is_alive():
                raise AssertionError("the watcher ended by itself; see log.jsonl")
            yield

    # -------------------------------------------------------------------- ending

    def greet(self) -> None:
        """Wait until the watcher looked at every vault: what was before is no news."""
        stages = len(self.stages)
        if not self._wait(lambda: self._stands_at_the_heads() and self._lines() >= stages, PATIENCE):
            raise AssertionError("the watcher does not look at every vault; see log.jsonl")

    def _wait(self, is_so: Callable[[], bool], seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not is_so():
            if not self.is_alive():
                raise AssertionError("the watcher ended by itself; see log.jsonl")
            if time.monotonic() > until:
                return False
            time.sleep(0.2)
        return True

    def _lines(self) -> int:
        return self.alerts.read_bytes().count(b"\n") if self.alerts.exists() else 0

    def settle(self) -> None:
        """Let the watcher see and tell everything, and end it in good order."""
        for chain in self.chains:
            chain.mine(2)
        former, quiet, until = -1, 0, time.monotonic() + PATIENCE
        while quiet < 4:
            if time.monotonic() > until:
                raise AssertionError("the watcher does not come to rest; see log.jsonl")
            if not self.is_alive():
                raise AssertionError("the watcher ended by itself; see log.jsonl")
            time.sleep(0.5)
            self.measure()
            lines = self._lines()
            quiet = quiet + 1 if self._stands_at_the_heads() and lines == former else 0
            if lines != former:
                # As long as something more is told it is on its way.
                until = time.monotonic() + PATIENCE
            former = lines
        self.measure()
        self.end(signal.SIGTERM)

    @property
    def alerts(self) -> Path:
        return self.home.path / "alerts.jsonl"

    @property
    def store(self) -> Path:
        return self.home.path / "watch.sqlite3"

    def _stands_at_the_heads(self) -> bool:
        try:
            with open_watch_store(
                str(self.store), HashChain(), identity=Shown("the soak"), now=Timestamp(0), is_visit=True
            ) as store:
                stands = {int(each.chain_id): int(each.number) for each in store.checkpoints()}
                pending = store.health(now=Timestamp(int(time.time()))).pending
        except WatchStoreError:
            return False
        heads = {int(chain.rpc("eth_chainId"), 16): int(chain.block()["number"], 16) for chain in self.chains}
        return stands == heads and pending == 0


@contextmanager
def soaking(folder: Path, size: Size, say: Callable[[str], None]) -> Iterator[Soak]:
    """Set the story up; nobody watches yet."""
    with ExitStack() as stack:
        chains = []
        for i in range(size.chains):
            chain = stack.enter_context(start_anvil())
            chain.rpc("anvil_setChainId", [FIRST_CHAIN + i])
            chain.set_time(int(time.time()))
            chains.append(chain)
        stages = [found_vault(chains[i % len(chains)]) for i in range(size.vaults)]
        for chain in chains:
            # What is taken back never reaches down to the founding.
            chain.mine(_DEEPEST + 1)
        home = Home(path=folder)
        _configure(folder, chains, stages)
        soak = Soak(size, home, chains, stages, random.Random(size.seed), say)  # noqa: S311 - a story, and no secret
        try:
            yield soak
        finally:
            soak.end(signal.SIGKILL)


def _configure(folder: Path, chains: Sequence[Anvil], stages: Sequence[Stage]) -> None:
    lines = ["version = 1"]
    for i, stage in enumerate(stages):
        chain_id = int(stage.chain.rpc("eth_chainId"), 16)
        founding = stage.chain.storage(stage.vault, 2)
        lines += [
            f"[vaults.vault-{i}]",
            f"chain = {chain_id}",
            f'address = "{Address(stage.vault)}"',
            f'code_hash = "{release()["code_hash"]}"',
            f'founding = "0x{founding:064x}"',
        ]
    watch = [SECRET_FREE]
    for chain in chains:
        chain_id = int(chain.rpc("eth_chainId"), 16)
        urls = [chain.url, chain.url.replace("127.0.0.1", "localhost")]
        lines += [f"[chains.{chain_id}]", f"endpoints = {json.dumps(urls)}", "quorum = 2"]
        watch += [f"[chains.{chain_id}]", "block_time = 1.0"]
    (folder / "config.toml").write_text("\n".join(lines) + "\n")
    (folder / "watch.toml").write_text("\n".join(watch) + "\n")


def run(folder: Path, size: Size, say: Callable[[str], None] = lambda _: None) -> Ending:
    """Tell the story, and return how it ended."""
    with soaking(folder, size, say) as soak:
        say(f"{size.vaults} vaults on {size.chains} chains; {size.operations} operations")
        soak.start()
        soak.greet()
        say(f"every vault was looked at after {time.monotonic() - soak.began:.0f} s")
        soak.play()
        say(f"told in {time.monotonic() - soak.began:.0f} s: {dict(soak.done)}")
        soak.settle()
        say(f"settled after {time.monotonic() - soak.began:.0f} s")
        return compare(
            soak.stages, soak.store, soak.alerts, starts=soak.starts, done=dict(soak.done), memory=soak.memory
        )


def main() -> int:
    usual = Size()
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__.split("\n\n")[0])
    parser.add_argument("--operations", type=int, default=usual.operations)
    parser.add_argument("--vaults", type=int, default=usual.vaults)
    parser.add_argument("--chains", type=int, default=usual.chains)
    parser.add_argument("--kills", type=int, default=usual.kills)
    parser.add_argument("--reorganisations", type=int, default=usual.reorganisations)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--keep", type=Path, help="put everything into this folder and leave it there")
    size = Size(**{name: value for name, value in vars(parser.parse_args()).items() if name != "keep"})
    keep = parser.parse_args().keep
    folder = keep or Path(tempfile.mkdtemp(prefix="soak-"))
    folder.mkdir(parents=True, exist_ok=True)
    # However it is ended, it ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        print(f"soak: seed {size.seed}", flush=True)  # noqa: T201 - a script's words
        ending = run(folder, size, lambda said: print(f"soak: {said}", flush=True))  # noqa: T201
        print(ending.text)  # noqa: T201
        return 0 if ending.is_well else 1
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
