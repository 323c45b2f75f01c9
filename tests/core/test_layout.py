"""Our one table of storage slots, against the compiler's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.release import read_release
from verifier.chain import layout as table
from verifier.chain.layout import BYPASS, GROUP, LEDGER_SLOTS, SEAT, SLOTS, SUSPENSION
from verifier.model.address import Address
from verifier.model.word import WordLayout


def compiled_slots(contract: str = "vault") -> dict[str, int]:
    """Return the slot of each variable; of structs, those of the members."""
    layout = read_release(f"{contract}.json")["storage_layout"]
    slots = {}

    def open_up(prefix: str, entry: dict[str, Any], base: int) -> None:
        assert entry["offset"] == 0, "a variable shares its slot"
        slot = base + int(entry["slot"])
        members = layout["types"][entry["type"]].get("members")
        path = f"{prefix}{entry['label']}"
        if not members:
            slots[path] = slot
        for member in members or ():
            open_up(f"{path}.", member, slot)

    for entry in layout["storage"]:
        open_up("", entry, 0)
    return slots


def struct(name: str, contract: str = "vault") -> dict[str, Any]:
    (found,) = (
        kind
        for label, kind in read_release(f"{contract}.json")["storage_layout"]["types"].items()
        if f"t_struct({name})" in label and "members" in kind
    )
    return dict(found)


def test_slots__compiled_layout__the_same() -> None:
    assert compiled_slots() == SLOTS


def words_of(name: str, contract: str) -> list[str]:
    """Return the name of every word of a struct that has nothing smaller; of an array, one for each of its items."""
    types = read_release(f"{contract}.json")["storage_layout"]["types"]
    words: list[str] = []
    for member in struct(name, contract)["members"]:
        assert (int(member["slot"]), member["offset"]) == (len(words), 0)
        words += [member["label"]] * (int(types[member["type"]]["numberOfBytes"]) // 32)
    return words


def test_ledger__compiled_layout__terms_first_and_bypasses_behind_them() -> None:
    assert compiled_slots("bypass_ledger") == LEDGER_SLOTS
    assert words_of("BypassBook", "bypass_ledger") == ["terms", "bypasses"]
    assert words_of("Bypass", "bypass_ledger") == [*BYPASS, "participants"]
    vault = Address(b"\x11" * 20)
    assert len(table.bypass(vault, 0)) == len(BYPASS)
    assert table.bypass(vault, 0) != table.bypass(vault, 1)


def test_group__compiled_layout__its_key_and_three_words_of_holders() -> None:
    assert words_of("Group", "vault") == list(GROUP)


def test_lane__compiled_layout__state_behind_the_id() -> None:
    members = struct("LaneSlot")["members"]
    assert [(m["label"], m["slot"], m["offset"]) for m in members] == [("id", "0", 0), ("state", "1", 0)]


@pytest.mark.parametrize(("name", "layout"), [("Seat", SEAT), ("Suspension", SUSPENSION)])
def test_struct_in_one_word__compiled_layout__the_same_fields(name: str, layout: WordLayout) -> None:
    types = read_release("vault.json")["storage_layout"]["types"]
    bits = 0
    for (field, width), member in zip(layout.fields, struct(name)["members"], strict=True):
        assert (member["label"], member["slot"], 8 * member["offset"]) == (field, "0", bits)
        assert 8 * int(types[member["type"]]["numberOfBytes"]) == width
        bits += width


def test_mappings__keys__whole_words() -> None:
    types = read_release("vault.json")["storage_layout"]["types"]
    keys = {kind["key"] for kind in types.values() if kind["encoding"] == "mapping"}
    assert {types[key]["numberOfBytes"] for key in keys} <= {"20", "32"}


def mapping_keys(contract: str) -> dict[str, list[str]]:
    """Return the types of the keys of each mapping, outermost first, by the variable's path."""
    layout = read_release(f"{contract}.json")["storage_layout"]
    types = layout["types"]
    found: dict[str, list[str]] = {}

    def open_up(path: str, kind: str) -> None:
        if types[kind]["encoding"] == "mapping":
            found.setdefault(path, []).append(types[types[kind]["key"]]["label"])
            open_up(path, types[kind]["value"])
        for member in types[kind].get("members") or ():
            open_up(f"{path}.{member['label']}", member["type"])

    for entry in layout["storage"]:
        open_up(entry["label"], entry["type"])
    return found


def test_mappings__compiled_layout__keyed_as_the_table_keys_them() -> None:
    # All keys are padded to words on the left; the order of nested ones is what a table can get wrong.
    assert mapping_keys("vault") == {
        "_tiers": ["Tier"],
        "_lanes": ["uint256"],
        "_withdrawn": ["uint256"],
        "_members.seats": ["MemberIndex"],
        "_members.records": ["address"],
        "_members.persons": ["uint256"],
        "_members.suspensions": ["address"],
        "_members.held": ["uint256"],
        "_members.pauses": ["uint256", "uint256"],
        "_members.groups": ["address"],
        "_policy.assets": ["address"],
        "_policy.counterparties": ["address"],
        "_policy.rules": ["address", "uint256"],
    }
    assert mapping_keys("bypass_ledger") == {
        "_books": ["address"],
        "_books.bypasses": ["uint256"],
        "_books.bypasses.participants": ["uint256"],
    }
