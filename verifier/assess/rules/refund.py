"""Smart accounts that pay for the gas of a transaction, as much as somebody chose."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case, Site
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.address import NOBODY
from verifier.model.effect import Move
from verifier.model.finding import Severity


def pays_sender(site: Site, move: Move) -> bool:
    """Whether the zero address stands for whoever sends the transaction: so it does where a Safe pays for gas."""
    return move.recipient == NOBODY and site.call.function.startswith(("execTransaction(", "setup("))


def _judge(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        for effect in site.call.effects:
            if not isinstance(effect, Move) or effect.where is None:
                continue
            if not site.call.function.startswith(("execTransaction(", "setup(")):
                continue
            to = (
                "whoever sends the transaction" if effect.recipient == NOBODY else case.name(effect.recipient)
            )
            said = (
                f"{site.name}: {case.name(effect.sender)} pays {to} for gas. The numbers in this call say how much, "
                "and need have nothing to do with gas: an account can be emptied so. Veto it unless that was agreed on."
            )
            yield Remark(said=said, evidence=case.evidence, site=site, where=effect.where)


RULES = (
    FindingRule(
        id="gas-refund",
        severity=Severity.WARNING,
        rests_on="the call's bytes",
        meaning="A Safe pays somebody for the gas of a transaction, or for its own creation. Price and amount of gas "
        "are chosen by whoever wrote the call, and no limit holds them: a call that seems to do nothing can pay out "
        "all that the account has. Veto it unless it was agreed on.",
        judge=_judge,
    ),
)
