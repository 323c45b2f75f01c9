"""Where the vault keeps each of its storage words: one table, which a test holds against the compiler's own."""

from __future__ import annotations

from typing import Final

from eth_hash.auto import keccak

from verifier.model.address import Address
from verifier.model.tier import Tier
from verifier.model.units import LaneIndex, MemberIndex, Person
from verifier.model.word import WordLayout

# The slot of each variable, by its path in the compiler's layout.
SLOTS: Final = {
    "_roster": 0,
    "_tiers": 1,
    "founding": 2,
    "_lanes": 3,
    "_withdrawn": 4,
    "_members.seats": 5,
    "_members.records": 6,
    "_members.persons": 7,
    "_members.suspensions": 8,
    "_members.held": 9,
    "_members.pauses": 10,
    "_members.groups": 11,
    "_members.groupSeats": 12,
    "_members.registry": 13,
    "_policy.assets": 14,
    "_policy.counterparties": 15,
    "_policy.rules": 16,
}

# Of the ledger of bypasses.
LEDGER_SLOTS: Final = {"_books": 0}

SEAT: Final = WordLayout("Seat", "member 160 | freeFrom 40")
SUSPENSION: Final = WordLayout("Suspension", "guardianPerson 32 | lapsesAt 40")
GROUP: Final = ("x", "holders", "holders", "holders")
"""A group's words: the abscissa of its key, and three words of holders."""
BYPASS: Final = ("id", "record", "findings")
"""A bypass's words; behind them stands who took part."""

ROSTER: Final = SLOTS["_roster"]
FOUNDING: Final = SLOTS["founding"]
GROUP_SEATS: Final = SLOTS["_members.groupSeats"]
REGISTRY: Final = SLOTS["_members.registry"]


def terms(tier: Tier) -> int:
    return _mapped("_tiers", tier.to_bytes(32, "big"))


def lane_id(lane: LaneIndex) -> int:
    return _mapped("_lanes", lane.to_bytes(32, "big"))


def lane_state(lane: LaneIndex) -> int:
    """The word behind the id."""
    return lane_id(lane) + 1


def withdrawn(lane: LaneIndex) -> int:
    return _mapped("_withdrawn", lane.to_bytes(32, "big"))


def seat(index: MemberIndex) -> int:
    return _mapped("_members.seats", index.to_bytes(32, "big"))


def record(member: Address) -> int:
    return _mapped("_members.records", _padded(member))


def person(number: Person) -> int:
    return _mapped("_members.persons", number.to_bytes(32, "big"))


def suspension(member: Address) -> int:
    return _mapped("_members.suspensions", _padded(member))


def group(member: Address) -> range:
    """All its words, in the order of GROUP."""
    first = _mapped("_members.groups", _padded(member))
    return range(first, first + len(GROUP))


def asset(address: Address) -> int:
    return _mapped("_policy.assets", _padded(address))


def counterparty(account: Address) -> int:
    return _mapped("_policy.counterparties", _padded(account))


def rule(target: Address, selector: bytes) -> int:
    return _at(_mapped("_policy.rules", _padded(target)), selector.rjust(32, b"\0"))


def bypass_terms(vault: Address) -> int:
    """Of the ledger's storage, as the next one."""
    return _at(LEDGER_SLOTS["_books"], _padded(vault))


def bypass(vault: Address, index: int) -> range:
    """All words of a bypass, in the order of BYPASS."""
    first = _at(bypass_terms(vault) + 1, index.to_bytes(32, "big"))
    return range(first, first + len(BYPASS))


def _mapped(variable: str, key: bytes) -> int:
    return _at(SLOTS[variable], key)


def _at(mapping: int, key: bytes) -> int:
    """Return the slot of a mapping's value (Solidity: keccak256 of the key and the mapping's slot)."""
    return int.from_bytes(keccak(key + mapping.to_bytes(32, "big")), "big")


def _padded(address: Address) -> bytes:
    return address.rjust(32, b"\0")
