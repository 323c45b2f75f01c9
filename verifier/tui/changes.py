"""What became different between two looks at a lane, for a reader who has the first one before the eyes."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.desk.briefing import Briefing
from verifier.model.finding import Severity
from verifier.pages.layout import MARKS


def changes_between(former: Briefing, latest: Briefing) -> Iterator[str]:
    """Yield what a reader must notice, in sentences."""
    (before,), (after,) = former.reviews, latest.reviews
    lane = after.lane.lane
    if before.lane.operation_id != after.lane.operation_id:
        yield f"Lane {lane} holds another operation now: this is number {after.lane.state.sequence} of the lane."
        return
    if before.status is not after.status:
        yield f"Lane {lane}: it was {before.status.name}, and is {after.status.name} now."
    was, now = before.quorum.count.approvals, after.quorum.count.approvals
    if was != now:
        yield f"Lane {lane}: {now} approvals count now; it was {was}."
    known = {(finding.rule, finding.sentence) for finding in before.findings}
    for finding in after.findings:
        if finding.severity >= Severity.WARNING and (finding.rule, finding.sentence) not in known:
            yield f"{MARKS[finding.severity]}, new: {finding.sentence}"
