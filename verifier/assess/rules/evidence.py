"""Words on the screen that rest on one source only."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity


def _judge(case: Case) -> Iterator[Remark]:
    # Where all is claimed, that is said of the reading as a whole.
    if case.evidence is Evidence.CLAIMED:
        return
    for site in case.sites():
        if site.call.evidence is Evidence.CLAIMED:
            said = (
                f"{site.name}: its words use something that one source says, and nobody else, such as decimals. The "
                "bare numbers are the bytes' own: go by them."
            )
            yield Remark(said=said, evidence=Evidence.CLAIMED, site=site)


RULES = (
    FindingRule(
        id="evidence-claimed",
        severity=Severity.NOTICE,
        rests_on="the evidence of what a call's sentence uses",
        meaning="A call is put into words with the help of something that one source only says. Go by the bare "
        "numbers, which are the bytes' own.",
        judge=_judge,
    ),
)
