"""The subject of a seat operation, who would like to be its judge."""

from __future__ import annotations

from functools import partial

import pytest

from tests.attacks.forgery import with_seat
from tests.contracts.scene import BOTH, HERE, QUORUM, STANDARD_CALL, Scene
from tests.stage import Actor, call, data_of
from verifier.errors.approvals import ApprovalBeforeSeat, ApprovalNotEligible
from verifier.errors.members import MemberIsSubject, MemberNotActive
from verifier.errors.operations import OperationNotVetoable
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.word import bits_of

ACTS: dict[str, tuple[object, ...]] = {
    "removeMember": (),
    "replaceMember": (bytes.fromhex("0b" * 20), 77, HERE.pack()),
    "setRoles": (int(BOTH),),
    "setAttributes": (HERE.pack(),),
    "reinstateMember": (),
    "confirmSuspension": (),
}
"""Seat operations, with what follows the subject among the arguments."""


@pytest.mark.parametrize("function", ACTS)
def test_propose__by_the_subject__is_refused(scene: Scene, function: str) -> None:
    operation = scene.to_itself("bob", function, scene.address("bob"), *ACTS[function])
    refusal = MemberIsSubject(member=scene.address("bob"))
    scene.refuses(refusal, lambda: scene.propose("bob", operation))
    about_another = scene.to_itself("bob", function, scene.address("dan"), *ACTS[function])
    scene.must(scene.propose("bob", about_another))


@pytest.mark.parametrize("function", ACTS)
def test_approve__by_the_subject__is_refused(scene: Scene, function: str) -> None:
    operation = scene.seat_operation("ann", function, scene.address("dan"), *ACTS[function])
    eligible = bits_of(scene.roster().approvers - {scene.seat("ann"), scene.seat("dan")})
    refusal = ApprovalNotEligible(seat=scene.seat("dan"), eligible=eligible)
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign_published("dan", operation)]))
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.own("dan", operation)], by="dan"))
    scene.give(operation, "bob", "cat", "eve")
    assert scene.status(operation) is Status.WAITING


@pytest.mark.parametrize("function", ACTS)
def test_object__by_the_subject__is_refused(scene: Scene, function: str) -> None:
    operation = scene.seat_operation("ann", function, scene.address("dan"), *ACTS[function])
    scene.give(operation, "bob", "cat", "eve")
    refusal = MemberIsSubject(member=scene.address("dan"))
    scene.refuses(refusal, lambda: scene.send("dan", "object", operation))
    refusal_of_veto = OperationNotVetoable(
        id=scene.id_of(operation), state=scene.lane(operation[1])[1].pack()
    )
    scene.refuses(refusal_of_veto, lambda: scene.send("dan", "veto", operation[1], scene.id_of(operation)))
    scene.must(scene.send("eve", "object", operation))
    assert scene.lane(operation[1])[1].objected


def test_object__by_a_guardian_against_its_own_removal__is_refused(scene: Scene) -> None:
    operation = scene.seat_operation("ann", "removeMember", scene.address("gus"))
    refusal = MemberIsSubject(member=scene.address("gus"))
    scene.refuses(refusal, lambda: scene.send("gus", "object", operation))
    scene.give(operation, *QUORUM)
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))
    assert scene.member("gus").status is MemberStatus.REMOVED


def test_approve__by_the_subject_from_a_new_seat__is_refused(scene: Scene) -> None:
    """dan moves while the operation about him is open: the seat that is left out moves with him."""
    operation = scene.seat_operation("ann", "removeMember", scene.address("dan"))
    signed, old = scene.sign_published("dan", operation), scene.seat("dan")
    scene.must_change("setAttributes", scene.address("dan"), HERE.pack())
    new = scene.seat("dan")
    eligible = bits_of(scene.roster().approvers - {scene.seat("ann"), new})
    assert old not in scene.roster().approvers
    for seat in (old, new):
        refusal = ApprovalNotEligible(seat=seat, eligible=eligible)
        entry = with_seat(signed, seat)
        scene.refuses(refusal, partial(scene.approve, operation, [entry]))
    scene.must(scene.approve(operation, [scene.sign_published("bob", operation)]))


def test_approve__by_the_newcomer_whom_it_brought_in__is_refused(scene: Scene) -> None:
    """Two operations that bring in the same address: once it sits, it must not help the other."""
    fay = scene.add(Actor.new("fay", Role.APPROVER))
    arguments = (fay.address, fay.person, int(Role.APPROVER), HERE.pack())
    operation = scene.seat_operation("ann", "addMember", *arguments)
    scene.must_change("addMember", *arguments)
    eligible = bits_of(scene.roster().approvers - {scene.seat("ann"), scene.seat("fay")})
    refusal = ApprovalNotEligible(seat=scene.seat("fay"), eligible=eligible)
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign_published("fay", operation)]))
    # Of another operation published before it sat, it is told the reason that holds for everybody.
    other = scene.published("ann", [STANDARD_CALL], nth=1)
    scene.give(other, "fay")


def test_approve__by_a_newcomer_for_what_was_published_before__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.newcomer("fay")
    refusal = ApprovalBeforeSeat(
        seat=scene.seat("fay"),
        seated_in_block=scene.member("fay").seated_in_block,
        published_in_block=scene.publication(operation) >> 32,
    )
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign_published("fay", operation)]))


@pytest.mark.parametrize("by", ["self", "guardian"])
def test_object__by_a_suspended_member__holds_only_while_a_guardian_alone_said_so(
    scene: Scene, by: str
) -> None:
    operation = scene.seat_operation("ann", "removeMember", scene.address("dan"))
    scene.must(scene.send("eve" if by == "self" else "gus", "suspend", scene.address("eve")))
    if by == "guardian":
        scene.must(scene.send("eve", "object", operation))
        return
    refusal = MemberNotActive(member=scene.address("eve"), status=MemberStatus.SELF_SUSPENDED)
    scene.refuses(refusal, lambda: scene.send("eve", "object", operation))
    scene.must(scene.send("cat", "object", operation))


def test_execute__own_promotion_hidden_in_a_batch__can_be_vetoed(scene: Scene) -> None:
    """A batch has no subject, so whom it favours may publish it; but then anybody ends it, and it needs the delay."""
    promotion = call(
        to=scene.vault, data=data_of("setRoles", scene.address("ann"), int(BOTH | Role.SECURITY))
    )
    operation = scene.waiting("ann", [promotion, STANDARD_CALL])
    scene.must(scene.send("eve", "veto", operation[1], scene.id_of(operation)))
    assert not scene.execute("ann", operation).succeeded
    assert scene.member("ann").roles == BOTH
