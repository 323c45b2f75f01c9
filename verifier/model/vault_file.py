"""What `vault.toml` says: one vault, as people describe it before it is there.

What the constructor takes stands in `VaultFile.configuration`; the rest needs operations, of which `assess.planning`
knows. Names are for people and never reach a chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from verifier.model.address import NOBODY, Address
from verifier.model.asset import Asset, Counterparty
from verifier.model.companions import Companions
from verifier.model.configuration import Configuration, Seating
from verifier.model.member import Attributes, Kind, Role
from verifier.model.rule import Ruling
from verifier.model.text import Shown
from verifier.model.tier import TierBook
from verifier.model.units import ChainId, Hours, Person

_DUTIES: Final = 16

Chains = frozenset[ChainId]
"""Where something is meant to be; empty: on every chain, and so a part of the founding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a part of a group's key."""

    name: Shown
    person: Person
    attributes: Attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedGroup:
    """What makes a member a group: a key that no single person has."""

    # The abscissa of its key, and the prefix of the ordinate.
    x: int
    kind: Kind
    # So many holders sign together. The chain cannot know it.
    threshold: int
    # By person, growing.
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMember:
    """A member to be."""

    name: Shown
    address: Address
    # 0 for a group.
    person: Person
    roles: Role
    # Zero for a group: its holders are in several places.
    attributes: Attributes
    group: PlannedGroup | None = None

    def has(self, role: Role) -> bool:
        return bool(self.roles & role)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAsset:
    """An asset to be listed."""

    # What the token itself has to answer, and what its limits are written with.
    symbol: Shown
    asset: Asset
    only_on: Chains = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCounterparty:
    name: Shown
    counterparty: Counterparty
    only_on: Chains = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRule:
    # As `deposit(uint256,address)`, or a selector in hex.
    function: Shown
    ruling: Ruling
    only_on: Chains = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyGrant:
    """The custody duties that a person is to have, as a sum."""

    name: Shown
    person: Person
    duties: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyExclusion:
    """Which duties nobody has who has this one."""

    duty: int
    # A sum.
    mask: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BypassProcess:
    """What break-glass is allowed while nobody has reviewed it."""

    limit: int
    review_hours: Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStrategy:
    """How far a trading strategy may go, in units that the vault chooses."""

    name: Shown
    # 32 bytes: text in ASCII with zeros behind it, or as they stand in the file.
    strategy: bytes
    position: int
    order: int
    risk: int
    # Each 32 bytes, as the strategy.
    venues: tuple[bytes, ...] = ()
    guards: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    name: Shown
    chain_id: ChainId
    # Money of others is there: a release is needed for it.
    is_production: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultFile:
    """Everything that the file says."""

    # SHA-256 of the file's bytes: what a release authorises.
    file_hash: bytes
    # 32 bytes for CREATE2: another salt, another address.
    salt: bytes
    members: tuple[PlannedMember, ...]
    tiers: TierBook
    supermajority: int
    assets: tuple[PlannedAsset, ...] = ()
    counterparties: tuple[PlannedCounterparty, ...] = ()
    rules: tuple[PlannedRule, ...] = ()
    # Whether the vault asks the release's register which duties a person has.
    asks_registry: bool = True
    duties: tuple[DutyGrant, ...] = ()
    exclusions: tuple[DutyExclusion, ...] = ()
    # None: what the ledger has where a vault sets nothing.
    bypass: BypassProcess | None = None
    strategies: tuple[PlannedStrategy, ...] = ()
    networks: tuple[Network, ...]
    # By number.
    employers: Mapping[int, Shown]

    @property
    def founders(self) -> tuple[PlannedMember, ...]:
        """Who sits from the first block on: everybody but groups, in the order of their seats."""
        return tuple(member for member in self.members if member.group is None)

    @property
    def groups(self) -> tuple[PlannedMember, ...]:
        """Who comes by an operation: a group proves its key with the vault's address."""
        return tuple(member for member in self.members if member.group is not None)

    @property
    def exclusion_masks(self) -> dict[int, int]:
        """Return for each duty which others it excludes, both ways, whichever the file says: as the register has it."""
        masks: dict[int, int] = {}
        for exclusion in self.exclusions:
            for other in (1 << i for i in range(_DUTIES) if exclusion.mask >> i & 1):
                masks[exclusion.duty] = masks.get(exclusion.duty, 0) | other
                masks[other] = masks.get(other, 0) | exclusion.duty
        return masks

    def configuration(self, companions: Companions) -> Configuration:
        """Return what the constructor is given: the same on every chain."""
        return Configuration(
            founders=tuple(
                Seating(member=m.address, person=m.person, roles=m.roles, attributes=m.attributes)
                for m in self.founders
            ),
            tiers=self.tiers,
            supermajority=self.supermajority,
            assets=tuple(a.asset for a in self.assets if not a.only_on),
            counterparties=tuple(c.counterparty for c in self.counterparties if not c.only_on),
            rules=tuple(r.ruling for r in self.rules if not r.only_on),
            registry=companions.duty_registry if self.asks_registry else NOBODY,
        )

    def network_of(self, chain_id: ChainId) -> Network | None:
        """Return what the file says of a chain; None where it does not name it."""
        return next((network for network in self.networks if network.chain_id == chain_id), None)
