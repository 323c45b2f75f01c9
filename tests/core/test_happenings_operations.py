"""What a watcher says of an operation at each of its steps: told by an event, or seen in storage without one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.vault_state import DAY, HOUR
from tests.core.watched import PATTERNS, Story, begun, kinds, one, waiting
from verifier.assess.happenings import Manner
from verifier.model.finding import Severity
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.units import Duration
from verifier.model.watching import Kind


def steps(story: Story, *, with_events: bool = True) -> list[Kind]:
    return [kind for kind in kinds(story.look(with_events=with_events)) if kind not in PATTERNS]


# ------------------------------------------------------------------------------------------------- Each step, both ways


@pytest.mark.parametrize("with_events", [True, False])
def test_look__each_step_of_an_operation__told_once_and_the_same_with_or_without_its_event(
    with_events: bool,
) -> None:
    story = begun()
    story.propose(0, Tier.HIGH_VALUE)
    assert steps(story, with_events=with_events) == [Kind.PROPOSED]
    story.wait(HOUR)
    story.approve(0, 1, 2, 4)
    assert steps(story, with_events=with_events) == [Kind.APPROVED, Kind.QUEUED]
    assert steps(story, with_events=with_events) == []
    story.withdraw(0, 4)
    assert steps(story, with_events=with_events) == [Kind.QUORUM_LOST]
    story.approve(0, 4)
    assert steps(story, with_events=with_events) == [Kind.APPROVED, Kind.QUEUED]
    story.wait(2 * DAY - 2 * HOUR)
    assert steps(story, with_events=with_events) == [Kind.READY_SOON]
    story.wait(3 * HOUR)
    assert steps(story, with_events=with_events) == [Kind.READY]
    story.end(0, Status.EXECUTED)
    assert steps(story, with_events=with_events) == [Kind.EXECUTED]
    assert steps(story, with_events=with_events) == []


def test_look__same_story_with_and_without_events__the_same_keys() -> None:
    def played(*, with_events: bool) -> list[str]:
        story = begun()
        story.propose(0, Tier.STANDARD, 1)
        story.look(with_events=with_events)
        story.approve(0, 2)
        story.look(with_events=with_events)
        story.expedite(0, 0, 1, 2)
        story.look(with_events=with_events)
        story.wait(HOUR)
        story.end(0, Status.EXECUTED)
        story.look(with_events=with_events)
        return [each.key for each in story.told if each.kind not in PATTERNS]

    assert played(with_events=True) == played(with_events=False)


def test_look__whole_life_between_two_looks__every_step_by_its_events() -> None:
    story = begun()
    story.propose(0, Tier.STANDARD)
    story.approve(0, 1, 2)
    story.expedite(0, 0, 1, 2)
    story.wait(HOUR)
    story.end(0, Status.EXECUTED)
    assert steps(story) == [
        Kind.PROPOSED, Kind.APPROVED, Kind.QUEUED, Kind.BYPASS, Kind.EXPEDITED, Kind.EXECUTED,
    ]  # fmt: skip


def test_look__whole_life_that_no_event_tells__what_storage_still_shows() -> None:
    story = begun()
    story.propose(0, Tier.STANDARD)
    story.approve(0, 1, 2)
    queued_for = story.lanes[0].state.moment
    story.expedite(0, 0, 1, 2)
    story.wait(HOUR)
    story.end(0, Status.EXECUTED)
    told = story.look(with_events=False)
    assert {
        Kind.PROPOSED,
        Kind.APPROVED,
        Kind.QUEUED,
        Kind.EXPEDITED,
        Kind.EXECUTED,
    } <= set(kinds(told))
    # The ledger says from when it was hurried.
    assert one(told, Kind.QUEUED).occasion == str(queued_for)
    hurried = one(told, Kind.EXPEDITED)
    assert hurried.ready_at == story.lanes[0].state.moment
    assert hurried.ready_at is not None
    assert hurried.ready_at < queued_for


def test_look__lane_used_again_between_two_looks__the_end_of_the_first_by_its_event() -> None:
    story = waiting()
    first = story.lanes[0].operation_id
    story.end(0, Status.VETOED)
    second = story.propose(0, Tier.ROUTINE)
    told = story.look()
    assert (
        one(told, Kind.VETOED).operation_id,
        one(told, Kind.PROPOSED).operation_id,
    ) == (first, second)
    assert Kind.UNKNOWN_EVENT not in kinds(told)


def test_look__lane_used_again_and_no_event_of_the_end__said_that_nobody_tells_it() -> None:
    story = waiting()
    first = story.lanes[0].operation_id
    story.end(0, Status.EXECUTED)
    story.propose(0, Tier.ROUTINE)
    told = one(story.look(with_events=False), Kind.UNKNOWN_EVENT)
    assert (told.operation_id, told.severity, told.pages) == (
        first,
        Severity.WARNING,
        True,
    )


def test_look__lane_used_again_after_its_operation_expired__expired_and_nothing_unknown() -> None:
    story = waiting()
    first = story.lanes[0].operation_id
    story.wait(30 * DAY)
    story.propose(0, Tier.ROUTINE)
    told = story.look()
    assert one(told, Kind.EXPIRED).operation_id == first
    assert Kind.UNKNOWN_EVENT not in kinds(told)


def test_look__expired_operation_that_was_told__not_told_again_when_its_lane_is_used() -> None:
    story = waiting()
    story.wait(30 * DAY)
    assert steps(story) == [Kind.EXPIRED]
    story.propose(0, Tier.ROUTINE)
    assert steps(story) == [Kind.PROPOSED]


def test_look__event_of_an_end_that_storage_denies__nothing_ended_and_a_warning() -> None:
    story = waiting()
    story.propose(1, Tier.ROUTINE, 1, 2)
    before = story.lanes[0]
    story.end(0, Status.EXECUTED)
    story.lanes[0] = before
    story.end(1, Status.EXECUTED)
    told = story.look()
    # What storage shows of the other lane stays.
    assert one(told, Kind.EXECUTED).lane == 1
    assert "storage says that it is open" in one(told, Kind.UNKNOWN_EVENT).sentence
    # From then on it goes its way.
    story.end(0, Status.VETOED)
    assert steps(story) == [Kind.VETOED]


def test_look__objection_to_a_seat_operation__rings_and_says_object_and_not_veto() -> None:
    story = begun()
    story.propose(0, Tier.CUSTODY, seat_operation=True)
    told = story.look()
    assert "fourth-signer object 0" in one(told, Kind.PROPOSED).sentence
    story.approve(0, 1, 2, 3)
    story.look()
    story.object(0, 4)
    objected = one(story.look(), Kind.OBJECTED)
    assert (objected.severity, objected.pages) == (Severity.WARNING, True)


def test_look__cancelled_operation__quiet() -> None:
    story = begun()
    story.propose(0)
    story.look()
    story.end(0, Status.CANCELLED)
    (told,) = story.look()
    assert (told.kind, told.severity, told.pages) == (
        Kind.CANCELLED,
        Severity.INFO,
        False,
    )


def test_look__tier_that_rises__told_with_the_new_tier() -> None:
    story = begun()
    story.propose(0, Tier.STANDARD)
    story.look()
    story.transact()
    one_lane = story.lanes[0]
    story.lanes[0] = replace(one_lane, state=replace(one_lane.state, tier=Tier.HIGH_VALUE))
    told = one(story.look(), Kind.TIER_RISEN)
    assert (told.occasion, told.severity) == ("HIGH_VALUE", Severity.NOTICE)


# ------------------------------------------------------------------------------------------------------------ The clock


def test_look__a_second_before_it_is_soon__nothing_yet() -> None:
    story = waiting(Tier.HIGH_VALUE)
    ready_at = story.lanes[0].state.moment
    story.wait(ready_at - 6 * HOUR - 1 - story.now)
    assert steps(story) == []
    story.wait(1)
    assert steps(story) == [Kind.READY_SOON]


def test_look__short_delay__soon_is_a_quarter_of_it() -> None:
    story = begun()
    story.propose(0, Tier.STANDARD, 1, 2)
    story.look()
    story.wait(3 * HOUR - 1)
    assert steps(story) == []
    story.wait(1)
    assert steps(story) == [Kind.READY_SOON]


def test_look__lead_that_somebody_set__holds_for_every_tier() -> None:
    story = waiting(Tier.HIGH_VALUE)
    story.manner = Manner(lead=Duration(DAY))
    story.wait(DAY + 1)
    assert steps(story) == [Kind.READY_SOON]


def test_look__first_look_after_it_was_ready__never_soon() -> None:
    story = waiting()
    story.wait(3 * DAY)
    assert steps(story) == [Kind.READY]


def test_look__first_look_after_it_expired__only_that() -> None:
    story = waiting()
    story.wait(30 * DAY)
    assert steps(story) == [Kind.EXPIRED]
    assert steps(story) == []


def test_look__proposed_operation_whose_time_is_over__expired() -> None:
    story = begun()
    story.propose(0)
    story.look()
    story.wait(8 * DAY)
    assert steps(story) == [Kind.EXPIRED]


def test_look__queued_anew_after_its_quorum_was_lost__soon_and_ready_anew() -> None:
    story = waiting()
    story.wait(2 * DAY - HOUR)
    first = one(story.look(), Kind.READY_SOON)
    story.withdraw(0, 4)
    story.look()
    story.approve(0, 4)
    story.look()
    story.wait(2 * DAY - HOUR)
    second = one(story.look(), Kind.READY_SOON)
    assert first.key != second.key


def test_look__quorum_that_breaks_without_anybody_touching_the_lane__told_once() -> None:
    story = waiting()
    ready_at = story.lanes[0].state.moment
    story.suspend(2)
    lost = one(story.look(), Kind.QUORUM_LOST)
    assert lost.occasion == str(ready_at)
    assert steps(story) == []


def test_look__suspension_of_somebody_who_did_not_approve__quorum_stands() -> None:
    story = waiting()
    story.suspend(3)
    assert Kind.QUORUM_LOST not in kinds(story.look())
