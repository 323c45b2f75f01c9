"""Limits of the day that are nearly used up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case
from verifier.assess.movements import levels_of
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.asset import NATIVE
from verifier.model.finding import Severity
from verifier.model.life import Status

NEARLY: Final = 80
"""Percent of the day's limit."""


def _judge(case: Case) -> Iterator[Remark]:
    if case.operation is None or case.judgement is None:
        return
    levels = levels_of(
        case.operation,
        case.policy,
        case.judgement,
        now=case.reading.head.timestamp,
        is_proposed=case.lane.state.status is Status.PROPOSED,
    )
    for level in levels:
        after = level.now if level.later is None else level.later
        limit = level.terms.high_value_from
        if after * 100 < limit * NEARLY:
            continue
        which = "the native coin" if level.asset == NATIVE else case.name(level.asset)
        said = (
            f"Of {which}, {level.terms.amount(after)} of {level.terms.amount(limit)} base units count of the last day, "
            f"or {after * 100 // limit} percent: what comes next is soon HIGH_VALUE. Look at what moved before: many "
            "small movements can be one large one."
        )
        yield Remark(said=said, evidence=min(case.evidence, level.evidence))


RULES = (
    FindingRule(
        id="spending-near-limit",
        severity=Severity.NOTICE,
        rests_on="the call's bytes, and the asset's bucket",
        meaning=f"At least {NEARLY} percent of what may move in a day below HIGH_VALUE is used. A large sum that is "
        "cut into small ones looks so.",
        judge=_judge,
    ),
)
