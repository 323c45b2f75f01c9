"""An operation that was made ready sooner."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.finding import Severity
from verifier.model.text import show_moment


def _judge(case: Case) -> Iterator[Remark]:
    ledger = case.bypasses
    if ledger is None:
        return
    for index, bypass in sorted(ledger.bypasses.items()):
        if bypass.operation_id == case.lane.operation_id:
            said = (
                f"Break-glass at {show_moment(bypass.record.at)} (bypass {index}): without it, this would have been "
                f"ready at {show_moment(bypass.record.former_ready_at)}. Ask who hurried it, and why."
            )
            yield Remark(said=said, evidence=ledger.evidence)


RULES = (
    FindingRule(
        id="expedited",
        severity=Severity.WARNING,
        rests_on="the ledger of bypasses",
        meaning="Members used break-glass, so that there is less time to look than the tier gives. Ask who hurried it, "
        "and why; an auditor has to review it.",
        judge=_judge,
    ),
)
