"""All that a vault remembers: the state of the Python model, and the storage words that it stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final, TypeVar

from eth_hash.auto import keccak

from tests.stage import release
from verifier.assess.policy import PolicyBook
from verifier.model.address import NOBODY, Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.lane import EMPTY_LANE, Lane
from verifier.model.member import STRANGER, MemberRecord, Suspension
from verifier.model.operation import Publication
from verifier.model.roster import Roster
from verifier.model.tier import TierBook, TierTerms
from verifier.model.units import BlockNumber, LaneIndex, MemberIndex, OperationId, Person, Timestamp
from verifier.model.word import NO_SEATS, SeatSet, bits_of

Words = dict[int, int]
"""Storage words by their slots."""

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Where a step happens."""

    number: BlockNumber
    time: Timestamp
    # The first 32 bits of the parent's hash.
    parent: int

    @property
    def publication(self) -> Publication:
        """What an operation has that is published here."""
        return Publication(block=BlockNumber(self.number % (1 << 32)), parent=self.parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    # The zero address where nobody sits.
    member: Address
    free_from: Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSlot:
    """A lane and the operation in it."""

    id: OperationId
    state: Lane


EMPTY_SEAT: Final = Seat(member=NOBODY, free_from=Timestamp(0))
UNUSED_LANE: Final = LaneSlot(id=OperationId(bytes(32)), state=EMPTY_LANE)
EMPTY_ROSTER: Final = Roster.unpack(0)
NO_TERMS: Final = TierTerms.unpack(0)


@dataclass(slots=True, kw_only=True)
class State:
    """A vault's memory. What was cleared stays in its mapping, with nothing in it: so its word is looked at too."""

    roster: Roster = EMPTY_ROSTER
    tiers: TierBook = (NO_TERMS, NO_TERMS, NO_TERMS, NO_TERMS)
    founding: bytes = bytes(32)
    lanes: dict[LaneIndex, LaneSlot] = field(default_factory=dict)
    withdrawn: dict[LaneIndex, SeatSet] = field(default_factory=dict)
    seats: dict[MemberIndex, Seat] = field(default_factory=dict)
    records: dict[Address, MemberRecord] = field(default_factory=dict)
    persons: dict[Person, Address] = field(default_factory=dict)
    suspensions: dict[Address, Suspension | None] = field(default_factory=dict)
    held: dict[Person, Address] = field(default_factory=dict)
    # By guardian's and suspended member's person.
    pauses: dict[tuple[Person, Person], Timestamp] = field(default_factory=dict)
    assets: dict[Address, AssetTerms | None] = field(default_factory=dict)
    counterparties: dict[Address, Use] = field(default_factory=dict)

    def copy(self) -> State:
        """Return a state that changes by itself; the values are frozen."""
        return State(
            roster=self.roster,
            tiers=self.tiers,
            founding=self.founding,
            lanes=dict(self.lanes),
            withdrawn=dict(self.withdrawn),
            seats=dict(self.seats),
            records=dict(self.records),
            persons=dict(self.persons),
            suspensions=dict(self.suspensions),
            held=dict(self.held),
            pauses=dict(self.pauses),
            assets=dict(self.assets),
            counterparties=dict(self.counterparties),
        )

    # ------------------------------------------------------------------ reading

    def lane(self, index: LaneIndex) -> LaneSlot:
        return self.lanes.get(index, UNUSED_LANE)

    def record(self, account: Address) -> MemberRecord:
        return self.records.get(account, STRANGER)

    def seat(self, index: MemberIndex) -> Seat:
        return self.seats.get(index, EMPTY_SEAT)

    def withdrawn_in(self, index: LaneIndex) -> SeatSet:
        """Return who withdrew from the operation in a lane; the lane says whether the word is about it."""
        return self.withdrawn.get(index, NO_SEATS) if self.lane(index).state.withdrawals else NO_SEATS

    @property
    def policy(self) -> PolicyBook:
        listed = {asset: terms for asset, terms in self.assets.items() if terms is not None}
        return PolicyBook(assets=listed, counterparties=self.counterparties)

    # -------------------------------------------------------------------- words

    def words(self) -> Words:
        """Return every word that was ever written, by its slot."""
        words = {
            slot_of("_roster"): _packed(self.roster),
            slot_of("founding"): int.from_bytes(self.founding, "big"),
        }
        words |= {slot_of("_tiers", tier): _packed(terms) for tier, terms in enumerate(self.tiers)}
        for index, lane in self.lanes.items():
            slot = slot_of("_lanes", index)
            words |= {slot: int.from_bytes(lane.id, "big"), slot + 1: _packed(lane.state)}
        words |= {slot_of("_withdrawn", i): bits_of(seats) for i, seats in self.withdrawn.items()}
        words |= self._words_of_members()
        words |= {slot_of("_policy.assets", a): _packed(t) if t else 0 for a, t in self.assets.items()}
        words |= {slot_of("_policy.counterparties", a): int(u) for a, u in self.counterparties.items()}
        return words

    def _words_of_members(self) -> Words:
        words = {
            slot_of("_members.seats", i): _number(seat.member) | seat.free_from << 160
            for i, seat in self.seats.items()
        }
        words |= {slot_of("_members.records", a): _packed(record) for a, record in self.records.items()}
        words |= {slot_of("_members.persons", p): _number(a) for p, a in self.persons.items()}
        words |= {
            slot_of("_members.suspensions", a): s.guardian_person | s.lapses_at << 32 if s else 0
            for a, s in self.suspensions.items()
        }
        words |= {slot_of("_members.held", guardian): _number(a) for guardian, a in self.held.items()}
        words |= {slot_of("_members.pauses", *pair): moment for pair, moment in self.pauses.items()}
        return words


@cache
def _bases() -> dict[str, int]:
    """Return where the compiler put each variable, members of structs by their path."""
    layout = release()["storage_layout"]
    bases: dict[str, int] = {}
    for variable in layout["storage"]:
        base = int(variable["slot"])
        bases[variable["label"]] = base
        for member in layout["types"][variable["type"]].get("members", ()):
            bases[f"{variable['label']}.{member['label']}"] = base + int(member["slot"])
    return bases


@lru_cache(maxsize=20_000)
def slot_of(variable: str, *keys: int | bytes) -> int:
    """Return the slot of a variable, or of the value that a mapping has under these keys."""
    slot = _bases()[variable]
    for key in keys:
        word = key.rjust(32, b"\0") if isinstance(key, bytes) else int(key).to_bytes(32, "big")
        slot = int.from_bytes(keccak(word + slot.to_bytes(32, "big")), "big")
    return slot


@lru_cache(maxsize=20_000)
def _packed(value: Roster | TierTerms | Lane | MemberRecord | AssetTerms) -> int:
    return value.pack()


def _number(account: bytes) -> int:
    return int.from_bytes(account, "big")
