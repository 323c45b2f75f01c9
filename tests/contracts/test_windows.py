"""execute: the time of day and week in which a tier may execute."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from tests.contracts.scene import ROUTINE_CALL, STANDARD_CALL, SUPERMAJORITY, Scene
from tests.stage import DAY, HOUR, MINUTE, USUAL_TIERS, Operation
from verifier.errors.operations import OperationStatusUnexpected, OperationWindowClosed
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.units import Hours

MONDAY = int(datetime(2023, 11, 20, tzinfo=UTC).timestamp())
WORKING_DAYS = 0b0011111
NINE, FIVE = 36, 68


def set_window(scene: Scene, *, opens_at: int, closes_at: int, weekdays: int, from_tier: Tier) -> None:
    """Let this tier and those above it execute only inside a window."""
    windowed = [
        dataclasses.replace(
            terms, opens_at=opens_at, closes_at=closes_at, weekdays=weekdays, grace_hours=Hours(720)
        )
        if tier >= from_tier
        else terms
        for tier, terms in enumerate(USUAL_TIERS)
    ]
    scene.must(scene.set_tiers(windowed, SUPERMAJORITY))


def ready_on_sunday(scene: Scene) -> Operation:
    """Return a ROUTINE operation that is READY before Monday begins, and for 30 days."""
    operation = scene.operation("ann", [ROUTINE_CALL])
    scene.chain.set_next_time(MONDAY - HOUR)
    scene.must(scene.propose("ann", operation, [scene.sign(who, operation) for who in ("bob", "cat")]))
    scene.pass_to_ready(operation)
    return operation


def closed(scene: Scene, operation: Operation, moment: int) -> OperationWindowClosed:
    return OperationWindowClosed(id=scene.id_of(operation), tier=Tier.ROUTINE, now_=moment)


@pytest.mark.parametrize(
    ("opens_at", "closes_at", "shut", "open_"),
    [
        (NINE, FIVE, 9 * HOUR - 1, 9 * HOUR),
        (NINE, FIVE, 17 * HOUR, 17 * HOUR - 1),
        (1, 96, 15 * MINUTE - 1, 15 * MINUTE),
        (1, 96, DAY, DAY - 1),
        (0, 95, DAY - 15 * MINUTE, DAY - 15 * MINUTE - 1),
        (0, 95, DAY - 1, DAY),
        (0, 1, 15 * MINUTE, 0),
        (95, 96, DAY, DAY - 1),
        (95, 96, DAY - 15 * MINUTE - 1, DAY - 15 * MINUTE),
    ],
)
def test_execute__at_the_edge_of_the_window__is_refused_outside_and_not_inside(
    scene: Scene, opens_at: int, closes_at: int, shut: int, open_: int
) -> None:
    set_window(scene, opens_at=opens_at, closes_at=closes_at, weekdays=127, from_tier=Tier.ROUTINE)
    operation = ready_on_sunday(scene)
    with scene.chain.isolate():
        refusal = closed(scene, operation, MONDAY + shut)
        scene.refuses_at(MONDAY + shut, refusal, lambda: scene.execute("ann", operation))
    scene.at(MONDAY + open_, lambda: scene.execute("ann", operation))
    assert scene.status(operation) is Status.EXECUTED


@pytest.mark.parametrize("day", range(7), ids=["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
def test_execute__on_one_weekday_only__is_refused_on_every_other(scene: Scene, day: int) -> None:
    set_window(scene, opens_at=0, closes_at=96, weekdays=1 << day, from_tier=Tier.ROUTINE)
    operation = ready_on_sunday(scene)
    for today in range(7):
        noon = MONDAY + today * DAY + 12 * HOUR
        assert datetime.fromtimestamp(noon, UTC).weekday() == today
        with scene.chain.isolate():
            if today == day:
                scene.at(noon, lambda: scene.execute("ann", operation))
            else:
                refusal = closed(scene, operation, noon)
                scene.refuses_at(noon, refusal, lambda: scene.execute("ann", operation))


def test_execute__over_a_weekend__waits_for_monday(scene: Scene) -> None:
    set_window(scene, opens_at=NINE, closes_at=FIVE, weekdays=WORKING_DAYS, from_tier=Tier.ROUTINE)
    operation = ready_on_sunday(scene)
    friday_evening = MONDAY + 4 * DAY + 17 * HOUR
    next_monday = MONDAY + 7 * DAY + 9 * HOUR
    for moment in (friday_evening, friday_evening + DAY, friday_evening + 2 * DAY, next_monday - 1):
        refusal = closed(scene, operation, moment)
        scene.refuses_at(moment, refusal, lambda: scene.execute("ann", operation))
    scene.at(next_monday, lambda: scene.execute("ann", operation))


def test_execute__of_a_tier_without_a_window__is_possible_at_any_time(scene: Scene) -> None:
    set_window(scene, opens_at=NINE, closes_at=FIVE, weekdays=WORKING_DAYS, from_tier=Tier.STANDARD)
    assert scene.roster().windows == {Tier.STANDARD, Tier.HIGH_VALUE, Tier.CUSTODY}
    operation = ready_on_sunday(scene)
    scene.at(MONDAY + HOUR, lambda: scene.execute("ann", operation))


def test_execute__with_a_window_set_meanwhile__is_bound_by_it(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    late = scene.lane(0)[1].moment
    night = late - late % DAY + DAY + 3 * HOUR
    with scene.chain.isolate():
        scene.at(night, lambda: scene.execute("ann", operation))
    set_window(scene, opens_at=NINE, closes_at=FIVE, weekdays=127, from_tier=Tier.STANDARD)
    refusal = OperationWindowClosed(id=scene.id_of(operation), tier=Tier.STANDARD, now_=night)
    scene.refuses_at(night, refusal, lambda: scene.execute("ann", operation))
    scene.at(night + 6 * HOUR, lambda: scene.execute("ann", operation))


def test_execute__with_the_window_taken_away_again__is_free(scene: Scene) -> None:
    set_window(scene, opens_at=NINE, closes_at=FIVE, weekdays=127, from_tier=Tier.ROUTINE)
    operation = ready_on_sunday(scene)
    with scene.chain.isolate():
        refusal = closed(scene, operation, MONDAY)
        scene.refuses_at(MONDAY, refusal, lambda: scene.execute("ann", operation))
    scene.must(scene.set_tiers())
    assert scene.roster().windows == frozenset()
    scene.at(MONDAY, lambda: scene.execute("ann", operation))


def test_execute__with_the_least_grace__can_be_done_in_some_window(scene: Scene) -> None:
    """Ready when the longest closing begins, it is still there when that ends, for a day."""
    windowed = [
        dataclasses.replace(
            terms, opens_at=NINE, closes_at=FIVE, weekdays=WORKING_DAYS, grace_hours=Hours(24 + 48 + 16)
        )
        for terms in USUAL_TIERS
    ]
    scene.must(scene.set_tiers(windowed, SUPERMAJORITY))
    friday_evening = MONDAY - 3 * DAY + 17 * HOUR
    operation = scene.operation("ann", [ROUTINE_CALL])
    scene.chain.set_next_time(friday_evening - 10 * MINUTE)
    scene.must(scene.propose("ann", operation, [scene.sign(who, operation) for who in ("bob", "cat")]))
    assert scene.lane(0)[1].moment == friday_evening
    with scene.chain.isolate():
        scene.at(MONDAY + 9 * HOUR, lambda: scene.execute("ann", operation))
    with scene.chain.isolate():
        scene.at(MONDAY + DAY + 9 * HOUR, lambda: scene.execute("ann", operation))
    refusal = OperationStatusUnexpected(
        id=scene.id_of(operation), expected=1 << Status.READY, actual=Status.EXPIRED
    )
    late = MONDAY + DAY + 9 * HOUR + 1
    scene.refuses_at(late, refusal, lambda: scene.execute("ann", operation))
