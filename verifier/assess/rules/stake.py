"""Stake that goes over to another validator, by a contract of the chain itself that takes no function's name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.text import show_bytes

_CONSOLIDATION: Final = Address.parse("0x0000BBdDc7CE488642fb579F8B00f3a590007251")
"""https://eips.ethereum.org/EIPS/eip-7251: the key that gives, then the key that gets, 48 bytes each."""
_KEY: Final = 48


def _judge(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        data = site.call.call.data
        if site.call.call.target != _CONSOLIDATION or len(data) != 2 * _KEY or data[:_KEY] == data[_KEY:]:
            continue
        said = (
            f"{site.name}: all that the validator {show_bytes(data[:_KEY])} has staked goes over to the validator "
            f"{show_bytes(data[_KEY:])}, and from there to whomever that one pays. Veto it unless the second one is "
            "the vault's, by its withdrawal credentials on the chain."
        )
        yield Remark(said=said, evidence=case.evidence, site=site)


RULES = (
    FindingRule(
        id="stake-moved",
        severity=Severity.DANGER,
        rests_on="the call's bytes",
        meaning="A validator's stake is joined to another validator's. What comes back later is paid by that other "
        "one's credentials, which the bytes do not hold: if they are a stranger's, so is the stake. Look them up.",
        judge=_judge,
    ),
)
