"""The examination as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from verifier.desk.health import Check
from verifier.model.finding import Severity
from verifier.pages.layout import Page

MARKS: Final = {
    Severity.INFO: "ok",
    Severity.NOTICE: "note",
    Severity.WARNING: "warn",
    Severity.DANGER: "FAIL",
}


def doctor_page(parts: Mapping[str, Sequence[Check]], width: int) -> str:
    """Return the lines under their titles, and what they come to."""
    return checks_page(parts, width, if_wrong="sign nothing until that is cured")


def checks_page(parts: Mapping[str, Sequence[Check]], width: int, *, if_wrong: str) -> str:
    """Return checks under their titles, and what they come to.

    :param if_wrong: what to do, or not to do, where something is wrong
    """
    page = Page(width)
    for title, checks in parts.items():
        page.space()
        page.text(title)
        column = max((len(check.subject) for check in checks), default=0)
        for check in checks:
            lead = f"{MARKS[check.severity]:<5} {check.subject:<{min(column, 24)}}  "
            page.text(check.sentence, indent=2, hang=lead)
    page.space()
    page.text(_sum([check for checks in parts.values() for check in checks], if_wrong))
    return str(page)


def _sum(checks: Sequence[Check], if_wrong: str) -> str:
    failed = sum(check.severity is Severity.DANGER for check in checks)
    warned = sum(check.severity is Severity.WARNING for check in checks)
    if failed:
        return f"{failed} thing{'s' if failed != 1 else ''} wrong: {if_wrong}."
    if warned:
        return f"{warned} thing{'s' if warned != 1 else ''} to see to."
    return "All is well."
