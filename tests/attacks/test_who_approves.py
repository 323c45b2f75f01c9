"""Approvals by those who must not count: the proposer, the gone, the returned, and one person twice."""

from __future__ import annotations

from functools import partial

import pytest

from tests.attacks.forgery import next_publication, refuses_signer, with_seat
from tests.contracts.scene import BOTH, HERE, HIGH_VALUE_CALL, STANDARD_CALL, Scene
from tests.stage import DAY, HOUR, Actor, Operation
from verifier.errors.approvals import (
    ApprovalBeforeSeat,
    ApprovalDuplicate,
    ApprovalMissing,
    ApprovalNotEligible,
    ApprovalPublicationUnexpected,
)
from verifier.errors.members import MemberAddressInvalid, MemberPersonTaken
from verifier.errors.operations import OperationQuorumBroken
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.word import bits_of

LAPSE = 14 * DAY + 72 * HOUR
"""A guardian's suspension, with the CUSTODY delay of the usual tiers."""


def refuses_seat(scene: Scene, operation: Operation, seat: int) -> None:
    """Fail unless neither a signature nor a transaction of its member counts for this seat."""
    eligible = bits_of(scene.roster().approvers - {operation[1] // 8})
    who = next(actor.name for actor in scene.actors.values() if scene.seat(actor.name) == seat)
    refusal = ApprovalNotEligible(seat=seat, eligible=eligible)
    signed = scene.sign(who, operation, scene.publication(operation), seat=seat)
    scene.refuses(refusal, lambda: scene.approve(operation, [signed]))
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.own(who, operation)], by=who))


def test_approve__by_the_proposer__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    refuses_seat(scene, operation, scene.seat("ann"))
    # Whoever else may propose counts here as anybody.
    scene.give(operation, "bob")


def test_propose__with_the_proposers_own_approval__is_refused(scene: Scene) -> None:
    operation = scene.operation("ann", [STANDARD_CALL])
    eligible = bits_of(scene.roster().approvers - {scene.seat("ann")})
    refusal = ApprovalNotEligible(seat=scene.seat("ann"), eligible=eligible)
    mine = scene.sign("ann", operation)
    scene.refuses(refusal, lambda: scene.propose("ann", operation, [mine, scene.sign("bob", operation)]))
    # Nor under the number of another's seat.
    forged = with_seat(mine, scene.seat("bob"))
    assert not scene.propose("ann", operation, [forged, scene.sign("cat", operation)]).succeeded
    scene.must(scene.propose("ann", operation, [scene.sign("bob", operation)]))


@pytest.mark.parametrize("kind", ["transfer", "seat operation"])
def test_approve__by_the_proposer_from_a_new_seat__is_refused(scene: Scene, kind: str) -> None:
    """Publish, have oneself suspended and returned, and come back as somebody who did not publish it."""
    operation = (
        scene.published("ann", [STANDARD_CALL])
        if kind == "transfer"
        else scene.seat_operation("ann", "removeMember", scene.address("eve"))
    )
    scene.must(scene.send("ann", "suspend", scene.address("ann")))
    scene.must_change("reinstateMember", scene.address("ann"))
    ann = scene.member("ann")
    assert (ann.seat == operation[1] // 8, ann.status) == (False, MemberStatus.RETURNED)
    refusal = ApprovalBeforeSeat(
        seat=ann.seat,
        seated_in_block=ann.seated_in_block,
        published_in_block=scene.publication(operation) >> 32,
    )
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign_published("ann", operation)]))
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.own("ann", operation)], by="ann"))
    later = scene.published("bob", [STANDARD_CALL])
    scene.give(later, "ann")


@pytest.mark.parametrize("name", ["gus", "amy", "pia"])
def test_approve__by_a_member_who_is_no_approver__is_refused(scene: Scene, name: str) -> None:
    scene.newcomer("pia", Role.PROPOSER)
    operation = scene.published("ann", [STANDARD_CALL])
    refuses_seat(scene, operation, scene.seat(name))
    scene.give(operation, "eve")


@pytest.mark.parametrize("by", ["self", "guardian"])
def test_approve__by_a_suspended_member__is_refused(scene: Scene, by: str) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.must(scene.send("bob" if by == "self" else "gus", "suspend", scene.address("bob")))
    refuses_seat(scene, operation, scene.seat("bob"))
    scene.give(operation, "cat")


@pytest.mark.parametrize("act", ["suspended", "removed", "replaced", "lessened"])
def test_execute__one_of_the_quorum_is_gone__is_refused(scene: Scene, act: str) -> None:
    """The approval was good when it was given; at execution its member counts no more."""
    operation = scene.ready("ann", [HIGH_VALUE_CALL], "bob", "dan", "eve")
    lose(scene, act)
    state = scene.lane(operation[1])[1].pack()
    refusal = OperationQuorumBroken(id=scene.id_of(operation), state=state, roster=scene.roster().pack())
    scene.refuses(refusal, lambda: scene.execute("eve", operation))
    # Another's approval completes it, and then it waits as long as if it had just begun.
    scene.give(operation, "cat")
    assert scene.status(operation) is Status.WAITING
    scene.pass_to_ready(operation)
    scene.must(scene.execute("eve", operation))


def lose(scene: Scene, act: str) -> None:
    bob = scene.address("bob")
    match act:
        case "suspended":
            scene.must(scene.send("gus", "suspend", bob))
        case "removed":
            scene.must_change("removeMember", bob)
        case "replaced":
            successor = scene.add(Actor.new("bob's new key", BOTH))
            scene.must_change(
                "replaceMember", bob, successor.address, scene.member("bob").person, HERE.pack()
            )
        case _:
            # Still an approver, but not of the security team, and the others of the quorum never were.
            scene.must_change("setRoles", bob, int(BOTH))


def come_back(scene: Scene, how: str) -> None:
    """Let bob lose his seat and have a new one."""
    bob = scene.address("bob")
    match how:
        case "reinstated":
            scene.must(scene.send("bob", "suspend", bob))
            scene.must_change("reinstateMember", bob)
        case "confirmed and reinstated":
            scene.must(scene.send("gus", "suspend", bob))
            scene.must_change("confirmSuspension", bob)
            scene.must_change("reinstateMember", bob)
        case "lapsed":
            scene.must(scene.send("gus", "suspend", bob))
            scene.chain.set_time(scene.chain.now() + LAPSE)
            scene.must(scene.send("eve", "lapse", bob))
        case "role given":
            scene.must_change("setRoles", bob, int(Role.PROPOSER))
            scene.must_change("setRoles", bob, int(BOTH | Role.SECURITY))
        case _:
            scene.must_change("setAttributes", bob, HERE.pack())


RETURNS = ("reinstated", "confirmed and reinstated", "lapsed", "role given", "described anew")


@pytest.mark.parametrize("how", RETURNS)
def test_approve__by_a_returned_member_with_an_old_signature__is_refused(scene: Scene, how: str) -> None:
    """What bob signed before, over an operation that is still open, for the old seat's number and the new one's."""
    approve_by = scene.chain.now() + 14 * DAY
    operation = scene.operation("ann", [STANDARD_CALL], approve_by=approve_by)
    if how == "lapsed":
        # A suspension outlasts what is approvable now, so it began before the operation.
        scene.must(scene.send("gus", "suspend", scene.address("bob")))
        scene.chain.set_time(scene.chain.now() + LAPSE - DAY)
        operation = scene.operation("ann", [STANDARD_CALL])
    old_seat = scene.seat("bob")
    scene.must(scene.propose("ann", operation))
    blank, signed = scene.sign("bob", operation), scene.sign_published("bob", operation)
    if how == "lapsed":
        scene.chain.set_time(scene.chain.now() + DAY)
        scene.must(scene.send("eve", "lapse", scene.address("bob")))
    else:
        come_back(scene, how)
    bob = scene.member("bob")
    eligible = bits_of(scene.roster().approvers - {scene.seat("ann")})
    for approval in (blank, signed):
        refusal = ApprovalNotEligible(seat=old_seat, eligible=eligible)
        scene.refuses(refusal, partial(scene.approve, operation, [approval]))
    publication = scene.publication(operation)
    unpublished = ApprovalPublicationUnexpected(seat=bob.seat, expected=publication, actual=0)
    scene.refuses(unpublished, lambda: scene.approve(operation, [with_seat(blank, bob.seat)]))
    too_new = ApprovalBeforeSeat(
        seat=bob.seat, seated_in_block=bob.seated_in_block, published_in_block=publication >> 32
    )
    scene.refuses(too_new, lambda: scene.approve(operation, [with_seat(signed, bob.seat)]))


@pytest.mark.parametrize("how", RETURNS)
def test_propose__with_what_a_returned_member_signed_long_ago__is_refused(scene: Scene, how: str) -> None:
    """A cheque from before, over an operation that is published only now, when its signer is active again."""
    operation = scene.operation("ann", [STANDARD_CALL], approve_by=scene.chain.now() + 20 * DAY)
    blank = scene.sign("bob", operation)
    come_back(scene, how)
    if how != "lapsed":
        scene.chain.set_time(scene.chain.now() + 7 * DAY)
    cheque = with_seat(blank, scene.seat("bob"))
    expected = next_publication(scene)
    refusal = ApprovalPublicationUnexpected(seat=cheque[0], expected=expected, actual=0)
    scene.refuses(refusal, lambda: scene.propose("ann", operation, [cheque]))
    scene.must(scene.propose("ann", operation))
    scene.give(operation, "bob")
    assert scene.lane(operation[1])[1].approvals == {scene.seat("bob")}


@pytest.mark.parametrize("how", [how for how in RETURNS if how != "lapsed"])
def test_execute__approved_by_a_member_who_left_and_returned__does_not_count_them(
    scene: Scene, how: str
) -> None:
    """Approvals die with the seat, so that nobody's consent comes back to life unasked.

    No operation of the usual tiers lives as long as a suspension that lapses.
    """
    operation = scene.ready("ann", [HIGH_VALUE_CALL])
    come_back(scene, how)
    state = scene.lane(operation[1])[1].pack()
    refusal = OperationQuorumBroken(id=scene.id_of(operation), state=state, roster=scene.roster().pack())
    scene.refuses(refusal, lambda: scene.execute("eve", operation))
    missing = ApprovalMissing(id=scene.id_of(operation), member=scene.address("bob"))
    scene.refuses(missing, lambda: scene.send("bob", "withdraw", operation))


def test_approve__with_a_replaced_members_key__is_refused(scene: Scene) -> None:
    """bob's laptop was stolen; bob has a new key. Neither the old nor the new one speaks for what was there before."""
    operation = scene.published("ann", [STANDARD_CALL])
    old, seat = scene.sign_published("bob", operation), scene.seat("bob")
    successor = scene.add(Actor.new("bob's new key", BOTH, person=scene.member("bob").person))
    scene.must_change("replaceMember", scene.address("bob"), successor.address, successor.person, HERE.pack())
    eligible = bits_of(scene.roster().approvers - {scene.seat("ann")})
    scene.refuses(ApprovalNotEligible(seat=seat, eligible=eligible), lambda: scene.approve(operation, [old]))
    new_seat = scene.seat(successor.name)
    refuses_signer(scene, operation, with_seat(old, new_seat), scene.address("bob"))
    too_new = ApprovalBeforeSeat(
        seat=new_seat,
        seated_in_block=scene.member(successor.name).seated_in_block,
        published_in_block=scene.publication(operation) >> 32,
    )
    signed = scene.sign_published(successor.name, operation)
    scene.refuses(too_new, lambda: scene.approve(operation, [signed]))
    scene.give(scene.published("ann", [STANDARD_CALL], nth=1), successor.name)


def test_approve__the_same_member_twice_in_a_list__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    one, other = scene.sign("bob", operation), scene.sign_published("bob", operation)
    for pair in ([one, one], [one, other], [other, scene.own("bob", operation)]):
        refusal = ApprovalDuplicate(seat=scene.seat("bob"))
        scene.refuses(refusal, partial(scene.approve, operation, pair))
    scene.must(scene.approve(operation, [one]))
    scene.must(scene.approve(operation, [other]))
    assert scene.lane(operation[1])[1].approvals == {scene.seat("bob")}
    assert scene.status(operation) is Status.PROPOSED


def test_add_member__second_key_of_a_person__is_refused(scene: Scene) -> None:
    """Quorums count persons: two keys of one person would be two approvals of one."""
    second = scene.add(Actor.new("bob's second key", Role.APPROVER, person=scene.member("bob").person))
    word = HERE.pack()
    taken = MemberPersonTaken(person=second.person, by=scene.address("bob"))
    scene.refuses(taken, lambda: scene.change("addMember", second.address, second.person, 2, word))
    # Also while he is suspended; the seat is still his.
    scene.must(scene.send("bob", "suspend", scene.address("bob")))
    scene.refuses(taken, lambda: scene.change("addMember", second.address, second.person, 2, word))
    # Nor in another's place.
    act = ("replaceMember", scene.address("eve"), second.address, second.person, word)
    scene.refuses(taken, lambda: scene.change(*act))
    # His address again, for a person that does not exist, is no way either.
    invalid = MemberAddressInvalid(member=scene.address("bob"))
    scene.refuses(invalid, lambda: scene.change("addMember", scene.address("bob"), 77, 2, word))
    scene.must_change("addMember", second.address, 77, 2, word)


def test_add_member__removed_address__never_returns(scene: Scene) -> None:
    scene.must_change("removeMember", scene.address("eve"))
    invalid = MemberAddressInvalid(member=scene.address("eve"))
    person = scene.member("eve").person
    scene.refuses(invalid, lambda: scene.change("addMember", scene.address("eve"), person, 2, HERE.pack()))
    fresh = scene.add(Actor.new("eve's new key", Role.APPROVER))
    scene.must_change("addMember", fresh.address, person, 2, HERE.pack())
