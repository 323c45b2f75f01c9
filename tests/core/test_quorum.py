"""Quorums: which approvals count, and whether they are enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from tests.core import strategies
from tests.core.rosters import TERMS, TIERS, roster, seats
from verifier.assess import quorum
from verifier.model.lane import Lane
from verifier.model.member import STRANGER, MemberRecord, MemberStatus
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
