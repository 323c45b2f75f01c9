"""Bytes that fit several functions."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.finding import Severity
from verifier.model.text import sanitise

_MOST_NAMES = 5


def _judge(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        names = tuple(dict.fromkeys(site.call.candidates))
        if len(names) > 1:
            shown = " or ".join(sanitise(name) for name in names[:_MOST_NAMES])
            more = f", or one of {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
            said = (
                f"{site.name}: these bytes can be {shown}{more}. Its contract decides which; what is shown is the "
                "worst of them. Look into the contract before you trust a name."
            )
            yield Remark(said=said, evidence=case.evidence, site=site)


RULES = (
    FindingRule(
        id="function-ambiguous",
        severity=Severity.NOTICE,
        rests_on="the call's bytes, and every signature that they fit",
        meaning="Several functions have this selector, and the arguments fit more than one of them. No name clears a "
        "finding then: judge by the effects, and by the contract's own source.",
        judge=_judge,
    ),
)
