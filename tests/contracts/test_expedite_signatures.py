"""expedite: what a consent to hurry has to be about. An old one is worthless, and an approval is none."""

from __future__ import annotations

from functools import partial

import pytest

from tests.anvil import Anvil
from tests.contracts.hurry import (
    consent,
    consents_of,
    expedite,
    expedite_digest,
    hurried,
    hurry_scene,
    ready_at,
    refuses_third,
    signer_of,
)
from tests.contracts.scene import HIGH_VALUE_CALL, ROUTINE_CALL, STANDARD_CALL, Scene
from tests.stage import NO_SIGNATURE, STRANGER, Approval, Call, Operation
from verifier.errors.approvals import (
    ApprovalPublicationUnexpected,
    ApprovalSignerUnexpected,
    ApprovalUnsigned,
)


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    return hurry_scene(anvil)


@pytest.fixture
def operation(scene: Scene) -> Operation:
    return scene.waiting("ann", [STANDARD_CALL])


def misread(scene: Scene, operation: Operation, who: str, entry: Approval) -> ApprovalSignerUnexpected:
    """Return the refusal of a signature over something else: it recovers to an address of nobody."""
    found = signer_of(expedite_digest(scene, operation), entry)
    assert found != scene.address(who)
    return ApprovalSignerUnexpected(seat=scene.seat(who), expected=scene.address(who), actual=found)


@pytest.mark.parametrize("off", [-1, 1, "zero"])
def test_consent__to_another_ready_at__is_refused(scene: Scene, operation: Operation, off: int | str) -> None:
    at = 0 if isinstance(off, str) else ready_at(scene, operation) + off
    entry = consent(scene, "dan", operation, at=at)
    refuses_third(scene, operation, entry, misread(scene, operation, "dan", entry))


def test_consent__to_a_ready_at_that_moved__is_worthless(scene: Scene, operation: Operation) -> None:
    """The quorum was lost and found again, and the clock began anew."""
    old = consents_of(scene, operation, "bob", "cat", "dan")
    scene.must(scene.send("cat", "withdraw", operation))
    scene.give(operation, "eve")
    because = misread(scene, operation, "bob", old[0])
    scene.refuses(because, lambda: expedite(scene, operation, old))
    hurried(scene, operation, "bob", "cat", "dan")


def test_consent__made_before_the_clock_ran__is_worthless(scene: Scene) -> None:
    """`approveBy` stands where `readyAt` will be."""
    operation = scene.published("ann", [STANDARD_CALL])
    old = consents_of(scene, operation, "bob", "cat", "dan")
    scene.give(operation, "bob", "cat", "dan")
    because = misread(scene, operation, "bob", old[0])
    scene.refuses(because, lambda: expedite(scene, operation, old))
    hurried(scene, operation, "bob", "cat", "dan")


@pytest.mark.parametrize("call_", [ROUTINE_CALL, STANDARD_CALL, HIGH_VALUE_CALL])
def test_consent__over_another_publication__is_refused_in_every_tier(scene: Scene, call_: Call) -> None:
    operation = scene.waiting("ann", [call_])
    publication = scene.publication(operation)
    good = consents_of(scene, operation, "bob", "cat", "dan", "eve")
    for other in (0, publication - 1, publication + 1, publication + (1 << 32), publication | 1 << 64):
        entry = consent(scene, "fay", operation, publication=other)
        because = ApprovalPublicationUnexpected(seat=entry[0], expected=publication, actual=other)
        scene.refuses(because, partial(expedite, scene, operation, [entry, *good]))
    scene.must(expedite(scene, operation, good))


def test_consent__by_a_transaction_of_one_s_own__is_refused(scene: Scene, operation: Operation) -> None:
    """A transaction would not say from when to hurry."""
    entry: Approval = (scene.seat("dan"), scene.publication(operation), NO_SIGNATURE)
    others = consents_of(scene, operation, "bob", "cat")
    because = ApprovalUnsigned(seat=scene.seat("dan"))
    scene.refuses(because, lambda: expedite(scene, operation, [*others, entry], by="dan"))
    scene.refuses(because, lambda: expedite(scene, operation, [*others, entry]))
    good = [*others, consent(scene, "dan", operation)]
    scene.must(expedite(scene, operation, good, by="dan"))


def test_consent__by_an_approval_s_signature__is_refused(scene: Scene, operation: Operation) -> None:
    entry = scene.sign_published("dan", operation)
    refuses_third(scene, operation, entry, misread(scene, operation, "dan", entry))


@pytest.mark.parametrize("call_", [STANDARD_CALL, HIGH_VALUE_CALL])
def test_approve__by_a_consent_s_signature__is_refused(scene: Scene, call_: Call) -> None:
    operation = scene.waiting("ann", [call_])
    entry = consent(scene, "eve", operation)
    publication = scene.publication(operation)
    digest = bytes(scene.read("approvalDigest", scene.id_of(operation), publication)[0])
    because = ApprovalSignerUnexpected(
        seat=scene.seat("eve"), expected=scene.address("eve"), actual=signer_of(digest, entry)
    )
    scene.refuses(because, lambda: scene.approve(operation, [entry]))
    scene.give(operation, "eve")


def test_consent__signed_by_another_member__is_refused(scene: Scene, operation: Operation) -> None:
    _, publication, signature = consent(scene, "fay", operation)
    because = ApprovalSignerUnexpected(
        seat=scene.seat("dan"), expected=scene.address("dan"), actual=scene.address("fay")
    )
    refuses_third(scene, operation, (scene.seat("dan"), publication, signature), because)


def test_consent__for_another_vault__is_refused(scene: Scene, operation: Operation) -> None:
    entry = consent(scene, "dan", operation, vault=STRANGER)
    refuses_third(scene, operation, entry, misread(scene, operation, "dan", entry))


def test_consent__for_another_chain__is_refused(scene: Scene, operation: Operation) -> None:
    entry = consent(scene, "dan", operation, chain_id=1)
    refuses_third(scene, operation, entry, misread(scene, operation, "dan", entry))


def test_consent__to_another_operation__is_refused(scene: Scene, operation: Operation) -> None:
    """The same calls in the next lane, published in the same block, and ready at the same time."""
    other = scene.operation("ann", [STANDARD_CALL], nth=1)
    entry = consent(
        scene,
        "dan",
        other,
        publication=scene.publication(operation),
        at=ready_at(scene, operation),
    )
    refuses_third(scene, operation, entry, misread(scene, operation, "dan", entry))
