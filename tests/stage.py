"""A founded vault with people who act on it, for tests that need a chain.

    with start_anvil() as chain:
        stage = found(chain, [Actor.new("ann", Role.PROPOSER), Actor.new("bob", Role.APPROVER), ...])
        operation = stage.operation("ann", [call(to=STRANGER, value=5)])
        outcome = stage.propose("ann", operation, [stage.sign("bob", operation)])

Everything is encoded by eth-abi from the compiled interface, and every signature is made by eth-keys: none of our own
code stands between a test and the contract. Amounts are in wei, times in seconds, addresses and hashes are bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from eth_abi.abi import decode, encode
from eth_hash.auto import keccak
from eth_keys.datatypes import PrivateKey

from tests.anvil import Answer, Anvil, AnvilError, Outcome
from verifier.errors import VaultError, from_revert
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.member import Attributes, MemberRecord, Role
from verifier.model.roster import Roster
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Duration, Hours

RELEASE: Final = Path(__file__).parents[1] / "verifier" / "release"
MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
ETHER: Final = 10**18
NATIVE: Final = bytes(20)
NOBODY: Final = bytes(20)
STRANGER: Final = bytes.fromhex("5712a9e6" * 5)
NO_SIGNATURE: Final = (bytes(32), bytes(32), bytes(32))

Call = tuple[bytes, int, bytes]
"""Target, value in wei, data."""
Operation = tuple[list[Call], int, int, int]
"""Calls, lane, sequence, approveBy: as the ABI wants it."""
Approval = tuple[int, int, tuple[bytes, bytes, bytes]]
"""Seat, publication, and r, s, v."""

USUAL_TIERS: Final = (
    TierTerms(quorum=2, security_approvals=0, delay=Duration(10 * MINUTE), grace_hours=Hours(24)),
    TierTerms(quorum=3, security_approvals=0, delay=Duration(48 * HOUR), grace_hours=Hours(72)),
    TierTerms(quorum=3, security_approvals=1, delay=Duration(48 * HOUR), grace_hours=Hours(72)),
    TierTerms(quorum=3, security_approvals=1, delay=Duration(72 * HOUR), grace_hours=Hours(72)),
)


@cache
def abi() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((RELEASE / "vault.abi.json").read_text())
    return entries


@cache
def release() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((RELEASE / "vault.json").read_text())
    return facts


def type_text(entry: Mapping[str, Any]) -> str:
    """Return a parameter's type as signatures write it, tuples opened."""
    kind: str = entry["type"]
    if not kind.startswith("tuple"):
        return kind
    return "(" + ",".join(type_text(part) for part in entry["components"]) + ")" + kind[5:]


@cache
def _function(name: str) -> tuple[bytes, tuple[str, ...], tuple[str, ...]]:
    (entry,) = (e for e in abi() if e["type"] == "function" and e["name"] == name)
    inputs = tuple(type_text(p) for p in entry["inputs"])
    outputs = tuple(type_text(p) for p in entry["outputs"])
    return keccak(f"{name}({','.join(inputs)})".encode())[:4], inputs, outputs


def data_of(name: str, *arguments: Any) -> bytes:
    """Return calldata for a function of the vault."""
    selector, inputs, _ = _function(name)
    if name in ("propose", "approve"):
        operation, approvals = arguments
        arguments = (operation, [as_words(approval) for approval in approvals])
    return selector + encode(inputs, arguments)


def as_words(approval: Approval) -> tuple[int, bytes, bytes]:
    """Return an approval as the ABI wants it: a head of v, seat and publication, then r and s."""
    seat, publication, (r, s, v) = approval
    return (publication << 16 | seat << 8 | int.from_bytes(v, "big"), r, s)


def call(*, to: bytes, value: int = 0, data: bytes = b"") -> Call:
    return (to, value, data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Someone with a key. The key follows from the name, so that runs repeat."""

    name: str
    person: int
    roles: Role
    attributes: Attributes
    key: PrivateKey

    @classmethod
    def new(cls, name: str, roles: Role, *, person: int | None = None) -> Actor:
        seed = keccak(name.encode())
        return cls(
            name=name,
            person=person or int.from_bytes(seed[:4], "big") or 1,
            roles=roles,
            attributes=Attributes(employer=1, utc_offset=0, place=(8_388_607, 0, 0)),
            key=PrivateKey(seed),
        )

    @property
    def address(self) -> bytes:
        return bytes(self.key.public_key.to_canonical_address())

    def sign(self, digest: bytes) -> tuple[bytes, bytes, bytes]:
        """Return r, s and v; eth-keys gives the smaller s."""
        v, r, s = self.key.sign_msg_hash(digest).vrs
        return r.to_bytes(32, "big"), s.to_bytes(32, "big"), (v + 27).to_bytes(32, "big")


@dataclass(slots=True)
class Stage:
    """One vault on one chain, and the people around it."""

    chain: Anvil
    vault: bytes
    actors: dict[str, Actor] = field(default_factory=dict)

    # ------------------------------------------------------------------- people

    def add(self, actor: Actor) -> Actor:
        """Know an actor by name; the vault does not hear of it."""
        self.actors[actor.name] = actor
        return actor

    def address(self, who: str | bytes) -> bytes:
        return who if isinstance(who, bytes) else self.actors[who].address

    def seat(self, who: str) -> int:
        """Return the seat that an actor has, or had last."""
        return self.member(who).seat

    # --------------------------------------------------------------- operations

    def operation(
        self,
        by: str,
        calls: Sequence[Call],
        *,
        nth: int = 0,
        sequence: int | None = None,
        approve_by: int | None = None,
    ) -> Operation:
        """Return an operation for the nth lane of an actor's seat, with the sequence that is next there."""
        lane = 8 * self.seat(by) + nth
        if sequence is None:
            sequence = self.lane(lane)[1].sequence + 1
        if approve_by is None:
            approve_by = self.chain.now() + 7 * DAY
        return (list(calls), lane, sequence, approve_by)

    def to_itself(self, by: str, function: str, *arguments: Any, nth: int = 0) -> Operation:
        """Return an operation of one call by which the vault changes itself."""
        return self.operation(by, [call(to=self.vault, data=data_of(function, *arguments))], nth=nth)

    def id_of(self, operation: Operation) -> bytes:
        return bytes(self.read("idOf", operation)[0])

    def publication(self, operation: Operation) -> int:
        """Return where the operation in this one's lane was published."""
        return self.lane(operation[1])[1].publication.pack()

    def sign(
        self, who: str, operation: Operation, publication: int = 0, *, seat: int | None = None
    ) -> Approval:
        """Return an actor's approval; with publication 0 as one made before there is any."""
        digest = bytes(self.read("approvalDigest", self.id_of(operation), publication)[0])
        return (self.seat(who) if seat is None else seat, publication, self.actors[who].sign(digest))

    def sign_published(self, who: str, operation: Operation) -> Approval:
        return self.sign(who, operation, self.publication(operation))

    def own(self, who: str, operation: Operation) -> Approval:
        """Return the entry by which an actor approves in a transaction of its own."""
        return (self.seat(who), self.publication(operation), NO_SIGNATURE)

    # ------------------------------------------------------------------- acting

    def send(self, who: str | bytes, function: str, *arguments: Any, gas: int | None = None) -> Outcome:
        data = data_of(function, *arguments)
        sender = self.address(who)
        return self.chain.send(sender, self.vault, data, **({} if gas is None else {"gas": gas}))

    def propose(self, who: str | bytes, operation: Operation, approvals: Sequence[Approval] = ()) -> Outcome:
        return self.send(who, "propose", operation, list(approvals))

    def approve(
        self, operation: Operation, approvals: Sequence[Approval], *, by: str | bytes = STRANGER
    ) -> Outcome:
        return self.send(by, "approve", operation, list(approvals))

    def execute(self, who: str | bytes, operation: Operation) -> Outcome:
        return self.send(who, "execute", operation)

    def must(self, outcome: Outcome) -> Outcome:
        """Return the outcome of a step that a test only needs to get to the next one."""
        if not outcome.succeeded:
            raise AssertionError(f"refused: {from_revert(outcome.revert_data)!r}")
        return outcome

    def pass_to_ready(self, operation: Operation) -> None:
        """Let time pass until the operation can be executed."""
        self.chain.set_time(self.lane(operation[1])[1].moment)

    def carry_out(self, by: str, operation: Operation, approvers: Sequence[str]) -> Outcome:
        """Publish, approve with publication, wait and execute: the way that every tier allows."""
        self.must(self.propose(by, operation))
        self.must(self.approve(operation, [self.sign_published(who, operation) for who in approvers]))
        self.pass_to_ready(operation)
        return self.execute(by, operation)

    # ------------------------------------------------------------------ reading

    def call(self, function: str, *arguments: Any, sender: bytes = STRANGER) -> Answer:
        return self.chain.call(self.vault, data_of(function, *arguments), sender=sender)

    def read(self, function: str, *arguments: Any) -> tuple[Any, ...]:
        answer = self.call(function, *arguments)
        if not answer.succeeded:
            raise AnvilError(function, {"message": repr(from_revert(answer.data))})
        return tuple(decode(_function(function)[2], answer.data))

    def lane(self, index: int) -> tuple[bytes, Lane, Status]:
        """Return the id, the state and, by the latest block's clock, the status of a lane."""
        operation_id, state, status = self.read("lane", index)
        return bytes(operation_id), Lane.unpack(state), Status(status)

    def status(self, operation: Operation) -> Status:
        """Return the status of exactly this operation: UNKNOWN where its lane holds another."""
        operation_id, _, status = self.lane(operation[1])
        return status if operation_id == self.id_of(operation) else Status.UNKNOWN

    def member(self, who: str | bytes) -> MemberRecord:
        return MemberRecord.unpack(self.read("memberOf", self.address(who))[0])

    def roster(self) -> Roster:
        return Roster.unpack(self.read("roster")[0])

    def tier_of(self, calls: Sequence[Call]) -> Tier:
        return Tier(self.read("tierOf", (list(calls), 0, 0, 0))[0])


def refusal(outcome: Outcome) -> VaultError:
    """Return why a transaction was refused, as the error's Python twin."""
    assert not outcome.succeeded, "it was not refused"
    return from_revert(outcome.revert_data)


def configuration(
    founders: Sequence[Actor],
    *,
    tiers: Sequence[TierTerms] = USUAL_TIERS,
    supermajority: int | None = None,
    assets: Sequence[tuple[bytes, int]] = (),
    counterparties: Sequence[tuple[bytes, int]] = (),
    rules: Sequence[tuple[bytes, bytes, int]] = (),
    registry: bytes = NOBODY,
) -> tuple[Any, ...]:
    """Return the constructor's argument as eth-abi wants it.

    Assets and counterparties are (address, word), rules (target, selector, word).
    """
    return (
        [(f.address, f.person, int(f.roles), f.attributes.pack()) for f in founders],
        [terms.pack() for terms in tiers],
        tiers[Tier.CUSTODY].quorum if supermajority is None else supermajority,
        list(assets),
        list(counterparties),
        [(target, int.from_bytes(selector, "big"), word) for target, selector, word in rules],
        registry,
    )


def creation_of(founding: tuple[Any, ...]) -> bytes:
    """Return the creation code with the constructor's argument behind it."""
    (entry,) = (e for e in abi() if e["type"] == "constructor")
    types = [type_text(p) for p in entry["inputs"]]
    return bytes.fromhex(release()["creation_code"][2:]) + encode(types, [founding])


@cache
def companions() -> dict[str, dict[str, Any]]:
    """Return the releases of the contracts that every vault of this release needs, by name."""
    releases = {
        path.stem: json.loads(path.read_text())
        for path in sorted(RELEASE.glob("*.json"))
        if "." not in path.stem
    }
    return {name: facts for name, facts in releases.items() if "address" in facts}


def companion(name: str) -> bytes:
    """Return the address of a companion, such as `bypass_ledger`: the same on every chain."""
    return bytes.fromhex(companions()[name]["address"][2:])


def deploy_companions(chain: Anvil) -> None:
    """Let the common deployer deploy the companions that are not there yet."""
    for name, facts in companions().items():
        if not chain.code(companion(name)):
            data = bytes(32) + bytes.fromhex(facts["creation_code"][2:])
            outcome = chain.send(STRANGER, bytes.fromhex(facts["deployer"][2:]), data)
            if not outcome.succeeded or not chain.code(companion(name)):
                raise AnvilError("deploy", {"message": f"the common deployer did not deploy {name}"})


def found(chain: Anvil, founders: Sequence[Actor], *, value: int = 0, **settings: Any) -> Stage:
    """Deploy a vault, and its companions where they are not yet; `settings` are those of `configuration`."""
    deploy_companions(chain)
    vault = chain.deploy(creation_of(configuration(founders, **settings)), value=value)
    return Stage(chain, vault, {founder.name: founder for founder in founders})
