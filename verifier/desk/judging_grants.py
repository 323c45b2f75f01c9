"""Who was let move something of a vault's, where nothing says what of it is left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from verifier.assess.changing.names import Names
from verifier.desk.grants import Grant
from verifier.desk.statements import Statement
from verifier.model.address import NOBODY, Address
from verifier.model.arrangement import Arrangement
from verifier.model.asset import Use
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.text import Shown


def judge_unanswered(
    grants: Iterable[Grant],
    answered: Collection[tuple[Address, Address]],
    wanted: Arrangement | None,
    names: Names,
    evidence: Evidence,
) -> Iterator[Statement]:
    """Yield who was let move something, and may still, as far as anybody here can tell.

    :param grants: whose last word gave
    :param answered: pairs of which their token said what it allows
    """
    for token, spender, through in sorted(grants):
        if spender == NOBODY or (through == token and (token, spender) in answered):
            continue
        is_known = wanted is not None and bool(wanted.counterparties.get(spender, Use(0)) & Use.SPENDER)
        way = "" if through == token else f" through {names.account(through)}"
        said = (
            f"{names.account(spender)} was let move {names.account(token)} of the vault's{way} by an operation, and "
            f"{names.account(through)} does not say what of it is left. Where it was executed, it may do so without "
            "any further operation: take it back by one."
        )
        severity = Severity.NOTICE if is_known else Severity.WARNING
        yield Statement(rule="grant", severity=severity, sentence=Shown(said), evidence=evidence)
