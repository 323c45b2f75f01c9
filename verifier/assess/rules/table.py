"""All rules, and what they find about an operation."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from verifier.assess.case import Case
from verifier.assess.rules import (
    allowance,
    anyone,
    approvals,
    authority,
    bridge,
    changes_vault,
    code,
    consent,
    counterparty_first_time,
    counterparty_look_alike,
    counterparty_unknown,
    creation,
    decimals,
    delegate_call,
    differs_from_last,
    encoding,
    evidence,
    exchange,
    expedited,
    function_ambiguous,
    function_not_understood,
    function_unknown,
    limits,
    loosened,
    market,
    not_judged,
    policy_change_in_batch,
    price,
    recipient,
    refund,
    seasoning,
    simulated,
    stake,
    standing,
    touched,
    window,
)
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.finding import Finding

_RULES: Final[tuple[FindingRule, ...]] = (
    *encoding.RULES,
    *function_unknown.RULES,
    *function_not_understood.RULES,
    *function_ambiguous.RULES,
    *delegate_call.RULES,
    *consent.RULES,
    *creation.RULES,
    *authority.RULES,
    *policy_change_in_batch.RULES,
    *loosened.RULES,
    *changes_vault.RULES,
    *allowance.RULES,
    *anyone.RULES,
    *recipient.RULES,
    *exchange.RULES,
    *price.RULES,
    *bridge.RULES,
    *market.RULES,
    *refund.RULES,
    *stake.RULES,
    *counterparty_look_alike.RULES,
    *counterparty_unknown.RULES,
    *counterparty_first_time.RULES,
    *code.RULES,
    *simulated.RULES,
    *touched.RULES,
    *approvals.RULES,
    *differs_from_last.RULES,
    *limits.RULES,
    *decimals.RULES,
    *standing.RULES,
    *seasoning.RULES,
    *window.RULES,
    *expedited.RULES,
    *evidence.RULES,
)
RULES: Final[tuple[FindingRule, ...]] = (*_RULES, not_judged.rule_over(_RULES))
"""Every rule about an operation, in the order in which findings of one severity are shown."""

MOST_REMARKS: Final = 20
"""So many findings of one rule are shown one by one: a huge batch must not drown the others."""


def judge_case(case: Case) -> tuple[Finding, ...]:
    """Return all findings about an operation, the worst first."""
    found = [finding for rule in RULES for finding in _findings(rule, case)]
    return tuple(sorted(found, key=lambda finding: -finding.severity))


def _findings(rule: FindingRule, case: Case) -> Iterator[Finding]:
    remarks = rule.judge(case)
    first = list(islice(remarks, MOST_REMARKS))
    yield from map(rule.finding, first)
    rest = list(remarks)
    if rest:
        said = f"{len(rest)} more places of this operation are as the {len(first)} above. Look at all of its calls."
        evidence = min(remark.evidence for remark in rest)
        is_labelled = all(remark.is_labelled for remark in rest)
        yield rule.finding(Remark(said=said, evidence=evidence, is_labelled=is_labelled))
