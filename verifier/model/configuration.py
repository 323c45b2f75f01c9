"""What a vault begins with. Its hash tells this vault from any other with the same code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from eth_hash.auto import keccak

from verifier.model.address import NOBODY, Address
from verifier.model.asset import Asset, Counterparty
from verifier.model.member import Attributes, Role
from verifier.model.rule import Ruling
from verifier.model.tier import TierBook
from verifier.model.units import Person

_ABI: Final = (
    "((address,uint256,uint256,uint256)[],"  # founders
    "uint256[4],uint256,"  # tiers, supermajority
    "(address,uint256)[],"  # assets
    "(address,uint256)[],"  # counterparties
    "(address,uint256,uint256)[],"  # rules
    "address)"  # registry
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seating:
    """A member as it is brought in."""

    member: Address
    # Who acts through this address.
    person: Person
    roles: Role
    attributes: Attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the constructor is given."""

    founders: tuple[Seating, ...]
    tiers: TierBook
    # What an objected seat operation needs.
    supermajority: int
    assets: tuple[Asset, ...]
    counterparties: tuple[Counterparty, ...]
    rules: tuple[Ruling, ...] = ()
    # Who says which custody duties a person has; the zero address where nobody does.
    registry: Address = NOBODY

    def encode(self) -> bytes:
        """Return `abi.encode(configuration)`: what follows the creation code at deployment.

        :raises NumberOutOfRange: something does not fit into its field.
        """
        from eth_abi.abi import encode

        founders = [(f.member, int(f.person), int(f.roles), f.attributes.pack()) for f in self.founders]
        assets = [(a.asset, a.terms.pack()) for a in self.assets]
        counterparties = [(c.account, int(c.uses)) for c in self.counterparties]
        tiers = [terms.pack() for terms in self.tiers]
        rules = [(r.target, int.from_bytes(r.selector, "big"), r.rule.pack()) for r in self.rules]
        settings = (founders, tiers, self.supermajority, assets, counterparties, rules, self.registry)
        return encode([_ABI], [settings])

    def hash(self) -> bytes:
        """Return the founding hash that the vault keeps."""
        return keccak(self.encode())
