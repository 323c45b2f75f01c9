"""Changes of the vault: which part, hidden in a batch, and whether it takes less afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.core.rules.cases import (
    ALICE,
    MALLORY,
    PROTOCOL,
    TOKEN,
    call,
    case_of,
    findings,
    policy,
    severities,
    transfer,
)
from tests.desk.fakes import COMPANIONS, TERMS, TIERS, VAULT
from verifier.assess.case import Case
from verifier.decode.operations import encode_call
from verifier.model.address import NOBODY
from verifier.model.asset import AssetTerms, Use
from verifier.model.finding import Severity
from verifier.model.operation import Call
from verifier.model.rule import Measure, Rule
from verifier.model.tier import TierTerms
from verifier.model.units import Duration, Units, Wei

LISTED = AssetTerms(routine_limit=Units(100), high_value_from=Units(1_000), decimals=6)


def setting(function: str, *arguments: Any) -> Call:
    return Call(target=VAULT, value=Wei(0), data=encode_call(function, *arguments))


def tiers(change: Callable[[TierTerms], TierTerms] = lambda terms: terms, *, supermajority: int = 4) -> Call:
    """Return the call that sets the terms of CUSTODY to others, and leaves the rest."""
    *rest, custody = TIERS
    words = tuple(terms.pack() for terms in (*rest, change(custody)))
    return setting("setTiers", words, supermajority)


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        (setting("removeMember", ALICE), "its members: who decides"),
        (tiers(), "its tiers"),
        (setting("setCounterparty", ALICE, 1), "its policy: to whom"),
        (call(VAULT, "nonsense()"), "who decides, or what it takes"),
    ],
)
def test_change_of_the_vault__any__says_which_part(changed: Call, part: str) -> None:
    (found,) = findings(case_of(changed), "changes-vault")
    assert found.severity is Severity.WARNING
    assert part in found.sentence


def test_change_of_the_vault__beside_other_business__danger() -> None:
    rule, changed = "policy-change-in-batch", setting("removeMember", ALICE)
    assert severities(case_of(transfer(), changed), rule) == [Severity.DANGER]
    duties = call(COMPANIONS.duty_registry, "grant(uint256,uint256)", 1, 1)
    assert severities(case_of(duties, transfer()), rule) == [Severity.DANGER]
    # Alone, with its like, or behind what only asserts something, it hides nowhere.
    check = call(COMPANIONS.checks, "requireChain(uint256)", 1)
    for calls in ((changed,), (changed, tiers()), (check, changed), (changed, duties)):
        assert severities(case_of(*calls), rule) == []
    assert severities(case_of(transfer(), check), rule) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda terms: replace(terms, quorum=terms.quorum - 1), "takes 2 approvals instead of 3"),
        (lambda terms: replace(terms, security_approvals=0), "0 of the security team instead of 1"),
        (lambda terms: replace(terms, delay=Duration(terms.delay - 60)), "instead of 2 days"),
        (lambda terms: replace(terms, expedited_delay=Duration(86_400)), "can be hurried to 1 day"),
    ],
)
def test_tiers__less_strict__danger(change: Callable[[TierTerms], TierTerms], said: str) -> None:
    (found,) = findings(case_of(tiers(change)), "tiers-loosened")
    assert found.severity is Severity.DANGER
    assert said in found.sentence
    assert "CUSTODY" in found.sentence


@pytest.mark.parametrize(
    "change",
    [
        lambda terms: terms,
        lambda terms: replace(terms, quorum=terms.quorum + 1),
        lambda terms: replace(terms, delay=Duration(terms.delay + 60)),
        lambda terms: replace(terms, segregated=1),
        lambda terms: replace(terms, opens_at=40),
    ],
)
def test_tiers__as_strict_or_stricter__nothing(change: Callable[[TierTerms], TierTerms]) -> None:
    assert findings(case_of(tiers(change)), "tiers-loosened") == []


def test_tiers__segregation_or_window_given_up__danger() -> None:
    strict = replace(TERMS, segregated=1, opens_at=40)
    now = (*TIERS[:3], strict)
    weaker = case_of(tiers(lambda _: replace(strict, segregated=0)), tiers=now)
    (found,) = findings(weaker, "tiers-loosened")
    assert "no segregated quorum" in found.sentence
    wider = case_of(tiers(lambda _: replace(strict, opens_at=0)), tiers=now)
    (found,) = findings(wider, "tiers-loosened")
    assert "at times when it may not now" in found.sentence
    assert findings(case_of(tiers(lambda _: strict), tiers=now), "tiers-loosened") == []


@pytest.mark.parametrize(("supermajority", "is_found"), [(3, True), (4, False), (5, False)])
def test_supermajority__lowered__danger(supermajority: int, is_found: bool) -> None:
    found = severities(case_of(tiers(supermajority=supermajority)), "tiers-loosened")
    assert found == ([Severity.DANGER] if is_found else [])


def loosened(changed: Call, **facts: Any) -> list[str]:
    registry = facts.pop("registry", NOBODY)
    case: Case = case_of(changed, policy=policy(**facts), registry=registry)
    return [found.sentence for found in findings(case, "policy-loosened")]


@pytest.mark.parametrize(
    ("terms", "is_found"),
    [
        (LISTED, False),
        (replace(LISTED, routine_limit=Units(99), high_value_from=Units(999)), False),
        (replace(LISTED, routine_limit=Units(101)), True),
        (replace(LISTED, high_value_from=Units(1_001)), True),
        (replace(LISTED, decimals=7), True),
    ],
)
def test_asset__other_limits__only_higher_ones_are_looser(terms: AssetTerms, is_found: bool) -> None:
    assert bool(loosened(setting("setAsset", TOKEN, terms.pack()), assets={TOKEN: LISTED})) is is_found


def test_asset__listed_anew__looser_and_taken_off__not() -> None:
    assert loosened(setting("setAsset", TOKEN, LISTED.pack()))
    assert not loosened(setting("setAsset", TOKEN, 0), assets={TOKEN: LISTED})


@pytest.mark.parametrize(
    ("before", "after", "is_found"), [(0, 1, True), (1, 2, True), (1, 1, False), (3, 1, False), (1, 0, False)]
)
def test_counterparty__gains_a_use__looser(before: int, after: int, is_found: bool) -> None:
    changed = setting("setCounterparty", MALLORY, after)
    assert bool(loosened(changed, uses={MALLORY: Use(before)})) is is_found


def test_rule_of_policy__made__looser_and_taken_back__not() -> None:
    assert loosened(setting("setRule", PROTOCOL, 0x01020304, Rule().pack()))
    assert not loosened(setting("setRule", PROTOCOL, 0x01020304, 0))


def measuring(**changes: Any) -> Rule:
    usual: dict[str, Any] = {
        "asset": TOKEN,
        "amount_at": 1,
        "counterparty_at": 0,
        "words": 2,
        "uses": Use.RECIPIENT,
    }
    return Rule(measure=Measure(**(usual | changes)))


MEASURED = measuring()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (Rule(), Rule(), None),
        (MEASURED, MEASURED, None),
        (MEASURED, Rule(), "are HIGH_VALUE then, and no more CUSTODY"),
        (MEASURED, None, None),
        (None, MEASURED, "need no CUSTODY then"),
        (Rule(), MEASURED, "no more HIGH_VALUE always"),
        (MEASURED, measuring(asset=NOBODY), "as movements of another asset"),
        (MEASURED, measuring(amount_at=0), "by other words of their data"),
        (MEASURED, measuring(uses=Use.SPENDER), "another list of accounts"),
    ],
)
def test_rule_of_policy__exchanged__looser_where_it_may_be(
    before: Rule | None, after: Rule | None, said: str | None
) -> None:
    changed = setting("setRule", PROTOCOL, 0x01020304, after.pack() if after else 0)
    present = {(PROTOCOL, bytes.fromhex("01020304")): before} if before else {}
    found = loosened(changed, rules=present)
    assert [said in sentence for sentence in found] == [True] if said else found == []


def test_rule_of_policy__of_another_function__is_not_the_present_one() -> None:
    changed = setting("setRule", PROTOCOL, 0x01020304, Rule().pack())
    (found,) = loosened(changed, rules={(PROTOCOL, bytes.fromhex("01020305")): Rule()})
    assert "need no CUSTODY then" in found


def test_rule_of_policy__of_no_kind__said() -> None:
    (found,) = loosened(setting("setRule", PROTOCOL, 0x01020304, 7 << 240))
    assert "of a kind that no vault knows" in found


def test_registry__given_up_or_exchanged__looser() -> None:
    assert loosened(setting("setRegistry", NOBODY), registry=PROTOCOL)
    assert loosened(setting("setRegistry", ALICE), registry=PROTOCOL)
    assert not loosened(setting("setRegistry", PROTOCOL), registry=PROTOCOL)
    assert not loosened(setting("setRegistry", PROTOCOL))
