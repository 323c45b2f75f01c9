"""The registers of duties in the model: the one that is released, and another one with the same code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.lifecycle.books import Duties
from tests.lifecycle.slots import OTHER_REGISTRY, REGISTRY
from tests.lifecycle.state import COMPANIONS, State
from verifier.errors.duties import (
    DutyCallerUnfit,
    DutyConflict,
    DutyConflictsInvalid,
    DutyHeld,
    DutyIsRole,
    DutyNotHeld,
    DutyPersonInvalid,
    DutyPersonsFull,
    DutyUnknown,
)
from verifier.model.address import NOBODY, Address
from verifier.model.member import Role
from verifier.model.units import Person

APPROVAL: Final = 8
"""The duty that being an approver is: TRANSACTION_APPROVAL."""
KEY_MATERIAL: Final = 1
SIGNING_SERVER: Final = 4
_ALL: Final = 0xFFFF
_MOST_PERSONS: Final = 64

# Where the other register was deployed: known once the world is built.
_OTHER: Final[list[Address]] = []


def know_other(address: Address) -> None:
    """Say where the other register is."""
    _OTHER[:] = [address]


def other_register() -> Address:
    return _OTHER[0]


def register_at(address: Address) -> str | None:
    """Return the name of a register by its address."""
    if address == COMPANIONS.duty_registry:
        return REGISTRY
    return OTHER_REGISTRY if address in _OTHER else None


def conflicting_duties(book: Duties, person: Person) -> int:
    """Return the stored duties of a person that exclude approving."""
    return book.duties.get(person, 0) & book.conflicts.get(APPROVAL, 0)


@dataclass(slots=True)
class Register:
    """A vault's book in one register."""

    state: State
    name: str

    @property
    def book(self) -> Duties:
        return self.state.duties[self.name]

    def grant(self, person: int, duty: int) -> None:
        _require_stored(duty)
        if not 0 < person < 1 << 32:
            raise DutyPersonInvalid(person=person)
        held = self.book.duties.get(Person(person), 0)
        if held & duty:
            raise DutyHeld(person=person, duty=duty)
        excluded = self.book.conflicts.get(duty, 0)
        conflicting = self._held(Person(person), wanted=excluded) & excluded
        if conflicting:
            raise DutyConflict(person=person, duty=duty, conflicting=conflicting)
        if held == 0 and len(self.book.persons) == _MOST_PERSONS:
            raise DutyPersonsFull
        self.book.keep(Person(person), held | duty)

    def set_conflicts(self, duty: int, mask: int) -> None:
        _require_known(duty)
        if mask > _ALL or mask & duty:
            raise DutyConflictsInvalid(duty=duty, mask=mask)
        for person in self.book.persons:
            held = self._held(person, wanted=mask | duty)
            if held & duty and held & mask:
                raise DutyConflict(person=person, duty=duty, conflicting=held & mask)
        self.book.exclude(duty, mask)

    def revoke(self, sender: Address, vault: Address, person: int, duty: int) -> None:
        _require_stored(duty)
        record = self.state.record(sender)
        is_holder = record.is_seated and record.person == person
        is_guardian = record.is_active and record.has_any(Role.GUARDIAN)
        if sender != vault and not is_holder and not is_guardian:
            raise DutyCallerUnfit(vault=vault, person=person, caller=sender)
        held = self.book.duties.get(Person(person), 0)
        if not held & duty:
            if sender == vault:
                return
            raise DutyNotHeld(person=person, duty=duty)
        self.book.keep(Person(person), held & ~duty)

    def _held(self, person: Person, *, wanted: int) -> int:
        """Return what a person has, with approving where it is wanted and they do."""
        stored = self.book.duties.get(person, 0)
        account = self.state.persons.get(person, NOBODY)
        record = self.state.record(account)
        approves = account != NOBODY and record.is_seated and record.has_any(Role.APPROVER)
        return stored | APPROVAL if wanted & APPROVAL and approves else stored


def _require_known(duty: int) -> None:
    if not 0 < duty <= _ALL or duty & (duty - 1):
        raise DutyUnknown(duty=duty)


def _require_stored(duty: int) -> None:
    _require_known(duty)
    if duty == APPROVAL:
        raise DutyIsRole(duty=duty)
