"""A group: a key that no single person has, and who holds a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from verifier.model.units import Person

_IN_A_WORD: Final = 8
_WORDS: Final = 3
_BITS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What the vault holds of a group beside its member's record."""

    # The abscissa of its key; the record's kind is the prefix.
    x: int
    # Growing.
    holders: tuple[Person, ...]


def pack_holders(persons: Sequence[int]) -> tuple[int, int, int]:
    """Return persons as the vault takes them: eight to a word from the lowest bits on. Valid or not, up to 24 fit."""
    words = [0] * _WORDS
    for place, person in enumerate(persons):
        words[place // _IN_A_WORD] |= person << place % _IN_A_WORD * _BITS
    first, second, third = words
    return first, second, third


def unpack_holders(words: Sequence[int]) -> tuple[Person, ...]:
    """Return the persons of these words, up to the first place that is empty."""
    persons: list[Person] = []
    for place in range(_IN_A_WORD * _WORDS):
        person = words[place // _IN_A_WORD] >> place % _IN_A_WORD * _BITS & (1 << _BITS) - 1
        if person == 0:
            break
        persons.append(Person(person))
    return tuple(persons)
