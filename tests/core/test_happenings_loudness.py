"""How loud a watcher is about an operation, what it says, and what it says first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.vault_state import DAY, HOUR, MINUTE, TIERS
from tests.core.watched import Story, begun, kinds, one, waiting
from tests.desk.fakes import address_of
from verifier.assess.happenings import happenings_of
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.units import LaneIndex
from verifier.model.watching import Kind

# ------------------------------------------------------------------------------------------------- How loud it is


@pytest.mark.parametrize("tier", [Tier.ROUTINE, Tier.STANDARD])
@pytest.mark.parametrize("finding", [None, Severity.INFO, Severity.NOTICE])
def test_look__ordinary_operation_without_warnings__fetches_nobody(
    tier: Tier, finding: Severity | None
) -> None:
    story = begun()
    story.propose(0, tier, 1, 2, severities=[finding] if finding is not None else [])
    story.look()
    story.wait(3 * HOUR + 30 * MINUTE)
    story.look()
    story.wait(HOUR)
    story.look()
    story.end(0, Status.EXECUTED)
    story.look()
    assert not any(each.pages for each in story.told)
    assert max(each.severity for each in story.told) <= Severity.NOTICE


@pytest.mark.parametrize("tier", [Tier.HIGH_VALUE, Tier.CUSTODY])
def test_look__high_operation_without_warnings__fetches_somebody_once_when_its_clock_runs(
    tier: Tier,
) -> None:
    story = waiting(tier)
    story.wait(3 * DAY - HOUR)
    story.look()
    story.wait(2 * HOUR)
    story.look()
    story.end(0, Status.EXECUTED)
    story.look()
    assert [each.kind for each in story.told if each.pages] == [Kind.QUEUED]


def test_look__warning_about_a_routine_operation__fetches_somebody_when_its_clock_runs_and_before_it_ends() -> (
    None
):
    story = begun()
    story.propose(0, Tier.ROUTINE, severities=[Severity.WARNING])
    assert [each.pages for each in story.look()] == [False]
    story.approve(0, 1, 2)
    assert one(story.look(), Kind.QUEUED).pages
    story.wait(50 * MINUTE)
    assert one(story.look(), Kind.READY_SOON).pages


def test_look__danger_in_a_routine_operation__fetches_somebody_at_once_and_at_every_step() -> None:
    story = begun()
    story.propose(0, Tier.ROUTINE, severities=[Severity.DANGER])
    told = one(story.look(), Kind.PROPOSED)
    assert (told.severity, told.pages) == (Severity.DANGER, True)
    story.approve(0, 1, 2)
    assert one(story.look(), Kind.QUEUED).pages
    story.wait(HOUR)
    assert one(story.look(), Kind.READY).pages
    story.end(0, Status.EXECUTED)
    assert one(story.look(), Kind.EXECUTED).pages


def test_look__veto_of_a_dangerous_operation__good_news() -> None:
    story = begun()
    story.propose(0, Tier.ROUTINE, severities=[Severity.DANGER])
    story.look()
    story.end(0, Status.VETOED)
    told = one(story.look(), Kind.VETOED)
    assert (told.severity, told.pages) == (Severity.NOTICE, False)


# ------------------------------------------------------------------------------------------------------- What is said


def test_look__queued_operation__sentence_findings_time_and_what_to_do() -> None:
    story = begun()
    operation_id = story.propose(0, Tier.HIGH_VALUE, severities=[Severity.WARNING])
    story.wait(HOUR)
    story.approve(0, 1, 2, 4)
    told = one(story.look(), Kind.QUEUED)
    assert "Transfers 40 to an account." in told.sentence
    assert "fourth-signer show 0" in told.sentence
    assert "fourth-signer veto 0" in told.sentence
    assert told.ready_at == story.lanes[0].state.moment
    assert told.findings == story.views[operation_id].findings
    assert "WARNING: Look." in told.lines
    assert any("Approved by" in line and "seat 4" in line for line in told.lines)
    assert (told.lane, told.operation_id) == (LaneIndex(0), operation_id)
    assert told.at == story.now
    assert told.block == story.block


def test_look__lines_of_an_operation__until_when_it_can_be_approved_or_executed_or_that_it_ended() -> None:
    story = begun()
    story.propose(0, Tier.STANDARD)
    assert "It can be approved until Mon 2026-03-09 09:00:12 UTC." in one(story.look(), Kind.PROPOSED).lines
    story.approve(0, 1, 2)
    queued = "Ready at Mon 2026-03-02 13:00:24 UTC, expires at Thu 2026-03-05 13:00:24 UTC (3 days later)."
    assert queued in one(story.look(), Kind.QUEUED).lines
    story.end(0, Status.VETOED)
    assert "It ended." in one(story.look(), Kind.VETOED).lines


def test_look__operation_with_many_findings__the_first_twelve_and_how_many_more() -> None:
    story = begun()
    story.propose(0, severities=[Severity.NOTICE] * 15)
    lines = one(story.look(), Kind.PROPOSED).lines
    assert lines.count("NOTICE: Look.") == 12
    assert lines[-1] == "And 3 more findings."


def test_look__event_and_storage__no_stronger_than_what_they_rest_on() -> None:
    story = begun()
    story.propose(0)
    assert one(story.look(), Kind.PROPOSED).evidence is Evidence.AGREED
    story.propose(1)
    weak = replace(story.views[story.lanes[1].operation_id], evidence=Evidence.CLAIMED)
    story.views[weak.operation_id] = weak
    assert one(story.look(), Kind.PROPOSED).evidence is Evidence.CLAIMED


def test_look__what_storage_alone_shows__as_firm_as_its_proof() -> None:
    story = begun()
    story.propose(0)
    story.suspend(1)
    told = story.look(with_events=False)
    assert {each.evidence for each in told} == {Evidence.PROVEN}


def test_look__publication_and_approvals__by_whom() -> None:
    story = begun()
    story.propose(0, Tier.STANDARD)
    story.approve(0, 2, 4)
    told = story.look()
    assert f"was published by {address_of(0)} in seat 0" in one(told, Kind.PROPOSED).sentence
    both = f"was approved by {address_of(2)} in seat 2, {address_of(4)} in seat 4"
    assert both in one(told, Kind.APPROVED).sentence


def test_look__label_of_the_reader__beside_the_address_and_without_tricks() -> None:
    story = begun()
    story.propose(0)
    look = replace(story.what_is_seen(), labels={address_of(0): "Ann\u202e[link]"})
    said = one(happenings_of(look), Kind.PROPOSED).sentence
    assert f"{address_of(0)} (Ann\\u{{202e}}[link]) in seat 0" in said


def test_look__operation_that_nobody_reviewed__told_all_the_same() -> None:
    story = begun()
    story.propose(0, Tier.HIGH_VALUE)
    story.views = {}
    assert "What it does was not read." in one(story.look(), Kind.PROPOSED).sentence


def test_look__steps_of_one_operation__one_episode() -> None:
    story = waiting()
    story.wait(3 * DAY)
    story.look()
    about = [each for each in story.told if each.operation_id]
    assert len({each.episode for each in about}) == 1
    assert len({each.key for each in about}) == len(about)


# ------------------------------------------------------------------------------------------------------- The first look


def test_look__first_one_at_a_vault__what_waits_and_nothing_of_what_is_over() -> None:
    story = Story()
    story.propose(0, Tier.STANDARD, 1, 2)
    story.end(0, Status.EXECUTED)
    story.propose(1, Tier.HIGH_VALUE)
    story.approve(1, 1, 2, 3)
    story.suspend(4)
    story.set_tiers(TIERS, 5)
    told = story.look()
    assert {each.operation_id for each in told} == {story.lanes[1].operation_id}
    assert {Kind.PROPOSED, Kind.APPROVED, Kind.QUEUED} <= set(kinds(told))
    assert story.look() == ()


def test_look__first_one_at_a_vault_where_nothing_waits__silent() -> None:
    assert Story().look() == ()
