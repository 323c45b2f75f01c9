"""setHolders: other persons hold a group's key, and so it has a new seat; and what a group is no judge of."""

from __future__ import annotations

from functools import partial
from typing import Final

import pytest

from tests.contracts.groups import holder_words
from tests.contracts.scene import HERE, QUORUM, STANDARD_CALL, Scene
from tests.contracts.seated_groups import (
    HOLDERS,
    OTHERS,
    OWLS,
    RAVENS,
    approval_by,
    season,
    seat_group,
)
from tests.stage import DAY, STRANGER, Actor, Operation
from verifier.errors.approvals import ApprovalNotEligible
from verifier.errors.members import (
    GroupHoldersInvalid,
    MemberIsNoGroup,
    MemberNotActive,
    MemberPersonTaken,
)
from verifier.errors.operations import OperationQuorumBroken
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role

NOBODY: Final = bytes(20)


@pytest.fixture
def seat(scene: Scene) -> int:
    """Seat the owls, and return where."""
    return seat_group(scene)


def text(account: bytes) -> str:
    return "0x" + account.hex()


def acting_for(scene: Scene, person: int) -> str:
    return str(scene.read("memberOfPerson", person)[0])


def approved(scene: Scene, *others: str, nth: int = 0) -> Operation:
    operation = scene.published("ann", [STANDARD_CALL], nth=nth)
    entries = [scene.sign_published(who, operation) for who in others]
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation), *entries]))
    return operation


# ------------------------------------------------------------------------------------------------------ Other holders


def test_set_holders__of_a_group__gives_a_new_seat_and_begins_its_seasoning_anew(
    scene: Scene, seat: int
) -> None:
    season(scene)
    before = scene.member(OWLS.account)
    outcome = scene.must_change("setHolders", OWLS.account, holder_words([102, 103, 104]))
    after = scene.member(OWLS.account)
    assert (after.status, after.seat) == (MemberStatus.RETURNED, seat + 1)
    assert (after.seated_in_block, after.seasoned_at) == (outcome.block, scene.chain.now() + 90 * DAY)
    assert (after.kind, after.roles, after.attributes) == (before.kind, before.roles, before.attributes)
    assert scene.roster().approvers & {seat, seat + 1} == {seat + 1}
    assert scene.read("personsIn", seat + 1) == ((102, 103, 104),)
    bound = [acting_for(scene, person) for person in (101, 102, 103, 104)]
    assert bound == [text(NOBODY), *[text(OWLS.account)] * 3]


def test_set_holders__of_a_group__lets_go_who_left_and_binds_who_came(scene: Scene, seat: int) -> None:
    scene.must_change("setHolders", OWLS.account, holder_words([102, 104]))
    scene.must_change("addMember", STRANGER, 101, 2, HERE.pack())
    refusal = MemberPersonTaken(person=104, by=OWLS.account)
    other = Actor.new("other", Role.APPROVER).address
    scene.refuses(refusal, lambda: scene.change("addMember", other, 104, 2, HERE.pack()))


def test_set_holders__of_a_group__leaves_its_key_as_it_is(scene: Scene, seat: int) -> None:
    scene.must_change("setHolders", OWLS.account, holder_words(OTHERS))
    operation = scene.published("ann", [STANDARD_CALL])
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))


def test_set_holders__under_a_waiting_operation__breaks_its_quorum(scene: Scene, seat: int) -> None:
    operation = approved(scene, "cat", "dan")
    scene.pass_to_ready(operation)
    with scene.chain.isolate():
        scene.must(scene.execute("ann", operation))
    scene.must_change("setHolders", OWLS.account, holder_words(OTHERS))
    operation_id, lane, _ = scene.lane(0)
    refusal = OperationQuorumBroken(id=operation_id, state=lane.pack(), roster=scene.roster().pack())
    scene.refuses(refusal, lambda: scene.execute("ann", operation))


def test_set_holders__to_the_same_ones__is_a_new_seat_as_well(scene: Scene, seat: int) -> None:
    """Holders who reshared among themselves: what they signed before is void."""
    scene.must_change("setHolders", OWLS.account, holder_words(HOLDERS))
    assert scene.member(OWLS.account).seat == seat + 1
    assert scene.read("personsIn", seat + 1) == (HOLDERS,)


@pytest.mark.parametrize("words", [[5, 0, 0], [6 | 5 << 32, 0, 0], [0, 5 | 6 << 32, 0], [0, 0, 0]])
def test_set_holders__in_no_order__is_refused(scene: Scene, seat: int, words: list[int]) -> None:
    first, second, third = words
    refusal = GroupHoldersInvalid(group=OWLS.account, first=first, second=second, third=third)
    scene.refuses(refusal, lambda: scene.change("setHolders", OWLS.account, words))
    scene.must_change("setHolders", OWLS.account, holder_words([5, 6]))


def test_set_holders__to_one_who_sits_elsewhere__is_refused(scene: Scene, seat: int) -> None:
    seat_group(scene, RAVENS, OTHERS)
    eve = scene.actors["eve"].person
    for person, by in ((eve, scene.address("eve")), (OTHERS[0], RAVENS.account)):
        refusal = MemberPersonTaken(person=person, by=by)
        words = holder_words([HOLDERS[0], person])
        scene.refuses(refusal, partial(scene.change, "setHolders", OWLS.account, words))
    scene.must_change("setHolders", OWLS.account, holder_words([HOLDERS[0], 999]))


@pytest.mark.parametrize("status", [MemberStatus.SUSPENDED, MemberStatus.REMOVED])
def test_set_holders__of_a_group_that_is_out__is_refused(
    scene: Scene, seat: int, status: MemberStatus
) -> None:
    if status is MemberStatus.SUSPENDED:
        scene.must(scene.send("gus", "suspend", OWLS.account))
    else:
        scene.must_change("removeMember", OWLS.account)
    refusal = MemberNotActive(member=OWLS.account, status=status)
    scene.refuses(refusal, lambda: scene.change("setHolders", OWLS.account, holder_words(OTHERS)))


def test_set_holders__of_what_is_no_group__is_refused(scene: Scene, seat: int) -> None:
    stranger = MemberNotActive(member=STRANGER, status=MemberStatus.STRANGER)
    words = holder_words(OTHERS)
    scene.refuses(stranger, lambda: scene.change("setHolders", STRANGER, words))
    eve = scene.address("eve")
    scene.refuses(MemberIsNoGroup(member=eve), lambda: scene.change("setHolders", eve, words))
    scene.must_change("setHolders", OWLS.account, words)


# --------------------------------------------------------------------------------------------------------- As subject


@pytest.mark.parametrize("function", ["setHolders", "removeMember", "setRoles"])
def test_approve__by_a_group_of_what_is_about_itself__is_refused(
    scene: Scene, seat: int, function: str
) -> None:
    seat_group(scene, RAVENS, OTHERS)
    arguments = {"setHolders": (holder_words([7, 8]),), "removeMember": (), "setRoles": (6,)}[function]
    operation = scene.seat_operation("ann", function, OWLS.account, *arguments)
    eligible = scene.roster().approvers - {scene.seat("ann"), seat}
    refusal = ApprovalNotEligible(seat=seat, eligible=sum(1 << each for each in eligible))
    own = approval_by(scene, OWLS, operation)
    scene.refuses(refusal, lambda: scene.approve(operation, [own]))
    scene.must(scene.approve(operation, [approval_by(scene, RAVENS, operation)]))


def test_set_holders__as_an_operation__is_a_seat_operation_that_a_quorum_carries_out(
    scene: Scene, seat: int
) -> None:
    operation = scene.seat_operation("ann", "setHolders", OWLS.account, holder_words(OTHERS))
    assert scene.lane(0)[1].seat_operation
    scene.give(operation, *QUORUM)
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))
    assert scene.status(operation) is Status.EXECUTED
    assert acting_for(scene, OTHERS[1]) == text(OWLS.account)
