"""Somebody gains for the first time since this client remembers."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case
from verifier.assess.gains import gains_of
from verifier.assess.rules.rule import FindingRule, Remark, Source
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity


def _judge(case: Case) -> Iterator[Remark]:
    if not case.remembers:
        return
    seen = set()
    for gain in gains_of(case):
        if gain.account in case.history.counterparties or gain.account in seen:
            continue
        seen.add(gain.account)
        said = (
            f"{gain.site.name}: {case.name(gain.account)} never gained by an operation that this client saw. If it "
            "should be an old acquaintance, compare the whole address."
        )
        # That something was never seen is this client's word alone.
        yield Remark(said=said, evidence=Evidence.CLAIMED, site=gain.site, where=gain.where)


RULES = (
    FindingRule(
        id="counterparty-first-time",
        severity=Severity.NOTICE,
        rests_on="this client's memory of operations that were executed",
        meaning="No executed operation that this client saw gave this account anything. That is so with every new "
        "counterparty, and with every impostor. Compare the whole address with a source of your own.",
        judge=_judge,
        needs=frozenset({Source.MEMORY}),
    ),
)
