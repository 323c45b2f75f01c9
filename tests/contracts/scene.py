"""The vault that most of these tests act on, and the way they say what it must refuse.

    scene.refuses(MemberIsSubject(member=ann), lambda: scene.send("ann", "object", operation))

A refusal is compared byte for byte, with all its facts, and the whole world must be as it was before. What was
refused, and which functions were sent, is noted: `test_completeness.py` asks at the end what is missing.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.anvil import GAS, Anvil, Outcome
from tests.stage import (
    ETHER,
    NATIVE,
    USUAL_TIERS,
    Actor,
    Call,
    Operation,
    Stage,
    abi,
    call,
    data_of,
    found,
    release,
    type_text,
)
from verifier.errors import VaultError, from_revert
from verifier.model.asset import AssetTerms
from verifier.model.member import Attributes, Role
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Units

PAYEE: Final = bytes.fromhex("9a" * 20)
"""Allowed to receive."""
SPENDER: Final = bytes.fromhex("5e" * 20)
"""Allowed to be given allowances."""
RECIPIENT_USE: Final = 1
SPENDER_USE: Final = 2

ETHER_TERMS: Final = AssetTerms(
    routine_limit=Units(1_000_000), high_value_from=Units(100_000_000), decimals=18
).pack()
"""Up to 1 ether is ROUTINE, from 100 ether HIGH_VALUE."""
ROUTINE_CALL: Final = call(to=PAYEE, value=ETHER)
STANDARD_CALL: Final = call(to=PAYEE, value=2 * ETHER)
HIGH_VALUE_CALL: Final = call(to=PAYEE, value=100 * ETHER)
FUNDS: Final = 1_000 * ETHER

HERE: Final = Attributes(employer=1, utc_offset=0, place=(8_388_607, 0, 0))
BOTH: Final = Role.PROPOSER | Role.APPROVER

# Seats 0 to 6. Quorums are 2, 3, 3 and 3, the two last ones with one of the security team: see USUAL_TIERS.
CAST: Final = (
    Actor.new("ann", BOTH),
    Actor.new("bob", BOTH | Role.SECURITY),
    Actor.new("cat", Role.APPROVER | Role.SECURITY),
    Actor.new("dan", Role.APPROVER),
    Actor.new("eve", Role.APPROVER),
    Actor.new("gus", Role.GUARDIAN),
    Actor.new("amy", Role.AUDITOR),
)
QUORUM: Final = ("bob", "cat", "dan")
SUPERMAJORITY: Final = 4


def tiers_with(tier: Tier, **changes: Any) -> tuple[TierTerms, ...]:
    """Return the usual tiers with some terms of one of them changed."""
    return tuple(
        dataclasses.replace(terms, **changes) if at == tier else terms for at, terms in enumerate(USUAL_TIERS)
    )


PROVOKED: Final[set[str]] = set()
"""Names of the errors that were provoked on a chain."""
SENT: Final[set[tuple[str, bool]]] = set()
"""Functions that were sent in a transaction, and whether it succeeded."""
# The chain's own contract that keeps the hashes of blocks (EIP-2935): every block changes it.
BLOCK_HASHES: Final = "0x0000f90827f1c53a10cb7a02335b175320002935"


def data_of_error(error: VaultError) -> bytes:
    """Return the revert data that the vault's ABI makes of an error."""
    (entry,) = (e for e in abi() if e["type"] == "error" and e["name"] == type(error).__name__)
    types = [type_text(part) for part in entry["inputs"]]
    values = [getattr(error, field.name) for field in fields(error)]
    return keccak(f"{entry['name']}({','.join(types)})".encode("ascii"))[:4] + encode(types, values)


def world_of(chain: Anvil) -> dict[str, tuple[Any, ...]]:
    """Return balance, code and storage of every account that has any of them: all that a transaction can change.

    A storage root would not do: Anvil's counts slots that hold zero, once they were looked at.
    """
    dump = json.loads(gzip.decompress(bytes.fromhex(chain.rpc("anvil_dumpState")[2:])))
    world = {}
    for address, account in dump["accounts"].items():
        storage = {slot: word for slot, word in account["storage"].items() if int(word, 16)}
        balance, code = int(account["balance"], 16), account["code"].removeprefix("0x")
        if address != BLOCK_HASHES and (balance or code or storage):
            world[address] = (balance, code, storage)
    return world


def note_refusal(data: bytes) -> None:
    """Note the error, and where a call of an operation failed, what that call failed with."""
    error = from_revert(data)
    PROVOKED.add(type(error).__name__)
    inner = getattr(error, "reason", b"")
    if inner:
        note_refusal(inner)


@dataclass(slots=True)
class Scene(Stage):
    """A stage whose refusals are looked at closely."""

    def send(self, who: str | bytes, function: str, *arguments: Any, gas: int | None = None) -> Outcome:
        # Not super(): dataclasses with slots are made twice.
        outcome = Stage.send(self, who, function, *arguments, gas=gas)
        SENT.add((function, outcome.succeeded))
        return outcome

    def change(self, function: str, *arguments: Any) -> Outcome:
        """Let the vault call itself, as an executed operation would, without the operation."""
        return self.send(self.vault, function, *arguments)

    def must_change(self, function: str, *arguments: Any) -> Outcome:
        return self.must(self.change(function, *arguments))

    def set_tiers(
        self, tiers: Sequence[TierTerms] = USUAL_TIERS, supermajority: int = SUPERMAJORITY
    ) -> Outcome:
        return self.change("setTiers", [terms.pack() for terms in tiers], supermajority)

    def refuses(self, because: VaultError, act: Callable[[], Outcome]) -> None:
        """Fail unless `act` is refused with exactly this error, and nothing changed anywhere."""
        before = world_of(self.chain)
        self.was_refused(because, act())
        assert world_of(self.chain) == before

    def was_refused(self, because: VaultError, outcome: Outcome) -> None:
        """Fail unless a transaction was refused with exactly this error."""
        assert not outcome.succeeded, f"succeeded, and should have been refused: {because!r}"
        assert outcome.revert_data == data_of_error(because), (
            f"expected {because!r}, found {from_revert(outcome.revert_data)!r}"
        )
        note_refusal(outcome.revert_data)

    def refuses_at(self, moment: int, because: VaultError, act: Callable[[], Outcome]) -> None:
        """The same, for a transaction in a block of this time."""
        self.chain.set_next_time(moment)
        self.refuses(because, act)

    def at(self, moment: int, act: Callable[[], Outcome]) -> Outcome:
        """Return the outcome of a step that must succeed in a block of this time."""
        self.chain.set_next_time(moment)
        return self.must(act())

    def in_one_block(self, *steps: tuple[str | bytes, str, tuple[Any, ...]]) -> None:
        """Do several steps, each by someone, to a function, with arguments, in one block. All must succeed."""
        for outcome in self.tried_in_one_block(*steps):
            self.must(outcome)

    def tried_in_one_block(self, *steps: tuple[str | bytes, str, tuple[Any, ...]]) -> list[Outcome]:
        """Return what became of steps that one block took in."""
        requests = [
            {
                "from": "0x" + self.address(who).hex(),
                "to": "0x" + self.vault.hex(),
                "data": "0x" + data_of(function, *arguments).hex(),
                "gas": hex(GAS),
                "gasPrice": "0x0",
            }
            for who, function, arguments in steps
        ]
        self.chain.rpc("evm_setAutomine", [False])
        hashes = [self.chain.rpc("eth_sendTransaction", [request]) for request in requests]
        self.chain.mine()
        self.chain.rpc("evm_setAutomine", [True])
        receipts = [self.chain.rpc("eth_getTransactionReceipt", [name]) for name in hashes]
        assert len({receipt["blockNumber"] for receipt in receipts}) == 1
        return [self.chain._outcome(receipt) for receipt in receipts]

    def asset_word(self, asset: bytes) -> int:
        """Return what storage holds of an asset: its limits and its bucket. No view tells it."""
        (policy,) = (v for v in release()["storage_layout"]["storage"] if v["label"] == "_policy")
        # The assets are the first of the policy's mappings.
        slot = keccak(asset.rjust(32, b"\0") + int(policy["slot"]).to_bytes(32, "big"))
        return self.chain.storage(self.vault, int.from_bytes(slot, "big"))

    def next_time(self) -> int:
        """Return the time that the next block will have, if nothing else sets it."""
        return self.chain.now() + 1

    def custody_call(self) -> Call:
        """Return a call that is CUSTODY and no seat operation."""
        return call(to=self.vault, data=data_of("setCounterparty", SPENDER, 0))

    def published(self, by: str, calls: Sequence[Call], *, nth: int = 0) -> Operation:
        """Return an operation that is PROPOSED, without approvals."""
        operation = self.operation(by, calls, nth=nth)
        self.must(self.propose(by, operation))
        return operation

    def give(self, operation: Operation, *approvers: str) -> None:
        """Let members approve by a signature made after publication."""
        self.must(self.approve(operation, [self.sign_published(who, operation) for who in approvers]))

    def waiting(self, by: str, calls: Sequence[Call], *approvers: str, nth: int = 0) -> Operation:
        """Return an operation whose clock runs, with the usual quorum if none is named."""
        operation = self.published(by, calls, nth=nth)
        self.give(operation, *(approvers or QUORUM))
        return operation

    def ready(self, by: str, calls: Sequence[Call], *approvers: str, nth: int = 0) -> Operation:
        """Return an operation that can be executed in the next block."""
        operation = self.waiting(by, calls, *approvers, nth=nth)
        self.pass_to_ready(operation)
        return operation

    def seat_operation(self, by: str, function: str, *arguments: Any, nth: int = 0) -> Operation:
        """Return a published operation by which the vault changes a member."""
        operation = self.to_itself(by, function, *arguments, nth=nth)
        self.must(self.propose(by, operation))
        return operation

    def newcomer(self, name: str, roles: Role = Role.APPROVER) -> Actor:
        """Bring in a new member, unseasoned."""
        actor = self.add(Actor.new(name, roles))
        self.must_change("addMember", actor.address, actor.person, int(roles), HERE.pack())
        return actor


def scene_of(chain: Anvil, founders: Sequence[Actor] = CAST, **settings: Any) -> Scene:
    """Found a vault; `settings` are those of `tests.stage.configuration`."""
    stage = found(chain, founders, **settings)
    return Scene(stage.chain, stage.vault, stage.actors)


def usual_scene(chain: Anvil, **settings: Any) -> Scene:
    """Found the vault that most tests act on."""
    usual: dict[str, Any] = {
        "value": FUNDS,
        "supermajority": SUPERMAJORITY,
        "assets": [(NATIVE, ETHER_TERMS)],
        "counterparties": [(PAYEE, RECIPIENT_USE), (SPENDER, SPENDER_USE)],
    }
    return scene_of(chain, **(usual | settings))
