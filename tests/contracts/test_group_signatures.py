"""approve: what is no approval of a group. A signature of something else, an account's signature, a transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from tests.anvil import CHAIN_ID
from tests.contracts.groups import typed_digest
from tests.contracts.hurry import EXPEDITE
from tests.contracts.scene import STANDARD_CALL, Scene
from tests.contracts.seated_groups import (
    OTHERS,
    OWLS,
    RAVENS,
    approval_by,
    seat_group,
    veto_digest,
    withdraw_digest,
)
from tests.frost.group import Words
from tests.frost.reference import ORDER, PRIME, word
from tests.stage import NO_SIGNATURE, STRANGER, Actor, Approval, Operation
from verifier.errors.approvals import (
    ApprovalNotEligible,
    ApprovalSignerUnexpected,
)
from verifier.model.member import Role

NOBODY: Final = bytes(20)


def refuses_signer(scene: Scene, operation: Operation, entry: Approval, found: bytes = NOBODY) -> None:
    """Refuse an approval for the owls' seat, and take their good one as its neighbour."""
    refusal = ApprovalSignerUnexpected(seat=entry[0], expected=OWLS.account, actual=found)
    scene.refuses(refusal, lambda: scene.approve(operation, [entry]))
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))
    assert scene.member(OWLS.account).seat in scene.lane(operation[1])[1].approvals


# ---------------------------------------------------------------------------------------------------- What is signed

Forgery = Callable[[Scene, Operation], Words]


def signed_for(vault: bytes | None = None, chain_id: int = CHAIN_ID) -> Forgery:
    def forge(scene: Scene, operation: Operation) -> Words:
        name = (
            b"Approve(Operation operation,uint64 publication)Call(address target,uint256 value,bytes data)"
            b"Operation(Call[] calls,uint16 lane,uint32 sequence,uint40 approveBy)"
        )
        values = [scene.id_of(operation), scene.publication(operation)]
        types = ["bytes32", "uint64"]
        return OWLS.sign(typed_digest(vault or scene.vault, name, types, values, chain_id=chain_id))

    return forge


def changed(change: Callable[[Words], Words]) -> Forgery:
    return lambda scene, operation: change(approval_by(scene, OWLS, operation)[2])


def number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def over_another_operation(scene: Scene, operation: Operation) -> Words:
    other = (operation[0], operation[1], operation[2] + 1, operation[3])
    return approval_by(scene, OWLS, other, scene.publication(operation))[2]


def consent_to_hurry(scene: Scene, operation: Operation) -> Words:
    values = [scene.id_of(operation), scene.publication(operation), operation[3]]
    return OWLS.sign(typed_digest(scene.vault, EXPEDITE, ["bytes32", "uint64", "uint40"], values))


FORGERIES: Final[dict[str, Forgery]] = {
    "another vault": signed_for(STRANGER),
    "another chain": signed_for(chain_id=1),
    "another operation": over_another_operation,
    "another group": lambda s, o: approval_by(s, RAVENS, o)[2],
    "a veto": lambda s, o: OWLS.sign(veto_digest(s, o)),
    "a withdrawal": lambda s, o: OWLS.sign(withdraw_digest(s, o)),
    "a consent to hurry": consent_to_hurry,
    "the bare id": lambda s, o: OWLS.sign(s.id_of(o)),
    "the other y of R": changed(lambda w: (w[0], w[1], word(number(w[2]) ^ 1))),
    "R one off": changed(lambda w: (word(number(w[0]) ^ 1), w[1], w[2])),
    "R of zero": changed(lambda w: (word(0), w[1], w[2])),
    "R beyond the prime": changed(lambda w: (word(PRIME), w[1], w[2])),
    "z one off": changed(lambda w: (w[0], word((number(w[1]) + 1) % ORDER), w[2])),
    "z of zero": changed(lambda w: (w[0], word(0), w[2])),
    "z of the order": changed(lambda w: (w[0], word(ORDER), w[2])),
    "negative z": changed(lambda w: (w[0], word(ORDER - number(w[1])), w[2])),
    "R and z swapped": changed(lambda w: (w[1], w[0], w[2])),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_approve__by_a_group_s_signature_of_something_else__is_refused(scene: Scene, what: str) -> None:
    seat = seat_group(scene)
    seat_group(scene, RAVENS, OTHERS)
    operation = scene.published("ann", [STANDARD_CALL])
    forged = FORGERIES[what](scene, operation)
    refuses_signer(scene, operation, (seat, scene.publication(operation), forged))


def test_approve__by_a_group_s_signature_with_another_publication_named__is_refused(scene: Scene) -> None:
    seat = seat_group(scene)
    operation = scene.published("ann", [STANDARD_CALL])
    signed = approval_by(scene, OWLS, operation)[2]
    refuses_signer(scene, operation, (seat, 0, signed))


# ------------------------------------------------------------------------------------------------------ No other door


def test_approve__by_the_key_of_a_group_as_an_account__is_refused(scene: Scene) -> None:
    """Even if valid: whoever signs so has a key that nobody should have whole."""
    seat = seat_group(scene)
    scene.add(
        Actor(
            name="owls",
            person=0,
            roles=Role.APPROVER,
            attributes=scene.actors["ann"].attributes,
            key=OWLS.key,
        )
    )
    operation = scene.published("ann", [STANDARD_CALL])
    entry = scene.sign_published("owls", operation)
    assert entry[0] == seat
    refuses_signer(scene, operation, entry, OWLS.account)


def test_approve__by_a_transaction_from_a_group_s_address__is_refused(scene: Scene) -> None:
    seat = seat_group(scene)
    operation = scene.published("ann", [STANDARD_CALL])
    entry: Approval = (seat, scene.publication(operation), NO_SIGNATURE)
    refusal = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=OWLS.account)
    scene.refuses(refusal, lambda: scene.approve(operation, [entry], by=OWLS.account))
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))


def test_approve__by_an_account_for_a_group_s_seat__is_refused(scene: Scene) -> None:
    seat = seat_group(scene)
    operation = scene.published("ann", [STANDARD_CALL])
    entry = scene.sign("cat", operation, scene.publication(operation), seat=seat)
    refuses_signer(scene, operation, entry, scene.address("cat"))


def test_approve__by_a_group_for_an_account_s_seat__is_refused(scene: Scene) -> None:
    seat_group(scene)
    operation = scene.published("ann", [STANDARD_CALL])
    entry = approval_by(scene, OWLS, operation, seat=scene.seat("cat"))
    refusal = ApprovalSignerUnexpected(seat=scene.seat("cat"), expected=scene.address("cat"), actual=NOBODY)
    scene.refuses(refusal, lambda: scene.approve(operation, [entry]))
    scene.give(operation, "cat")


def test_approve__by_a_group_for_another_group_s_seat__is_refused(scene: Scene) -> None:
    seat = seat_group(scene)
    seat_group(scene, RAVENS, OTHERS)
    operation = scene.published("ann", [STANDARD_CALL])
    refuses_signer(scene, operation, approval_by(scene, RAVENS, operation, seat=seat))


@pytest.mark.parametrize("seat", [30, 63])
def test_approve__by_a_group_for_a_seat_that_nobody_has__is_refused(scene: Scene, seat: int) -> None:
    seat_group(scene)
    operation = scene.published("ann", [STANDARD_CALL])
    eligible = scene.roster().approvers - {scene.seat("ann")}
    refusal = ApprovalNotEligible(seat=seat, eligible=sum(1 << each for each in eligible))
    entry = approval_by(scene, OWLS, operation, seat=seat)
    scene.refuses(refusal, lambda: scene.approve(operation, [entry]))
