"""Somebody sees a transaction before it is in a block, copies it, and is first."""

from __future__ import annotations

from functools import partial
from itertools import permutations

import pytest

from tests.attacks.forgery import refuses_signer, seats_of
from tests.contracts.scene import BOTH, HIGH_VALUE_CALL, QUORUM, STANDARD_CALL, Scene
from tests.stage import STRANGER, Approval, Operation
from verifier.errors.approvals import ApprovalNotEligible, ApprovalSignerUnexpected, ApprovalWithdrawn
from verifier.errors.members import MemberNotActive, MemberRoleMissing
from verifier.errors.operations import LaneOfOtherSeat
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.word import bits_of

MALLORY = bytes.fromhex("ba" * 20)


def signatures(scene: Scene, operation: Operation) -> list[Approval]:
    return [scene.sign_published(name, operation) for name in QUORUM]


@pytest.mark.parametrize("copied", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])
def test_approve__some_of_the_list_were_front_run__the_rest_counts(
    scene: Scene, copied: tuple[int, ...]
) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    approvals = signatures(scene, operation)
    scene.must(scene.approve(operation, [approvals[i] for i in copied], by=MALLORY))
    scene.must(scene.approve(operation, approvals))
    lane = scene.lane(operation[1])[1]
    assert lane.approvals == {scene.seat(name) for name in QUORUM}
    assert scene.status(operation) is Status.WAITING


def test_approve__front_run_one_by_one__starts_the_clock_once(scene: Scene) -> None:
    """Whoever completes the quorum first fixes readyAt; sending the rest again must not move it."""
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    approvals = signatures(scene, operation)
    for approval in approvals:
        scene.must(scene.approve(operation, [approval], by=MALLORY))
    before = scene.lane(operation[1])
    for order in permutations(approvals):
        scene.must(scene.approve(operation, order))
    assert scene.lane(operation[1]) == before


def test_approve__copied_entry_of_ones_own_transaction__is_worth_nothing(scene: Scene) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    entry = scene.own("bob", operation)
    refusal = ApprovalSignerUnexpected(seat=entry[0], expected=scene.address("bob"), actual=MALLORY)
    scene.refuses(refusal, lambda: scene.approve(operation, [entry], by=MALLORY))
    scene.must(scene.approve(operation, [entry], by="bob"))


def test_approve__relayed_by_a_member__approves_for_the_signers_only(scene: Scene) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    scene.must(scene.approve(operation, [scene.sign_published("bob", operation)], by="cat"))
    assert scene.lane(operation[1])[1].approvals == {scene.seat("bob")}


def test_approve__one_of_the_list_withdrew_in_front_of_it__is_refused_and_passes_without(
    scene: Scene,
) -> None:
    """The most that a signer can do to a list that contains him: it has to be sent once more."""
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    approvals = signatures(scene, operation)
    scene.must(scene.approve(operation, approvals[:1], by=MALLORY))
    scene.must(scene.send("bob", "withdraw", operation))
    refusal = ApprovalWithdrawn(seat=scene.seat("bob"))
    scene.refuses(refusal, lambda: scene.approve(operation, approvals))
    scene.must(scene.approve(operation, [*approvals[1:], scene.sign_published("eve", operation)]))
    assert scene.status(operation) is Status.WAITING


def test_approve__one_of_the_list_was_suspended_in_front_of_it__passes_without(scene: Scene) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    approvals = signatures(scene, operation)
    scene.must(scene.send("gus", "suspend", scene.address("bob")))
    eligible = bits_of(seats_of(scene, "cat", "dan", "eve"))
    refusal = ApprovalNotEligible(seat=scene.seat("bob"), eligible=eligible)
    scene.refuses(refusal, lambda: scene.approve(operation, approvals))
    scene.must(scene.approve(operation, [*approvals[1:], scene.sign_published("eve", operation)]))
    assert scene.status(operation) is Status.WAITING


def test_propose__copied_by_a_stranger__is_refused(scene: Scene) -> None:
    operation = scene.operation("ann", [STANDARD_CALL])
    approvals = [scene.sign(name, operation) for name in QUORUM]
    refusal = MemberNotActive(member=MALLORY, status=MemberStatus.STRANGER)
    scene.refuses(refusal, lambda: scene.propose(MALLORY, operation, approvals))
    scene.must(scene.propose("ann", operation, approvals))


def test_propose__copied_by_another_proposer__is_refused(scene: Scene) -> None:
    """bob cannot publish for ann, and so become somebody who does not count, or whom she has to wait for."""
    operation = scene.operation("ann", [STANDARD_CALL])
    approvals = [scene.sign(name, operation) for name in QUORUM]
    refusal = LaneOfOtherSeat(lane=operation[1], expected=scene.seat("bob"), actual=scene.seat("ann"))
    scene.refuses(refusal, lambda: scene.propose("bob", operation, approvals))
    scene.must(scene.propose("ann", operation, approvals))


def test_propose__copied_to_the_copiers_own_lane__is_another_operation(scene: Scene) -> None:
    """The same calls in bob's lane have another id, and ann's approvals are not for it."""
    operation = scene.operation("ann", [STANDARD_CALL])
    copy: Operation = (operation[0], 8 * scene.seat("bob"), 1, operation[3])
    approval = scene.sign("cat", operation)
    assert not scene.propose("bob", copy, [approval]).succeeded
    scene.must(scene.propose("bob", copy))
    forged = scene.sign("cat", operation, scene.publication(copy))
    outcome = scene.approve(copy, [forged])
    assert not outcome.succeeded
    assert scene.lane(copy[1])[1].approvals == frozenset()
    scene.must(scene.propose("ann", operation, [approval]))


def test_approve__garbage_for_a_seat_that_is_recorded__is_passed_over_and_worth_nothing(scene: Scene) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    bob = scene.sign_published("bob", operation)
    as_nobody = (bob[0], bob[1], (b"\1" * 32, b"\2" * 32, (31).to_bytes(32, "big")))
    refuses_signer(scene, operation, as_nobody, bytes(20))
    scene.must(scene.approve(operation, [bob]))
    scene.must(scene.approve(operation, [as_nobody, scene.sign_published("cat", operation)]))
    assert scene.lane(operation[1])[1].approvals == seats_of(scene, "bob", "cat")


def test_execute__by_a_stranger_who_copied_it__is_refused(scene: Scene) -> None:
    operation = scene.ready("ann", [STANDARD_CALL])
    refusal = MemberNotActive(member=STRANGER, status=MemberStatus.STRANGER)
    scene.refuses(refusal, lambda: scene.execute(STRANGER, operation))
    scene.must(scene.execute("amy", operation))


def test_veto__by_members_who_may_not__is_refused(scene: Scene) -> None:
    """An auditor executes, and stops nothing; a proposer cancels her own and stops nobody's."""
    operation = scene.published("bob", [STANDARD_CALL])
    scene.newcomer("pia", Role.PROPOSER)
    for name, roles in (("amy", Role.AUDITOR), ("pia", Role.PROPOSER)):
        refusal = MemberRoleMissing(
            member=scene.address(name), any_of=int(Role.APPROVER | Role.GUARDIAN), actual=int(roles)
        )
        scene.refuses(
            refusal,
            partial(scene.send, name, "veto", operation[1], scene.id_of(operation)),
        )
    other = LaneOfOtherSeat(lane=operation[1], expected=scene.seat("ann"), actual=scene.seat("bob"))
    scene.refuses(other, lambda: scene.send("ann", "cancel", operation[1], scene.id_of(operation)))
    assert scene.member("ann").roles == BOTH
    scene.must(scene.send("ann", "veto", operation[1], scene.id_of(operation)))
