"""Who takes part in the stories: people with a place on Earth, and groups with holders."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tests.frost.group import Group
from tests.stage import Actor
from verifier.model.address import Address
from verifier.model.member import Attributes, Role
from verifier.model.place import place_at
from verifier.model.units import Person

P, A, S, B, G, U = Role
BOTH: Final = P | A


def _at(employer: int, utc_offset: int, latitude: float, longitude: float) -> Attributes:
    place = place_at(latitude=latitude, longitude=longitude)
    return Attributes(employer=employer, utc_offset=utc_offset, place=place)


ZURICH: Final = _at(1, 60, 47.38, 8.54)
NEW_YORK: Final = _at(2, -300, 40.71, -74.01)
SINGAPORE: Final = _at(3, 480, 1.35, 103.82)
AUCKLAND: Final = _at(4, 720, -36.85, 174.76)
# Each of these shares one thing with one of the four: an employer, an offset, a place.
BOSTON: Final = _at(4, -300, 42.36, -71.06)
BASEL: Final = _at(1, -480, 47.56, 7.59)
TOKYO: Final = _at(5, 540, 35.68, 139.69)
PLACES: Final = (ZURICH, NEW_YORK, SINGAPORE, AUCKLAND, BOSTON, BASEL, TOKYO)

# Roles, and where they sit.
Cast = dict[str, tuple[Role, Attributes]]

FIVE: Final[Cast] = {
    "ann": (BOTH, ZURICH),
    "bob": (BOTH | S, NEW_YORK),
    "cid": (A | S, SINGAPORE),
    "dee": (A, AUCKLAND),
    "eve": (A | B | U, BOSTON),
    "pam": (P, ZURICH),
    "gus": (G, ZURICH),
    "hal": (G, TOKYO),
    "aud": (U, BASEL),
}
"""3 of 5 with a security team, a proposer who does not approve, two guardians, an auditor and one who also approves."""

FOUR: Final[Cast] = {
    "ann": (BOTH, ZURICH),
    "bob": (BOTH | S, ZURICH),
    "cid": (A, ZURICH),
    "dee": (A | B, ZURICH),
    "gus": (G, ZURICH),
}
"""2 of 4, and no supermajority above the quorum: as small as it gets, all in one office."""

APART: Final[Cast] = {
    "ann": (BOTH, ZURICH),
    "bob": (BOTH | S | B, NEW_YORK),
    "cid": (A | S, SINGAPORE),
    "dee": (A | B, AUCKLAND),
    "eve": (A, BOSTON),
    "fay": (A | S | B, BASEL),
    "pam": (P, ZURICH),
    "gus": (G, ZURICH),
    "aud": (U, BASEL),
}
"""Six, in places of whom some are near to each other."""

NEWCOMERS: Final = ("nan", "oli", "pat", "quin", "ray", "sue", "tom", "una", "vic", "wes")
OUTSIDERS: Final = ("zoe", "mal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flock:
    """A group, and who holds its key."""

    group: Group
    holders: tuple[Person, ...]

    @property
    def address(self) -> Address:
        return Address(self.group.account)


FLOCKS: Final = {
    "owls": Flock(group=Group.new("owls"), holders=(Person(11), Person(12), Person(13))),
    "elks": Flock(group=Group.new("elks"), holders=tuple(Person(20 + i) for i in range(9))),
    "bees": Flock(group=Group.new("bees"), holders=(Person(13), Person(31))),
}
"""Of different sizes; the second fills more than a word, and the third shares a holder with the first."""


def actors_of(cast: Cast) -> dict[str, Actor]:
    return {
        name: replace(Actor.new(name, roles), attributes=attributes)
        for name, (roles, attributes) in cast.items()
    }


def everybody() -> dict[str, Actor]:
    """Return all who ever act, by name."""
    founders = {**FIVE, **FOUR, **APART}
    others = {name: (Role(0), ZURICH) for name in NEWCOMERS + OUTSIDERS}
    return actors_of({**founders, **others})
