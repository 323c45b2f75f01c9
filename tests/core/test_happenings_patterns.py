"""What a watcher says of how approvals came: at once, at night, all from one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.core.vault_state import CHAIN, DAY, HOUR, MINUTE, START
from tests.core.watched import Story, begun, kinds, one
from tests.desk.fakes import PLACES, VAULT, address_of, group
from verifier.assess.happenings import Manner, learn
from verifier.model.finding import Severity
from verifier.model.life import Status
from verifier.model.member import Attributes
from verifier.model.tier import Tier
from verifier.model.units import Duration
from verifier.model.watching import Happening, Kind

TOGETHER = replace(PLACES[0], employer=9)


def of_kind(happenings: Iterable[Happening], kind: Kind) -> list[Happening]:
    return [happening for happening in happenings if happening.kind is kind]


# ---------------------------------------------------------------------------------------------------------------- Haste


def published(tier: Tier = Tier.HIGH_VALUE, *, wait: int) -> Story:
    """Return a story in which Ann's operation was approved by the member in seat 1, so long after its publication."""
    story = begun()
    story.propose(0, tier)
    # The transaction itself takes a block.
    story.wait(wait - 12)
    story.approve(0, 1)
    return story


@pytest.mark.parametrize("tier", [Tier.HIGH_VALUE, Tier.CUSTODY])
def test_look__high_operation_that_is_approved_within_minutes__rings(tier: Tier) -> None:
    told = one(published(tier, wait=5 * MINUTE).look(), Kind.APPROVED_HASTILY)
    assert (told.severity, told.pages) == (Severity.WARNING, True)
    assert f"{address_of(1)} approved the operation in lane 0 ({tier.name}) 5 minutes after" in told.sentence


def test_look__high_operation_that_is_approved_a_second_later__nothing() -> None:
    assert Kind.APPROVED_HASTILY not in kinds(published(wait=5 * MINUTE + 1).look())


@pytest.mark.parametrize("tier", [Tier.ROUTINE, Tier.STANDARD])
def test_look__ordinary_operation_that_is_approved_within_minutes__only_noted(tier: Tier) -> None:
    told = one(published(tier, wait=2 * MINUTE).look(), Kind.APPROVED_HASTILY)
    assert (told.severity, told.pages) == (Severity.INFO, False)


def test_look__approvals_that_were_signed_before_the_publication__nothing() -> None:
    story = begun()
    story.propose(0, Tier.ROUTINE, 1, 2)
    assert not of_kind(story.look(), Kind.APPROVED_HASTILY)


def test_look__haste_that_somebody_set__holds() -> None:
    story = published(wait=5 * MINUTE)
    story.manner = Manner(haste=Duration(MINUTE))
    assert Kind.APPROVED_HASTILY not in kinds(story.look())


def test_look__block_whose_time_nobody_gave__no_guess() -> None:
    story = published(wait=2 * MINUTE)
    story.times = {}
    assert not set(kinds(story.look())) & {Kind.APPROVED_HASTILY, Kind.APPROVED_AT_NIGHT}


def test_look__publication_told_in_an_earlier_look__haste_all_the_same() -> None:
    story = begun()
    story.propose(0, Tier.HIGH_VALUE)
    story.look()
    story.approve(0, 1)
    assert Kind.APPROVED_HASTILY in kinds(story.look())


@pytest.mark.parametrize(("waits", "is_told"), [((20, 30, 40), True), ((20, 30, 90), False)])
def test_look__approver_who_follows_one_proposer_within_a_minute__rings_at_the_third_time(
    waits: tuple[int, ...], is_told: bool
) -> None:
    story = begun()
    for lane, wait in enumerate(waits):
        story.propose(lane, Tier.STANDARD)
        story.wait(wait - 12)
        story.approve(lane, 1)
        story.look()
        story.wait(DAY)
    about = [each for each in story.told if each.subject == f"member/{address_of(1)}"]
    assert [each.pages for each in about] == ([True] if is_told else [])
    if is_told:
        assert f"has approved 3 operations of {address_of(0)} within a minute" in about[0].sentence


# ---------------------------------------------------------------------------------------------------------------- Hours


@pytest.mark.parametrize(("hour", "seat", "is_told"), [
    (21, 1, False), (22, 1, True), (5, 1, True), (6, 1, False),
    # Singapore is eight hours ahead, New York five behind.
    (13, 2, False), (14, 2, True), (3, 3, True), (11, 3, False),
])  # fmt: skip
def test_look__approval_at_night_where_the_signer_sits__rings(hour: int, seat: int, is_told: bool) -> None:
    story = begun()
    story.propose(0, Tier.HIGH_VALUE)
    # The story begins at nine.
    story.wait((hour - 9) % 24 * HOUR + 24 * HOUR)
    story.approve(0, seat)
    told = of_kind(story.look(), Kind.APPROVED_AT_NIGHT)
    assert bool(told) is is_told
    assert all(each.pages for each in told)


def test_look__ordinary_operation_approved_at_night__told_quietly() -> None:
    story = begun()
    story.propose(0, Tier.ROUTINE)
    story.wait(14 * HOUR)
    story.approve(0, 1)
    told = one(story.look(), Kind.APPROVED_AT_NIGHT)
    assert (told.severity, told.pages) == (Severity.NOTICE, False)


def habitual(hour: int, times: int) -> Story:
    """Return a story in which the member in seat 1 approved so often, always at this hour."""
    story = begun()
    story.wait((hour - 9) % 24 * HOUR)
    for _ in range(times):
        story.propose(0, Tier.ROUTINE)
        story.approve(0, 1)
        story.end(0, Status.CANCELLED)
        story.look()
        story.wait(DAY - 3 * 12)
    story.told = []
    return story


def approved_after(story: Story, hours: int) -> bool:
    story.propose(0, Tier.HIGH_VALUE)
    story.wait(hours * HOUR)
    story.approve(0, 1)
    return Kind.APPROVED_AT_NIGHT in kinds(story.look())


def test_look__hour_at_which_a_signer_never_approved__told_once_their_habits_are_known() -> None:
    assert approved_after(habitual(9, 20), 5)
    # One fewer, and nobody knows.
    assert not approved_after(habitual(9, 19), 5)


def test_look__hour_beside_the_usual_one__nothing() -> None:
    assert not approved_after(habitual(9, 20), 1)


def test_look__night_owl__not_told_of_their_usual_hour() -> None:
    story = habitual(23, 20)
    assert not approved_after(story, 0)


def test_look__habits_learnt_from_old_events__count() -> None:
    story = Story()
    for each in list(story.members.values()):
        story.seat(each)
    story.wait(DAY - (story.now - START))
    for _ in range(20):
        story.propose(0, Tier.ROUTINE)
        story.approve(0, 1)
        story.end(0, Status.CANCELLED)
        story.wait(DAY - 3 * 12)
    facts = learn(CHAIN, VAULT, journal={}, events=story.events(), times=story.times)
    story.journal = {fact.subject: fact for fact in facts}
    story.logs, story.times = [], {}
    assert story.look() == ()
    # It is six in the evening where the signer sits.
    assert approved_after(story, 9)


# ------------------------------------------------------------------------------------------------------------- Together


def located(**places: Attributes) -> Story:
    """Return a story whose approvers, such as `s1`, sit elsewhere."""
    story = Story()
    for name, place in places.items():
        seat = int(name[1:])
        one_of = story.members[seat]
        story.members[seat] = replace(one_of, record=replace(one_of.record, attributes=place))
    assert story.look() == ()
    return story


def quorum(story: Story, *seats: int, tier: Tier = Tier.HIGH_VALUE) -> tuple[Happening, ...]:
    story.propose(0, tier)
    story.wait(3 * HOUR + 30 * MINUTE)
    story.approve(0, *seats)
    return story.look()


def test_look__quorum_of_one_employer_zone_and_place__rings() -> None:
    story = located(s1=TOGETHER, s2=TOGETHER, s3=TOGETHER)
    told = one(quorum(story, 1, 2, 3), Kind.APPROVED_TOGETHER)
    assert (told.severity, told.pages) == (Severity.WARNING, True)
    assert "one employer and one time zone and one place" in told.sentence


def test_look__quorum_with_one_who_sits_elsewhere__nothing() -> None:
    story = located(s1=TOGETHER, s2=TOGETHER, s3=TOGETHER)
    assert Kind.APPROVED_TOGETHER not in kinds(quorum(story, 1, 2, 4))


def test_look__quorum_that_shares_one_thing__names_that_one() -> None:
    same_zone = replace(PLACES[1], utc_offset=0)
    story = located(s1=PLACES[0], s2=same_zone, s3=replace(PLACES[2], utc_offset=0))
    told = one(quorum(story, 1, 2, 3), Kind.APPROVED_TOGETHER)
    assert "share one time zone:" in told.sentence


def test_look__vault_whose_approvers_are_all_in_one_place__nothing_new_with_every_operation() -> None:
    story = located(**{f"s{seat}": TOGETHER for seat in range(5)})
    assert Kind.APPROVED_TOGETHER not in kinds(quorum(story, 1, 2, 3))


def test_look__ordinary_quorum_of_one_place__told_quietly() -> None:
    story = located(s1=TOGETHER, s2=TOGETHER)
    told = one(quorum(story, 1, 2, tier=Tier.STANDARD), Kind.APPROVED_TOGETHER)
    assert (told.severity, told.pages) == (Severity.NOTICE, False)


def test_look__quorum_with_a_group__nothing_since_its_holders_are_who_knows_where() -> None:
    story = located(s1=TOGETHER, s2=TOGETHER, s3=TOGETHER)
    story.seat(group(3, 11, 12))
    story.look()
    assert Kind.APPROVED_TOGETHER not in kinds(quorum(story, 1, 2, 3))


def test_look__quorum_of_one_place_that_no_event_tells__told_all_the_same() -> None:
    story = located(s1=TOGETHER, s2=TOGETHER, s3=TOGETHER)
    story.propose(0, Tier.HIGH_VALUE)
    story.approve(0, 1, 2, 3)
    assert Kind.APPROVED_TOGETHER in kinds(story.look(with_events=False))
