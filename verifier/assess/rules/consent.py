"""Consent to something of which the operation holds a hash or a message, and not what it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.finding import Severity

_BLIND: Final = frozenset({"approveHash", "signMessage"})


def _judge(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        if site.call.function.partition("(")[0] in _BLIND:
            said = (
                f"{site.name}: {case.name(site.call.caller or case.vault)} consents to something that is not in this "
                "operation. Only its hash, or a message, is here, and with it anybody may go on. Get the whole of it, "
                "and hash it yourself, before you approve."
            )
            yield Remark(said=said, evidence=case.evidence, site=site)


RULES = (
    FindingRule(
        id="consent-unseen",
        severity=Severity.WARNING,
        rests_on="the call's function",
        meaning="The operation signs or approves, in the name of an account, something of which only a hash or a "
        "message is here: a transaction of a Safe, an order, a permit. What it allows cannot be read from it.",
        judge=_judge,
    ),
)
