"""Who is in the story, what they mean to do, and what they call things. None of it reaches what is printed about an
operation, but for the names: those are a reader's own labels, as everybody keeps them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from eth_hash.auto import keccak

from tests.stage import Actor
from tests.story.whereabouts import Atlas
from verifier.model.address import Address
from verifier.model.asset import Asset, AssetTerms, Counterparty, Use
from verifier.model.configuration import Configuration, Seating
from verifier.model.member import Attributes, Role
from verifier.model.place import Place, place_at
from verifier.model.tier import TierTerms
from verifier.model.units import Amount, Duration, Hours, Person, Timestamp, Units

USDC: Final = 10**6
"""Base units in a whole one."""
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400

CITIES: Final[dict[str, Place]] = {
    "Zurich": place_at(latitude=47.377, longitude=8.542),
    "Sao Paulo": place_at(latitude=-23.551, longitude=-46.633),
    "Seoul": place_at(latitude=37.566, longitude=126.978),
    "San Francisco": place_at(latitude=37.775, longitude=-122.419),
    "Nairobi": place_at(latitude=-1.292, longitude=36.822),
}
EMPLOYERS: Final = {1: "Halden", 2: "Orrin Bank", 3: "Pampa", 4: "Hanbit", 5: "Sierra", 6: "Mara Audit"}
"""By the number that the vault knows them by. None of them exists."""
ATLAS: Final = Atlas(cities=CITIES, employers=EMPLOYERS)
"""The reader's own names for places and employers. The vault knows vectors and numbers."""


def _someone(name: str, roles: Role, *, employer: int, city: str, east_of_utc: int) -> Actor:
    """Return somebody at a place; `east_of_utc` in hours."""
    attributes = Attributes(employer=employer, utc_offset=60 * east_of_utc, place=CITIES[city])
    return replace(Actor.new(name, roles), attributes=attributes)


_APPROVER, _SECURITY = Role.APPROVER, Role.APPROVER | Role.SECURITY
_ENGINEER: Final = Role.PROPOSER | Role.APPROVER

# Ana, Ben, Cleo and Evan share an office, though another company sent Cleo.
ANA: Final = _someone("Ana", _APPROVER, employer=1, city="Zurich", east_of_utc=1)
BEN: Final = _someone("Ben", _ENGINEER, employer=1, city="Zurich", east_of_utc=1)
CLEO: Final = _someone("Cleo", _SECURITY, employer=2, city="Zurich", east_of_utc=1)
DANA: Final = _someone("Dana", _SECURITY, employer=5, city="San Francisco", east_of_utc=-8)
EVAN: Final = _someone("Evan", _ENGINEER, employer=1, city="Zurich", east_of_utc=1)
FLOR: Final = _someone("Flor", _APPROVER, employer=3, city="Sao Paulo", east_of_utc=-3)
GUS: Final = _someone("Gus", Role.GUARDIAN, employer=6, city="Nairobi", east_of_utc=3)
HANA: Final = _someone("Hana", _APPROVER, employer=4, city="Seoul", east_of_utc=9)
EVERYONE: Final = (ANA, BEN, CLEO, DANA, EVAN, FLOR, GUS, HANA)
"""By seat. Evan is the engineer; Dana is the one who reads."""


def _apart(*, delay: Duration) -> TierTerms:
    """Return terms that ask for a segregated quorum."""
    return TierTerms(quorum=3, security_approvals=1, delay=delay, grace_hours=Hours(72), segregated=1)


TIERS: Final = (
    TierTerms(quorum=2, security_approvals=0, delay=Duration(10 * _MINUTE), grace_hours=Hours(24)),
    TierTerms(quorum=2, security_approvals=0, delay=Duration(24 * _HOUR), grace_hours=Hours(72)),
    _apart(delay=Duration(48 * _HOUR)),
    _apart(delay=Duration(72 * _HOUR)),
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
_PAID: Final = Amount(2_500_000 * USDC)
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
    # By seat: whom everybody works for, and where.
    attributes: tuple[Attributes, ...] = tuple(actor.attributes for actor in EVERYONE)
    # What the engineer says to the colleagues.
    said: str = "Routine maintenance, please sign."

    def at(self, day: int, clock: str) -> Timestamp:
        """Return a moment of the story, such as `at(1, "20:30")`: the second day, half past eight in the evening."""
        hours, minutes = clock.split(":")
        return Timestamp(self.begins + day * _DAY + int(hours) * _HOUR + int(minutes) * _MINUTE)


def founding(token: Address, script: Script) -> Configuration:
    """Return what the vault begins with."""
    return Configuration(
        founders=tuple(
            Seating(
                member=Address(actor.address),
                person=Person(actor.person),
                roles=actor.roles,
                attributes=attributes,
            )
            for actor, attributes in zip(EVERYONE, script.attributes, strict=True)
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
