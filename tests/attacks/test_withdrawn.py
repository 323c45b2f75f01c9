"""An approval that its member took back, and that somebody else still has a copy of."""

from __future__ import annotations

from functools import partial

import pytest

from tests.attacks.forgery import seats_of, signer_of, twin_of
from tests.contracts.scene import HERE, HIGH_VALUE_CALL, PAYEE, QUORUM, STANDARD_CALL, Scene
from tests.stage import STRANGER, Operation
from verifier.errors.approvals import ApprovalMissing, ApprovalNotEligible, ApprovalWithdrawn
from verifier.model.life import Status
from verifier.model.word import bits_of


def withdrawn(scene: Scene, who: str, operation: Operation) -> None:
    scene.must(scene.send(who, "withdraw", operation))
    assert scene.seat(who) not in scene.lane(operation[1])[1].approvals


@pytest.mark.parametrize("by", ["ann", "bob", STRANGER])
def test_approve__withdrawn_signature_sent_again__is_refused(scene: Scene, by: str | bytes) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    blank, signed = scene.sign("bob", operation), scene.sign_published("bob", operation)
    withdrawn(scene, "bob", operation)
    refusal = ApprovalWithdrawn(seat=scene.seat("bob"))
    for approval in (blank, signed):
        scene.refuses(refusal, partial(scene.approve, operation, [approval], by=by))
    assert signer_of(scene, operation, twin_of(signed)) == scene.address("bob")
    assert not scene.approve(operation, [twin_of(signed)], by=by).succeeded
    # The neighbour: bob himself, by a transaction.
    scene.must(scene.approve(operation, [scene.own("bob", operation)], by="bob"))
    assert scene.status(operation) is Status.WAITING


def test_approve__withdrawn_twice__needs_a_transaction_each_time(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    signed = scene.sign_published("bob", operation)
    for _ in range(3):
        withdrawn(scene, "bob", operation)
        refusal = ApprovalWithdrawn(seat=scene.seat("bob"))
        scene.refuses(refusal, lambda: scene.approve(operation, [signed]))
        scene.must(scene.approve(operation, [scene.own("bob", operation)], by="bob"))


def test_approve__several_withdrew__each_is_kept_apart(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL], *QUORUM, "eve")
    for who in ("bob", "dan"):
        withdrawn(scene, who, operation)
    scene.must(scene.approve(operation, [scene.own("bob", operation)], by="bob"))
    refusal = ApprovalWithdrawn(seat=scene.seat("dan"))
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign_published("dan", operation)]))
    # bob's signature works again as long as bob does not withdraw: it is recorded, and passed over.
    scene.must(scene.approve(operation, [scene.sign_published("bob", operation)]))
    withdrawn(scene, "bob", operation)
    refusal = ApprovalWithdrawn(seat=scene.seat("bob"))
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign_published("bob", operation)]))


@pytest.mark.parametrize("what", ["policy", "tier", "member", "setting"])
def test_approve__withdrawn_before_a_recount__stays_withdrawn(scene: Scene, what: str) -> None:
    """Counting anew drops approvals; it must not forget who took theirs back."""
    operation = scene.waiting("ann", [STANDARD_CALL])
    signed = scene.sign_published("bob", operation)
    withdrawn(scene, "bob", operation)
    match what:
        case "policy":
            scene.must_change("setCounterparty", STRANGER, 1)
        case "tier":
            scene.must_change("setCounterparty", PAYEE, 0)
        case "member":
            scene.must_change("setAttributes", scene.address("cat"), HERE.pack())
        case _:
            scene.must(scene.set_tiers())
    scene.must(scene.approve(operation, []))
    refusal = ApprovalWithdrawn(seat=scene.seat("bob"))
    scene.refuses(refusal, lambda: scene.approve(operation, [signed]))
    scene.must(scene.approve(operation, [scene.own("bob", operation)], by="bob"))


def test_approve__withdrawn_before_an_objection__stays_withdrawn(scene: Scene) -> None:
    operation = scene.seat_operation("ann", "removeMember", scene.address("eve"))
    scene.give(operation, *QUORUM)
    signed = scene.sign_published("bob", operation)
    withdrawn(scene, "bob", operation)
    scene.must(scene.send("gus", "object", operation))
    refusal = ApprovalWithdrawn(seat=scene.seat("bob"))
    scene.refuses(refusal, lambda: scene.approve(operation, [signed]))


def test_propose__next_operation_of_a_lane_with_withdrawals__starts_without_them(scene: Scene) -> None:
    """The neighbour: the word of withdrawn seats is the old operation's, and must not silence bob in the new one."""
    first = scene.waiting("ann", [STANDARD_CALL])
    withdrawn(scene, "bob", first)
    scene.must(scene.send("ann", "cancel", first[1], scene.id_of(first)))
    second = scene.waiting("ann", [HIGH_VALUE_CALL])
    assert second[1] == first[1]
    assert scene.status(second) is Status.WAITING
    # And a withdrawal in the new one begins from nothing: the old one's seats are no part of it.
    withdrawn(scene, "cat", second)
    withdrawn(scene, "dan", second)
    scene.must(scene.send("bob", "withdraw", second))
    refusal = ApprovalWithdrawn(seat=scene.seat("bob"))
    scene.refuses(refusal, lambda: scene.approve(second, [scene.sign_published("bob", second)]))


def test_withdraw__stale_word_of_an_older_operation__adds_nobody(scene: Scene) -> None:
    first = scene.waiting("ann", [STANDARD_CALL])
    withdrawn(scene, "bob", first)
    scene.must(scene.send("ann", "cancel", first[1], scene.id_of(first)))
    second = scene.published("ann", [STANDARD_CALL])
    scene.give(second, "cat")
    withdrawn(scene, "cat", second)
    scene.give(second, "bob")
    assert scene.lane(second[1])[1].approvals == {scene.seat("bob")}


def test_withdraw__approval_of_another__is_refused(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    for who in ("ann", "eve", "gus", STRANGER):
        missing = ApprovalMissing(id=scene.id_of(operation), member=scene.address(who))
        scene.refuses(missing, partial(scene.send, who, "withdraw", operation))
    withdrawn(scene, "bob", operation)


@pytest.mark.parametrize("by", ["self", "guardian"])
def test_withdraw__by_a_suspended_member__takes_its_approval_back(scene: Scene, by: str) -> None:
    """Whoever is compromised may still take power away from what was approved."""
    operation = scene.waiting("ann", [STANDARD_CALL])
    signed = scene.sign_published("bob", operation)
    scene.must(scene.send("bob" if by == "self" else "gus", "suspend", scene.address("bob")))
    withdrawn(scene, "bob", operation)
    scene.must(scene.approve(operation, []))
    eligible = bits_of(seats_of(scene, "cat", "dan", "eve"))
    refusal = ApprovalNotEligible(seat=scene.seat("bob"), eligible=eligible)
    scene.refuses(refusal, lambda: scene.approve(operation, [signed]))


def test_withdraw__by_one_of_more_than_the_quorum__keeps_the_clock(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL], *QUORUM, "eve")
    ready_at = scene.lane(operation[1])[1].ready_at
    withdrawn(scene, "eve", operation)
    assert (scene.status(operation), scene.lane(operation[1])[1].ready_at) == (Status.WAITING, ready_at)
    withdrawn(scene, "dan", operation)
    assert scene.status(operation) is Status.PROPOSED
