"""How a vault is arranged: all that a file can say of it, and all that operations can change.

A file and a chain both make one; what differs between two of them is what operations have to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from verifier.model.address import NOBODY, Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.group import Group
from verifier.model.limits import BYPASS_LIMIT, REVIEW_HOURS
from verifier.model.member import Attributes, Kind, MemberStatus, Role
from verifier.model.rule import Rule
from verifier.model.tier import TierBook
from verifier.model.units import SEATS, Hours, Person
from verifier.model.vault_file import BypassProcess

USUAL_BYPASS: Final = BypassProcess(limit=BYPASS_LIMIT, review_hours=Hours(REVIEW_HOURS))
"""What is in force where a vault sets nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A member, whichever seat it has: an operation that changes it may give it another one."""

    # 0 for a group.
    person: Person
    roles: Role
    # Zero for a group.
    attributes: Attributes
    kind: Kind = Kind.ECDSA
    # ACTIVE also for one that returned.
    status: MemberStatus = MemberStatus.ACTIVE
    # Where it is one: its key and its holders.
    group: Group | None = None

    @property
    def persons(self) -> tuple[Person, ...]:
        return self.group.holders if self.group else (self.person,)

    @property
    def is_active(self) -> bool:
        return self.status is MemberStatus.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """How far a trading strategy may go, where, and who may stop it."""

    position: int
    order: int
    risk: int
    # Each 32 bytes.
    venues: frozenset[bytes] = frozenset()
    guards: frozenset[Address] = frozenset()
    is_suspended: bool = False

    @property
    def is_nothing(self) -> bool:
        """It lets nothing pass: a strategy that was begun can only be brought to this, never taken away."""
        return not (self.position or self.order or self.risk or self.venues or self.guards)


NO_STRATEGY: Final = Strategy(position=0, order=0, risk=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """A vault with what its companions keep for it."""

    members: Mapping[Address, Sitting]
    tiers: TierBook
    supermajority: int
    # Who says which custody duties a person has; the zero address where nobody does.
    registry: Address = NOBODY
    # Without levels.
    assets: Mapping[Address, AssetTerms] = field(default_factory=dict)
    # Only those that are allowed something.
    counterparties: Mapping[Address, Use] = field(default_factory=dict)
    # By target and selector.
    rules: Mapping[tuple[Address, bytes], Rule] = field(default_factory=dict)
    # A sum for each person who has any.
    duties: Mapping[Person, int] = field(default_factory=dict)
    # For each duty that excludes others a sum of these, both ways.
    exclusions: Mapping[int, int] = field(default_factory=dict)
    bypass: BypassProcess = USUAL_BYPASS
    # By name. Of a file, without those that let nothing pass.
    strategies: Mapping[bytes, Strategy] = field(default_factory=dict)
    # Who had a seat and has none: such an address never returns. A file knows nobody of the kind.
    departed: frozenset[Address] = frozenset()
    # Seats in which nobody sits, and which are not resting.
    free_seats: int = SEATS
