"""Consent to something of which the operation holds a hash or a message, and not what it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case, Site
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.finding import Severity

_BLIND: Final = frozenset({"approveHash", "signMessage", "setPreSignature", "setRoot", "setRootWithContext"})
_BY_NUMBER: Final = frozenset(
    {"confirmTransaction(uint256)", "executeTransaction(uint256)", "queue(uint256)", "execute(uint256)"}
    | {"emergencyCommit(uint32)"}
)
"""Functions that consent to what a contract keeps under a number; others of these names hold all of it."""


def _judge(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        function = site.call.function
        if (function.partition("(")[0] in _BLIND and not _takes_back(site)) or function in _BY_NUMBER:
            said = (
                f"{site.name}: {case.name(site.call.caller or case.vault)} consents to something that is not in this "
                "operation. Only its hash, its number or a message is here, and with it anybody may go on: it can be "
                "a payment of everything. Veto it unless you have the whole of it, and hashed it yourself."
            )
            yield Remark(said=said, evidence=case.evidence, site=site)


def _takes_back(site: Site) -> bool:
    """Whether it says no: the last argument of `setPreSignature` is whether the order is signed."""
    arguments = site.call.arguments
    return bool(arguments) and arguments[-1].type == "bool" and not arguments[-1].value


RULES = (
    FindingRule(
        id="consent-unseen",
        severity=Severity.DANGER,
        rests_on="the call's function",
        meaning="The operation signs or approves, in the name of an account, something of which only a hash, a "
        "number or a message is here: a transaction of a Safe, an order, a permit. What it allows cannot be read from "
        "it, and it can be everything. Veto it unless somebody showed you the whole, and you hashed it yourself.",
        judge=_judge,
    ),
)
