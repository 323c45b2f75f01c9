"""Somebody gains whom neither the vault nor this signer knows."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case
from verifier.assess.gains import Gain, gains_of
from verifier.assess.rules.refund import pays_sender
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.address import NOBODY
from verifier.model.asset import Use
from verifier.model.effect import Move
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity


def _judge(case: Case) -> Iterator[Remark]:
    for gain in gains_of(case):
        account, use = gain.account, gain.use
        if account in case.labels or case.is_allowed(account, use) or _is_whoever_sends(gain):
            continue
        fact = case.policy.counterparties.get(account)
        said = f"{gain.site.name}: {account} gains by this, and "
        if fact is not None and fact.evidence is not Evidence.PROVEN and fact.value & use:
            said += "that the vault allows it is not proven; your own labels do not know it."
        elif fact is not None and fact.value:
            other = "receive assets" if use is Use.SPENDER else "spend them"
            said += f"the vault allows it to {other} only; your own labels do not know it."
        else:
            said += "neither the vault nor your own labels know it."
        said += " Do not take anybody's word for whose it is: ask over another channel."
        yield Remark(said=said, evidence=case.evidence, site=gain.site, where=gain.where)


def _is_whoever_sends(gain: Gain) -> bool:
    """Whether it is nobody in particular, about which another rule speaks."""
    effects = (effect for effect in gain.site.call.effects if isinstance(effect, Move))
    return gain.account == NOBODY and any(pays_sender(gain.site, move) for move in effects)


RULES = (
    FindingRule(
        id="counterparty-unknown",
        severity=Severity.WARNING,
        rests_on="the call's bytes, the vault's list of counterparties, and your own labels",
        meaning="An account receives something, or may spend something from then on, that the vault does not allow "
        "this below HIGH_VALUE and that you have no label for. Ask over another channel whose it is; label it then.",
        judge=_judge,
    ),
)
