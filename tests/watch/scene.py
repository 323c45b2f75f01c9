"""A vault on a real chain, watched through two endpoints that can be broken, into a real store.

scene.stage.propose("ann", operation)
scene.look()
assert scene.kinds() == [Kind.PROPOSED]
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.anvil import FUNDED, Anvil, start_anvil
from tests.stage import ETHER, NATIVE, Actor, Operation, Stage, call, found, release
from tests.watch.faults import Endpoint as Faulty
from tests.watch.faults import faulty
from verifier.assess.happenings import asked_of, facts_of
from verifier.audit.chain import HashChain
from verifier.chain.blocks import PanelBlocks
from verifier.chain.endpoint import Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.chain.reader import VaultReader
from verifier.chain.retries import Retries
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.finding import Severity
from verifier.model.member import Role
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, Timestamp, Units
from verifier.model.watching import Kept, Kind, Standing
from verifier.store.release import companion_addresses
from verifier.store.watch_place import open_watch_store
from verifier.store.watch_store import DatabaseWatchStore
from verifier.watch.eye import OWN
from verifier.watch.follower import Follower
from verifier.watch.plan import ChainPlan, Pace, Target
from verifier.watch.status import Next

# Logs three topics and a word, as a token does that moves.
TOKEN: Final = Address(b"\x70\xce" * 10)
SPEAKER: Final = bytes.fromhex("365f5f376040356020355f3560206060a300")
PAYEE: Final = Address(b"\xbe\xef" * 10)
AT_ONCE: Final = Retries(attempts=1)
PACE: Final = Pace(
    block_seconds=1.0,
    reconcile_seconds=300,
    clock_seconds=1,
    patience_seconds=30,
    silent_blocks=120,
    fill_seconds=30.0,
)
BEGINNING: Final = BlockNumber(0)
PEOPLE: Final = {
    "ann": Role.PROPOSER | Role.APPROVER,
    "bob": Role.APPROVER,
    "cid": Role.APPROVER | Role.SECURITY,
    "dot": Role.APPROVER | Role.SECURITY,
    "eve": Role.APPROVER | Role.BREAK_GLASS,
    "gus": Role.GUARDIAN,
}


@dataclass(slots=True)
class Hand:
    """A clock that goes as the chain does, and that can be moved on by hand."""

    url: str
    ahead: int = 0

    def now(self) -> Timestamp:
        return Timestamp(
            int(_ask(self.url, "eth_getBlockByNumber", ["latest", False])["timestamp"], 16) + self.ahead
        )


@dataclass(slots=True, kw_only=True)
class Scene:
    """One chain with its vaults and whoever watches them."""

    chain: Anvil
    stages: list[Stage]
    endpoints: list[Faulty]
    store: DatabaseWatchStore
    clock: Hand
    pace: Pace = PACE
    needed: int = 2
    since: BlockNumber | None = BEGINNING
    follower: Follower = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    @property
    def stage(self) -> Stage:
        return self.stages[0]

    @property
    def vault(self) -> Address:
        return Address(self.stage.vault)

    @property
    def chain_id(self) -> ChainId:
        return ChainId(int(self.chain.rpc("eth_chainId"), 16))

    # ------------------------------------------------------------------ watching

    def plan(self) -> ChainPlan:
        """Return what is watched, over connections of its own."""
        panel = self.panel()
        return ChainPlan(
            chain_id=self.chain_id,
            source=PanelBlocks(panel),
            companions=companion_addresses(),
            targets=tuple(
                Target(vault=Address(stage.vault), reader=reader(panel, stage), since=self.since)
                for stage in self.stages
            ),
            pace=self.pace,
        )

    def panel(self) -> Panel:
        asked = [Endpoint(HttpTransport(each.url), retries=AT_ONCE) for each in self.endpoints]
        return Panel(asked, needed=self.needed, chain_id=self.chain_id)

    def restart(self) -> None:
        """Forget everything that is not in the store."""
        self.follower = Follower(self.plan(), self.store, self.clock)

    def look(self, most: int = 30) -> Next:
        """Look until there is nothing more to do at once."""
        then = Next.AT_ONCE
        for _ in range(most):
            then = self.follower.look()
            if then is not Next.AT_ONCE:
                return then
        raise AssertionError("it never comes to rest")

    # ------------------------------------------------------------------- reading

    def kept(self, *kinds: Kind) -> list[Kept]:
        """Return everything that was ever said, the oldest first."""
        found = self.store.happenings(Timestamp(0), Timestamp(1 << 40), least=Severity.INFO)
        return [each for each in found if not kinds or each.happening.kind in kinds]

    def kinds(self, *, standing: bool = True) -> list[Kind]:
        """Return what stands, or what was ever said."""
        return [
            each.happening.kind
            for each in self.kept()
            if not standing or each.standing is not Standing.RETRACTED
        ]

    def about(self, operation: Operation, stage: Stage | None = None) -> list[Kind]:
        """Return what stands about one operation."""
        wanted = (stage or self.stage).id_of(operation)
        return [
            each.happening.kind
            for each in self.kept()
            if each.happening.operation_id == wanted and each.standing is not Standing.RETRACTED
        ]

    def facts(self, stage: Stage | None = None) -> dict[str, str]:
        """Return what the journal says of a vault."""
        vault = Address((stage or self.stage).vault)
        journal = self.store.facts(self.chain_id, vault)
        return {name: fact.value for name, fact in journal.items() if not name.startswith(OWN)}

    def fresh_facts(self, stage: Stage | None = None) -> dict[str, str]:
        """Return what storage says of a vault now, from an honest endpoint."""
        its = stage or self.stage
        journal = self.store.facts(self.chain_id, Address(its.vault))
        asked = asked_of({name: fact for name, fact in journal.items() if not name.startswith(OWN)})
        honest = Panel([Endpoint(HttpTransport(self.chain.url))], needed=1, chain_id=self.chain_id)
        source = reader(honest, its)
        reading = source.read_vault()
        policy = source.read_policy(
            reading, assets=asked.assets, accounts=asked.accounts, functions=asked.functions
        )
        return dict(facts_of(reading, source.read_bypasses(reading), policy))

    def assert_true(self) -> None:
        """The journal says of every vault what storage says."""
        for stage in self.stages:
            said, fresh = self.facts(stage), self.fresh_facts(stage)
            assert {name: said.get(name) for name in fresh} == fresh

    # -------------------------------------------------------------------- acting

    def payment(
        self, *, by: str = "ann", nth: int = 0, value: int = 1, stage: Stage | None = None
    ) -> Operation:
        """Return an operation that pays somebody."""
        its = stage or self.stage
        return its.operation(by, [call(to=PAYEE, value=value)], nth=nth)

    def propose(self, operation: Operation, *, by: str = "ann", stage: Stage | None = None) -> Operation:
        its = stage or self.stage
        its.must(its.propose(by, operation))
        return operation

    def queue(self, operation: Operation, stage: Stage | None = None) -> Operation:
        its = stage or self.stage
        self.propose(operation, stage=its)
        signed = [its.sign_published(who, operation) for who in ("bob", "cid", "dot")]
        its.must(its.approve(operation, signed))
        return operation

    def veto(self, operation: Operation, *, by: str = "gus", stage: Stage | None = None) -> None:
        its = stage or self.stage
        its.must(its.send(by, "veto", operation[1], its.id_of(operation)))

    def move_token(self, topic: bytes, owner: bytes, other: bytes, amount: int) -> None:
        """Let the token log that something of an owner's moved, or may be moved."""
        words = [topic, owner.rjust(32, b"\0"), other.rjust(32, b"\0"), amount.to_bytes(32, "big")]
        self.chain.send(FUNDED[0], TOKEN, b"".join(words))

    def head(self) -> int:
        return int(self.chain.block()["number"], 16)

    def reorganise(self, depth: int) -> None:
        """Replace the newest blocks by as many empty ones."""
        self.chain.rpc("anvil_reorg", [depth, []])


def reader(panel: Panel, stage: Stage) -> VaultReader:
    return VaultReader(
        panel,
        vault=Address(stage.vault),
        code_hash=bytes.fromhex(release()["code_hash"][2:]),
        founding=None,
        companions=companion_addresses(),
    )


def found_vault(chain: Anvil) -> Stage:
    """Deploy a vault of six with an asset, a counterparty and some ether."""
    chain.set_code(TOKEN, SPEAKER)
    assets = [
        (
            asset,
            AssetTerms(routine_limit=Units(10**d), high_value_from=Units(10 ** (d + 1)), decimals=d).pack(),
        )
        for asset, d in ((NATIVE, 18), (TOKEN, 6))
    ]
    people = [Actor.new(name, roles) for name, roles in PEOPLE.items()]
    return found(chain, people, value=100 * ETHER, assets=assets, counterparties=[(PAYEE, 1)])


@contextmanager
def watched(
    chain: Anvil,
    stages: Sequence[Stage],
    folder: Path,
    *,
    count: int = 2,
    scene: type[Scene] = Scene,
    **options: Any,
) -> Iterator[Scene]:
    """Watch vaults on a chain, into a store in a folder."""
    with ExitStack() as stack:
        endpoints = [stack.enter_context(faulty(chain.url)) for _ in range(count)]
        clock = Hand(chain.url)
        store = stack.enter_context(
            open_watch_store(
                str(folder / "watch.sqlite"), HashChain(), identity=Shown("a test"), now=clock.now()
            )
        )
        yield scene(
            chain=chain, stages=list(stages), endpoints=endpoints, store=store, clock=clock, **options
        )


@contextmanager
def another_chain(chain_id: int) -> Iterator[Anvil]:
    """Start a node that serves a chain with another id."""
    with start_anvil() as chain:
        chain.rpc("anvil_setChainId", [chain_id])
        yield chain


def _ask(url: str, method: str, params: list[Any]) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - a local node
    with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310
        return json.loads(answer.read())["result"]
