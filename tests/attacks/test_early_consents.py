"""Consent to hurry that was collected before there was anything to hurry, or is used where it was not given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pytest

from tests.anvil import Anvil
from tests.attacks.forgery import next_publication
from tests.attacks.insiders import ONLY_WAITING, unfit
from tests.contracts.hurry import (
    HURRY_TIERS,
    consent,
    consents_of,
    expedite,
    expedite_digest,
    hurried,
    hurry_scene,
    ready_at,
    signer_of,
)
from tests.contracts.scene import HIGH_VALUE_CALL, QUORUM, STANDARD_CALL, Scene
from tests.stage import NO_SIGNATURE, Approval, Operation
from verifier.errors.approvals import (
    ApprovalPublicationUnexpected,
    ApprovalSignerUnexpected,
    ApprovalUnsigned,
)
from verifier.errors.operations import OperationNotExpeditable
from verifier.model.life import Status
from verifier.model.tier import Tier

SIGNERS: Final = ("bob", "cat", "dan", "eve")
"""A supermajority, with BREAK_GLASS and the security team in it."""
DELAY: Final = HURRY_TIERS[Tier.HIGH_VALUE].delay


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    return hurry_scene(anvil)


def refuses_all(scene: Scene, operation: Operation, consents: Sequence[Approval]) -> None:
    """Fail unless the first of these is taken for a signature of nobody, and fresh ones are good."""
    first = consents[0]
    found = signer_of(expedite_digest(scene, operation), first)
    assert found not in {actor.address for actor in scene.actors.values()}
    refusal = ApprovalSignerUnexpected(seat=first[0], expected=scene.address("bob"), actual=found)
    scene.refuses(refusal, lambda: expedite(scene, operation, consents))
    hurried(scene, operation, *SIGNERS)


# -------------------------------------------------------------------------------------------------------- Too early


def test_expedite__consents_from_before_publication__are_refused(scene: Scene) -> None:
    """Nobody knows the publication in advance. Here it is guessed, as good as one can: by the latest block."""
    operation = scene.operation("ann", [HIGH_VALUE_CALL])
    guessed = next_publication(scene, 2)
    when = scene.chain.now() + DELAY + 3
    early = [consent(scene, who, operation, publication=guessed, at=when) for who in SIGNERS]
    blank = [consent(scene, who, operation, publication=0, at=when) for who in SIGNERS]
    scene.chain.mine()
    scene.must(scene.propose("ann", operation))
    scene.give(operation, *QUORUM)
    assert ready_at(scene, operation) == when
    for consents in (early, blank):
        refusal = ApprovalPublicationUnexpected(
            seat=scene.seat("bob"), expected=scene.publication(operation), actual=consents[0][1]
        )
        scene.refuses(refusal, lambda: expedite(scene, operation, consents))  # noqa: B023
    hurried(scene, operation, *SIGNERS)


@pytest.mark.parametrize("off", [-1, 1, 12])
def test_expedite__consents_from_before_the_quorum__are_worthless_by_a_second(scene: Scene, off: int) -> None:
    """`readyAt` is known when the quorum stands. Collected with the approvals, a consent has to guess it."""
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    moment = scene.chain.now() + 600
    early = [consent(scene, who, operation, at=moment + DELAY) for who in SIGNERS]
    approvals = [scene.sign_published(who, operation) for who in QUORUM]
    scene.at(moment + off, lambda: scene.approve(operation, approvals))
    refuses_all(scene, operation, early)


def test_expedite__consents_whose_guess_was_right__are_good(scene: Scene) -> None:
    """The neighbour, and a limit: who signs `Expedite` for a moment that is not yet fixed is taken at their word."""
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    moment = scene.chain.now() + 600
    early = [consent(scene, who, operation, at=moment + DELAY) for who in SIGNERS]
    approvals = [scene.sign_published(who, operation) for who in QUORUM]
    scene.at(moment, lambda: scene.approve(operation, approvals))
    scene.must(expedite(scene, operation, early))


def test_expedite__before_the_quorum_stands__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    consents = consents_of(scene, operation, *SIGNERS)
    refusal = unfit(scene, operation, ONLY_WAITING)
    scene.refuses(refusal, lambda: expedite(scene, operation, consents))
    scene.give(operation, *QUORUM)
    hurried(scene, operation, *SIGNERS)


# ------------------------------------------------------------------------------------------------------- Used again


def test_expedite__consents_from_before_ready_at_moved__are_refused(scene: Scene) -> None:
    """The quorum was lost and stands anew: whoever wanted to hurry has to look again at what happened meanwhile."""
    operation = scene.waiting("ann", [HIGH_VALUE_CALL])
    old = consents_of(scene, operation, *SIGNERS)
    scene.must(scene.send("dan", "withdraw", operation))
    scene.refuses(unfit(scene, operation, ONLY_WAITING), lambda: expedite(scene, operation, old))
    scene.must(scene.approve(operation, [scene.own("dan", operation)], by="dan"))
    refuses_all(scene, operation, old)


def test_expedite__twice_with_the_same_consents__is_refused(scene: Scene) -> None:
    """A second record of the same hurry would fill the ledger, and a third one stop everybody else's."""
    operation = scene.waiting("ann", [HIGH_VALUE_CALL])
    consents = consents_of(scene, operation, *SIGNERS)
    scene.must(expedite(scene, operation, consents))
    later = scene.next_time() + HURRY_TIERS[Tier.HIGH_VALUE].least_delay
    refusal = OperationNotExpeditable(
        id=scene.id_of(operation), state=scene.lane(operation[1])[1].pack(), ready_at=later
    )
    scene.refuses(refusal, lambda: expedite(scene, operation, consents))


def test_expedite__consents_to_the_twin_of_the_same_block__are_refused(scene: Scene) -> None:
    """Published in one block, approved in one block: publication and `readyAt` are the same, the operation is not."""
    twins = [scene.operation("ann", [HIGH_VALUE_CALL], nth=nth) for nth in (0, 1)]
    scene.in_one_block(*(("ann", "propose", (twin, [])) for twin in twins))
    lists = [[scene.sign_published(who, twin) for who in QUORUM] for twin in twins]
    scene.in_one_block(*(("eve", "approve", pair) for pair in zip(twins, lists, strict=True)))
    one, other = twins
    assert ready_at(scene, one) == ready_at(scene, other)
    assert scene.publication(one) == scene.publication(other)
    refuses_all(scene, one, consents_of(scene, other, *SIGNERS))


def test_expedite__approvals_instead_of_consents__are_refused(scene: Scene) -> None:
    """Everybody who approves would have agreed to hurry."""
    operation = scene.waiting("ann", [HIGH_VALUE_CALL], *SIGNERS)
    refuses_all(scene, operation, [scene.sign_published(who, operation) for who in SIGNERS])


def test_approve__with_a_consent__is_refused(scene: Scene) -> None:
    """Nor does it work the other way round: `approveBy` stands where `readyAt` will be."""
    operation = scene.published("ann", [STANDARD_CALL])
    given = consent(scene, "bob", operation)
    digest = bytes(scene.read("approvalDigest", scene.id_of(operation), given[1])[0])
    refusal = ApprovalSignerUnexpected(
        seat=given[0], expected=scene.address("bob"), actual=signer_of(digest, given)
    )
    scene.refuses(refusal, lambda: scene.approve(operation, [given]))
    scene.give(operation, *QUORUM)
    assert scene.status(operation) is Status.WAITING


def test_expedite__members_own_transaction__is_no_consent(scene: Scene) -> None:
    """A raw transaction that a member signed names no `readyAt`, and could be kept till it hurts."""
    operation = scene.waiting("ann", [HIGH_VALUE_CALL])
    others = consents_of(scene, operation, "bob", "cat", "eve")
    own: Approval = (scene.seat("dan"), scene.publication(operation), NO_SIGNATURE)
    refusal = ApprovalUnsigned(seat=scene.seat("dan"))
    scene.refuses(refusal, lambda: expedite(scene, operation, [*others, own], by="dan"))
    hurried(scene, operation, *SIGNERS)
