"""Markets that lend, which anybody can open: what is put in is lent for what somebody else says is worth enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.address import NOBODY, Address
from verifier.model.finding import Severity

_MARKET: Final = "market"
"""The argument that says which market it is, as the functions' data file names it."""
_BEHIND: Final = {
    "collateralToken": "takes",
    "oracle": "believes the prices of",
    "irm": "asks for interest by",
}
_TAKING: Final = ("supply(", "supplyCollateral(", "borrow(")
"""What functions begin with by which something is in a market from then on. To get it back is no danger."""


def _judge(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        if not site.call.function.startswith(_TAKING):
            continue
        behind = [part for part in site.call.arguments if part.name == _MARKET]
        strangers = [
            f"{_BEHIND[part.name]} {part.value}"
            for market in behind
            for part in market.children
            if part.name in _BEHIND
            and isinstance(part.value, Address)
            and part.value != NOBODY
            and part.value not in case.labels
        ]
        if strangers:
            said = (
                f"{site.name}: it is in a market that {', and '.join(strangers)}: you have no label for that. Anybody "
                "can open a market, with a price that he makes up, and borrow all that is put in for nothing of "
                "worth. Look the market up where its makers list theirs, and label what stands behind it."
            )
            yield Remark(said=said, evidence=case.evidence, site=site, where=behind[0].where)


RULES = (
    FindingRule(
        id="market-of-stranger",
        severity=Severity.WARNING,
        rests_on="the call's bytes, and your own labels",
        meaning="Something goes into a market that lends it, and you have no label for what that market takes in "
        "return, or for who tells it the prices. Anybody can open such a market: with made-up prices a thief borrows "
        "all that is put in. Look the market up where its makers list theirs; label it then.",
        judge=_judge,
    ),
)
