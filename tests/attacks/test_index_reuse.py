"""Seats and lanes that are used again: what the last one left in them must not serve the next one."""

from __future__ import annotations

from typing import Final

import pytest

from tests.attacks.forgery import signer_of
from tests.attacks.insiders import ANY_OPEN, unfit
from tests.contracts.scene import BOTH, QUORUM, STANDARD_CALL, Scene
from tests.contracts.seated_groups import (
    OTHERS,
    OWLS,
    RAVENS,
    approval_by,
    proof,
    seat_group,
    suspension_digest,
    veto_by,
)
from tests.stage import DAY, HOUR, STRANGER, Operation
from verifier.errors.approvals import ApprovalNotEligible, ApprovalSignerUnexpected, ApprovalWithdrawn
from verifier.errors.members import MemberNotActive
from verifier.errors.operations import (
    LaneSequenceUnexpected,
    OperationApproveByOutOfRange,
    OperationUnknown,
)
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.word import bits_of

SEAT_REST: Final = (14 + 60 + 30) * DAY
NOBODY: Final = bytes(20)


def inherit(scene: Scene, who: str, roles: Role = BOTH) -> str:
    """Remove a member, let its seat rest, and give it to a newcomer."""
    seat = scene.seat(who)
    scene.must_change("removeMember", scene.address(who))
    scene.chain.set_time(scene.chain.now() + SEAT_REST + 1)
    heir = scene.newcomer(f"{who}'s heir", roles)
    assert scene.seat(heir.name) == seat
    scene.chain.mine()
    return heir.name


# -------------------------------------------------------------------------------------------------------------- Seats


def test_approve__signature_of_the_last_one_in_the_seat__is_refused(scene: Scene) -> None:
    """eve's key signs for the seat that was hers. The seat is right, and the key is nobody's any more."""
    inherit(scene, "eve", Role.APPROVER)
    operation = scene.published("ann", [STANDARD_CALL])
    seat = scene.seat("eve's heir")
    old = scene.sign("eve", operation, scene.publication(operation), seat=seat)
    assert signer_of(scene, operation, old) == scene.address("eve")
    refusal = ApprovalSignerUnexpected(
        seat=seat, expected=scene.address("eve's heir"), actual=scene.address("eve")
    )
    scene.refuses(refusal, lambda: scene.approve(operation, [old]))
    scene.must(scene.approve(operation, [scene.sign_published("eve's heir", operation)]))


@pytest.mark.parametrize("act", ["veto", "cancel", "propose"])
def test_act__as_the_last_one_in_the_seat__is_refused(scene: Scene, act: str) -> None:
    heir = inherit(scene, "bob")
    operation = scene.published(heir, [STANDARD_CALL])
    new = scene.operation(heir, [STANDARD_CALL], nth=1)
    arguments = (new, []) if act == "propose" else (operation[1], scene.id_of(operation))
    refusal = MemberNotActive(member=scene.address("bob"), status=MemberStatus.REMOVED)
    scene.refuses(refusal, lambda: scene.send("bob", act, *arguments))
    scene.must(scene.send(heir, act, *arguments))


# -------------------------------------------------------------------------------------------------------------- Lanes


def test_propose__operation_that_the_last_owner_of_the_lane_had__is_refused(scene: Scene) -> None:
    """bob's operation died with his seat. His heir has the lane, and its sequence goes on."""
    dead = scene.waiting("bob", [STANDARD_CALL], "ann", "cat", "dan")
    approvals = [scene.sign_published(who, dead) for who in ("ann", "cat", "dan")]
    heir = inherit(scene, "bob")
    assert dead[1] // 8 == scene.seat(heir)
    again = LaneSequenceUnexpected(lane=dead[1], expected=2, actual=1)
    scene.refuses(again, lambda: scene.propose(heir, dead))
    over = unfit(scene, dead, ANY_OPEN, Status.EXPIRED)
    scene.refuses(over, lambda: scene.approve(dead, approvals))
    scene.refuses(over, lambda: scene.send(heir, "cancel", dead[1], scene.id_of(dead)))
    # The neighbour: the next one of the lane begins without anything of bob's.
    new = scene.published(heir, [STANDARD_CALL])
    assert (new[1], new[2], scene.lane(new[1])[1].approvals) == (dead[1], 2, frozenset())
    unknown = OperationUnknown(lane=dead[1], expected=scene.id_of(new), actual=scene.id_of(dead))
    scene.refuses(unknown, lambda: scene.approve(dead, approvals))


def test_propose__operation_that_was_signed_for_the_last_owner_of_the_lane__is_refused_while_he_has_it(
    scene: Scene,
) -> None:
    """Signed without publication, for long after bob. Nobody can publish it before its time to approve is 14 days off;
    then his heir can. It is a limit: such a signature is about calls and a lane, and not about who publishes."""
    lane = 8 * scene.seat("bob")
    far = scene.chain.now() + SEAT_REST + 14 * DAY
    operation: Operation = ([STANDARD_CALL], lane, 1, far)
    cheques = [scene.sign(who, operation) for who in ("ann", "cat", "dan")]
    now = scene.next_time()
    refusal = OperationApproveByOutOfRange(earliest=now, latest=now + 14 * DAY, actual=far)
    scene.refuses(refusal, lambda: scene.propose("bob", operation, cheques))
    heir = inherit(scene, "bob")
    scene.must(scene.propose(heir, operation, cheques))
    # It waits 48 hours like any other, in sight of those who signed.
    assert scene.lane(lane)[1].moment == scene.chain.now() + 48 * HOUR
    scene.must(scene.send("cat", "veto", lane, scene.id_of(operation)))


def test_approve__withdrawn_in_the_last_operation_of_the_lane__is_no_withdrawal_in_the_next(
    scene: Scene,
) -> None:
    first = scene.waiting("ann", [STANDARD_CALL])
    scene.must(scene.send("dan", "withdraw", first))
    old = scene.sign_published("dan", first)
    refusal = ApprovalWithdrawn(seat=scene.seat("dan"))
    scene.refuses(refusal, lambda: scene.approve(first, [old]))
    scene.must(scene.send("ann", "cancel", first[1], scene.id_of(first)))
    second = scene.published("ann", [STANDARD_CALL])
    assert second[1] == first[1]
    scene.give(second, *QUORUM)
    assert scene.status(second) is Status.WAITING


# ------------------------------------------------------------------------------------------------------------- Groups


def groups_in_turn(scene: Scene) -> int:
    """Give the owls' seat to the ravens, and return it."""
    seat = seat_group(scene)
    scene.must_change("removeMember", OWLS.account)
    scene.chain.set_time(scene.chain.now() + SEAT_REST + 1)
    assert seat_group(scene, RAVENS, OTHERS) == seat
    scene.chain.mine()
    return seat


def test_approve__by_the_group_that_had_the_seat__is_refused(scene: Scene) -> None:
    seat = groups_in_turn(scene)
    operation = scene.published("ann", [STANDARD_CALL])
    refusal = ApprovalSignerUnexpected(seat=seat, expected=RAVENS.account, actual=NOBODY)
    owls = approval_by(scene, OWLS, operation, seat=seat)
    scene.refuses(refusal, lambda: scene.approve(operation, [owls]))
    scene.must(scene.approve(operation, [approval_by(scene, RAVENS, operation)]))


def test_group__words_of_the_one_that_had_the_seat__are_refused(scene: Scene) -> None:
    """Veto and suspension, by the seat that both had. `SuspendSelf` names the seat, and is of the seat's key."""
    seat = groups_in_turn(scene)
    operation = scene.published("ann", [STANDARD_CALL])
    refusal = ApprovalSignerUnexpected(seat=seat, expected=RAVENS.account, actual=NOBODY)
    veto = proof(scene, OWLS, b"\0" * 32, seat=seat)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "vetoAsGroup", operation, veto))
    suspension = proof(scene, OWLS, suspension_digest(scene, seat), seat=seat)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "suspendAsGroup", suspension))
    scene.must(scene.send(STRANGER, "vetoAsGroup", operation, veto_by(scene, RAVENS, operation)))


def test_group__suspension_signed_for_a_seat_that_the_group_left__is_refused(scene: Scene) -> None:
    """Kept by somebody, and sent when the group has come back in another seat: epoch and seat are others by then."""
    old_seat = seat_group(scene)
    kept = proof(scene, OWLS, suspension_digest(scene, old_seat))
    scene.must_change("setHolders", OWLS.account, [5 | 6 << 32, 0, 0])
    seat = scene.member(OWLS.account).seat
    empty = ApprovalSignerUnexpected(seat=old_seat, expected=NOBODY, actual=NOBODY)
    scene.refuses(empty, lambda: scene.send(STRANGER, "suspendAsGroup", kept))
    moved = (kept[0] & ~0xFF00 | seat << 8, *kept[1:])
    other = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=NOBODY)
    scene.refuses(other, lambda: scene.send(STRANGER, "suspendAsGroup", moved))
    fresh = proof(scene, OWLS, suspension_digest(scene, seat))
    scene.must(scene.send(STRANGER, "suspendAsGroup", fresh))
    assert scene.member(OWLS.account).status is MemberStatus.SELF_SUSPENDED


@pytest.mark.parametrize("seat", [7, 63, 64, 200, 255])
def test_approve__for_a_seat_that_nobody_has__is_refused_with_any_signature(scene: Scene, seat: int) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    eligible = bits_of(scene.roster().approvers - {scene.seat("ann")})
    refusal = ApprovalNotEligible(seat=seat, eligible=eligible)
    good = scene.sign_published("bob", operation)
    scene.refuses(refusal, lambda: scene.approve(operation, [(seat, *good[1:])]))
    scene.refuses(refusal, lambda: scene.approve(operation, [approval_by(scene, OWLS, operation, seat=seat)]))
    scene.must(scene.approve(operation, [good]))
