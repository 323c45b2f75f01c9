"""Where a rule measures less than it seems to."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.planning.remarks import listed, noted, warned
from verifier.assess.policy import MOVERS
from verifier.model.plan import PlanRemark
from verifier.model.rule import Measure
from verifier.model.vault_file import PlannedRule, VaultFile


def remarks_of_rules(file: VaultFile) -> Iterator[PlanRemark]:
    """Yield whose calls would be judged by limits of something else, or without all that they do."""
    for planned in file.rules:
        measure = planned.ruling.rule.measure
        if measure is not None:
            yield from _of_measured(planned, measure)


def _of_measured(planned: PlannedRule, measure: Measure) -> Iterator[PlanRemark]:
    target = planned.ruling.target
    if planned.ruling.selector in MOVERS:
        yield warned(
            "rule-of-token",
            planned.function,
            f"It moves what {target} keeps, and is judged by the limits of another asset: so many units of one may be "
            "worth any amount of the other. List the token itself, and leave the rule out.",
        )
    _, has_signature, arguments = planned.function.partition("(")
    if not has_signature:
        yield warned(
            "rule-unread",
            planned.function,
            f"Which arguments this function of {target} has is not known, so nobody looked whether the amount is one, "
            "and the counterparty. Write its `function` in the place of `selector`.",
        )
    kinds = arguments.removesuffix(")").split(",")
    others = [str(i) for i, kind in enumerate(kinds) if kind == "address" and i != measure.counterparty_at]
    if others:
        yield noted(
            "rule-partly",
            planned.function,
            f"Of its accounts only argument {measure.counterparty_at} has to be allowed; argument {listed(others)} may "
            "be anybody. Make sure that nothing goes there.",
        )
