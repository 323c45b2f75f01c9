"""The files to begin with are what their first lines say, and what the pages tell to run gives what stands in them."""

from __future__ import annotations

import contextlib
import io
import shlex
import tomllib
from pathlib import Path
from typing import Final

import pytest

from tests.docs.pages import ROOT, text_of
from verifier.assess.policy import PolicyBook, judge
from verifier.model.address import Address
from verifier.model.member import Attributes, Role
from verifier.model.place import coordinates_of
from verifier.model.tier import Tier
from verifier.model.units import Timestamp
from verifier.store.calls_file import read_calls
from verifier.store.release import companion_addresses

CALLS: Final = ROOT / "docs" / "examples" / "calls"
FILES: Final = sorted(CALLS.glob("*.toml"))
VAULT: Final = Address(bytes.fromhex("5FbDB2315678afecb367f032d93F642f64180aa3"))
MEMBER: Final = Address(bytes.fromhex("70997970C51812dc3A010C7d01b50e0d17dc79C8"))
SEAT_OPERATIONS: Final = {
    "add-member.toml", "confirm-suspension.toml", "reinstate-member.toml", "remove-member.toml",
    "replace-member.toml", "set-roles.toml",
}  # fmt: skip


def names_of(paths: list[Path]) -> set[str]:
    return {path.name for path in paths}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_calls__of_every_file__are_read_and_judged_as_the_handbook_says(path: Path) -> None:
    calls = read_calls(path)
    book = PolicyBook(companions=companion_addresses(), assets={}, counterparties={})
    judgement = judge(calls, vault=VAULT, book=book, known={MEMBER}, now=Timestamp(0))
    assert judgement.is_seat_operation == (path.name in SEAT_OPERATIONS)
    assert judgement.subject == (MEMBER if path.name in SEAT_OPERATIONS else Address(bytes(20)))
    assert judgement.tier is Tier.CUSTODY  # payments too, since nothing is listed here


def test_calls__that_the_handbook_lists__are_all_there_are() -> None:
    assert names_of(FILES) >= SEAT_OPERATIONS
    pages = "".join(text_of(page) for page in (ROOT / "docs").glob("*.md"))
    assert {name for name in names_of(FILES) if f"examples/calls/{name}" not in pages} == set()


def test_claims__by_the_program_of_the_handbook__are_those_of_the_example() -> None:
    (line,) = (line for line in text_of(ROOT / "docs" / "running.md").splitlines() if "Attributes" in line)
    python, flag, program = shlex.split(line)
    assert (python, flag) == ("python", "-c")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(program, {})  # noqa: S102 - the handbook's own line
    file = tomllib.loads((CALLS / "add-member.toml").read_text("utf-8"))
    assert file["calls"][0]["arguments"][3] == said.getvalue().strip()
    claims = Attributes.unpack(int(said.getvalue()))
    assert (claims.employer, claims.utc_offset) == (3, 60)
    zurich = coordinates_of(claims.place)
    assert (round(zurich.latitude, 2), round(zurich.longitude, 2)) == (47.37, 8.54)


def test_roles__of_the_example__are_those_that_its_first_lines_name() -> None:
    file = tomllib.loads((CALLS / "set-roles.toml").read_text("utf-8"))
    assert Role(int(file["calls"][0]["arguments"][1])) == Role.APPROVER | Role.SECURITY
