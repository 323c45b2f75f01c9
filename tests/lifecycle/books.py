"""What the companions keep for a vault: its bypasses, and who has which duty; and the storage words of both."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.lifecycle.slots import LEDGER, Words, place_of
from verifier.model.address import Address
from verifier.model.bypass import BypassRecord, BypassTerms
from verifier.model.units import OperationId, Person

_ROW = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Bypass:
    """One use of break-glass."""

    id: OperationId
    record: BypassRecord
    findings: bytes
    participants: frozenset[Person]


@dataclass(slots=True, kw_only=True)
class Ledger:
    """A vault's book in the ledger of bypasses."""

    # As a word: zero where nothing was ever kept.
    terms: int = 0
    bypasses: dict[int, Bypass] = field(default_factory=dict)

    def copy(self) -> Ledger:
        return Ledger(terms=self.terms, bypasses=dict(self.bypasses))

    @property
    def records(self) -> dict[int, BypassRecord]:
        return {index: bypass.record for index, bypass in self.bypasses.items()}

    @property
    def count(self) -> int:
        return BypassTerms.unpack(self.terms).count

    def words(self, vault: Address) -> Words:
        words = {place_of(LEDGER, "_books", vault, "terms"): self.terms}
        for index, bypass in self.bypasses.items():
            path = (LEDGER, "_books", vault, "bypasses", index)
            words[place_of(*path, "id")] = int.from_bytes(bypass.id, "big")
            words[place_of(*path, "record")] = bypass.record.pack()
            words[place_of(*path, "findings")] = int.from_bytes(bypass.findings, "big")
            words |= {place_of(*path, "participants", person): 1 for person in bypass.participants}
        return words


@dataclass(slots=True, kw_only=True)
class Duties:
    """A vault's book in one register of duties."""

    # By a duty's bit; what it excludes.
    conflicts: dict[int, int] = field(default_factory=dict)
    # Everyone with a duty, in the order of the list.
    persons: list[Person] = field(default_factory=list)
    # Everyone who ever had one.
    duties: dict[Person, int] = field(default_factory=dict)
    # How long the list ever was.
    reach: int = 0

    def copy(self) -> Duties:
        return Duties(
            conflicts=dict(self.conflicts),
            persons=list(self.persons),
            duties=dict(self.duties),
            reach=self.reach,
        )

    def conflicts_word(self) -> int:
        return sum(mask << _ROW * (duty.bit_length() - 1) for duty, mask in self.conflicts.items())

    def keep(self, person: Person, duties: int) -> None:
        """Note what a person has. Who has nothing leaves the list, and the last one takes the place."""
        self.duties[person] = duties
        if duties and person not in self.persons:
            self.persons.append(person)
            self.reach = max(self.reach, len(self.persons))
        elif not duties and person in self.persons:
            place, last = self.persons.index(person), self.persons.pop()
            if last != person:
                self.persons[place] = last

    def exclude(self, duty: int, mask: int) -> None:
        """Let a duty exclude exactly those of a mask, and be excluded by them."""
        for bit in (1 << i for i in range(_ROW)):
            row = self.conflicts.get(bit, 0)
            self.conflicts[bit] = row | duty if mask & bit else row & ~duty
        self.conflicts[duty] = mask

    def words(self, registry: str, vault: Address) -> Words:
        path = (registry, "_books", vault)
        words = {
            place_of(*path, "conflicts"): self.conflicts_word(),
            place_of(*path, "persons", "items"): len(self.persons),
        }
        for i in range(self.reach):
            person = self.persons[i] if i < len(self.persons) else 0
            words[place_of(*path, "persons", "items", i)] = person
        for person, duties in self.duties.items():
            place = self.persons.index(person) + 1 if person in self.persons else 0
            words[place_of(*path, "persons", "places", person)] = place
            words[place_of(*path, "duties", person)] = duties
        return words
