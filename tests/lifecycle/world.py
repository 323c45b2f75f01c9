"""Where the stories happen: one chain, vaults of different shape, the contracts around them, and the cast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from eth_hash.auto import keccak

from tests.anvil import CHAIN_ID, FUNDED, Anvil, Outcome
from tests.lifecycle.cast import APART, FIVE, FLOCKS, FOUR, Cast, Flock, actors_of, everybody
from tests.lifecycle.outside import Outside, TokenBook
from tests.lifecycle.reference import Reference
from tests.lifecycle.registers import know_other
from tests.lifecycle.slots import LEDGER, OTHER_REGISTRY, REGISTRY, VAULT
from tests.lifecycle.state import COMPANIONS, Block
from tests.stage import ETHER, HOUR, MINUTE, Actor, companions, deploy_companions, release
from tests.tokens.compiled import data_of, deploy
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE, Asset, AssetTerms, Counterparty, Use
from verifier.model.configuration import Configuration, Seating
from verifier.model.rule import Measure, Rule, Ruling
from verifier.model.tier import TierBook, TierTerms
from verifier.model.units import BlockNumber, ChainId, Duration, Hours, Person, Timestamp, Units

FRIEND: Final = Address(bytes.fromhex("f41e4d" * 6 + "0001"))
SPENDER: Final = Address(bytes.fromhex("59e4de" * 6 + "0002"))

NATIVE_TERMS: Final = AssetTerms(routine_limit=Units(10**6), high_value_from=Units(10 * 10**6), decimals=18)
TOKEN_TERMS: Final = AssetTerms(
    routine_limit=Units(1_000 * 10**6), high_value_from=Units(10_000 * 10**6), decimals=6
)
WEALTH: Final = 1_000 * ETHER
TOKEN_WEALTH: Final = 1_000_000 * 10**6

SWAP: Final = keccak(b"swap(address,uint256,uint256)")[:4]
"""A function of the venue that a rule measures."""
POKE: Final = keccak(b"poke()")[:4]
"""One that is opaque."""


def tiers(
    quorums: tuple[int, int, int, int], security: int, segregated: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> TierBook:
    """Return terms whose delays let operations of every tier cross each other's way."""

    def terms(tier: int, security: int, delay: int, hurried: int, grace: int) -> TierTerms:
        return TierTerms(
            quorum=quorums[tier],
            security_approvals=security,
            delay=Duration(delay),
            grace_hours=Hours(grace),
            segregated=segregated[tier],
            expedited_delay=None if hurried == delay else Duration(hurried),
        )

    return (
        terms(0, 0, 10 * MINUTE, 10 * MINUTE, 4 * 24),
        terms(1, 0, 24 * HOUR, 2 * HOUR, 4 * 24),
        terms(2, security, 24 * HOUR, 4 * HOUR, 4 * 24),
        terms(3, security, 30 * HOUR, 30 * HOUR, 5 * 24),
    )


SHAPES: Final[dict[str, tuple[Cast, TierBook, int]]] = {
    "five": (FIVE, tiers((2, 3, 3, 3), 1), 4),
    "four": (FOUR, tiers((2, 2, 2, 2), 0), 2),
    "apart": (APART, tiers((2, 3, 3, 3), 1, (0, 0, 1, 1)), 4),
    "wide": (APART, tiers((2, 2, 3, 3), 0, (0, 1, 1, 1)), 4),
}
"""Who founds each vault, its tiers and its supermajority."""

WITH_RULES: Final = frozenset({"apart", "wide"})
WITH_REGISTRY: Final = frozenset({"five", "apart", "wide"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """A vault as it was deployed."""

    name: str
    configuration: Configuration
    vault: Address
    block: Block
    logs: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The latest block: the next one is its child."""

    number: BlockNumber
    time: Timestamp
    hash: bytes

    @classmethod
    def after(cls, outcome: Outcome) -> Head:
        """Return the block that a transaction made."""
        receipt = outcome.receipt
        return cls(
            number=BlockNumber(outcome.block),
            time=Timestamp(receipt["blockTimestamp"]),
            hash=bytes.fromhex(receipt["blockHash"][2:]),
        )

    def child(self, time: Timestamp) -> Block:
        number = BlockNumber(self.number + 1)
        return Block(number=number, time=time, parent=int.from_bytes(self.hash[:4], "big"))


@dataclass(slots=True, kw_only=True)
class World:
    """What all stories share. Each one starts from here, and goes back to here."""

    chain: Anvil
    vaults: dict[str, Founded]
    token: Address
    # Honest too, but on no list.
    unlisted: Address
    denier: Address
    caller: Address
    # Takes whatever it is sent; some of it by rules.
    venue: Address
    other_registry: Address
    cast: dict[str, Actor]
    flocks: dict[str, Flock]
    addresses: dict[str, Address]
    # Where every story begins.
    head: Head

    def reference(self, founded: Founded) -> Reference:
        """Return the model of a vault that was just founded."""
        outside = Outside(denier=self.denier, caller=self.caller)
        outside.native[founded.vault] = WEALTH
        for token in (self.token, self.unlisted):
            outside.tokens[token] = TokenBook()
            outside.tokens[token].balances[founded.vault] = TOKEN_WEALTH
        coded = frozenset(
            {founded.vault, self.token, self.unlisted, self.denier, self.caller, self.venue}
            | {self.other_registry}
            | {Address(bytes.fromhex(facts["address"][2:])) for facts in companions().values()}
        )
        reference = Reference(chain_id=ChainId(CHAIN_ID), vault=founded.vault, coded=coded, outside=outside)
        reference.found(founded.configuration, founded.block)
        return reference

    def keepers(self, vault: Address) -> dict[Address, str]:
        """Return the names of all that keep something for a vault, itself included, by address."""
        return {
            vault: VAULT,
            COMPANIONS.bypass_ledger: LEDGER,
            COMPANIONS.duty_registry: REGISTRY,
            self.other_registry: OTHER_REGISTRY,
        }


def build(chain: Anvil) -> World:
    deploy_companions(chain)
    token, unlisted = (Address(deploy(chain, "Token", 6)) for _ in range(2))
    denier, caller, venue = (Address(deploy(chain, name)) for name in ("Answerer", "Caller", "Answerer"))
    chain.send(FUNDED[0], denier, data_of("Answerer", "tell", False, bytes(32)))
    other_registry = Address(chain.deploy(bytes.fromhex(companions()["duty_registry"]["creation_code"][2:])))
    know_other(other_registry)
    cast = everybody()
    addresses = {name: Address(actor.address) for name, actor in cast.items()}
    addresses |= {name: flock.address for name, flock in FLOCKS.items()}
    vaults = {}
    for name in SHAPES:
        vaults[name] = _found(chain, name, _configuration(name, token, venue))
        for each in (token, unlisted):
            chain.send(FUNDED[0], each, data_of("Token", "mint", vaults[name].vault, TOKEN_WEALTH))
    chain.set_balance(cast["zoe"].address, WEALTH)
    made = chain.send(FUNDED[0], FUNDED[1])
    return World(
        chain=chain,
        vaults=vaults,
        token=token,
        unlisted=unlisted,
        denier=denier,
        caller=caller,
        venue=venue,
        other_registry=other_registry,
        cast=cast,
        flocks=FLOCKS,
        addresses=addresses,
        head=Head.after(made),
    )


def _configuration(name: str, token: Address, venue: Address) -> Configuration:
    cast, terms, supermajority = SHAPES[name]
    measure = Measure(asset=token, amount_at=1, counterparty_at=0, words=3, uses=Use.RECIPIENT)
    rules = (
        Ruling(target=venue, selector=SWAP, rule=Rule(measure=measure)),
        Ruling(target=venue, selector=POKE, rule=Rule()),
    )
    return Configuration(
        founders=tuple(_seating(actor) for actor in actors_of(cast).values()),
        tiers=terms,
        supermajority=supermajority,
        assets=(Asset(asset=NATIVE, terms=NATIVE_TERMS), Asset(asset=token, terms=TOKEN_TERMS)),
        counterparties=(
            Counterparty(account=FRIEND, uses=Use.RECIPIENT),
            Counterparty(account=SPENDER, uses=Use.SPENDER),
        ),
        rules=rules if name in WITH_RULES else (),
        registry=COMPANIONS.duty_registry if name in WITH_REGISTRY else NOBODY,
    )


def _seating(actor: Actor) -> Seating:
    return Seating(
        member=Address(actor.address),
        person=Person(actor.person),
        roles=actor.roles,
        attributes=actor.attributes,
    )


def _found(chain: Anvil, name: str, configuration: Configuration) -> Founded:
    code = bytes.fromhex(release()["creation_code"][2:]) + configuration.encode()
    outcome = chain.send(FUNDED[0], None, code, value=WEALTH, gas=30_000_000)
    assert outcome.succeeded, outcome.revert_data.hex()
    parent = chain.block(outcome.block - 1)
    before = Head(
        number=BlockNumber(outcome.block - 1),
        time=Timestamp(int(parent["timestamp"], 16)),
        hash=bytes.fromhex(parent["hash"][2:]),
    )
    return Founded(
        name=name,
        configuration=configuration,
        vault=Address(bytes.fromhex(outcome.receipt["contractAddress"][2:])),
        block=before.child(Head.after(outcome).time),
        logs=outcome.receipt["logs"],
    )
