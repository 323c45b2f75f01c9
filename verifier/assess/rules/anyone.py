"""Assets that whoever comes first can take: they are within reach of a contract that makes anybody's calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case, Site
from verifier.assess.gains import Gain, gains_of
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.address import Address
from verifier.model.asset import Use
from verifier.model.finding import Severity

_MULTICALLS: Final = frozenset(
    Address.parse(text)
    for text in (
        "0xeefBa1e63905eF1D7ACbA5a8513c70307C1cE441",  # Multicall
        "0x5BA1e12693Dc8F9c48aAD8770482f4739bEeD696",  # Multicall2
        "0xcA11bde05977b3631167028862bE2a173976CA11",  # Multicall3
    )
)
"""https://github.com/mds1/multicall3: the first two on the main chain, the third one on all."""

_AGGREGATE3: Final = bytes.fromhex("82ad56cb")


def _judge(case: Case) -> Iterator[Remark]:
    for gain in gains_of(case):
        if not _makes_anybodys_calls(case, gain.account) or _is_passed_on(gain):
            continue
        does = "may spend" if gain.use is Use.SPENDER else "holds"
        said = (
            f"{gain.site.name}: {case.name(gain.account)} {does} something from then on, and makes whatever calls "
            "anybody asks of it: whoever comes first takes it. Veto it."
        )
        yield Remark(said=said, evidence=case.evidence, site=gain.site, where=gain.where)


def _makes_anybodys_calls(case: Case, account: Address) -> bool:
    reading = case.accounts.get(account)
    return account in _MULTICALLS or (reading is not None and _AGGREGATE3 in reading.code)


def _is_passed_on(gain: Gain) -> bool:
    """Whether it is the value of a call, all of which goes into the calls inside."""
    site: Site = gain.site
    return (
        gain.where is None
        and site.call.call.target == gain.account
        and sum(child.call.value for child in site.call.children) >= site.call.call.value
    )


RULES = (
    FindingRule(
        id="open-to-anyone",
        severity=Severity.DANGER,
        rests_on="the call's bytes, and the account's address or code",
        meaning="A contract such as Multicall3 makes whatever calls anybody asks of it. What it holds, or may spend, "
        "belongs to whoever comes first: programs watch for that. Veto it.",
        judge=_judge,
    ),
)
