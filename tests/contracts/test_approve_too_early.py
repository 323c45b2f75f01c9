"""approve and propose: from HIGH_VALUE on, no approval counts in the block of publication.

Who knows the parent block knows the publication, so a signature for it can be older than the operation itself.
"""

from __future__ import annotations

import pytest

from tests.contracts.scene import HIGH_VALUE_CALL, ROUTINE_CALL, STANDARD_CALL, Scene
from tests.stage import NO_SIGNATURE, Approval, Call, Operation
from verifier.errors.approvals import ApprovalTooEarly
from verifier.model.life import Status


def coming_publication(scene: Scene) -> int:
    """Return the publication of whatever is published in the next block."""
    parent = scene.chain.block()
    return (int(parent["number"], 16) + 1) << 32 | int(parent["hash"][2:10], 16)


def high_operation(scene: Scene, kind: str) -> Operation:
    match kind:
        case "high value":
            return scene.operation("ann", [HIGH_VALUE_CALL])
        case "custody":
            return scene.operation("ann", [scene.custody_call()])
        case _:
            return scene.to_itself("ann", "removeMember", scene.address("amy"))


KINDS = ["high value", "custody", "about a seat"]


@pytest.mark.parametrize("kind", KINDS)
def test_propose__with_approvals_over_the_coming_publication__is_refused(scene: Scene, kind: str) -> None:
    operation = high_operation(scene, kind)
    coming = coming_publication(scene)
    approvals = [scene.sign(who, operation, coming) for who in ("bob", "cat", "dan")]
    refusal = ApprovalTooEarly(seat=scene.seat("bob"), published_in_block=coming >> 32)
    scene.refuses(refusal, lambda: scene.propose("ann", operation, approvals))
    scene.must(scene.propose("ann", operation))
    # A block later anybody may sign for it.
    scene.give(operation, "bob", "cat", "dan")
    assert scene.status(operation) is Status.WAITING


@pytest.mark.parametrize("tier_call", [ROUTINE_CALL, STANDARD_CALL])
def test_propose__below_high_value_over_the_coming_publication__is_possible(
    scene: Scene, tier_call: Call
) -> None:
    operation = scene.operation("ann", [tier_call])
    coming = coming_publication(scene)
    approvals = [scene.sign(who, operation, coming) for who in ("bob", "cat", "dan")]
    scene.must(scene.propose("ann", operation, approvals))
    assert scene.publication(operation) == coming
    assert scene.status(operation) is Status.WAITING


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("own", [False, True], ids=["signed", "own transaction"])
def test_approve__in_the_block_of_publication__is_refused_and_in_the_next_is_not(
    scene: Scene, kind: str, own: bool
) -> None:
    operation = high_operation(scene, kind)
    coming = coming_publication(scene)
    entry: Approval = (scene.seat("bob"), coming, NO_SIGNATURE)
    if not own:
        entry = scene.sign("bob", operation, coming)
    published, approved = scene.tried_in_one_block(
        ("ann", "propose", (operation, [])), ("bob", "approve", (operation, [entry]))
    )
    scene.must(published)
    refusal = ApprovalTooEarly(seat=scene.seat("bob"), published_in_block=coming >> 32)
    scene.was_refused(refusal, approved)
    assert scene.publication(operation) == coming
    assert scene.lane(0)[1].approvals == frozenset()
    scene.must(scene.approve(operation, [entry], by="bob"))
    assert scene.lane(0)[1].approvals == {scene.seat("bob")}
