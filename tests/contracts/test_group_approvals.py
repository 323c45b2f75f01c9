"""approve: a group approves by one FROST signature, and counts as one."""

from __future__ import annotations

from typing import Final

import pytest

from tests.contracts.scene import HIGH_VALUE_CALL, ROUTINE_CALL, STANDARD_CALL, Scene
from tests.contracts.seated_groups import (
    HOLDERS,
    OTHERS,
    OWLS,
    RAVENS,
    approval_by,
    season,
    seat_group,
)
from tests.frost.group import Group
from tests.stage import DAY, NO_SIGNATURE, Call
from verifier.errors.approvals import (
    ApprovalBeforeSeat,
    ApprovalDuplicate,
    ApprovalNotEligible,
    ApprovalPublicationUnexpected,
    ApprovalTooEarly,
    ApprovalUnseasoned,
)
from verifier.errors.operations import OperationQuorumBroken
from verifier.model.life import Status
from verifier.model.member import Role

NOBODY: Final = bytes(20)
SECURE: Final = Role.APPROVER | Role.SECURITY
JAYS: Final = Group.new("jays")


# ------------------------------------------------------------------------------------------------------- It counts


@pytest.mark.parametrize("kind", ["routine", "standard", "high value", "custody", "about a seat"])
def test_approve__by_a_group_among_others__completes_the_quorum_of_every_tier(
    scene: Scene, kind: str
) -> None:
    seat_group(scene)
    season(scene)
    calls: dict[str, Call] = {
        "routine": ROUTINE_CALL,
        "standard": STANDARD_CALL,
        "high value": HIGH_VALUE_CALL,
        "custody": scene.custody_call(),
        "about a seat": scene.to_itself("ann", "removeMember", scene.address("amy"))[0][0],
    }
    operation = scene.published("ann", [calls[kind]])
    scene.give(operation, *(["cat"] if kind == "routine" else ["cat", "dan"]))
    assert scene.status(operation) is Status.PROPOSED
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))
    assert scene.status(operation) is Status.WAITING
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))


def test_approve__by_a_group_and_an_account_in_one_list__takes_either_order(scene: Scene) -> None:
    seat_group(scene)
    operation = scene.published("ann", [STANDARD_CALL])
    entries = [scene.sign_published("cat", operation), approval_by(scene, OWLS, operation)]
    entries.append(scene.sign("eve", operation))
    with scene.chain.isolate():
        scene.must(scene.approve(operation, entries))
        assert scene.status(operation) is Status.WAITING
    scene.must(scene.approve(operation, entries[::-1]))
    assert scene.status(operation) is Status.WAITING


def test_propose__with_a_group_s_approval_from_before__takes_it_below_high_value(scene: Scene) -> None:
    seat_group(scene)
    operation = scene.operation("ann", [STANDARD_CALL])
    entries = [
        approval_by(scene, OWLS, operation, 0),
        *(scene.sign(who, operation) for who in ("cat", "eve")),
    ]
    scene.must(scene.propose("ann", operation, entries))
    assert scene.status(operation) is Status.WAITING


def test_approve__by_three_groups_alone__is_a_quorum(scene: Scene) -> None:
    """Where the tier is not segregated. Each is as many persons as must hold its key, and counts as one."""
    seat_group(scene)
    seat_group(scene, RAVENS, OTHERS, SECURE)
    seat_group(scene, JAYS, [301, 302])
    for group in (OWLS, RAVENS, JAYS):
        season(scene, group)
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    entries = [approval_by(scene, group, operation) for group in (OWLS, RAVENS, JAYS)]
    scene.must(scene.approve(operation, entries))
    assert scene.status(operation) is Status.WAITING


def test_approve__by_a_group_of_many__counts_as_one(scene: Scene) -> None:
    seat_group(scene, OWLS, range(500, 520))
    operation = scene.published("ann", [STANDARD_CALL])
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))
    scene.give(operation, "eve")
    assert scene.status(operation) is Status.PROPOSED
    scene.give(operation, "dan")
    assert scene.status(operation) is Status.WAITING


@pytest.mark.parametrize("is_security", [True, False])
def test_approve__by_a_group_of_the_security_team__counts_for_it(scene: Scene, is_security: bool) -> None:
    seat_group(scene, OWLS, HOLDERS, SECURE if is_security else Role.APPROVER)
    season(scene)
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    scene.give(operation, "dan", "eve")
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))
    assert scene.status(operation) is (Status.WAITING if is_security else Status.PROPOSED)


def test_approve__by_a_group_twice_in_a_list__is_refused(scene: Scene) -> None:
    seat = seat_group(scene)
    operation = scene.published("ann", [STANDARD_CALL])
    entry = approval_by(scene, OWLS, operation)
    refusal = ApprovalDuplicate(seat=seat)
    scene.refuses(refusal, lambda: scene.approve(operation, [entry, entry]))
    scene.must(scene.approve(operation, [entry]))
    # Recorded, it is passed over, whatever stands there.
    scene.must(scene.approve(operation, [(seat, 0, NO_SIGNATURE)]))


# ----------------------------------------------------------------------------------------------- When it does not count


@pytest.mark.parametrize("call_", [HIGH_VALUE_CALL, "custody"])
def test_approve__by_an_unseasoned_group_from_high_value_on__is_refused_till_it_is(
    scene: Scene, call_: Call | str
) -> None:
    seat = seat_group(scene)
    seasoned_at = scene.member(OWLS.account).seasoned_at
    scene.chain.set_time(seasoned_at - DAY)
    operation = scene.published("ann", [scene.custody_call() if isinstance(call_, str) else call_])
    entry = approval_by(scene, OWLS, operation)
    refusal = ApprovalUnseasoned(seat=seat, seasoned_at=seasoned_at, now_=seasoned_at - 1)
    scene.refuses_at(seasoned_at - 1, refusal, lambda: scene.approve(operation, [entry]))
    scene.at(seasoned_at, lambda: scene.approve(operation, [entry]))


def test_approve__by_an_unseasoned_group__counts_for_seat_operations(scene: Scene) -> None:
    seat_group(scene)
    operation = scene.seat_operation("ann", "removeMember", scene.address("amy"))
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))


def test_approve__by_a_group_younger_than_the_operation__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    seat = seat_group(scene)
    refusal = ApprovalBeforeSeat(
        seat=seat,
        seated_in_block=scene.member(OWLS.account).seated_in_block,
        published_in_block=scene.publication(operation) >> 32,
    )
    entry = approval_by(scene, OWLS, operation)
    scene.refuses(refusal, lambda: scene.approve(operation, [entry]))
    other = scene.published("ann", [STANDARD_CALL], nth=1)
    scene.must(scene.approve(other, [approval_by(scene, OWLS, other)]))


def test_approve__by_a_group_over_no_publication_from_high_value_on__is_refused(scene: Scene) -> None:
    seat = seat_group(scene)
    season(scene)
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    publication = scene.publication(operation)
    entry = approval_by(scene, OWLS, operation, 0)
    refusal = ApprovalPublicationUnexpected(seat=seat, expected=publication, actual=0)
    scene.refuses(refusal, lambda: scene.approve(operation, [entry]))
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))


def test_approve__by_a_group_in_the_block_of_publication__is_refused_from_high_value_on(scene: Scene) -> None:
    seat = seat_group(scene)
    season(scene)
    operation = scene.operation("ann", [HIGH_VALUE_CALL])
    parent = scene.chain.block()
    coming = (int(parent["number"], 16) + 1) << 32 | int(parent["hash"][2:10], 16)
    entry = approval_by(scene, OWLS, operation, coming)
    refusal = ApprovalTooEarly(seat=seat, published_in_block=coming >> 32)
    scene.refuses(refusal, lambda: scene.propose("ann", operation, [entry]))


@pytest.mark.parametrize("how", ["suspended", "removed"])
def test_approve__by_a_group_that_is_out__is_refused(scene: Scene, how: str) -> None:
    seat = seat_group(scene)
    operation = scene.published("ann", [STANDARD_CALL])
    entry = approval_by(scene, OWLS, operation)
    if how == "suspended":
        scene.must(scene.send("gus", "suspend", OWLS.account))
    else:
        scene.must_change("removeMember", OWLS.account)
    eligible = scene.roster().approvers - {scene.seat("ann")}
    refusal = ApprovalNotEligible(seat=seat, eligible=sum(1 << each for each in eligible))
    scene.refuses(refusal, lambda: scene.approve(operation, [entry]))


# ------------------------------------------------------------------------------------------------------ Broken quorums


def test_execute__with_the_group_that_approved_suspended__is_refused_till_another_approves(
    scene: Scene,
) -> None:
    seat_group(scene)
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "cat", "dan")
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))
    scene.pass_to_ready(operation)
    with scene.chain.isolate():
        scene.must(scene.execute("ann", operation))
    scene.must(scene.send("gus", "suspend", OWLS.account))
    operation_id, lane, _ = scene.lane(0)
    refusal = OperationQuorumBroken(id=operation_id, state=lane.pack(), roster=scene.roster().pack())
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    scene.give(operation, "eve")
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))
