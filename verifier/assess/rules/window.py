"""Tiers that execute at some times only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.finding import Severity
from verifier.model.life import Status
from verifier.model.text import show_moment
from verifier.model.tier import TierTerms
from verifier.model.units import Timestamp

_QUARTER: Final = 900
"""Windows open and close at quarter hours."""


def first_open(terms: TierTerms, start: Timestamp, end: Timestamp) -> Timestamp | None:
    """Return the first moment between these, both included, at which a tier may execute; None where there is none."""
    moment = start
    while moment <= end:
        if terms.is_open_at(moment):
            return moment
        moment = Timestamp(moment - moment % _QUARTER + _QUARTER)
    return None


def _closed(case: Case) -> Iterator[Remark]:
    found = _span(case)
    if found is None:
        return
    terms, start, end = found
    opens = first_open(terms, start, end)
    if opens is not None and opens != start:
        said = (
            f"It is ready {show_moment(start)}, when its tier may not execute: the first moment is "
            f"{show_moment(opens)}, and the last one to execute it {show_moment(end)}."
        )
        yield Remark(said=said, evidence=min(case.evidence, case.reading.tiers.evidence))


def _missed(case: Case) -> Iterator[Remark]:
    found = _span(case)
    if found is None:
        return
    terms, start, end = found
    if first_open(terms, start, end) is None:
        said = (
            f"It can never be executed as things are: it expires {show_moment(end)}, and its tier may not execute "
            f"before. If it is wanted, it has to be published again."
        )
        yield Remark(said=said, evidence=min(case.evidence, case.reading.tiers.evidence))


def _span(case: Case) -> tuple[TierTerms, Timestamp, Timestamp] | None:
    """Return the terms of its tier, and the time in which it can still be executed; None where no clock runs."""
    state, now = case.lane.state, case.reading.head.timestamp
    if state.status is not Status.WAITING or now > state.expires_at:
        return None
    return case.reading.tiers.value[state.tier], max(state.moment, now), state.expires_at


RULES = (
    FindingRule(
        id="window-closed",
        severity=Severity.INFO,
        rests_on="the lane's state, and the tier's window",
        meaning="When it is ready, its tier may not execute yet. There is more time to look at it.",
        judge=_closed,
    ),
    FindingRule(
        id="window-missed",
        severity=Severity.WARNING,
        rests_on="the lane's state, and the tier's window",
        meaning="It expires before its tier may execute again. The window was changed since it was approved.",
        judge=_missed,
    ),
)
