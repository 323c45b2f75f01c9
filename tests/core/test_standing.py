"""Who approved, whether it counts, and who else could."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.desk.fakes import (
    APART,
    EPOCH,
    NOW,
    address_of,
    group,
    lane_of,
    member,
    members_apart,
    operation,
    reading,
    usual_members,
)
from verifier.assess.segregation import Shortfall
from verifier.assess.standing import Quorum, Standing, judge_quorum
from verifier.model.address import NOBODY, Address
from verifier.model.life import Status
from verifier.model.member import Member, MemberStatus, Role
from verifier.model.reading import LaneReading
from verifier.model.units import MemberIndex

ONE = operation()


def judge(
    lane: LaneReading, members: Mapping[int, Member] | None = None, *, subject: Address = NOBODY
) -> Quorum:
    return judge_quorum(reading(lane, members=members), lane, ONE, subject)


def at(standings: tuple[Standing, ...], seat: int) -> Standing:
    return next(standing for standing in standings if standing.seat == MemberIndex(seat))


def test_judge_quorum__three_active_approvers__all_count_and_stand() -> None:
    quorum = judge(lane_of(ONE, 1, 2, 4))
    assert [(standing.seat, standing.counts) for standing in quorum.given] == [
        (1, True),
        (2, True),
        (4, True),
    ]
    assert quorum.count.is_standing
    assert [standing.is_security for standing in quorum.given] == [False, True, False]


def test_judge_quorum__nobody_of_the_security_team__does_not_stand() -> None:
    assert not judge(lane_of(ONE, 1, 4, 0)).count.is_standing


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (MemberStatus.SUSPENDED, "suspended by a guardian"),
        (MemberStatus.CONFIRMED, "suspended, and that is confirmed"),
        (MemberStatus.SELF_SUSPENDED, "suspended itself"),
    ],
)
def test_judge_quorum__approver_suspended_since__void_with_the_reason(status: MemberStatus, why: str) -> None:
    quorum = judge(lane_of(ONE, 1, 2, 4), {**usual_members(), 1: member(1, status=status)})
    assert (at(quorum.given, 1).counts, at(quorum.given, 1).why) == (False, why)
    assert at(quorum.given, 2).counts
    assert not quorum.count.is_standing


def test_judge_quorum__approver_lost_the_role__void() -> None:
    quorum = judge(lane_of(ONE, 1, 2, 4), {**usual_members(), 1: member(1, Role.PROPOSER)})
    assert at(quorum.given, 1).why == "is no approver any more"


def test_judge_quorum__approver_left__void_and_nobody_named() -> None:
    members = usual_members()
    del members[1]
    standing = at(judge(lane_of(ONE, 1, 2), members).given, 1)
    assert (standing.member, standing.why) == (None, "left its seat")


def test_judge_quorum__approval_taken_back__listed_as_such_and_not_among_the_others() -> None:
    quorum = judge(lane_of(ONE, 2, withdrawn=[1]))
    assert at(quorum.given, 1).why == "took its approval back"
    assert all(standing.seat != 1 for standing in quorum.others)


def test_judge_quorum__others__each_may_or_has_a_reason() -> None:
    newcomer = member(4, seasoned_at=NOW + 1)
    quorum = judge(lane_of(ONE, 1, status=Status.PROPOSED), {**usual_members(), 4: newcomer})
    assert at(quorum.others, 0).why == "published it"
    assert at(quorum.others, 3).counts
    assert "ask another approver" in at(quorum.others, 4).why
    assert all(standing.seat != 5 for standing in quorum.others), "a guardian approves nothing"


def test_judge_quorum__subject_of_a_seat_operation__may_not() -> None:
    lane = lane_of(ONE, seat_operation=True, status=Status.PROPOSED)
    quorum = judge(lane, subject=address_of(3))
    assert at(quorum.others, 3).why == "it is about this member"
    assert at(quorum.others, 4).counts


def test_judge_quorum__after_approve_by__too_late() -> None:
    late = operation(approve_by=NOW - 1)
    lane = lane_of(late, 1)
    quorum = judge_quorum(reading(lane), lane, late, NOBODY)
    assert at(quorum.others, 3).why.startswith("too late")
    on_time = operation(approve_by=NOW)
    assert at(judge_quorum(reading(lane), lane, on_time, NOBODY).others, 3).counts


def apart(lane: LaneReading, members: Mapping[int, Member] | None = None) -> Quorum:
    """Judge with tiers that want members apart."""
    return judge_quorum(reading(lane, members=members or members_apart(), tiers=APART), lane, ONE, NOBODY)


def test_judge_quorum__members_apart_recorded_and_not_named__no_quorum_yet() -> None:
    quorum = apart(lane_of(ONE, 1, 2, 3, status=Status.PROPOSED))
    assert not quorum.count.is_standing
    assert quorum.segregation
    assert quorum.segregation.recorded == (1, 2, 3)
    assert apart(lane_of(ONE, 1, 2, 3)).count.is_standing


def test_judge_quorum__attributes_changed_since__broken_and_said_between_whom() -> None:
    quorum = apart(lane_of(ONE, 1, 3, 4))
    assert not quorum.count.is_standing
    assert quorum.segregation
    assert isinstance(quorum.segregation.recorded, Shortfall)
    assert [(clash.first, clash.second) for clash in quorum.segregation.clashes] == [(3, 4)]


def test_judge_quorum__segregated_quorum_stands__nobody_joins() -> None:
    lane = lane_of(ONE, 1, 2, 3)
    assert at(apart(lane).others, 4).why == "nobody joins a segregated quorum while it stands"
    assert at(apart(lane).others, 0).why == "published it"
    assert at(judge(lane).others, 4).counts
    # One that is found broken may be completed again.
    broken = lane_of(ONE, 1, 3, 4, epoch=EPOCH - 1)
    assert at(apart(broken).others, 2).counts


def test_judge_quorum__seat_operation__asks_nobody_where_they_are() -> None:
    lane = lane_of(ONE, 1, 3, 4, seat_operation=True)
    assert apart(lane).segregation is None
    assert apart(lane).count.is_standing


def test_judge_quorum__group__may_approve_but_is_never_apart() -> None:
    members = {**members_apart(), 2: group(2, 70, 71)}
    quorum = apart(lane_of(ONE, 1, 3, status=Status.PROPOSED), members)
    assert at(quorum.others, 2).counts
    assert quorum.segregation
    assert isinstance(quorum.segregation.possible, Shortfall)
