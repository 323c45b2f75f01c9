"""What a watcher says of members, and how near the floor they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.vault_state import DAY, TIERS
from tests.core.watched import Story, begun, kinds, one
from tests.desk.fakes import PLACES, VAULT, address_of, group, member
from verifier.model.finding import Severity
from verifier.model.group import Group, pack_holders
from verifier.model.life import Status
from verifier.model.member import Member, MemberStatus, Role
from verifier.model.tier import Tier
from verifier.model.units import MemberIndex, Person
from verifier.model.watching import Kind


def changed(one_of: Member, **record: object) -> Member:
    return replace(one_of, record=replace(one_of.record, **record), suspension=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("with_events", [True, False])
def test_look__member_who_joins__told_with_roles(with_events: bool) -> None:
    story = begun()
    story.seat(member(9, Role.APPROVER | Role.SECURITY))
    told = one(story.look(with_events=with_events), Kind.MEMBER)
    assert "is a new member in seat 9, with APPROVER, SECURITY" in told.sentence
    assert (told.subject, told.severity, told.pages) == (f"member/{address_of(9)}", Severity.NOTICE, False)
    assert story.look() == ()


@pytest.mark.parametrize("with_events", [True, False])
def test_look__member_who_leaves__told(with_events: bool) -> None:
    story = begun()
    story.seat(changed(story.members[1], status=MemberStatus.REMOVED))
    assert "left seat 1 for ever" in one(story.look(with_events=with_events), Kind.MEMBER).sentence
    assert story.look() == ()


@pytest.mark.parametrize("with_events", [True, False])
def test_look__another_key_for_the_same_person__rings(with_events: bool) -> None:
    story = begun()
    story.seat(changed(story.members[1], status=MemberStatus.REMOVED))
    story.seat(changed(member(9), person=Person(101)), in_transaction=True)
    left, joined = [each for each in story.look(with_events=with_events) if each.kind is Kind.MEMBER]
    assert "left seat 1" in left.sentence
    assert f"Person 101 has another key: {address_of(9)}" in joined.sentence
    assert (joined.severity, joined.pages) == (Severity.WARNING, True)


def test_look__another_key_for_another_person__no_more_than_a_notice() -> None:
    story = begun()
    story.seat(changed(story.members[1], status=MemberStatus.REMOVED))
    story.seat(member(9), in_transaction=True)
    assert not any(each.pages for each in story.look() if each.kind is Kind.MEMBER)


@pytest.mark.parametrize("with_events", [True, False])
def test_look__suspension_by_a_guardian__by_whom_and_until_when(with_events: bool) -> None:
    story = begun()
    story.suspend(1)
    told = one(story.look(with_events=with_events), Kind.SUSPENDED)
    assert "by the guardian who is person 105" in told.sentence
    assert "lapses at" in told.sentence
    assert (told.severity, told.pages) == (Severity.WARNING, True)


def test_look__suspension_of_oneself__rings() -> None:
    story = begun()
    story.suspend(1, MemberStatus.SELF_SUSPENDED)
    told = one(story.look(), Kind.SUSPENDED)
    assert "suspended itself" in told.sentence
    assert told.pages


def test_look__confirmed_suspension__told_quietly() -> None:
    story = begun()
    story.suspend(1)
    story.look()
    story.seat(changed(story.members[1], status=MemberStatus.CONFIRMED))
    told = one(story.look(), Kind.SUSPENDED)
    assert "was confirmed" in told.sentence
    assert not told.pages


def test_look__suspension_that_lapses__not_taken_for_a_reinstatement() -> None:
    story = begun()
    story.suspend(1)
    story.look()
    story.wait(18 * DAY)
    story.seat(changed(story.members[1], status=MemberStatus.RETURNED, seat=MemberIndex(9)))
    assert "lapsed, since nobody confirmed it" in one(story.look(), Kind.MEMBER).sentence


def test_look__reinstatement_by_an_operation__not_taken_for_a_lapse() -> None:
    story = begun()
    story.suspend(1)
    story.propose(0, Tier.CUSTODY, 2, 3, 4, seat_operation=True)
    story.look()
    story.end(0, Status.EXECUTED)
    returned = changed(story.members[1], status=MemberStatus.RETURNED, seat=MemberIndex(9))
    story.seat(returned, in_transaction=True)
    assert "was reinstated" in one(story.look(), Kind.MEMBER).sentence


def test_look__return_that_no_event_tells__leaves_open_which() -> None:
    story = begun()
    story.suspend(1)
    story.look()
    story.seat(changed(story.members[1], status=MemberStatus.RETURNED, seat=MemberIndex(9)))
    told = one(story.look(with_events=False), Kind.MEMBER)
    assert "was reinstated, or its suspension lapsed" in told.sentence


def test_look__suspension_whose_time_is_over__told_once_that_anyone_may_end_it() -> None:
    story = begun()
    story.suspend(1)
    story.look()
    story.wait(17 * DAY - 1 - 12)
    assert story.look() == ()
    story.wait(13)
    told = one(story.look(), Kind.SUSPENDED)
    assert f"fourth-signer lapse {address_of(1)}" in told.sentence
    assert (told.severity, told.pages) == (Severity.NOTICE, False)
    assert story.look() == ()


def test_look__suspended_twice__two_happenings_of_one_episode() -> None:
    story = begun()
    for _ in range(2):
        story.suspend(1)
        story.look()
        story.seat(changed(story.members[1], status=MemberStatus.RETURNED))
        story.look()
    first, second = [each for each in story.told if each.kind is Kind.SUSPENDED]
    assert first.key != second.key
    assert first.episode == second.episode


def test_look__roles_and_claims_that_change__each_told() -> None:
    story = begun()
    one_of = story.members[1]
    story.seat(changed(one_of, roles=Role.APPROVER | Role.SECURITY, attributes=PLACES[3]))
    told = [each for each in story.look() if each.kind is Kind.MEMBER]
    assert len({each.key for each in told}) == 2
    assert any("gained SECURITY" in each.sentence for each in told)
    assert any("employer 4" in each.sentence for each in told)


def test_look__seat_that_changes_alone__silent() -> None:
    story = begun()
    story.seat(changed(story.members[4], seat=MemberIndex(9)))
    assert story.look() == ()


@pytest.mark.parametrize("with_events", [True, False])
def test_look__other_holders_of_a_group__told(with_events: bool) -> None:
    story = begun()
    story.seat(group(9, 11, 12))
    story.look(with_events=False)
    story.transact()
    holders = tuple(map(Person, (11, 12, 13)))
    story.emit(VAULT, "GroupSet", group=address_of(9), x=7, holders=pack_holders(holders))
    story.seat(replace(story.members[9], group=Group(x=7, holders=holders)), in_transaction=True)
    told = one(story.look(with_events=with_events), Kind.MEMBER)
    assert "person 11, person 12, person 13" in told.sentence
    assert story.look() == ()


def test_look__suspension_of_a_group__its_key_and_holders_stay() -> None:
    story = begun()
    story.seat(group(9, 11, 12))
    story.look()
    story.suspend(9)
    assert kinds(story.look()) == [Kind.SUSPENDED]


# ------------------------------------------------------------------------------------------------------------ The floor


def near_the_floor() -> Story:
    """Return a story of four approvers, of whom one publishes: a CUSTODY quorum of three stands, nobody is spare."""
    story = Story()
    del story.members[6]
    story.members[1] = changed(story.members[1], roles=Role.PROPOSER | Role.APPROVER)
    assert story.look() == ()
    story.suspend(4)
    return story


def test_look__loss_after_which_each_one_is_needed__rings_and_names_them() -> None:
    told = one(near_the_floor().look(), Kind.FLOOR_NEAR)
    assert (told.severity, told.pages) == (Severity.WARNING, True)
    for seat in (0, 1, 2, 3):
        assert f"{address_of(seat)} in seat {seat}" in told.sentence


def test_look__loss_of_one_of_many__says_nothing_of_the_floor() -> None:
    story = begun()
    story.suspend(4)
    assert Kind.FLOOR_NEAR not in kinds(story.look())


def test_look__loss_after_which_nothing_goes__danger() -> None:
    story = near_the_floor()
    story.look()
    story.suspend(3, MemberStatus.SELF_SUSPENDED)
    told = one(story.look(), Kind.FLOOR_NEAR)
    assert told.severity is Severity.DANGER
    assert "cannot change a member or a setting any more" in told.sentence


def test_look__members_enough_again__told_quietly_and_once() -> None:
    story = near_the_floor()
    story.look()
    story.seat(changed(story.members[4], status=MemberStatus.RETURNED))
    told = one(story.look(), Kind.FLOOR_NEAR)
    assert (told.severity, told.pages) == (Severity.INFO, False)
    assert story.look() == ()


def test_look__only_proposer_left__told_quietly() -> None:
    story = begun()
    story.seat(changed(story.members[6], status=MemberStatus.REMOVED))
    told = one(story.look(), Kind.FLOOR_NEAR)
    assert f"Only {address_of(0)} in seat 0 can publish" in told.sentence
    assert told.severity is Severity.NOTICE


def test_look__another_only_proposer__told_anew() -> None:
    story = begun()
    story.seat(changed(story.members[6], status=MemberStatus.REMOVED))
    story.look()
    story.seat(changed(story.members[1], roles=Role.PROPOSER | Role.APPROVER))
    assert Kind.FLOOR_NEAR not in kinds(story.look())
    story.seat(changed(story.members[0], roles=Role.APPROVER))
    assert f"Only {address_of(1)} in seat 1 can publish" in one(story.look(), Kind.FLOOR_NEAR).sentence


def test_look__vault_that_is_near_the_floor_at_the_first_look__told() -> None:
    story = near_the_floor()
    assert kinds(story.look()) == [Kind.SUSPENDED, Kind.FLOOR_NEAR]
    anew = Story(members=story.members, tiers=TIERS)
    assert kinds(anew.look()) == [Kind.FLOOR_NEAR]
