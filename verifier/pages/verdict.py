"""The findings about one operation, and nothing else, as text."""

from __future__ import annotations

from verifier.desk.briefing import Briefing
from verifier.model.finding import Severity
from verifier.pages.layout import MARKS, Page
from verifier.pages.queue import add_heading
from verifier.pages.words import clock_of


def verdict_page(briefing: Briefing, worst: Severity | None, width: int) -> str:
    """Return what the operation is, its findings, and the worst of them."""
    (review,) = briefing.reviews
    page = Page(width)
    add_heading(page, briefing)
    page.space()
    clock = clock_of(review.lane.state, review.status, briefing.reading.head.timestamp)
    page.text(f"Lane {review.lane.lane}: {review.status.name}, {clock}; {review.lane.state.tier.name}")
    page.text(review.sentence, indent=2)
    page.space()
    page.findings([*review.findings, *briefing.findings])
    page.space()
    page.text(_say(worst))
    return str(page)


def _say(worst: Severity | None) -> str:
    if worst is None or worst < Severity.WARNING:
        return "No rule found a warning or danger. That is no reason to sign: read it whole first."
    return f"The worst is {MARKS[worst]}. Do what the findings say before you sign."
