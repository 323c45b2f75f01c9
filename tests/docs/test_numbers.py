"""Numbers that the handbook repeats are those that were measured, pinned or released."""

from __future__ import annotations

import re
import tomllib
from typing import Final

from tests.docs.pages import ROOT, text_of
from verifier.store.release import release_code_hash

DOCS: Final = ROOT / "docs"
# What the handbook calls it, and the row of tests/bench/gas.md; True where it is the peer's number.
GAS: Final = {
    "a payment, STANDARD, 3 of 5: all of it": ("3-of-5 STANDARD ETH", False),
    "the same by a Safe behind a timelock": ("3-of-5 STANDARD ETH", True),
    "a payment, HIGH_VALUE, 3 of 5: all of it": ("3-of-5 HIGH_VALUE ETH", False),
    "a veto": ("3-of-5 veto", False),
    "suspending somebody": ("3-of-5 suspend another", False),
    "suspending oneself": ("3-of-5 suspend oneself", False),
    "hurrying a HIGH_VALUE payment": ("3-of-5 expedite, HIGH_VALUE", False),
    "a new approver, all three steps": ("3-of-5 add an approver, 3 steps", False),
}
GWEI: Final = 2
DOLLARS: Final = 4_000


def rows_of(text: str) -> dict[str, list[str]]:
    """Return the cells of each row of all tables, by the first one."""
    lines = (line for line in text.splitlines() if line.startswith("|"))
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return {row[0]: row[1:] for row in cells}


def test_gas__in_the_handbook__is_what_was_measured_and_in_money() -> None:
    told, measured = rows_of(text_of(DOCS / "new-release.md")), rows_of(text_of(ROOT / "tests/bench/gas.md"))
    for name, (row, is_peers) in GAS.items():
        gas, money = told[name]
        assert gas == measured[row][1 if is_peers else 0], name
        assert money == f"${int(gas.replace(',', '')) * GWEI / 1e9 * DOLLARS:.2f}", name
    assert {name for name, cells in told.items() if cells[-1].startswith("$") and len(cells) == 2} == set(GAS)


def test_changelog__of_this_release__has_its_number_and_its_code() -> None:
    page = text_of(DOCS / "CHANGELOG.md")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert re.findall(r"^## ([\d.]+)", page, re.MULTILINE)[0] == version
    assert f"`0x{release_code_hash().hex()}`" in page


def test_start__that_the_handbook_tells__is_more_than_was_measured() -> None:
    ours = int(rows_of(text_of(ROOT / "tests/bench/start.md"))["--help, beside Ape"][0])
    found = re.search(r"answers in less than ([\d.]+)\s+seconds", text_of(DOCS / "installing.md"))
    assert found
    assert ours < 1_000 * float(found[1])
