"""Where the stories happen: one chain, two vaults of different shape, the contracts around them, and the cast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tests.anvil import CHAIN_ID, FUNDED, Anvil, Outcome
from tests.lifecycle.outside import Outside, TokenBook
from tests.lifecycle.reference import Reference
from tests.lifecycle.state import Block
from tests.stage import ETHER, HOUR, MINUTE, Actor, release
from tests.tokens.compiled import data_of, deploy
from verifier.model.address import Address
from verifier.model.asset import NATIVE, Asset, AssetTerms, Counterparty, Use
from verifier.model.configuration import Configuration, Seating
from verifier.model.member import Role
from verifier.model.tier import TierBook, TierTerms
from verifier.model.units import BlockNumber, ChainId, Duration, Hours, Person, Timestamp, Units

P, A, S, B, G, U = Role
BOTH: Final = P | A

FIVE: Final = {
    "ann": BOTH,
    "bob": BOTH | S,
    "cid": A | S,
    "dee": A,
    "eve": A | B,
    "pam": P,
    "gus": G,
    "hal": G,
    "aud": U,
}
"""3 of 5 with a security team, a proposer who does not approve, two guardians and an auditor."""

FOUR: Final = {"ann": BOTH, "bob": BOTH | S, "cid": A, "dee": A, "gus": G}
"""2 of 4, and no supermajority above the quorum: as small as it gets."""

NEWCOMERS: Final = ("nan", "oli", "pat", "quin", "ray", "sue", "tom", "una", "vic", "wes")
OUTSIDERS: Final = ("zoe", "mal")
FRIEND: Final = Address(bytes.fromhex("f41e4d" * 6 + "0001"))
SPENDER: Final = Address(bytes.fromhex("59e4de" * 6 + "0002"))

NATIVE_TERMS: Final = AssetTerms(routine_limit=Units(10**6), high_value_from=Units(10 * 10**6), decimals=18)
TOKEN_TERMS: Final = AssetTerms(
    routine_limit=Units(1_000 * 10**6), high_value_from=Units(10_000 * 10**6), decimals=6
)
WEALTH: Final = 1_000 * ETHER
TOKEN_WEALTH: Final = 1_000_000 * 10**6


def tiers(quorums: tuple[int, int, int, int], security: int) -> TierBook:
    """Return terms whose delays let operations of every tier cross each other's way."""

    def terms(quorum: int, security: int, delay: int, grace: int) -> TierTerms:
        return TierTerms(
            quorum=quorum, security_approvals=security, delay=Duration(delay), grace_hours=Hours(grace)
        )

    routine, standard, high, custody = quorums
    return (
        terms(routine, 0, 10 * MINUTE, 4 * 24),
        terms(standard, 0, 24 * HOUR, 4 * 24),
        terms(high, security, 24 * HOUR, 4 * 24),
        terms(custody, security, 30 * HOUR, 5 * 24),
    )


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
    cast: dict[str, Actor]
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
        coded = frozenset({founded.vault, self.token, self.unlisted, self.denier, self.caller})
        reference = Reference(chain_id=ChainId(CHAIN_ID), vault=founded.vault, coded=coded, outside=outside)
        reference.found(founded.configuration, founded.block)
        return reference


def cast_of(world_names: dict[str, Role]) -> dict[str, Actor]:
    return {name: Actor.new(name, roles) for name, roles in world_names.items()}


def build(chain: Anvil) -> World:
    token, unlisted = (Address(deploy(chain, "Token", 6)) for _ in range(2))
    denier, caller = Address(deploy(chain, "Answerer")), Address(deploy(chain, "Caller"))
    chain.send(FUNDED[0], denier, data_of("Answerer", "tell", False, bytes(32)))
    cast = cast_of({**FIVE, **dict.fromkeys(NEWCOMERS + OUTSIDERS, Role(0))})
    assets = (Asset(asset=NATIVE, terms=NATIVE_TERMS), Asset(asset=token, terms=TOKEN_TERMS))
    parties = (
        Counterparty(account=FRIEND, uses=Use.RECIPIENT),
        Counterparty(account=SPENDER, uses=Use.SPENDER),
    )
    shapes = {
        "five": (FIVE, tiers((2, 3, 3, 3), 1), 4),
        "four": (FOUR, tiers((2, 2, 2, 2), 0), 2),
    }
    vaults = {}
    for name, (roles, terms, supermajority) in shapes.items():
        configuration = Configuration(
            founders=tuple(_seating(actor) for actor in cast_of(roles).values()),
            tiers=terms,
            supermajority=supermajority,
            assets=assets,
            counterparties=parties,
        )
        vaults[name] = _found(chain, name, configuration)
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
        cast=cast,
        addresses={name: Address(actor.address) for name, actor in cast.items()},
        head=Head.after(made),
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
