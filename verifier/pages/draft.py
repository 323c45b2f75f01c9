"""An operation that is not published yet, as text: what its proposer has to see is what everybody will see."""

from __future__ import annotations

from verifier.desk.proposing import Draft
from verifier.model.text import show_bytes, show_duration, show_moment
from verifier.pages.calls import add_calls
from verifier.pages.layout import Page
from verifier.pages.queue import add_heading
from verifier.pages.simulation import add_simulation


def draft_page(draft: Draft, width: int) -> str:
    """Return what it would do, its tier and what that asks for, the findings, the calls, and how it would go."""
    briefing, review = draft.briefing, draft.review
    state, tiers = review.lane.state, briefing.reading.tiers.value
    terms = tiers[state.tier]
    page = Page(width)
    add_heading(page, briefing)
    page.space()
    page.text(f"NOT YET PUBLISHED: operation {state.sequence} of lane {review.lane.lane}, yours")
    page.space()
    page.text(review.sentence, indent=2)
    page.space()
    page.field("tier", f"{state.tier.name}{', seat operation' if state.seat_operation else ''}")
    approvals = f"{terms.quorum} approvals, {terms.security_approvals} of them by the security team"
    page.field("needs", f"{approvals}; yours does not count")
    page.field("ready", f"{show_duration(terms.delay)} after its quorum")
    page.field("approve by", show_moment(draft.operation.approve_by))
    page.field("id", show_bytes(review.lane.operation_id))
    if findings := [*review.findings, *briefing.findings]:
        page.title("Findings")
        page.findings(findings, indent=2)
    page.title("Calls, from the bytes alone")
    add_calls(page, review)
    add_simulation(page, review.simulation, review.lexicon)
    return str(page)
