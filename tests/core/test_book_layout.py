"""Where the companions keep duties and strategies, against the compiler's own layout."""

from __future__ import annotations

import pytest

from tests.core.release import read_release
from tests.core.test_layout import compiled_slots, mapping_keys, struct
from verifier.chain.book_layout import (
    DUTY_BOOK,
    DUTY_SLOTS,
    STRATEGY,
    STRATEGY_BOOK,
    STRATEGY_LIMITS,
    STRATEGY_RISK,
    STRATEGY_SLOTS,
    STRATEGY_SUSPENSION,
)


def slots_in(name: str, contract: str) -> dict[str, int]:
    """Return the slot of each member of a struct; none shares its word."""
    members = struct(name, contract)["members"]
    assert all(member["offset"] == 0 for member in members)
    return {member["label"]: int(member["slot"]) for member in members}


def fields_in(name: str, contract: str, slot: int) -> tuple[tuple[str, int], ...]:
    """Return names and bits of what stands in one word of a struct."""
    types = read_release(f"{contract}.json")["storage_layout"]["types"]
    members = [member for member in struct(name, contract)["members"] if int(member["slot"]) == slot]
    bits = [8 * int(types[member["type"]]["numberOfBytes"]) for member in members]
    assert [8 * member["offset"] for member in members] == [sum(bits[:i]) for i in range(len(bits))]
    return tuple((member["label"], size) for member, size in zip(members, bits, strict=True))


@pytest.mark.parametrize(
    ("contract", "variables", "books"),
    [
        ("duty_registry", DUTY_SLOTS, {"DutyBook": DUTY_BOOK}),
        ("strategy_limits", STRATEGY_SLOTS, {"StrategyBook": STRATEGY_BOOK, "Strategy": STRATEGY}),
    ],
)
def test_books__compiled_layout__the_same(
    contract: str, variables: dict[str, int], books: dict[str, dict[str, int]]
) -> None:
    assert compiled_slots(contract) == variables
    for name, slots in books.items():
        assert slots_in(name, contract) == slots
    # Whatever is listed is a list first, and a mapping of places behind it.
    assert slots_in("Set", contract) == {"items": 0, "places": 1}


def test_strategy__compiled_layout__the_same_fields() -> None:
    assert fields_in("StrategyTerms", "strategy_limits", 0) == STRATEGY_LIMITS.fields
    assert fields_in("StrategyTerms", "strategy_limits", 1) == STRATEGY_RISK.fields
    assert fields_in("StrategySuspension", "strategy_limits", 0) == STRATEGY_SUSPENSION.fields


def test_mappings__compiled_layout__keyed_as_the_table_keys_them() -> None:
    assert mapping_keys("duty_registry")["_books.duties"] == ["uint256"]
    assert mapping_keys("strategy_limits")["_books.strategies"] == ["bytes32"]
    assert mapping_keys("duty_registry")["_books"] == mapping_keys("strategy_limits")["_books"] == ["address"]
