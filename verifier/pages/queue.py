"""The queue as text."""

from __future__ import annotations

from verifier.assess.segregated_quorum import show_seats
from verifier.desk.briefing import Briefing
from verifier.desk.review import Review
from verifier.pages.layout import MARKS, Page, table_lines
from verifier.pages.words import block_of, clock_of, completeness_of, endpoints_of, named

_COLUMNS = ("lane", "status", "tier", "approvals", "clock", "finding", "evidence")
_MOST_CALLS = 3


def queue_page(briefing: Briefing, width: int) -> str:
    """Return the queue: a row for each open operation, what it does below it, and whether that is all."""
    page = Page(width)
    add_heading(page, briefing)
    page.space()
    if briefing.findings:
        page.findings(briefing.findings)
        page.space()
    if briefing.reviews:
        _add_rows(page, briefing)
    else:
        page.text("Nothing is waiting: no operation could be executed now or later.")
    page.space()
    page.text(completeness_of(briefing))
    if briefing.reviews:
        page.text(
            f"`fourth-signer show {briefing.reviews[0].lane.lane}` shows the first one whole, and plays it. For this "
            "list nothing was played, and no co-signer's signature was looked at."
        )
    return str(page)


def add_heading(page: Page, briefing: Briefing) -> None:
    """Add which vault this is, and at which block it was read."""
    reading = briefing.reading
    page.field("vault", briefing.signer.vault_name or "not pinned", indent=0)
    page.field("address", named(briefing, reading.vault), indent=0)
    page.field("block", f"{block_of(reading.head)}, chain {reading.head.chain_id}", indent=0)
    page.field("", endpoints_of(reading.head), indent=0)


def missing_of(review: Review) -> str:
    """Return what the quorum lacks although its number is reached; empty where nothing is."""
    count = review.quorum.count
    if count.approvals < count.needed or count.is_standing:
        return ""
    if not count.publisher_counts:
        return "Whoever published it may not publish it any more."
    lacking = count.security_needed - count.security_approvals
    if lacking <= 0:
        return _say_segregation(review)
    return f"Still missing: {lacking} approval{'s' if lacking != 1 else ''} by the security team."


def _say_segregation(review: Review) -> str:
    segregation = review.quorum.segregation
    if segregation and isinstance(segregation.recorded, tuple):
        seats = show_seats(segregation.recorded)
        return f"Still missing: somebody who names {seats}, who are apart from each other, as its quorum."
    return "Still missing: members who are apart from each other."


def _add_rows(page: Page, briefing: Briefing) -> None:
    rows = table_lines([_COLUMNS, *(_row(briefing, review) for review in briefing.reviews)])
    page.line(rows[0])
    for row, review in zip(rows[1:], briefing.reviews, strict=True):
        page.line(row)
        for sentence in sentences_of(review):
            page.text(sentence, indent=6)
        page.space()


def _row(briefing: Briefing, review: Review) -> tuple[str, ...]:
    count, state = review.quorum.count, review.lane.state
    severity = review.severity
    return (
        str(review.lane.lane),
        review.status.name,
        state.tier.name,
        f"{count.approvals}/{count.needed}",
        clock_of(state, review.status, briefing.reading.head.timestamp),
        MARKS[severity] if severity is not None else "none",
        review.evidence.name.lower(),
    )


def sentences_of(review: Review) -> list[str]:
    """Return what an operation does as a list has room for it, and what its quorum lacks."""
    calls = review.calls
    if len(calls) <= 1 or any(call.children for call in calls):
        said: list[str] = [review.sentence]
    else:
        said = [f"Makes {len(calls)} calls, all or none:"]
        said += [f"{i + 1}. {call.sentence}" for i, call in enumerate(calls[:_MOST_CALLS])]
        if len(calls) > _MOST_CALLS:
            said.append(f"... and {len(calls) - _MOST_CALLS} more: `fourth-signer show {review.lane.lane}`.")
    if lacking := missing_of(review):
        said.append(lacking)
    return said
