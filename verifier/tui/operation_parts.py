"""The parts of an operation's screen that are text, the titles of all of them, and the keys of what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from verifier.desk.briefing import Briefing
from verifier.desk.review import Review
from verifier.model.finding import Finding
from verifier.pages.lane import add_approvals, add_clock, add_evidence, add_hashes, add_levels
from verifier.pages.simulation import add_simulation
from verifier.tui.sheet import Fill, Sheet

TABS: Final = (
    ("calls", "Calls"),
    ("findings", "Findings"),
    ("approvals", "Approvals"),
    ("played", "If executed"),
    ("clock", "Clock"),
    ("hashes", "Hashes"),
    ("doing", "Do"),
)

KEYS: Final = {
    "a": ("approve", "Approve"),
    "v": ("veto", "Veto"),
    "o": ("object", "Object"),
    "w": ("withdraw", "Withdraw"),
    "c": ("cancel", "Cancel"),
    "e": ("expedite", "Expedite"),
    "x": ("execute", "Execute"),
}
"""What each key does, as the contract names it."""


def fills_of(briefing: Briefing, review: Review) -> dict[str, Fill]:
    """Return what writes each part. Findings stand beside the calls as well, where there is room."""
    findings = [*review.findings, *briefing.findings]
    return {
        "findings": partial(_add_findings, findings=findings),
        "beside": partial(_add_findings, findings=findings),
        "approvals": partial(_add_approvals, briefing=briefing, review=review),
        "played": partial(_add_played, review=review),
        "clock": partial(_add_clock, briefing=briefing, review=review),
        "hashes": partial(_add_hashes, review=review),
    }


def _add_findings(sheet: Sheet, *, findings: Sequence[Finding]) -> None:
    if not findings:
        sheet.text("No rule found anything. That is no reason to sign: read it whole first.")
    sheet.findings(findings)


def _add_approvals(sheet: Sheet, *, briefing: Briefing, review: Review) -> None:
    add_approvals(sheet, briefing, review)
    add_levels(sheet, review)


def _add_played(sheet: Sheet, *, review: Review) -> None:
    if review.simulation is None:
        sheet.text("Nobody has played it yet.")
    add_simulation(sheet, review.simulation, review.lexicon)


def _add_clock(sheet: Sheet, *, briefing: Briefing, review: Review) -> None:
    add_clock(sheet, briefing, review)
    add_evidence(sheet, briefing, review)


def _add_hashes(sheet: Sheet, *, review: Review) -> None:
    add_hashes(sheet, review)
