"""The plan of a vault: what is refused, what is warned of, and that each has a neighbour of which it says nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.core.plans import (
    MORE_REFUSED,
    MORE_WARNED,
    NOTED,
    REFUSED,
    TEXT,
    WARNED,
    changed,
    plan_of,
    without,
)
from verifier.assess.planning import judge
from verifier.model.finding import Severity
from verifier.model.tier import Tier


def test_plan__of_the_example__refuses_nothing_and_warns_of_nothing() -> None:
    plan = plan_of(TEXT)
    assert [remark for remark in plan.remarks if remark.severity >= Severity.WARNING] == []
    assert [(power.tier, power.quorums) for power in plan.tiers] == [
        (Tier.ROUTINE, 21),
        (Tier.STANDARD, 18),
        (Tier.HIGH_VALUE, 13),
        (Tier.CUSTODY, 13),
    ]
    assert all(len(power.example) == power.terms.quorum for power in plan.tiers)
    assert (plan.coalitions.blocks, plan.coalitions.blocks_for_good, plan.coalitions.steals) == (1, 4, 5)


@pytest.mark.parametrize("what", REFUSED)
def test_plan__with_one_thing_wrong__refuses_and_says_what(what: str) -> None:
    text, rule = REFUSED[what]
    plan = plan_of(text)
    assert rule in [remark.rule for remark in plan.refusals]
    assert all(remark.sentence.isascii() and remark.sentence.endswith(".") for remark in plan.remarks)


@pytest.mark.parametrize("what", MORE_REFUSED)
def test_plan__of_a_file_that_is_out_of_bounds__refuses_and_says_what(what: str) -> None:
    text, rule = MORE_REFUSED[what]
    assert rule in [remark.rule for remark in plan_of(text).refusals]


@pytest.mark.parametrize("what", MORE_WARNED)
def test_plan__of_a_file_with_too_much_in_one_place__says_so(what: str) -> None:
    text, rule = MORE_WARNED[what]
    assert rule in [remark.rule for remark in plan_of(text).remarks]


def test_plan__of_all_these_files__says_everything_that_it_can_say() -> None:
    folder = Path(judge.__file__).parent
    known = {
        rule
        for path in folder.glob("*.py")
        for rule in re.findall(r'(?:refused|warned|noted)\(\s*"([a-z-]+)"', path.read_text("utf-8"))
    }
    tried = [
        *REFUSED.values(),
        *MORE_REFUSED.values(),
        *WARNED.values(),
        *MORE_WARNED.values(),
        *NOTED.values(),
    ]
    # Hostages have a test of their own, and that a group comes later the example itself says.
    assert known == {rule for _, rule in tried} | {"hostage", "group-later"}


@pytest.mark.parametrize("what", WARNED)
def test_plan__with_one_thing_that_is_weak__warns_of_it(what: str) -> None:
    text, rule = WARNED[what]
    assert rule in [r.rule for r in plan_of(text).remarks if r.severity is Severity.WARNING]


@pytest.mark.parametrize("what", NOTED)
def test_plan__with_one_thing_to_know__notes_it(what: str) -> None:
    text, rule = NOTED[what]
    assert rule in [r.rule for r in plan_of(text).remarks if r.severity is Severity.NOTICE]


def test_plan__of_the_example__notes_nothing_else() -> None:
    assert {remark.rule for remark in plan_of(TEXT).remarks} == {"group-later", "guardian-alone"}


def test_plan__of_everybody_in_one_part_of_the_day__says_who_shares_what() -> None:
    text = changed(
        ('"+09:00"', '"+01:30"'), ('"+05:30"', '"+02:00"'), ('"+12:00"', '"-01:00"'), ('"-10:00"', '"+00:30"')
    )
    (remark,) = [r for r in plan_of(text).refusals if r.subject == "HIGH_VALUE"]
    assert "Bob and Cat have 30 minutes between their offsets" in remark.sentence
    assert "Groups never count" in remark.sentence


def test_plan__of_a_vault_of_three__names_the_hostages() -> None:
    text = without("Fay")
    for name in ("Dan", "Eve"):
        start = text.index(f'[[members]]\nname = "{name}')
        text = text[:start] + text[text.index("\n[", start + 1) + 1 :]
    text = text.replace("supermajority = 4", "supermajority = 2").replace("quorum = 3", "quorum = 2")
    plan = plan_of(text)
    assert plan.refusals == ()
    assert "hostage" in [r.rule for r in plan.remarks]


def test_plan__with_keys_that_everybody_has__is_for_trials_only() -> None:
    known = ("0xB0Dca2f0C2751A05BB68757e406BAD8785A372d6", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
    trial = changed(known, ("chain = 1\nproduction = true", "chain = 5\nproduction = false"))
    assert plan_of(trial).refusals == ()
    assert [remark.rule for remark in plan_of(changed(known)).refusals] == ["key-known"]


@pytest.mark.parametrize(("longitude", "is_real"), [(97.4, True), (97.2, False)])
def test_plan__of_a_clock_far_from_its_sun__doubts_it_from_two_and_a_half_hours_on(
    longitude: float, is_real: bool
) -> None:
    text = changed(("longitude = 139.77", f"longitude = {longitude}"))
    rules = [remark.rule for remark in plan_of(text).remarks]
    assert ("offset-unlike-place" in rules) is not is_real


def test_plan__of_a_clock_at_a_pole_or_beyond_the_date_line__believes_it() -> None:
    text = changed(
        ("latitude = 35.68, longitude = 139.77", "latitude = -90, longitude = 0"),
        ('"-10:00"', '"+14:00"'),
    )
    assert "offset-unlike-place" not in [remark.rule for remark in plan_of(text).remarks]
