"""What follows for a signer from uses of break-glass."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.bypasses import require_bypass_allowed
from verifier.errors import VaultError
from verifier.model.bypass import Verdict
from verifier.model.finding import Finding, Severity
from verifier.model.reading import BypassReading, VaultReading
from verifier.model.text import Shown, show_moment
from verifier.model.units import hours


def judge_bypasses(reading: VaultReading, ledger: BypassReading) -> Iterator[Finding]:
    """Yield what waits for a review, and whether there may be a further one."""
    waiting = [
        (index, bypass.record)
        for index, bypass in sorted(ledger.bypasses.items())
        if bypass.record.verdict is Verdict.UNREVIEWED and index >= ledger.terms.counted_from
    ]
    if not waiting:
        return
    index, first = waiting[0]
    due_by = show_moment(first.at + hours(ledger.terms.review_hours))
    count = f"{len(waiting)} uses" if len(waiting) > 1 else "One use"
    said = (
        f"{count} of break-glass without a review, the first one number {index}: an auditor who took no part has to "
        f"review it by {due_by}."
    )
    try:
        require_bypass_allowed(ledger.terms, ledger.records, now=reading.head.timestamp)
    except VaultError:
        said += " Until then no operation can be made ready sooner."
    yield Finding(
        rule="bypass-unreviewed", severity=Severity.NOTICE, sentence=Shown(said), evidence=ledger.evidence
    )
