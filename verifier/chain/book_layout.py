"""Where the companions keep what they hold for a vault: duties and strategies. A test holds it to the compiler's.

A set is a list of items, at the hash of its slot, and a mapping of their places, which nobody needs to read.
"""

from __future__ import annotations

from typing import Final

from eth_hash.auto import keccak

from verifier.model.address import Address
from verifier.model.units import Person
from verifier.model.word import WordLayout

# Of the registry of duties, and of the limits of strategies: one variable each.
DUTY_SLOTS: Final = {"_books": 0}
STRATEGY_SLOTS: Final = {"_books": 0}

# Behind the first word of a vault's book.
DUTY_BOOK: Final = {"conflicts": 0, "persons": 1, "duties": 3}
STRATEGY_BOOK: Final = {"names": 0, "strategies": 2, "held": 3, "pauses": 4}
# Behind the first word of a strategy.
STRATEGY: Final = {"terms": 0, "suspension": 2, "venues": 3, "guards": 5}

STRATEGY_LIMITS: Final = WordLayout("StrategyTerms", "position 128 | order 128")
STRATEGY_RISK: Final = WordLayout("StrategyTerms", "risk 32")
STRATEGY_SUSPENSION: Final = WordLayout("StrategySuspension", "guard 160 | until 40")


def conflicts(vault: Address) -> int:
    return _duty_book(vault) + DUTY_BOOK["conflicts"]


def duty_persons(vault: Address) -> int:
    """The length of the list of everybody who has a duty; `items_of` says where they stand."""
    return _duty_book(vault) + DUTY_BOOK["persons"]


def duties(vault: Address, person: Person) -> int:
    return _at(_duty_book(vault) + DUTY_BOOK["duties"], person.to_bytes(32, "big"))


def strategy_names(vault: Address) -> int:
    """The length of the list of strategies."""
    return _strategy_book(vault) + STRATEGY_BOOK["names"]


def strategy(vault: Address, name: bytes) -> int:
    """The first word of a strategy."""
    return _at(_strategy_book(vault) + STRATEGY_BOOK["strategies"], name)


def items_of(list_slot: int, length: int) -> range:
    """Return the slots of the items of a list, by the slot of its length."""
    first = int.from_bytes(keccak(list_slot.to_bytes(32, "big")), "big")
    return range(first, first + length)


def _duty_book(vault: Address) -> int:
    return _at(DUTY_SLOTS["_books"], vault.rjust(32, b"\0"))


def _strategy_book(vault: Address) -> int:
    return _at(STRATEGY_SLOTS["_books"], vault.rjust(32, b"\0"))


def _at(mapping: int, key: bytes) -> int:
    return int.from_bytes(keccak(key + mapping.to_bytes(32, "big")), "big")
