"""What a watcher says of tiers and policy: whether it takes less now to move assets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.core.vault_state import PAYEE, TIERS, TOKEN
from tests.core.watched import begun, kinds, one
from tests.desk.fakes import COMPANIONS, VAULT
from verifier.assess.happenings import asked_of
from verifier.model.address import NOBODY
from verifier.model.asset import AssetTerms, Use
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Severity
from verifier.model.rule import Rule
from verifier.model.tier import Tier, TierBook, TierTerms
from verifier.model.units import Duration, Hours, Timestamp, Units
from verifier.model.watching import Kind

LIMITS = AssetTerms(routine_limit=Units(10), high_value_from=Units(100), decimals=6)


def with_tier(tier: Tier, **terms: Any) -> TierBook:
    tiers: list[TierTerms] = list(TIERS)
    tiers[tier] = replace(tiers[tier], **terms)
    return (tiers[0], tiers[1], tiers[2], tiers[3])


@pytest.mark.parametrize("with_events", [True, False])
@pytest.mark.parametrize(
    ("terms", "severity", "said"),
    [
        ({"quorum": 2}, Severity.DANGER, "2 approvals instead of 3"),
        ({"security_approvals": 0}, Severity.DANGER, "0 approvals of the security team instead of 1"),
        ({"delay": Duration(86_400)}, Severity.WARNING, "a delay of 1 day instead of 2 days"),
        ({"expedited_delay": Duration(3_600)}, Severity.WARNING, "what break-glass leaves of it of 1 hour"),
        ({"grace_hours": Hours(100)}, Severity.WARNING, "100 hours to execute instead of 72"),
    ],
)
def test_look__tier_that_is_loosened__rings(
    terms: dict[str, Any], severity: Severity, said: str, with_events: bool
) -> None:
    story = begun()
    story.set_tiers(with_tier(Tier.HIGH_VALUE, **terms))
    told = one(story.look(with_events=with_events), Kind.TIER)
    assert (told.subject, told.severity, told.pages) == ("tier/2", severity, True)
    assert said in told.sentence
    assert story.look() == ()


@pytest.mark.parametrize(
    "terms",
    [{"quorum": 4}, {"delay": Duration(4 * 86_400)}, {"segregated": 1}, {"opens_at": 36}, {"weekdays": 31}],
)
def test_look__tier_that_is_tightened__a_notice(terms: dict[str, Any]) -> None:
    story = begun()
    story.set_tiers(with_tier(Tier.HIGH_VALUE, **terms))
    told = one(story.look(), Kind.TIER)
    assert (told.severity, told.pages) == (Severity.NOTICE, False)
    assert "harder to decide" in told.sentence


def test_look__tier_that_is_tightened_and_loosened_back__two_happenings() -> None:
    story = begun()
    story.set_tiers(with_tier(Tier.CUSTODY, quorum=4))
    story.set_tiers(TIERS)
    told = story.look()
    assert kinds(told) == [Kind.TIER, Kind.TIER]
    assert [each.severity for each in told] == [Severity.NOTICE, Severity.DANGER]
    assert len({each.key for each in told}) == 2


def test_look__segregation_or_window_that_is_dropped__rings() -> None:
    story = begun()
    story.set_tiers(with_tier(Tier.CUSTODY, segregated=1, weekdays=31))
    story.look()
    story.set_tiers(TIERS)
    told = one(story.look(), Kind.TIER)
    assert told.severity is Severity.DANGER
    assert "no segregated quorum any more; more times of the week" in told.sentence


@pytest.mark.parametrize(("to", "severity"), [(3, Severity.DANGER), (5, Severity.NOTICE)])
def test_look__supermajority__less_is_danger_and_more_a_notice(to: int, severity: Severity) -> None:
    story = begun()
    story.set_tiers(TIERS, to)
    assert one(story.look(), Kind.TIER).severity is severity


# --------------------------------------------------------------------------------------------------------------- Policy


@pytest.mark.parametrize("with_events", [True, False])
def test_look__limits_of_an_asset__up_rings_and_down_is_a_notice(with_events: bool) -> None:
    story = begun()
    story.list_asset(TOKEN, LIMITS)
    listed = one(story.look(with_events=with_events), Kind.POLICY)
    assert "is a listed asset now" in listed.sentence
    story.list_asset(TOKEN, replace(LIMITS, routine_limit=Units(11)))
    up = one(story.look(with_events=with_events), Kind.POLICY)
    assert (up.severity, up.pages) == (Severity.WARNING, True)
    story.list_asset(TOKEN, LIMITS)
    down = one(story.look(with_events=with_events), Kind.POLICY)
    assert (down.severity, down.pages) == (Severity.NOTICE, False)
    story.list_asset(TOKEN, None)
    assert "no listed asset any more" in one(story.look(with_events=with_events), Kind.POLICY).sentence
    assert story.look() == ()


def test_look__bucket_that_fills__silent() -> None:
    story = begun()
    story.list_asset(TOKEN, LIMITS)
    story.look()
    story.list_asset(TOKEN, LIMITS.filled_to(Units(7), Timestamp(story.now)))
    assert story.look() == ()


@pytest.mark.parametrize("with_events", [True, False])
def test_look__counterparty__what_it_may_now_and_no_more(with_events: bool) -> None:
    story = begun()
    story.allow(PAYEE, Use.RECIPIENT)
    told = one(story.look(with_events=with_events), Kind.POLICY)
    assert "may receive assets below HIGH_VALUE now" in told.sentence
    # It was a CUSTODY operation, and that one rang.
    assert not told.pages
    story.allow(PAYEE, Use(0))
    assert "may not receive assets any more" in one(story.look(with_events=with_events), Kind.POLICY).sentence


def _set_rule(story: Any, word: int) -> None:
    story.transact()
    story.emit(VAULT, "RuleSet", target=PAYEE, selector=0xDEADBEEF, rule=word)
    rules = {(PAYEE, bytes.fromhex("deadbeef")): Fact(value=Rule(), evidence=Evidence.PROVEN)}
    story.policy = replace(story.policy, rules=rules if word else {})


def test_look__rule__made_rings_and_dropped_is_a_notice() -> None:
    story = begun()
    _set_rule(story, Rule().pack())
    made = one(story.look(), Kind.POLICY)
    assert (made.severity, made.pages) == (Severity.WARNING, True)
    _set_rule(story, 0)
    assert one(story.look(), Kind.POLICY).severity is Severity.NOTICE


def test_look__policy_that_nobody_read__nothing_gone() -> None:
    story = begun()
    story.allow(PAYEE, Use.RECIPIENT)
    story.look()
    story.policy = replace(story.policy, counterparties={})
    look = replace(story.what_is_seen(), policy=None)
    from verifier.assess.happenings import happenings_of

    assert happenings_of(look) == ()


@pytest.mark.parametrize("registry", [NOBODY, PAYEE])
def test_look__registry_that_is_exchanged__rings(registry: Any) -> None:
    story = begun()
    story.registry = COMPANIONS.duty_registry
    story.look(with_events=False)
    story.transact()
    story.registry = registry
    story.emit(VAULT, "RegistrySet", registry=registry)
    told = one(story.look(), Kind.POLICY)
    assert (told.subject, told.severity, told.pages) == ("registry", Severity.WARNING, True)


def test_asked_of__journal_and_new_events__everything_that_was_ever_named() -> None:
    story = begun()
    story.list_asset(TOKEN, LIMITS)
    _set_rule(story, Rule().pack())
    story.look()
    story.allow(PAYEE, Use.SPENDER)
    asked = asked_of(story.journal, story.events())
    assert asked.assets == {TOKEN}
    assert asked.accounts == {PAYEE}
    assert asked.functions == {(PAYEE, bytes.fromhex("deadbeef"))}


SETTERS: list[Callable[[Any], None]] = [
    lambda story: story.list_asset(TOKEN, LIMITS),
    lambda story: story.allow(PAYEE, Use.RECIPIENT),
]


@pytest.mark.parametrize("change", SETTERS)
def test_look__same_policy_read_again__silent(change: Callable[[Any], None]) -> None:
    story = begun()
    change(story)
    story.look()
    story.wait(60)
    assert story.look() == ()


def test_look__the_same_change_of_another_branch__has_the_same_key_and_another_change_another() -> None:
    keys = []
    for terms in ({"quorum": 4}, {"quorum": 4}, {"quorum": 2}):
        story = begun()
        story.set_tiers(with_tier(Tier.HIGH_VALUE, **terms))
        keys.append(one(story.look(), Kind.TIER).key)
    # What was said of a change that a re-organisation took back keeps no other one from ringing.
    assert keys[0] == keys[1] != keys[2]
