"""A vault on a real chain, guarded through endpoints that can be broken, with a real key, store and channels.

scene.queue(scene.payment(value=2 * ETHER))
scene.look()                      # explained
scene.deliver()                   # somebody was told
scene.look()                      # vetoed
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from eth_account import Account

from tests.anvil import Anvil
from tests.stage import ETHER, Stage
from tests.watch.faults import faulty
from tests.watch.scene import AT_ONCE, Hand, Scene, reader
from verifier.alerts.files import FileChannel
from verifier.alerts.wording import Reader, letter_for
from verifier.audit.chain import HashChain
from verifier.chain.blocks import PanelBlocks
from verifier.chain.endpoint import Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.chain.whereabouts import Whereabouts
from verifier.chain.writer import TransactionWriter
from verifier.cli.guard_hold import FileHold
from verifier.desk.signer import Signer
from verifier.errors import DeliveryFailed
from verifier.guard.guard import ChainGuard
from verifier.guard.intent import Intent, read_intents
from verifier.guard.plan import Guarded, GuardedChain, Means
from verifier.guard.scribe import Scribe, places_of
from verifier.keys.keystore import Keystore
from verifier.keys.pkcs11 import TokenKey
from verifier.keys.secret import Secret
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.guarding import (
    AllOf,
    AmountClause,
    GuardRule,
    GuardTerms,
    Order,
    Quantity,
    TierClause,
)
from verifier.model.routes import Route, Routes
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import Duration
from verifier.model.watching import Delivery, Kept, Kind
from verifier.store.watch_place import open_watch_store
from verifier.store.watch_store import DatabaseWatchStore
from verifier.watch.delivering import Deliverer
from verifier.watch.routing import deliveries_for

PASSPHRASE: Final = "a fourth signer"
NATIVE: Final = Address(bytes(20))
OVER_ONE: Final = AmountClause(asset=NATIVE, over=Quantity(digits=1, places=0), decimals=18)
BIG: Final = GuardRule(name=Shown("big"), is_veto=True, clause=AllOf(clauses=(OVER_ONE,)))
CUSTODY: Final = GuardRule(
    name=Shown("custody"), is_veto=True, clause=AllOf(clauses=(TierClause(least=Tier.CUSTODY),))
)
ROUTES: Final = Routes(routes=(Route(channel="diary", least=Severity.INFO),))


class Diary:
    """A real file channel that can be taken away."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_down = False
        self._file = FileChannel("diary", path, self._form)

    name = "diary"

    def deliver(self, delivery: Delivery) -> Shown:
        if self.is_down:
            raise DeliveryFailed(channel=self.name, why="it is down")
        return self._file.deliver(delivery)

    @staticmethod
    def _form(delivery: Delivery) -> str:
        letter = letter_for(delivery, Reader(names={}, command=Shown("fourth-signer guard")))
        return f"{letter.subject}\n{letter.body}\n"

    @property
    def text(self) -> str:
        return self.path.read_text() if self.path.exists() else ""


@dataclass(slots=True, kw_only=True, repr=False)
class GuardScene(Scene):
    """One chain, its vault, and a guard beside it."""

    folder: Path
    diary: Diary
    hold: FileHold
    key: Keystore | TokenKey
    terms: GuardTerms
    is_dry: bool = False
    # Seconds in which a block has to take in a transaction.
    mined_within: float = 60.0
    # Where the endpoints are, if that is not a place for each.
    whereabouts: Whereabouts | None = None
    guard: ChainGuard = field(init=False)

    def chains(self) -> tuple[GuardedChain, ...]:
        """Return what is guarded, over connections of its own."""
        panel = self.panel()
        chain = GuardedChain(
            chain_id=self.chain_id,
            source=PanelBlocks(panel),
            writer=TransactionWriter(panel, patience=self.mined_within, pause=0.02),
            targets=tuple(
                Guarded(
                    name=Shown("treasury"),
                    vault=Address(stage.vault),
                    reader=reader(panel, stage),
                    signer=Signer(vault_name="treasury"),
                )
                for stage in self.stages
            ),
        )
        return (chain,)

    def panel(self) -> Panel:
        asked = [Endpoint(HttpTransport(each.url), retries=AT_ONCE) for each in self.endpoints]
        return Panel(asked, needed=self.needed, chain_id=self.chain_id, whereabouts=self.whereabouts)

    def put_together(self, *endpoints: int) -> None:
        """Let the names of some endpoints lead to one place, from now on."""
        ports = {urlsplit(self.endpoints[i].url).port for i in endpoints}
        self.whereabouts = Whereabouts(
            [each.url for each in self.endpoints],
            look=lambda host, port: frozenset({(host, 1 if port in ports else port)}),
        )
        self.whereabouts.begin()
        assert self.whereabouts.shared(seconds=60.0)
        self.restart()

    def restart(self) -> None:
        """Forget everything that is not in the store, as a guard that is started anew."""
        (chain,) = self.chains()
        means = Means(
            terms=self.terms,
            member=self.key.address,
            key=None if self.is_dry else self.key,
            store=self.store,
            route=lambda new, now: deliveries_for(
                tuple(new), self.store.told({each.episode for each in new}), ROUTES, now
            ),
            hold=self.hold,
            clock=self.clock,
            holder="guard/test",
        )
        self.guard = ChainGuard(chain, means, Scribe(means, places_of((chain,))))

    def stop_mining(self) -> None:
        """Let no block take anything in, and the guard not wait for one."""
        self.chain.rpc("evm_setAutomine", [False])
        self.mined_within = 0.2
        self.restart()

    def go_on_mining(self) -> None:
        self.chain.rpc("evm_setAutomine", [True])
        self.mined_within = 60.0
        self.restart()

    def use(self, *rules: GuardRule, **changes: Any) -> None:
        """Guard by other rules, or other terms."""
        self.terms = replace(self.terms, rules=rules or self.terms.rules, **changes)
        self.restart()

    def look(self, most: int = 1) -> float:  # type: ignore[override]
        return [self.guard.look() for _ in range(most)][-1]

    def deliver(self) -> None:
        """Let the channels take what is due, as far as they do."""
        asyncio.run(self._deliver())

    async def _deliver(self) -> None:
        deliverer = Deliverer(
            self.store,
            [self.diary],
            holder="guard/test",
            clock=self.clock,
            dice=lambda: 0.5,
            sleep=lambda _: 0.02,
        )
        running = asyncio.create_task(deliverer.run())
        tally = deliverer.tallies["diary"]
        while self._is_due() and not tally.failing:
            await asyncio.sleep(0.005)
        deliverer.stop()
        await running

    def _is_due(self) -> bool:
        pending, _ = self.store.waiting(now=self.clock.now()).get("diary", (0, 0))
        return pending > 0

    # ------------------------------------------------------------------- reading

    def said(self, *kinds: Kind) -> list[str]:
        """Return the sentences of what was ever said, the oldest first."""
        return [kept.happening.sentence for kept in self.kept(*kinds)]

    def intents(self) -> list[Intent]:
        return list(read_intents(self.store.facts(self.chain_id, self.vault)).values())

    def sent(self) -> list[dict[str, Any]]:
        """Return the transactions of the guard's account that blocks took in."""
        found = []
        for number in range(self.head() + 1):
            block = self.chain.rpc("eth_getBlockByNumber", [hex(number), True])
            found += [
                each
                for each in block["transactions"]
                if each["from"].lower() == "0x" + self.key.address.hex()
            ]
        return found

    def big(self, *, nth: int = 0) -> Any:
        """Queue a payment that the rule `big` is about."""
        return self.queue(self.payment(value=2 * ETHER, nth=nth))

    def last(self, kind: Kind) -> Kept:
        return self.kept(kind)[-1]


def key_of(folder: Path, stage: Stage, who: str) -> Keystore:
    """Return a member's real keystore, which is opened quickly since it is easily broken."""
    path = folder / f"{who}.json"
    record: Any = Account.encrypt(
        stage.actors[who].key.to_bytes(), PASSPHRASE, kdf="pbkdf2", iterations=1_000
    )
    path.write_text(json.dumps(record))
    path.chmod(0o600)
    return Keystore(path, lambda _: Secret(PASSPHRASE))


@contextmanager
def guarded(
    chain: Anvil, stage: Stage, folder: Path, *, count: int = 2, who: str = "gus", **options: Any
) -> Iterator[GuardScene]:
    """Guard a vault with one member's key, into a store in a folder."""
    chain.set_balance(stage.address(who), ETHER)
    # The header of a block from before would not prove it.
    chain.mine()
    with ExitStack() as stack:
        endpoints = [stack.enter_context(faulty(chain.url)) for _ in range(count)]
        clock = Hand(chain.url)
        store: DatabaseWatchStore = stack.enter_context(
            open_watch_store(
                str(folder / "guard.sqlite3"), HashChain(), identity=Shown("guard"), now=clock.now()
            )
        )
        yield GuardScene(
            chain=chain,
            stages=[stage],
            endpoints=endpoints,
            store=store,
            clock=clock,
            folder=folder,
            diary=Diary(folder / "diary.txt"),
            hold=FileHold(folder / "guard.hold"),
            key=key_of(folder, stage, who),
            terms=GuardTerms(
                rules=(BIG,), order=Order(wait=Duration(300), margin=Duration(60)), patience=Duration(30)
            ),
            **options,
        )
