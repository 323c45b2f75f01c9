"""Changes after which it takes less to move assets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verifier.assess.case import Case, Site
from verifier.assess.rules.changes_vault import own_function
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.errors import NumberOutOfRange
from verifier.model.address import NOBODY, Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.rule import Rule
from verifier.model.text import show_bytes, show_duration
from verifier.model.tier import Tier, TierTerms


def _tiers(case: Case) -> Iterator[Remark]:
    for site, function, arguments in _own_calls(case):
        if function != "setTiers":
            continue
        found = [
            f"{tier.name} {what}"
            for tier, word in zip(Tier, arguments["tiers"], strict=True)
            for what in _loosened(case.reading.tiers.value[tier], TierTerms.unpack(word))
        ]
        supermajority = case.reading.roster.value.supermajority
        if arguments["supermajority"] < supermajority:
            found.append(
                f"the supermajority falls from {supermajority} to {arguments['supermajority']} approvals"
            )
        if found:
            said = (
                f"{site.name} makes it easier to decide: {'; '.join(found)}. Whoever prepares a theft begins here. "
                "Veto it unless just that was agreed on over another channel."
            )
            evidence = min(case.evidence, case.reading.tiers.evidence)
            yield Remark(said=said, evidence=evidence, site=site)


def _loosened(now: TierTerms, then: TierTerms) -> Iterator[str]:
    """Yield in what new terms of a tier are less strict than the present ones."""
    if then.quorum < now.quorum:
        yield f"takes {then.quorum} approvals instead of {now.quorum}"
    if then.security_approvals < now.security_approvals:
        yield f"takes {then.security_approvals} of the security team instead of {now.security_approvals}"
    if then.delay < now.delay:
        yield f"waits {show_duration(then.delay)} instead of {show_duration(now.delay)}"
    if then.least_delay < now.least_delay:
        yield (
            f"can be hurried to {show_duration(then.least_delay)} instead of {show_duration(now.least_delay)}"
        )
    if then.segregated < now.segregated:
        yield "needs no segregated quorum any more"
    is_wider = then.opens_at < now.opens_at or then.closes_at > now.closes_at or then.weekdays & ~now.weekdays
    if is_wider:
        yield "may execute at times when it may not now"


def _policy(case: Case) -> Iterator[Remark]:
    for site, function, arguments in _own_calls(case):
        match function:
            case "setAsset":
                said, evidence = _say_asset(case, arguments["asset"], arguments["terms"])
            case "setCounterparty":
                said, evidence = _say_counterparty(case, arguments["account"], arguments["uses"])
            case "setRule":
                said, evidence = _say_rule(
                    case, arguments["target"], arguments["selector"], arguments["rule"]
                )
            case "setRegistry" if case.reading.registry.value != NOBODY:
                evidence = case.reading.registry.evidence
                said = f"the register {case.reading.registry.value} is asked about duties no more"
                if arguments["registry"] == case.reading.registry.value:
                    said = ""
            case _:
                continue
        if said:
            said = (
                f"{site.name} loosens the vault's policy: {said}. Make sure that just that was agreed on over another "
                "channel."
            )
            yield Remark(said=said, evidence=min(case.evidence, evidence), site=site)


def _say_asset(case: Case, asset: Address, word: int) -> tuple[str, Evidence]:
    fact, then = case.policy.assets.get(asset), AssetTerms.unpack(word)
    which = "the native coin" if asset == NOBODY else case.name(Address(asset))
    if then is None:
        return "", case.evidence
    if fact is None:
        return f"movements of {which} need no CUSTODY then", case.evidence
    now = fact.value
    found = [
        f"{name} of {which} rises from {before} to {after} base units"
        for name, before, after in (
            ("what is ROUTINE", now.amount(now.routine_limit), then.amount(then.routine_limit)),
            ("where HIGH_VALUE begins", now.amount(now.high_value_from), then.amount(then.high_value_from)),
        )
        if after > before
    ]
    if then.decimals != now.decimals:
        found.append(
            f"{which} counts with {then.decimals} decimals instead of {now.decimals}, and its bucket is empty"
        )
    return "; ".join(found), fact.evidence


def _say_counterparty(case: Case, account: Address, uses: int) -> tuple[str, Evidence]:
    fact = case.policy.counterparties.get(account)
    gained = Use(uses & sum(Use) & ~(fact.value if fact else 0))
    words = {Use.RECIPIENT: "receive assets", Use.SPENDER: "be allowed to spend them"}
    said = " and ".join(words[use] for use in Use if use & gained)
    evidence = fact.evidence if fact else case.evidence
    return (f"{case.name(Address(account))} may {said} below HIGH_VALUE" if said else ""), evidence


def _say_rule(case: Case, target: Address, number: int, word: int) -> tuple[str, Evidence]:
    selector = number.to_bytes(32, "big")[-4:]
    fact = case.policy.rules.get((target, selector))
    evidence = fact.evidence if fact else case.evidence
    which = f"the function {show_bytes(selector)} of {case.name(Address(target))}"
    try:
        then = Rule.unpack(word)
    except NumberOutOfRange:
        return f"{which} gets a rule of a kind that no vault knows", evidence
    if then is None or then == (fact and fact.value):
        return "", evidence
    if fact is None:
        return f"calls of {which} need no CUSTODY then", evidence
    if then.measure is None:
        said = f"calls of {which} whose data do not fit the present rule, or that move what is not listed, "
        return said + "are HIGH_VALUE then, and no more CUSTODY", evidence
    now = fact.value.measure
    if now is None:
        return (
            f"calls of {which} are judged by what they say that they move, and no more HIGH_VALUE always",
            evidence,
        )
    if now.asset != then.measure.asset:
        return f"calls of {which} are judged as movements of another asset", evidence
    return (
        f"calls of {which} are judged by other words of their data, or by another list of accounts",
        evidence,
    )


def _own_calls(case: Case) -> Iterator[tuple[Site, str, dict[str, Any]]]:
    """Yield the calls by which the vault changes itself, with their arguments by name."""
    for i, call in enumerate(case.calls):
        site = Site(call=call, index=i)
        function = own_function(site, case.vault)
        if function and call.arguments:
            yield site, function, {argument.name: argument.value for argument in call.arguments}


RULES = (
    FindingRule(
        id="tiers-loosened",
        severity=Severity.DANGER,
        rests_on="the call's bytes, and the vault's present tiers",
        meaning="The operation lowers a quorum, a delay or another condition of a tier. It is the first step of a "
        "takeover: afterwards fewer people, or less time, are enough. Veto it unless just that was agreed on.",
        judge=_tiers,
    ),
    FindingRule(
        id="policy-loosened",
        severity=Severity.WARNING,
        rests_on="the call's bytes, and the vault's present policy",
        meaning="The operation raises a limit, lists an asset, allows a counterparty, makes a rule, or drops the "
        "register of duties, so that something takes a lower tier than before.",
        judge=_policy,
    ),
)
