"""What a watcher says of break-glass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.vault_state import DAY, HOUR
from tests.core.watched import Story, begun, kinds, one
from tests.desk.fakes import COMPANIONS, VAULT
from verifier.model.bypass import Verdict
from verifier.model.finding import Severity
from verifier.model.tier import Tier
from verifier.model.units import Hours
from verifier.model.watching import Kind


def hurried() -> Story:
    """Return a story with a bypass, of which everything was told."""
    story = begun()
    story.propose(0, Tier.STANDARD, 1, 2)
    story.look()
    story.expedite(0, 0, 1, 2)
    story.look()
    return story


@pytest.mark.parametrize("with_events", [True, False])
def test_look__break_glass__the_operation_rings_with_both_times_and_the_bypass_is_noted(
    with_events: bool,
) -> None:
    story = begun()
    story.propose(0, Tier.STANDARD, 1, 2)
    story.look()
    former = story.lanes[0].state.moment
    story.expedite(0, 0, 1, 2)
    told = story.look(with_events=with_events)
    hurried = one(told, Kind.EXPEDITED)
    assert (hurried.severity, hurried.pages) == (Severity.WARNING, True)
    assert hurried.ready_at == story.lanes[0].state.moment
    assert hurried.ready_at < former
    assert "instead of" in hurried.sentence
    bypass = one(told, Kind.BYPASS)
    assert (bypass.subject, bypass.pages) == ("bypass/0", False)
    assert "in seat 2" in bypass.lines[1]
    assert Kind.BYPASSES_MANY not in kinds(told)


def test_look__bypass_that_nobody_reviews__told_at_half_time_and_rings_when_it_is_over() -> None:
    story = hurried()
    story.wait(36 * HOUR - 1)
    assert Kind.BYPASS_UNREVIEWED not in kinds(story.look())
    story.wait(1)
    half = one(story.look(), Kind.BYPASS_UNREVIEWED)
    assert (half.severity, half.pages) == (Severity.NOTICE, False)
    story.wait(36 * HOUR)
    assert Kind.BYPASS_UNREVIEWED not in kinds(story.look())
    story.wait(1)
    overdue = one(story.look(), Kind.BYPASS_UNREVIEWED)
    assert (overdue.severity, overdue.pages) == (Severity.WARNING, True)
    assert "fourth-signer review 0" in overdue.sentence
    assert half.key != overdue.key
    assert half.episode == overdue.episode


@pytest.mark.parametrize("with_events", [True, False])
def test_look__justified_review__told_and_never_overdue(with_events: bool) -> None:
    story = hurried()
    story.review(0, Verdict.JUSTIFIED)
    told = one(story.look(with_events=with_events), Kind.BYPASS_REVIEWED)
    assert (told.severity, told.pages) == (Severity.NOTICE, False)
    story.wait(4 * DAY)
    assert Kind.BYPASS_UNREVIEWED not in kinds(story.look())


@pytest.mark.parametrize("with_events", [True, False])
def test_look__unjustified_review__danger(with_events: bool) -> None:
    story = hurried()
    story.review(0, Verdict.UNJUSTIFIED)
    told = one(story.look(with_events=with_events), Kind.BYPASS_REVIEWED)
    assert (told.severity, told.pages) == (Severity.DANGER, True)
    assert "Person 107" in told.sentence


@pytest.mark.parametrize(("days", "is_told"), [(14, True), (16, False)])
def test_look__third_bypass__rings_if_it_is_within_thirty_days(days: int, is_told: bool) -> None:
    story = begun()
    for lane in range(3):
        story.propose(lane, Tier.STANDARD, 1, 2)
        story.expedite(lane, 0, 1, 2)
        story.review(lane, Verdict.JUSTIFIED)
        told = story.look()
        assert (Kind.BYPASSES_MANY in kinds(told)) is (lane == 2 and is_told)
        if lane == 2 and is_told:
            many = one(told, Kind.BYPASSES_MANY)
            assert (many.severity, many.pages) == (Severity.WARNING, True)
        story.wait(days * DAY)


def test_look__forgiven_bypass__told_that_it_was_and_never_overdue() -> None:
    story = hurried()
    story.transact()
    story.ledger = replace(story.ledger, first_unreviewed=1, counted_from=1)
    story.emit(COMPANIONS.bypass_ledger, "BypassTermsSet", vault=VAULT, terms=story.ledger.pack())
    told = one(story.look(), Kind.POLICY)
    assert "The 1 latest uses are forgiven" in told.sentence
    assert told.pages
    story.transact()
    story.ledger = replace(story.ledger, count=4, first_unreviewed=4, counted_from=4)
    story.emit(COMPANIONS.bypass_ledger, "BypassTermsSet", vault=VAULT, terms=story.ledger.pack())
    assert "The 3 latest uses are forgiven" in one(story.look(), Kind.POLICY).sentence
    story.wait(4 * DAY)
    assert Kind.BYPASS_UNREVIEWED not in kinds(story.look())


def test_look__bypass_of_another_operation__says_nothing_of_when_this_one_is_ready() -> None:
    story = begun()
    story.propose(0, Tier.STANDARD, 1, 2)
    story.look()
    story.expedite(0, 0, 1, 2)
    story.propose(1, Tier.ROUTINE, 1, 2)
    told = [each for each in story.look(with_events=False) if each.lane == 1]
    assert one(told, Kind.QUEUED).ready_at == story.lanes[1].state.moment
    assert Kind.EXPEDITED not in kinds(told)


def test_look__ledger_that_is_tightened__quiet() -> None:
    story = begun()
    story.transact()
    story.ledger = replace(story.ledger, limit=2, review_hours=Hours(24))
    story.emit(COMPANIONS.bypass_ledger, "BypassTermsSet", vault=VAULT, terms=story.ledger.pack())
    assert not one(story.look(), Kind.POLICY).pages


def test_look__first_one_at_a_vault__bypasses_that_wait_and_not_those_that_were_reviewed() -> None:
    story = Story()
    for lane, verdict in ((0, Verdict.JUSTIFIED), (1, None)):
        story.propose(lane, Tier.STANDARD, 1, 2)
        story.expedite(lane, 0, 1, 2)
        if verdict:
            story.review(lane, verdict)
    story.wait(4 * DAY)
    told = story.look(with_events=False)
    assert one(told, Kind.BYPASS).subject == "bypass/1"
    assert one(told, Kind.BYPASS_UNREVIEWED).subject == "bypass/1"
    assert Kind.BYPASS_REVIEWED not in kinds(told)
