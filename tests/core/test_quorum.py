"""Quorums: which approvals count, and whether they are enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from tests.core import strategies
from tests.core.rosters import PLACES, SEGREGATED, TERMS, TIERS, roster, seats, sitting
from verifier.assess import quorum
from verifier.model.lane import Lane
from verifier.model.member import STRANGER, Kind, MemberRecord, MemberStatus
from verifier.model.tier import Tier
from verifier.model.units import MemberIndex


def lane(
    approvals: set[int], *, tier: Tier = Tier.STANDARD, seat_operation: bool = False, objected: bool = False
) -> Lane:
    return replace(
        Lane.unpack(0),
        approvals=seats(*approvals),
        tier=tier,
        seat_operation=seat_operation,
        objected=objected,
    )


@pytest.mark.parametrize(
    ("approvals", "stands"),
    [({1, 2}, True), ({1}, False), ({1, 9}, False), ({1, 2, 3}, True), (set(), False)],
)
def test_count__live_approvals__only_active_approvers_count(approvals: set[int], stands: bool) -> None:
    members = roster({0, 1, 2, 3}, proposers={0})
    counted = quorum.count(lane(approvals), publisher=MemberIndex(0), roster=members, tiers=TIERS)
    assert counted.is_standing is stands
    assert counted.needed == 2


@pytest.mark.parametrize(("approvals", "stands"), [({1, 2}, False), ({1, 3}, True)])
def test_count__security_approvals__have_to_be_among_them(approvals: set[int], stands: bool) -> None:
    members = roster({0, 1, 2, 3}, security={3}, proposers={0})
    tiers = (TIERS[0], replace(TERMS, security_approvals=1), TERMS, TERMS)
    counted = quorum.count(lane(approvals), publisher=MemberIndex(0), roster=members, tiers=tiers)
    assert counted.is_standing is stands


@pytest.mark.parametrize(("approvals", "stands"), [({1, 2}, False), ({1, 2, 3}, True)])
def test_count__objected__needs_the_supermajority(approvals: set[int], stands: bool) -> None:
    members = roster({0, 1, 2, 3}, proposers={0})
    objected = lane(approvals, tier=Tier.CUSTODY, seat_operation=True, objected=True)
    assert quorum.count(objected, publisher=MemberIndex(0), roster=members, tiers=TIERS).is_standing is stands


@pytest.mark.parametrize(
    ("publisher", "approvals", "seat_operation", "stands"),
    [
        (0, {1, 2}, False, True),
        (3, {1, 2}, False, False),  # an approver may not publish this
        (3, {1, 2}, True, True),  # but a seat operation
        (9, {1, 2}, True, False),  # whose publisher is gone
        (9, {1, 2, 3}, True, True),  # and does not matter with a supermajority
        (9, {1, 2, 3}, False, False),
    ],
)
def test_count__publisher__may_still_publish_or_does_not_matter(
    publisher: int, approvals: set[int], seat_operation: bool, stands: bool
) -> None:
    members = roster({1, 2, 3}, proposers={0})
    counted = quorum.count(
        lane(approvals, tier=Tier.CUSTODY, seat_operation=seat_operation),
        publisher=MemberIndex(publisher),
        roster=members,
        tiers=TIERS,
    )
    assert counted.is_standing is stands


def test_eligible__publisher_and_subject__do_not_count() -> None:
    members = roster({0, 1, 2, 3}, proposers={0})
    subject = replace(STRANGER, seat=MemberIndex(2), status=MemberStatus.ACTIVE)
    assert quorum.eligible(members, publisher=MemberIndex(0), subject=subject) == seats(1, 3)
    assert quorum.eligible(members, publisher=MemberIndex(0), subject=STRANGER) == seats(1, 2, 3)
    removed = replace(subject, status=MemberStatus.REMOVED)
    assert quorum.eligible(members, publisher=MemberIndex(0), subject=removed) == seats(1, 2, 3)


@given(strategies.records)
def test_eligible__any_subject__never_more_than_the_approvers(record: MemberRecord) -> None:
    members = roster({0, 1, 2, 3}, proposers={0})
    assert quorum.eligible(members, publisher=MemberIndex(1), subject=record) <= members.approvers - {1}


# In three places far from each other, in a fourth one of the third's employer, and a group.
CAST = {
    MemberIndex(1): sitting(1, PLACES[0]),
    MemberIndex(2): sitting(2, PLACES[1]),
    MemberIndex(3): sitting(3, PLACES[2]),
    MemberIndex(4): sitting(4, replace(PLACES[3], employer=PLACES[2].employer)),
    MemberIndex(5): replace(sitting(5, PLACES[3]), kind=Kind.FROST_ODD),
}
MEMBERS = roster({1, 2, 3, 4, 5}, proposers={0})


def count_anew(
    approvals: set[int], *, tier: Tier = Tier.HIGH_VALUE, seat_operation: bool = False
) -> quorum.Count:
    return quorum.count_anew(
        lane(approvals, tier=tier, seat_operation=seat_operation),
        publisher=MemberIndex(0),
        roster=MEMBERS,
        tiers=SEGREGATED,
        members=CAST,
    )


@pytest.mark.parametrize(
    ("approvals", "stands"),
    [
        ({1, 2, 3}, True),
        ({1, 2, 4}, True),
        ({1, 2, 3, 4}, False),  # two of one employer
        ({1, 2, 5}, False),  # a group is in several places
        ({1, 2}, False),
        ({1, 2, 3, 9}, True),  # one who does not count any more does not matter
    ],
)
def test_count_anew__segregated_tier__each_from_each(approvals: set[int], stands: bool) -> None:
    counted = count_anew(approvals)
    assert counted.is_standing is stands
    assert quorum.count(
        lane(approvals, tier=Tier.HIGH_VALUE), publisher=MemberIndex(0), roster=MEMBERS, tiers=SEGREGATED
    ).is_standing is (len(approvals) > 2)


def test_count_anew__another_tier_or_a_seat_operation__asks_nobody_where_they_are() -> None:
    assert count_anew({3, 4, 5}, tier=Tier.STANDARD).is_standing
    assert count_anew({3, 4, 5}, tier=Tier.CUSTODY, seat_operation=True).is_standing
    assert not count_anew({3, 4, 5}, tier=Tier.CUSTODY).is_standing


@pytest.mark.parametrize(
    ("recorded", "listed", "named"),
    [
        ({1, 2, 3}, [1, 2, 3], True),
        ({1, 2, 3, 4}, [1, 2, 4], True),
        ({1, 2, 3, 4}, [1, 2, 3, 4], False),
        ({1, 2, 3, 4}, [3, 2], False),
        ({1, 2, 3, 5}, [1, 2, 5], False),
        ({1, 2, 3}, [], False),
    ],
)
def test_name_quorum__a_list__keeps_exactly_that_or_nothing(
    recorded: set[int], listed: list[int], named: bool
) -> None:
    before = lane(recorded, tier=Tier.HIGH_VALUE)
    found = quorum.name_quorum(
        before,
        [MemberIndex(seat) for seat in listed],
        publisher=MemberIndex(0),
        roster=MEMBERS,
        tiers=SEGREGATED,
        members=CAST,
    )
    assert found == (replace(before, approvals=seats(*listed)) if named else None)


def test_are_segregated_seats__nobody_known_there__are_not() -> None:
    assert quorum.are_segregated_seats(seats(1, 2), CAST)
    assert not quorum.are_segregated_seats(seats(1, 6), CAST)
