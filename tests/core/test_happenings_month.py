"""A month, scripted: how often it rings when nothing is wrong, and that it rings when something is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

from tests.core.vault_state import DAY, HOUR, MINUTE, PAYEE, START, TOKEN
from tests.core.watched import Story, begun
from verifier.model.asset import Use
from verifier.model.finding import Severity
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.watching import Kind

MOST_PAGES: Final = 4
"""A routine month fetches somebody less than five times."""

Plan = list[tuple[int, Callable[[Story], object]]]
"""What happens when, in seconds from the beginning."""

WORKDAYS: Final = [day for day in range(28) if day % 7 < 5]


def play(plan: Plan, *, until: int = 30 * DAY, every: int = HOUR) -> Story:
    """Let a plan happen, and look so often; the watcher hears of everything that comes between two looks."""
    story = begun()
    steps = sorted(plan, key=lambda step: step[0])
    for look_at in range(0, until, every):
        while steps and steps[0][0] <= look_at:
            at, step = steps.pop(0)
            story.now = max(story.now, START + at)
            step(story)
        story.now = max(story.now, START + look_at)
        story.block += 1
        story.look()
    return story


def payment(day: int, lane: int, hour: int) -> Plan:
    """A ROUTINE payment: signed beforehand, published with its quorum, executed an hour later."""
    at = day * DAY + hour * HOUR
    return [
        (at, lambda story: story.propose(lane, Tier.ROUTINE, 1, 2, severities=[Severity.NOTICE])),
        (at + HOUR + 10 * MINUTE, lambda story: story.end(lane, Status.EXECUTED)),
    ]


def larger(day: int, lane: int) -> Plan:
    """A STANDARD payment that two approve within the morning."""
    at = day * DAY
    return [
        (at, lambda story: story.propose(lane, Tier.STANDARD)),
        (at + 40 * MINUTE, lambda story: story.approve(lane, 1)),
        (at + 2 * HOUR, lambda story: story.approve(lane, 2)),
        (at + 7 * HOUR, lambda story: story.end(lane, Status.EXECUTED)),
    ]


def high(day: int, lane: int, tier: Tier = Tier.HIGH_VALUE) -> Plan:
    """Approved by three, each in the daytime of its own place."""
    at = day * DAY
    return [
        (at, lambda story: story.propose(lane, tier, severities=[Severity.NOTICE])),
        (at + 6 * HOUR, lambda story: story.approve(lane, 3)),
        (at + 18 * HOUR, lambda story: story.approve(lane, 2)),
        (at + 25 * HOUR, lambda story: story.approve(lane, 1)),
        (at + 25 * HOUR + 73 * HOUR, lambda story: story.end(lane, Status.EXECUTED)),
    ]


def routine_month() -> Plan:
    """Forty payments and twelve larger ones, three of HIGH_VALUE, one new counterparty, a veto by mistake."""
    plan: Plan = []
    for i, day in enumerate(WORKDAYS):
        plan += payment(day, i % 4, 1) + payment(day, 8 + i % 4, 4)
    for i, day in enumerate(WORKDAYS[::2] + WORKDAYS[1:5:2]):
        plan += larger(day, 16 + i % 8)
    for lane, day in ((24, 1), (25, 8), (26, 15)):
        plan += high(day, lane)
    plan += high(21, 27, Tier.CUSTODY)
    plan.append((21 * DAY + 25 * HOUR + 73 * HOUR + 1, lambda story: story.allow(PAYEE, Use.RECIPIENT)))
    plan += [
        (9 * DAY, lambda story: story.propose(30, Tier.STANDARD)),
        (9 * DAY + HOUR, lambda story: story.end(30, Status.VETOED)),
        (10 * DAY, lambda story: story.propose(31, Tier.STANDARD)),
        (10 * DAY + HOUR, lambda story: story.end(31, Status.CANCELLED)),
        (11 * DAY, lambda story: story.propose(32, Tier.ROUTINE)),
    ]
    return plan


@cache
def usual() -> Story:
    return play(routine_month())


def pages(story: Story) -> list[Kind]:
    return [happening.kind for happening in story.told if happening.pages]


def test_routine_month__everything_as_usual__rings_less_than_five_times() -> None:
    story = usual()
    assert pages(story) == [Kind.QUEUED] * 4
    assert len(pages(story)) <= MOST_PAGES
    assert all(each.severity <= Severity.NOTICE for each in story.told)
    executed = [each for each in story.told if each.kind is Kind.EXECUTED]
    # And nothing was left out.
    assert len(executed) == 40 + 12 + 4
    assert len({each.key for each in story.told}) == len(story.told)


def test_month_of_the_near_miss__three_colleagues_sign_what_one_sent_round__rings_before_it_can_be_executed() -> (
    None
):
    near_miss: Plan = [
        (12 * DAY, lambda story: story.propose(33, Tier.HIGH_VALUE, severities=[Severity.WARNING])),
        (12 * DAY + MINUTE, lambda story: story.approve(33, 1)),
        (12 * DAY + 2 * MINUTE, lambda story: story.approve(33, 2)),
        (12 * DAY + 4 * MINUTE, lambda story: story.approve(33, 3)),
        (12 * DAY + 49 * HOUR, lambda story: story.end(33, Status.VETOED)),
    ]
    story = play(routine_month() + near_miss)
    about = [each for each in story.told if each.lane == 33]
    rung = [each.kind for each in about if each.pages]
    assert rung.count(Kind.APPROVED_HASTILY) == 3
    assert {Kind.QUEUED, Kind.READY_SOON} <= set(rung)
    queued = next(each for each in about if each.kind is Kind.QUEUED)
    assert queued.ready_at is not None
    # Two days to read it.
    assert queued.ready_at - queued.at >= 2 * DAY
    assert len(pages(story)) == len(pages(usual())) + len(rung)


def test_month_of_a_theft__limits_tiers_and_seats_one_by_one__each_step_rings() -> None:
    plan: Plan = [
        (2 * DAY, lambda story: story.suspend(4)),
        (4 * DAY, lambda story: story.set_tiers(story.tiers, 3)),
        (6 * DAY, lambda story: story.propose(0, Tier.STANDARD, 1, 2)),
        (6 * DAY + MINUTE, lambda story: story.expedite(0, 0, 1, 2)),
        (8 * DAY, lambda story: _spend(story)),
    ]
    rung = pages(play(routine_month() + plan))
    assert {Kind.SUSPENDED, Kind.TIER, Kind.EXPEDITED, Kind.BYPASS_UNREVIEWED, Kind.ASSET_MOVED} <= set(rung)


def _spend(story: Story) -> None:
    story.transact()
    whose: dict[str, bytes] = {"from": story.reading().vault}
    story.emit(TOKEN, "Transfer", **whose, to=PAYEE, value=1)
