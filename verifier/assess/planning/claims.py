"""Where a file contradicts itself about its people: claims that cannot be true together, or that look like one human.

The chain cannot know whether two numbers are two humans, nor where anybody lives. What a file says of both can still be
held against itself, and whoever adds a person to steal with has to write something down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final, NamedTuple

from verifier.assess.planning.remarks import refused, warned
from verifier.assess.segregation import OFFSET_CIRCLE
from verifier.errors import ValueUnfit
from verifier.model.address import Address
from verifier.model.member import Attributes
from verifier.model.place import coordinates_of
from verifier.model.plan import PlanRemark
from verifier.model.text import Shown
from verifier.model.units import Person
from verifier.model.vault_file import VaultFile

MOST_MINUTES_OFF: Final = 150
"""No clock on Earth is further from its sun, but in the far west of China."""
_MINUTES_A_DEGREE: Final = 4
_POLAR: Final = 75
"""Degrees of latitude: nearer to a pole people keep whatever time they like."""
_ASIDE: Final = re.compile(r"\([^)]*\)")
_FIRST_KEY: Final = 1 << 16
"""Smaller numbers are the contracts that a chain brings along: nobody has their keys."""
KNOWN_KEYS: Final = frozenset(
    map(
        Address.parse,
        (
            "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
            "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
            "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
            "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
            "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65",
            "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
            "0x976EA74026E726554dB657fA54763abd0C3a0aa9",
            "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955",
            "0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f",
            "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
        ),
    )
)
"""Of the accounts that development nodes come with: everybody has their keys."""


class Human(NamedTuple):
    """A member, or a holder of a group."""

    name: Shown
    person: Person
    attributes: Attributes


def remarks_of_humans(file: VaultFile) -> Iterator[PlanRemark]:
    """Yield whose claims contradict each other, or the names that they go by."""
    humans = tuple(_humans(file))
    yield from _of_clocks(humans)
    yield from _of_names(humans)
    yield from _of_employers(file)
    yield from _of_duties(file, humans)
    yield from _of_keys(file)


def _humans(file: VaultFile) -> Iterator[Human]:
    for member in file.members:
        if member.group is None:
            yield Human(member.name, member.person, member.attributes)
        else:
            for holder in member.group.holders:
                yield Human(holder.name, holder.person, holder.attributes)


def _of_clocks(humans: Iterable[Human]) -> Iterator[PlanRemark]:
    for human in humans:
        minutes = minutes_off(human.attributes)
        if minutes > MOST_MINUTES_OFF:
            yield warned(
                "offset-unlike-place",
                human.name,
                f"The clock of this place is {minutes} minutes away from its sun, which is so nowhere: the offset or "
                "the place is wrong, and segregation believes both. Ask where this person lives, and correct it.",
            )


def minutes_off(attributes: Attributes) -> int:
    """Return how far a clock is from the sun over its place; 0 near the poles."""
    try:
        place = coordinates_of(attributes.place)
    except ValueUnfit:
        return 0
    if abs(place.latitude) > _POLAR:
        return 0
    apart = round(attributes.utc_offset - place.longitude * _MINUTES_A_DEGREE) % OFFSET_CIRCLE
    return min(apart, OFFSET_CIRCLE - apart)


def _of_names(humans: Iterable[Human]) -> Iterator[PlanRemark]:
    for first, second in combinations(humans, 2):
        if _plain(first.name) == _plain(second.name):
            yield warned(
                "names-alike",
                second.name,
                f"Persons {first.person} and {second.person} have the same name, and a quorum takes them for two. "
                "Where they are one human, give that one a single seat; where they are not, write their names in full.",
            )


def _of_employers(file: VaultFile) -> Iterator[PlanRemark]:
    for (_, first), (_, second) in combinations(sorted(file.employers.items()), 2):
        if _plain(first) == _plain(second):
            yield warned(
                "employers-alike",
                second,
                f"{first} and {second} have the same name but for its spelling, and count as two employers. Companies "
                "of one group are one employer: take one of them out.",
            )


def _of_duties(file: VaultFile, humans: Iterable[Human]) -> Iterator[PlanRemark]:
    names = {human.person: human.name for human in humans}
    for grant in file.duties:
        known = names.get(grant.person, grant.name)
        if _plain(known) != _plain(grant.name):
            yield warned(
                "duty-name",
                grant.name,
                f"Person {grant.person} is called {known} among the members: who is to have these duties? Correct the "
                "number or the name.",
            )


def _of_keys(file: VaultFile) -> Iterator[PlanRemark]:
    # Where no money is, everybody may play with the keys that everybody has.
    is_serious = any(network.is_production for network in file.networks)
    accounts = [(member.name, member.address) for member in file.members]
    accounts += [(party.name, party.counterparty.account) for party in file.counterparties]
    accounts += [(strategy.name, guard) for strategy in file.strategies for guard in strategy.guards]
    for name, account in accounts:
        if account in KNOWN_KEYS and is_serious:
            said = (
                f"Everybody has the key of {account}: it comes with development nodes. Give another address."
            )
            yield refused("key-known", name, said)
        elif 0 < int.from_bytes(account, "big") < _FIRST_KEY:
            said = f"{account} is a contract that chains bring along, and nobody has its key. Give another address."
            yield warned("key-missing", name, said)


def _plain(name: str) -> str:
    """Return a name without what is said aside, spelling and case: `Ann (at home)` is `ann`."""
    return "".join(filter(str.isalnum, _ASIDE.sub("", name).lower())) or name
