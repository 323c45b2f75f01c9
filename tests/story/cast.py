"""Who is in the story, what they mean to do, and what they call things. None of it reaches what is printed about an
operation, but for the names: those are a reader's own labels, as everybody keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from eth_hash.auto import keccak

from tests.stage import Actor
from verifier.model.address import Address
from verifier.model.asset import Asset, AssetTerms, Counterparty, Use
from verifier.model.configuration import Configuration, Seating
from verifier.model.member import Role
from verifier.model.tier import TierTerms
from verifier.model.units import Amount, Duration, Hours, Person, Timestamp, Units

USDC: Final = 10**6
"""Base units in a whole one."""
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400

ANA: Final = Actor.new("Ana", Role.APPROVER)
BEN: Final = Actor.new("Ben", Role.PROPOSER | Role.APPROVER)
CLEO: Final = Actor.new("Cleo", Role.APPROVER | Role.SECURITY)
DANA: Final = Actor.new("Dana", Role.APPROVER | Role.SECURITY)
EVAN: Final = Actor.new("Evan", Role.PROPOSER | Role.APPROVER)
GUS: Final = Actor.new("Gus", Role.GUARDIAN)
EVERYONE: Final = (ANA, BEN, CLEO, DANA, EVAN, GUS)
"""By seat. Evan is the engineer; Dana is the one who reads."""

TIERS: Final = (
    TierTerms(quorum=2, security_approvals=0, delay=Duration(10 * _MINUTE), grace_hours=Hours(24)),
    TierTerms(quorum=2, security_approvals=0, delay=Duration(24 * _HOUR), grace_hours=Hours(72)),
    TierTerms(quorum=3, security_approvals=1, delay=Duration(48 * _HOUR), grace_hours=Hours(72)),
    TierTerms(quorum=3, security_approvals=1, delay=Duration(72 * _HOUR), grace_hours=Hours(72)),
)
SUPERMAJORITY: Final = 4
TOKEN_TERMS: Final = AssetTerms(
    routine_limit=Units(10_000 * USDC), high_value_from=Units(1_000_000 * USDC), decimals=6
)


def _address(of: str) -> Address:
    """Return an address that nobody has a key for."""
    return Address(keccak(of.encode("ascii"))[12:])


PAYROLL: Final = _address("payroll")


_MONDAY: Final = Timestamp(1_772_409_600)
"""Mon 2026-03-02 00:00 UTC."""
_HOLDINGS: Final = Amount(52_000_000 * USDC)
_TAKEN: Final = Amount(40_000_000 * USDC)
_PAID: Final = Amount(25_000 * USDC)
_SOMEWHERE_NEW: Final = _address("somewhere new")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What people do in the story. Another script gives another story."""

    # Midnight, UTC, of the day on which it begins.
    begins: Timestamp = _MONDAY
    # What the vault holds, what the engineer takes and where to, and what the honest operation pays.
    holdings: Amount = _HOLDINGS
    taken: Amount = _TAKEN
    taken_to: Address = _SOMEWHERE_NEW
    paid: Amount = _PAID
    # What the engineer says to the colleagues.
    said: str = "Routine maintenance, please sign."

    def at(self, day: int, clock: str) -> Timestamp:
        """Return a moment of the story, such as `at(1, "20:30")`: the second day, half past eight in the evening."""
        hours, minutes = clock.split(":")
        return Timestamp(self.begins + day * _DAY + int(hours) * _HOUR + int(minutes) * _MINUTE)


def founding(token: Address) -> Configuration:
    """Return what the vault begins with."""
    return Configuration(
        founders=tuple(
            Seating(
                member=Address(actor.address),
                person=Person(actor.person),
                roles=actor.roles,
                attributes=actor.attributes,
            )
            for actor in EVERYONE
        ),
        tiers=TIERS,
        supermajority=SUPERMAJORITY,
        assets=(Asset(asset=token, terms=TOKEN_TERMS),),
        counterparties=(Counterparty(account=PAYROLL, uses=Use.RECIPIENT),),
    )


def labels(token: Address) -> dict[Address, str]:
    """Return what a member of this vault calls things."""
    named = {Address(actor.address): actor.name for actor in EVERYONE}
    return {**named, token: "USDC", PAYROLL: "Payroll"}
