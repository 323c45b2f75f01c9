"""The page that says what rings: held to what the code does."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from verifier.assess.happenings.operations import BASE, ring_of
from verifier.model.finding import Severity
from verifier.model.tier import Tier
from verifier.model.watching import Kind

_PAGE: Final = (Path(__file__).parents[2] / "docs" / "watching.md").read_text("utf-8")
SECTION: Final = _PAGE.partition("## What rings, and what does not")[2].partition("\n## ")[0]
ROWS: Final = [
    [cell.strip() for cell in line.split("|")[1:-1]] for line in SECTION.splitlines() if "`" in line[:3]
]
RINGS: Final[dict[str, tuple[Severity | None, Tier | None]]] = {
    # From which severity of the findings on, whatever the tier; and from which tier on, whatever the findings.
    "never": (None, None),
    "always": (None, Tier.ROUTINE),
    "with a danger": (Severity.DANGER, None),
    "with a danger among its findings": (Severity.DANGER, None),
    "with a warning or danger": (Severity.WARNING, None),
    "from HIGH_VALUE on; below with a warning or danger": (Severity.WARNING, Tier.HIGH_VALUE),
}


def test_page__every_kind__in_one_row() -> None:
    named = [name for row in ROWS for name in re.findall(r"`([a-z-]+)`", row[0])]
    assert sorted(named) == sorted(kind.value for kind in Kind)


@pytest.mark.parametrize("kind", BASE)
def test_page__step_of_an_operation__as_loud_as_it_says(kind: Kind) -> None:
    (row,) = [row for row in ROWS if row[0] == f"`{kind.value}`"]
    below, above = (Severity[name.strip().upper()] for name in row[1].split(","))
    for tier, findings in product(Tier, Severity):
        ring = ring_of(kind, tier, findings)
        assert ring.severity >= (above if tier >= Tier.HIGH_VALUE else below)
        if findings is Severity.INFO:
            assert ring.severity is (above if tier >= Tier.HIGH_VALUE else below)
        severity, from_tier = RINGS[row[2]]
        by_findings = severity is not None and findings >= severity
        assert ring.pages is (by_findings or (from_tier is not None and tier >= from_tier))
