"""A vault with a full queue on a real node, and transports that count, time and remember what they carry."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from eth_abi.abi import encode

from tests.anvil import CHAIN_ID, Anvil
from tests.stage import DAY, ETHER, NATIVE, Actor, Stage, call, found
from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.chain.reader import VaultReader
from verifier.model.address import Address
from verifier.model.asset import NATIVE as COIN
from verifier.model.asset import AssetTerms, Use
from verifier.model.member import Role
from verifier.model.reading import BypassReading, OperationReading, PolicyReading, VaultReading
from verifier.model.units import ChainId, Duration, Units
from verifier.store.release import companion_addresses, release_code_hash

PROPOSERS: Final = 8
LANES: Final = 8
QUEUE: Final = PROPOSERS * LANES
DELAY: Final = Duration(2 * DAY)
# Returns true, whatever it is asked.
TOKEN_CODE: Final = bytes.fromhex("600160005260206000f3")
TOKENS: Final = tuple(Address(bytes([0xC0 + i]) * 20) for i in range(4))
RECIPIENTS: Final = tuple(Address(bytes([0xE0 + i]) * 20) for i in range(8))
TRANSFER: Final = bytes.fromhex("a9059cbb")


def fill(chain: Anvil) -> Stage:
    """Found a vault of eight proposers and four more members, and publish an operation in each lane of a proposer."""
    for token in TOKENS:
        chain.set_code(token, TOKEN_CODE)
    terms = AssetTerms(routine_limit=Units(10**9), high_value_from=Units(10**12), decimals=6).pack()
    people = [Actor.new(f"proposer {i}", Role.PROPOSER | Role.APPROVER) for i in range(PROPOSERS)]
    people += [Actor.new(f"security {i}", Role.APPROVER | Role.SECURITY) for i in range(3)]
    people.append(Actor.new("guardian", Role.GUARDIAN))
    stage = found(
        chain,
        people,
        value=100 * ETHER,
        assets=[(asset, terms) for asset in (NATIVE, *TOKENS)],
        counterparties=[(recipient, int(Use.RECIPIENT)) for recipient in RECIPIENTS],
    )
    for i in range(PROPOSERS):
        for nth in range(LANES):
            token, recipient = TOKENS[nth % len(TOKENS)], RECIPIENTS[nth]
            data = TRANSFER + encode(["address", "uint256"], [recipient, 10**6 * (i + 1)])
            calls = [call(to=token, data=data), call(to=recipient, value=i + 1)]
            operation = stage.operation(f"proposer {i}", calls, nth=nth)
            stage.must(stage.propose(f"proposer {i}", operation))
    return stage


@dataclass(slots=True)
class Carried:
    """What one transport carried."""

    posts: list[tuple[list[Call], list[Any]]] = field(default_factory=list)

    @property
    def trips(self) -> int:
        return len(self.posts)

    @property
    def requests(self) -> int:
        return sum(len(calls) for calls, _ in self.posts)


class CountingTransport(HttpTransport):
    """A real transport that remembers what it carried."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.carried = Carried()

    def post(self, calls: Sequence[Call]) -> list[Any]:
        responses = super().post(calls)
        self.carried.posts.append((list(calls), responses))
        return responses


class Again:
    """A transport that gives the same answers once more, without a network: what is left is our own work."""

    def __init__(self, name: str, carried: Carried) -> None:
        self.name = name
        self._left = iter(carried.posts)

    def post(self, calls: Sequence[Call]) -> list[Any]:
        asked, responses = next(self._left)
        assert asked == list(calls), "another question than the first time"
        return responses


def node_seconds(url: str, carried: Carried) -> float:
    """Return how long a node takes for the same requests, from the first byte sent to the last one received."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    took = 0.0
    try:
        for calls, _ in carried.posts:
            requests = [
                {"jsonrpc": "2.0", "id": i, "method": method, "params": list(params)}
                for i, (method, params) in enumerate(calls)
            ]
            body = json.dumps(requests)
            began = time.perf_counter()
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            connection.getresponse().read()
            took += time.perf_counter() - began
    finally:
        connection.close()
    return took


def reader_over(stage: Stage, transports: Sequence[CountingTransport | Again]) -> VaultReader:
    panel = Panel(
        [Endpoint(transport) for transport in transports], needed=len(transports), chain_id=ChainId(CHAIN_ID)
    )
    return VaultReader(
        panel,
        vault=Address(stage.vault),
        code_hash=release_code_hash(),
        founding=None,
        companions=companion_addresses(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A whole queue, as it was read."""

    reading: VaultReading
    operations: tuple[OperationReading, ...]
    policy: PolicyReading
    bypasses: BypassReading


def read_queue(reader: VaultReader, *, accounts: bool) -> Queue:
    """Read everything that a signer is shown of a queue, and the accounts that it names where these are wanted."""
    reading = reader.read_vault()
    operations = reader.find_operations(reading, reading.queue)
    calls = [each for found in operations if found.operation for each in found.operation.calls]
    targets = list(dict.fromkeys(each.target for each in calls))
    policy = reader.read_policy(
        reading,
        assets=[COIN, *targets],
        accounts=[*targets, *RECIPIENTS],
        functions=[(each.target, each.data[:4]) for each in calls if each.data],
        ahead=targets if accounts else (),
        tokens=targets,
        delay=DELAY,
    )
    bypasses = reader.read_bypasses(reading)
    if accounts:
        known = reader.read_accounts(reading, targets, tokens=targets, delay=DELAY)
        assert len(known) == len(targets)
    return Queue(reading=reading, operations=operations, policy=policy, bypasses=bypasses)
