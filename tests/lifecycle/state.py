"""All that a vault remembers: the state of the Python model, and the storage words that it stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from tests.lifecycle.books import Duties, Ledger
from tests.lifecycle.slots import OTHER_REGISTRY, REGISTRY, VAULT, Words, place_of
from verifier.assess.policy import PolicyBook
from verifier.model.address import NOBODY, Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.group import Group, pack_holders
from verifier.model.lane import EMPTY_LANE, Lane
from verifier.model.member import STRANGER, MemberRecord, Suspension
from verifier.model.operation import Publication
from verifier.model.roster import Roster
from verifier.model.rule import Rule
from verifier.model.tier import TierBook, TierTerms
from verifier.model.units import BlockNumber, LaneIndex, MemberIndex, OperationId, Person, Timestamp
from verifier.model.word import NO_SEATS, SeatSet, bits_of
from verifier.store.release import companion_addresses

COMPANIONS: Final = companion_addresses()


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

    vault: Address
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
    # By guardian's person, and suspended member's person or, of a group, the number that its address is.
    pauses: dict[tuple[Person, int], Timestamp] = field(default_factory=dict)
    # A group that left keeps its key and holders here.
    groups: dict[Address, Group] = field(default_factory=dict)
    group_seats: SeatSet = NO_SEATS
    registry: Address = NOBODY
    assets: dict[Address, AssetTerms | None] = field(default_factory=dict)
    counterparties: dict[Address, Use] = field(default_factory=dict)
    # By target, and selector as a number.
    rules: dict[tuple[Address, int], Rule | None] = field(default_factory=dict)
    # What the companions keep for the vault, the registers by their names in `slots.py`.
    ledger: Ledger = field(default_factory=Ledger)
    duties: dict[str, Duties] = field(default_factory=lambda: {REGISTRY: Duties(), OTHER_REGISTRY: Duties()})

    def copy(self) -> State:
        """Return a state that changes by itself; the values are frozen."""
        return State(
            vault=self.vault,
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
            groups=dict(self.groups),
            group_seats=self.group_seats,
            registry=self.registry,
            assets=dict(self.assets),
            counterparties=dict(self.counterparties),
            rules=dict(self.rules),
            ledger=self.ledger.copy(),
            duties={name: book.copy() for name, book in self.duties.items()},
        )

    # ------------------------------------------------------------------ reading

    def lane(self, index: LaneIndex) -> LaneSlot:
        return self.lanes.get(index, UNUSED_LANE)

    def record(self, account: Address) -> MemberRecord:
        return self.records.get(account, STRANGER)

    def seat(self, index: MemberIndex) -> Seat:
        return self.seats.get(index, EMPTY_SEAT)

    def persons_of(self, account: Address, record: MemberRecord | None = None) -> tuple[Person, ...]:
        """Return the persons behind a member: one, or the holders of a group's key."""
        record = record or self.record(account)
        return self.groups[account].holders if record.is_group else (record.person,)

    def sitting(self) -> dict[MemberIndex, MemberRecord]:
        """Return who sits where."""
        return {i: self.records[seat.member] for i, seat in self.seats.items() if seat.member != NOBODY}

    def withdrawn_in(self, index: LaneIndex) -> SeatSet:
        """Return who withdrew from the operation in a lane; the lane says whether the word is about it."""
        return self.withdrawn.get(index, NO_SEATS) if self.lane(index).state.withdrawals else NO_SEATS

    @property
    def policy(self) -> PolicyBook:
        return PolicyBook(
            companions=COMPANIONS,
            assets={asset: terms for asset, terms in self.assets.items() if terms is not None},
            counterparties=self.counterparties,
            rules={(to, s.to_bytes(4, "big")): rule for (to, s), rule in self.rules.items() if rule},
            registry=self.registry,
        )

    # -------------------------------------------------------------------- words

    def words(self) -> Words:
        """Return every word that was ever written, by its place."""
        words = {
            place_of(VAULT, "_roster"): _packed(self.roster),
            place_of(VAULT, "founding"): _number(self.founding),
        }
        words |= {place_of(VAULT, "_tiers", tier): _packed(terms) for tier, terms in enumerate(self.tiers)}
        for index, lane in self.lanes.items():
            words[place_of(VAULT, "_lanes", index, "id")] = _number(lane.id)
            words[place_of(VAULT, "_lanes", index, "state")] = _packed(lane.state)
        words |= {place_of(VAULT, "_withdrawn", i): bits_of(seats) for i, seats in self.withdrawn.items()}
        words |= self._words_of_members() | self._words_of_groups() | self._words_of_policy()
        words |= self.ledger.words(self.vault)
        for registry, book in self.duties.items():
            words |= book.words(registry, self.vault)
        return words

    def _words_of_members(self) -> Words:
        def place(name: str, *keys: int | bytes) -> tuple[str, int]:
            return place_of(VAULT, "_members", name, *keys)

        words = {
            place("seats", i): _number(seat.member) | seat.free_from << 160 for i, seat in self.seats.items()
        }
        words |= {place("records", a): _packed(record) for a, record in self.records.items()}
        words |= {place("persons", p): _number(a) for p, a in self.persons.items()}
        words |= {
            place("suspensions", a): s.guardian_person | s.lapses_at << 32 if s else 0
            for a, s in self.suspensions.items()
        }
        words |= {place("held", guardian): _number(a) for guardian, a in self.held.items()}
        words |= {place("pauses", *pair): moment for pair, moment in self.pauses.items()}
        words[place("groupSeats")] = bits_of(self.group_seats)
        words[place("registry")] = _number(self.registry)
        return words

    def _words_of_groups(self) -> Words:
        words: Words = {}
        for account, group in self.groups.items():
            path = (VAULT, "_members", "groups", account)
            words[place_of(*path, "x")] = group.x
            for i, word in enumerate(pack_holders(group.holders)):
                words[place_of(*path, "holders", i)] = word
        return words

    def _words_of_policy(self) -> Words:
        def place(name: str, *keys: int | bytes) -> tuple[str, int]:
            return place_of(VAULT, "_policy", name, *keys)

        words = {place("assets", a): _packed(t) if t else 0 for a, t in self.assets.items()}
        words |= {place("counterparties", a): int(u) for a, u in self.counterparties.items()}
        words |= {place("rules", *key): rule.pack() if rule else 0 for key, rule in self.rules.items()}
        return words


@lru_cache(maxsize=20_000)
def _packed(value: Roster | TierTerms | Lane | MemberRecord | AssetTerms) -> int:
    return value.pack()


def _number(account: bytes) -> int:
    return int.from_bytes(account, "big")
