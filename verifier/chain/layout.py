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
    "_policy.assets": 11,
    "_policy.counterparties": 12,
}

SEAT: Final = WordLayout("Seat", "member 160 | freeFrom 40")
SUSPENSION: Final = WordLayout("Suspension", "guardianPerson 32 | lapsesAt 40")

ROSTER: Final = SLOTS["_roster"]
FOUNDING: Final = SLOTS["founding"]


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


def asset(address: Address) -> int:
    return _mapped("_policy.assets", _padded(address))


def counterparty(account: Address) -> int:
    return _mapped("_policy.counterparties", _padded(account))


def _mapped(variable: str, key: bytes) -> int:
    """Return the slot of a mapping's value (Solidity: keccak256 of the key and the mapping's slot)."""
    return int.from_bytes(keccak(key + SLOTS[variable].to_bytes(32, "big")), "big")


def _padded(address: Address) -> bytes:
    return address.rjust(32, b"\0")
