"""Which invariant is proven, which is tested, and with what bounds: the table at the head of `proofs.md`.

The invariants are the rows of `contracts/README.md`, the tests are the checks of the lock-step machine that name one
(`check_i4_...`, or `I-9` in the first line of a module), and the proofs those of the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.proofs.catalogue import Catalogue, Outcome, Result

ROOT: Final = Path(__file__).parents[2]
MACHINE: Final = ROOT / "tests" / "lifecycle"
_ROW: Final = re.compile(r"^\| (I-\d+) \| (.+?) \|", re.MULTILINE)
_CHECK: Final = re.compile(r"^ *def (check_i(\d+)_\w+)", re.MULTILINE)
_WORDS: Final[Mapping[Outcome, str]] = {
    "holds": "proven",
    "fails": "FAILS",
    "unfinished": "not finished",
}


def invariants() -> dict[str, str]:
    """Return what each invariant says, by its number."""
    return dict(_ROW.findall((ROOT / "contracts" / "README.md").read_text("utf-8")))


def checks() -> dict[str, list[str]]:
    """Return where the lock-step machine checks each invariant."""
    found: dict[str, list[str]] = {}
    for path in sorted(MACHINE.glob("*.py")):
        if path.name.startswith("test_"):
            continue
        text = path.read_text("utf-8")
        for name, number in _CHECK.findall(text):
            found.setdefault(f"I-{number}", []).append(f"`{name}`")
        for number in re.findall(r"I-(\d+)", text.partition("\n")[0]):
            found.setdefault(f"I-{number}", []).append(f"`{path.name}`")
    return found


def to_evidence(catalogue: Catalogue, found: Mapping[str, Result]) -> list[str]:
    """Return the lines of the table."""
    tested = checks()
    lines = [
        "| | what holds | proven, within the bounds below | tested after every step of the lock-step machine |",
        "| --- | --- | --- | --- |",
    ]
    for number, text in invariants().items():
        proofs = [proof for proof in catalogue.proofs if number in re.findall(r"I-\d+", proof.invariant)]
        proven = ", ".join(f"{proof.name} ({_WORDS[found[proof.name].outcome]})" for proof in proofs)
        lines.append(
            f"| {number} | {text} | {proven or 'nothing'} | {', '.join(tested.get(number, ['nothing']))} |"
        )
    return lines
