"""What holds of any story and of any nonsense: nothing raises, and every key comes once and again."""

from __future__ import annotations

import random
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.vault_state import CHAIN, DAY, HOUR, PAYEE, TIERS, TOKEN
from tests.core.watched import Story, begun
from tests.desk.fakes import COMPANIONS, VAULT
from verifier.assess.happenings import happenings_of, judge_look, learn
from verifier.model.asset import AssetTerms, Use
from verifier.model.bypass import Verdict
from verifier.model.finding import Severity
from verifier.model.life import OPEN, Status
from verifier.model.member import MemberStatus
from verifier.model.tier import Tier
from verifier.model.units import MemberIndex, Units
from verifier.model.watching import Happening, Kind

BY_CLOCK: Final = frozenset(
    {Kind.READY_SOON, Kind.READY, Kind.EXPIRED, Kind.BYPASS_UNREVIEWED, Kind.FLOOR_NEAR}
)
"""Kinds that follow from when somebody looked."""

Step = tuple[str, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["propose", "approve", "withdraw", "object", "end", "expedite", "review", "suspend", "return",
             "tiers", "asset", "allow", "duty", "move", "wait"]
        ),
        st.integers(0, 3),
        st.integers(0, 9),
    ),
    max_size=25,
)  # fmt: skip


def act(story: Story, step: Step) -> None:
    """Take a step where it can be taken."""
    what, lane, n = step
    one = story.lanes.get(lane)
    is_open = one is not None and one.state.is_open_at(story.reading().head.timestamp)
    is_stored_open = one is not None and one.state.status in OPEN
    match what:
        case "propose" if not is_open:
            story.propose(lane, Tier(n % 4), *range(1, n % 4), severities=[Severity(n % 4)])
        case "approve" if is_open:
            story.approve(lane, 1 + n % 4)
        case "withdraw" if is_open and one and one.state.approvals:
            story.withdraw(lane, min(one.state.approvals))
        case "object" if is_open and one and not one.state.objected:
            story.object(lane, 4)
        case "end" if is_open and is_stored_open:
            story.end(lane, [Status.EXECUTED, Status.VETOED, Status.CANCELLED][n % 3])
        case "expedite" if is_open and one and one.state.status is Status.WAITING:
            if one.state.moment > story.now + HOUR:
                story.expedite(lane, 0, 1)
        case "review" if n in story.bypasses:
            story.review(n, Verdict(1 + lane % 2))
        case "suspend" if story.members[1 + lane].record.is_active:
            story.suspend(1 + lane, MemberStatus.SUSPENDED if n % 2 else MemberStatus.SELF_SUSPENDED)
        case "return" if not story.members[1 + lane].record.is_active:
            former = story.members[1 + lane]
            record = replace(former.record, status=MemberStatus.RETURNED, seat=MemberIndex(1 + lane))
            story.seat(replace(former, record=record, suspension=None))
        case "tiers":
            custody = replace(TIERS[3], quorum=3 + n % 2)
            story.set_tiers((TIERS[0], TIERS[1], TIERS[2], custody), 4 + lane % 2)
        case "asset":
            terms = AssetTerms(routine_limit=Units(n), high_value_from=Units(10 + n), decimals=6)
            story.list_asset(TOKEN, terms if lane else None)
        case "allow":
            story.allow(PAYEE, Use(lane))
        case "duty":
            story.transact()
            registry = COMPANIONS.duty_registry
            story.emit(registry, "DutiesChanged", vault=VAULT, person=lane, duties=n, by=PAYEE)
        case "move":
            story.transact()
            whose: dict[str, Any] = {"from": VAULT}
            story.emit(TOKEN, "Transfer", **whose, to=PAYEE, value=n)
        case "wait":
            story.wait(n * DAY // 4)
        case _:
            pass


def by_events(told: Iterable[Happening]) -> list[str]:
    """Return the keys of what does not hang on when somebody looked."""
    # A quorum that broke without an event is found by looking.
    return sorted(
        {each.key for each in told if each.kind not in BY_CLOCK and each.kind is not Kind.QUORUM_LOST}
    )


@given(steps=steps, looks=st.sets(st.integers(0, 25)), deaf=st.sets(st.integers(0, 25)))
@settings(max_examples=60, deadline=None)
def test_look__any_story__never_raises_and_says_nothing_twice(
    steps: list[Step], looks: set[int], deaf: set[int]
) -> None:
    story = begun()
    for i, step in enumerate(steps):
        act(story, step)
        if i in looks:
            story.look(with_events=i not in deaf)
    story.look()
    keys = [each.key for each in story.told]
    # What no event told may be told once more by its event, with the same key.
    assert deaf or len(keys) == len(set(keys))
    assert story.look() == ()


@given(steps=steps, looks=st.sets(st.integers(0, 25)))
@settings(max_examples=60, deadline=None)
def test_look__same_story_looked_at_often_and_once__the_same_keys(steps: list[Step], looks: set[int]) -> None:
    often, seldom = begun(), begun()
    for i, step in enumerate(steps):
        act(often, step)
        act(seldom, step)
        if i in looks:
            often.look()
    often.look()
    seldom.look()
    assert by_events(often.told) == by_events(seldom.told)
    storage = ("lane/", "member/", "tier/", "asset/", "counterparty/", "bypass/", "duty/", "supermajority")
    for subject, fact in seldom.journal.items():
        if subject.startswith(storage):
            assert (often.journal[subject].value, often.journal[subject].nth) == (fact.value, fact.nth)


@given(steps=steps, before=st.integers(0, 25), seed=st.integers(0, 1 << 30))
@settings(max_examples=40, deadline=None)
def test_look__events_in_any_order_and_some_twice__the_same(
    steps: list[Step], before: int, seed: int
) -> None:
    story = begun()
    for i, step in enumerate(steps):
        act(story, step)
        if i == before:
            story.look()
    look = story.what_is_seen()
    events = [*look.events, *look.events[::2]]
    random.Random(seed).shuffle(events)  # noqa: S311 - no secret
    assert judge_look(replace(look, events=tuple(events))) == judge_look(look)


@given(steps=steps, at=st.integers(0, 25))
@settings(max_examples=40, deadline=None)
def test_look__steps_taken_again_on_another_branch__the_same_keys(steps: list[Step], at: int) -> None:
    story = begun()
    for step in steps[:at]:
        act(story, step)
    story.look()
    # The journal goes back to here, as the store unwinds it.
    other = deepcopy(story)
    other.branch = b"b"
    first, second = len(story.told), len(other.told)
    for one in (story, other):
        for step in steps[at:]:
            act(one, step)
        one.look()
    told, again = story.told[first:], other.told[second:]
    assert [each.key for each in told] == [each.key for each in again]
    assert all(a.block_hash != b.block_hash for a, b in zip(told, again, strict=True))


@given(steps=steps)
@settings(max_examples=30, deadline=None)
def test_learn__any_story_in_parts__the_journal_that_a_first_look_leaves_as_it_is(steps: list[Step]) -> None:
    story = Story()
    for each in list(story.members.values()):
        story.seat(each)
    story.set_tiers(story.tiers)
    for step in steps:
        act(story, step)
    events = story.events()
    journal: dict[str, Any] = {}
    for part in (events[: len(events) // 2], events[len(events) // 2 :]):
        facts = learn(CHAIN, VAULT, journal=journal, events=part, times=story.times)
        journal |= {fact.subject: fact for fact in facts}
    story.journal, story.logs = dict(journal), []
    waiting = {lane.operation_id for lane in story.reading().queue}
    told = story.look()
    about = {each.operation_id for each in told if each.subject.startswith("operation/")}
    assert waiting <= about
    # Events alone give what storage has: the first look had to correct nothing.
    for subject in journal:
        if subject.startswith(("lane/", "member/", "tier/", "asset/", "counterparty/")):
            assert story.journal[subject] == journal[subject], subject


def test_happenings_of__a_look__what_judging_it_says() -> None:
    story = begun()
    story.propose(0)
    look = story.what_is_seen()
    assert happenings_of(look) == judge_look(look).happenings != ()
