"""vetoAsGroup, withdrawAsGroup, suspendAsGroup: signed for another purpose, place or seat, or not by a group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.anvil import Outcome
from tests.contracts.groups import typed_digest
from tests.contracts.scene import STANDARD_CALL, Scene
from tests.contracts.seated_groups import (
    OTHERS,
    OWLS,
    RAVENS,
    SUSPEND_SELF,
    VETO,
    WITHDRAW,
    Proof,
    approval_by,
    proof,
    seat_group,
    suspension_digest,
    veto_digest,
    withdraw_digest,
)
from tests.stage import NO_SIGNATURE, STRANGER, Operation, as_words
from verifier.errors.approvals import ApprovalSignerUnexpected
from verifier.errors.members import MemberIsNoGroup
from verifier.model.life import Status

NOBODY: Final = bytes(20)
ANY_OPEN: Final = sum(1 << status for status in (Status.PROPOSED, Status.WAITING, Status.READY))


@pytest.fixture
def seat(scene: Scene) -> int:
    """Seat the owls, and return where."""
    return seat_group(scene)


def approved(scene: Scene, *others: str) -> Operation:
    """Return an operation that the owls approved, and some others."""
    operation = scene.published("ann", [STANDARD_CALL])
    entries = [scene.sign_published(who, operation) for who in others]
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation), *entries]))
    return operation


# ------------------------------------------------------------------------------------------------- For each, the same

Sending = Callable[[Proof], Outcome]
WORDS: Final = ("vetoAsGroup", "withdrawAsGroup", "suspendAsGroup")


def sending(scene: Scene, function: str, operation: Operation) -> Sending:
    if function == "suspendAsGroup":
        return lambda said: scene.send(STRANGER, function, said)
    return lambda said: scene.send(STRANGER, function, operation, said)


def digests(scene: Scene, operation: Operation, seat: int) -> dict[str, bytes]:
    """Return all that a group signs, by the function that takes it."""
    publication = scene.publication(operation)
    return {
        "vetoAsGroup": veto_digest(scene, operation),
        "withdrawAsGroup": withdraw_digest(scene, operation),
        "suspendAsGroup": suspension_digest(scene, seat),
        "approve": bytes(scene.read("approvalDigest", scene.id_of(operation), publication)[0]),
    }


@pytest.mark.parametrize("purpose", [*WORDS, "approve"])
@pytest.mark.parametrize("function", WORDS)
def test_words__signed_for_another_purpose__are_refused(
    scene: Scene, seat: int, function: str, purpose: str
) -> None:
    operation = approved(scene, "cat", "dan")
    send = sending(scene, function, operation)
    signed = digests(scene, operation, seat)
    if purpose != function:
        refusal = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=NOBODY)
        scene.refuses(refusal, lambda: send(proof(scene, OWLS, signed[purpose])))
    scene.must(send(proof(scene, OWLS, signed[function])))


@pytest.mark.parametrize("where", ["another vault", "another chain"])
@pytest.mark.parametrize("function", WORDS)
def test_words__signed_for_elsewhere__are_refused(scene: Scene, seat: int, function: str, where: str) -> None:
    operation = approved(scene, "cat", "dan")
    id_, publication = scene.id_of(operation), scene.publication(operation)
    about: dict[str, tuple[bytes, list[str], list[Any]]] = {
        "vetoAsGroup": (VETO, ["bytes32"], [id_]),
        "withdrawAsGroup": (WITHDRAW, ["bytes32", "uint64"], [id_, publication]),
        "suspendAsGroup": (SUSPEND_SELF, ["uint8", "uint32"], [seat, scene.roster().epoch]),
    }
    name, types, values = about[function]
    if where == "another vault":
        digest = typed_digest(STRANGER, name, types, values)
    else:
        digest = typed_digest(scene.vault, name, types, values, chain_id=1)
    assert typed_digest(scene.vault, name, types, values) == digests(scene, operation, seat)[function]
    refusal = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=NOBODY)
    send = sending(scene, function, operation)
    scene.refuses(refusal, lambda: send(proof(scene, OWLS, digest)))


@pytest.mark.parametrize("function", WORDS)
def test_words__of_another_group__are_refused_in_this_one_s_seat(
    scene: Scene, seat: int, function: str
) -> None:
    seat_group(scene, RAVENS, OTHERS)
    operation = approved(scene, "cat", "dan")
    send = sending(scene, function, operation)
    signed = digests(scene, operation, seat)[function]
    refusal = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=NOBODY)
    scene.refuses(refusal, lambda: send(proof(scene, RAVENS, signed, seat=seat)))
    scene.must(send(proof(scene, OWLS, signed)))


@pytest.mark.parametrize("function", WORDS)
@pytest.mark.parametrize("where", ["account's", "group's", "nobody's", "beyond all"])
def test_words__for_another_seat__are_refused(scene: Scene, seat: int, function: str, where: str) -> None:
    other, expected = {
        "account's": (scene.seat("bob"), scene.address("bob")),
        "group's": (seat_group(scene, RAVENS, OTHERS), RAVENS.account),
        "nobody's": (40, NOBODY),
        "beyond all": (255, NOBODY),
    }[where]
    operation = approved(scene, "cat", "dan")
    signed = digests(scene, operation, other)[function]
    refusal = ApprovalSignerUnexpected(seat=other, expected=expected, actual=NOBODY)
    send = sending(scene, function, operation)
    scene.refuses(refusal, lambda: send(proof(scene, OWLS, signed, seat=other)))


@pytest.mark.parametrize("function", WORDS)
def test_words__of_an_account__are_refused_even_if_it_signed_them(
    scene: Scene, seat: int, function: str
) -> None:
    """bob vetoes, withdraws and suspends himself by his own transactions."""
    operation = approved(scene, "bob", "cat")
    send = sending(scene, function, operation)
    bob = scene.seat("bob")
    signed = digests(scene, operation, bob)[function]
    said = as_words((bob, 0, scene.actors["bob"].sign(signed)))
    refusal = MemberIsNoGroup(member=scene.address("bob"))
    scene.refuses(refusal, lambda: send(said))


@pytest.mark.parametrize("function", WORDS)
@pytest.mark.parametrize("who", ["bob", "owls"])
def test_words__by_a_transaction_of_one_s_own__are_refused(
    scene: Scene, seat: int, function: str, who: str
) -> None:
    operation = approved(scene, "bob", "cat")
    account = OWLS.account if who == "owls" else scene.address(who)
    unsigned = as_words((scene.member(account).seat, scene.publication(operation), NO_SIGNATURE))
    arguments = [unsigned] if function == "suspendAsGroup" else [operation, unsigned]
    refusal = (
        ApprovalSignerUnexpected(seat=seat, expected=account, actual=account)
        if who == "owls"
        else MemberIsNoGroup(member=account)
    )
    scene.refuses(refusal, lambda: scene.send(account, function, *arguments))


@pytest.mark.parametrize("function", WORDS)
def test_words__by_the_key_of_a_group_as_an_account__are_refused(
    scene: Scene, seat: int, function: str
) -> None:
    operation = approved(scene, "cat", "dan")
    send = sending(scene, function, operation)
    v, r, s = OWLS.key.sign_msg_hash(digests(scene, operation, seat)[function]).vrs
    entry = (seat, 0, (r.to_bytes(32, "big"), s.to_bytes(32, "big"), (v + 27).to_bytes(32, "big")))
    refusal = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=OWLS.account)
    scene.refuses(refusal, lambda: send(as_words(entry)))
