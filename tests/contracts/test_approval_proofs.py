"""approve: what proves a member's consent. A signature over the right bytes, or the member's own transaction."""

from __future__ import annotations

import pytest
import rlp
from eth_hash.auto import keccak
from eth_keys.datatypes import Signature

from tests.contracts.scene import HERE, HIGH_VALUE_CALL, QUORUM, ROUTINE_CALL, STANDARD_CALL, Scene
from tests.stage import NO_SIGNATURE, STRANGER, Approval, Call, Operation, data_of
from tests.tokens import compiled
from verifier.errors.approvals import ApprovalPublicationUnexpected, ApprovalSignerUnexpected
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
HALF_ORDER = ORDER // 2
NOBODY = bytes(20)


def signer_of(scene: Scene, operation: Operation, approval: Approval) -> bytes:
    """Return whose key made a signature, taken as one over this operation and the publication that it names."""
    _, publication, (r, s, v) = approval
    digest = bytes(scene.read("approvalDigest", scene.id_of(operation), publication)[0])
    vrs = (v[31] - 27, int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    return bytes(Signature(vrs=vrs).recover_public_key_from_msg_hash(digest).to_canonical_address())


def refuses_signer(scene: Scene, operation: Operation, approval: Approval, found: bytes) -> None:
    """Refuse bob's approval, and take his good one as its neighbour."""
    refusal = ApprovalSignerUnexpected(seat=scene.seat("bob"), expected=scene.address("bob"), actual=found)
    scene.refuses(refusal, lambda: scene.approve(operation, [approval]))
    scene.give(operation, "bob")


# --------------------------------------------------------------------------------------------------- Signatures


def test_approve__signed_by_another_member__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    forged = scene.sign("cat", operation, scene.publication(operation), seat=scene.seat("bob"))
    refuses_signer(scene, operation, forged, scene.address("cat"))


def test_approve__signed_by_a_removed_member_for_a_seat_that_another_has__is_refused(scene: Scene) -> None:
    """A removed address keeps its record, with the number of the seat that it had."""
    gone = scene.seat("eve")
    scene.must_change("removeMember", scene.address("eve"))
    scene.chain.set_time(scene.chain.now() + 105 * 86_400)
    scene.newcomer("fay")
    assert scene.seat("fay") == gone == scene.seat("eve")
    operation = scene.published("ann", [STANDARD_CALL])
    refusal = ApprovalSignerUnexpected(seat=gone, expected=scene.address("fay"), actual=scene.address("eve"))
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign_published("eve", operation)]))
    scene.give(operation, "fay")


def test_approve__signed_for_another_operation__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    other = scene.operation("ann", [ROUTINE_CALL], nth=1)
    forged = scene.sign("bob", other, scene.publication(operation))
    refuses_signer(scene, operation, forged, signer_of(scene, operation, forged))


def test_approve__signed_without_publication_but_said_to_be_with__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    seat, _, signature = scene.sign("bob", operation)
    forged = (seat, scene.publication(operation), signature)
    refuses_signer(scene, operation, forged, signer_of(scene, operation, forged))


@pytest.mark.parametrize("v", [1, 26, 29, 255])
def test_approve__with_another_v_than_27_and_28__is_refused(scene: Scene, v: int) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    seat, publication, (r, s, _) = scene.sign_published("bob", operation)
    refuses_signer(scene, operation, (seat, publication, (r, s, v.to_bytes(32, "big"))), NOBODY)


def test_approve__with_a_v_of_zero__stands_for_the_senders_own_transaction(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    seat, publication, (r, s, _) = scene.sign_published("bob", operation)
    refuses_signer(scene, operation, (seat, publication, (r, s, bytes(32))), STRANGER)


def test_approve__with_the_larger_s__is_refused(scene: Scene) -> None:
    """The twin of every signature, which anybody can compute and which recovers to the same signer."""
    operation = scene.published("ann", [STANDARD_CALL])
    seat, publication, (r, s, v) = scene.sign_published("bob", operation)
    other_s = (ORDER - int.from_bytes(s, "big")).to_bytes(32, "big")
    other_v = (27 + 28 - v[31]).to_bytes(32, "big")
    twin = (seat, publication, (r, other_s, other_v))
    assert signer_of(scene, operation, twin) == scene.address("bob")
    refuses_signer(scene, operation, twin, NOBODY)


def test_approve__with_s_at_half_the_order_and_one_above__is_asked_for_its_signer_only_below(
    scene: Scene,
) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    seat, publication, (r, _, v) = scene.sign_published("bob", operation)
    at_half = (seat, publication, (r, HALF_ORDER.to_bytes(32, "big"), v))
    above = (seat, publication, (r, (HALF_ORDER + 1).to_bytes(32, "big"), v))
    refuses_signer(scene, operation, above, NOBODY)
    other = scene.published("ann", [STANDARD_CALL], nth=1)
    found = signer_of(scene, other, at_half)
    assert found != NOBODY
    at_half = (seat, scene.publication(other), at_half[2])
    refuses_signer(scene, other, at_half, signer_of(scene, other, at_half))


@pytest.mark.parametrize("zero", ["r", "s"])
def test_approve__with_r_or_s_of_zero__is_refused(scene: Scene, zero: str) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    seat, publication, (r, s, v) = scene.sign_published("bob", operation)
    signature = (bytes(32), s, v) if zero == "r" else (r, bytes(32), v)
    refuses_signer(scene, operation, (seat, publication, signature), NOBODY)


# -------------------------------------------------------------------------------------------------- Publications


@pytest.mark.parametrize("tier_call", [HIGH_VALUE_CALL, None])
def test_approve__signed_before_publication_from_high_value_on__is_refused(
    scene: Scene, tier_call: Call | None
) -> None:
    operation = scene.published("ann", [tier_call or scene.custody_call()])
    refusal = ApprovalPublicationUnexpected(
        seat=scene.seat("bob"), expected=scene.publication(operation), actual=0
    )
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign("bob", operation)]))
    scene.give(operation, "bob")


def test_approve__signed_before_publication_of_a_seat_operation__is_refused(scene: Scene) -> None:
    operation = scene.seat_operation("ann", "removeMember", scene.address("eve"))
    refusal = ApprovalPublicationUnexpected(
        seat=scene.seat("bob"), expected=scene.publication(operation), actual=0
    )
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign("bob", operation)]))
    scene.give(operation, "bob")


@pytest.mark.parametrize("tier_call", [ROUTINE_CALL, STANDARD_CALL])
@pytest.mark.parametrize("published", [False, True])
def test_approve__below_high_value__takes_both_kinds_of_signature(
    scene: Scene, tier_call: Call, published: bool
) -> None:
    operation = scene.published("ann", [tier_call])
    scene.must(
        scene.approve(
            operation, [scene.sign("bob", operation, scene.publication(operation) * int(published))]
        )
    )
    assert scene.lane(operation[1])[1].approvals == {scene.seat("bob")}


@pytest.mark.parametrize("off", [1, -1, 1 << 32, 1 << 64])
def test_approve__signed_for_another_publication__is_refused(scene: Scene, off: int) -> None:
    operation = scene.published("ann", [ROUTINE_CALL])
    publication = scene.publication(operation)
    refusal = ApprovalPublicationUnexpected(
        seat=scene.seat("bob"), expected=publication, actual=publication + off
    )
    forged = scene.sign("bob", operation, publication + off)
    scene.refuses(refusal, lambda: scene.approve(operation, [forged]))
    scene.give(operation, "bob")


def test_approve__by_a_returned_member_signed_before_publication__is_refused(scene: Scene) -> None:
    """It may be a signature from before the member was suspended, perhaps made by a thief of the key."""
    scene.must(scene.send("bob", "suspend", scene.address("bob")))
    scene.must_change("reinstateMember", scene.address("bob"))
    assert scene.member("bob").status is MemberStatus.RETURNED
    operation = scene.published("ann", [ROUTINE_CALL])
    refusal = ApprovalPublicationUnexpected(
        seat=scene.seat("bob"), expected=scene.publication(operation), actual=0
    )
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign("bob", operation)]))
    scene.must(scene.approve(operation, [scene.sign("cat", operation)]))
    scene.give(operation, "bob")
    assert scene.status(operation) is Status.WAITING


# ----------------------------------------------------------------------------------------------- Own transactions


@pytest.mark.parametrize("tier_call", [STANDARD_CALL, HIGH_VALUE_CALL])
def test_approve__in_the_members_own_transaction__counts(scene: Scene, tier_call: Call) -> None:
    operation = scene.published("ann", [tier_call])
    for who in QUORUM:
        scene.must(scene.approve(operation, [scene.own(who, operation)], by=who))
    assert scene.status(operation) is Status.WAITING


@pytest.mark.parametrize("sender", [STRANGER, "cat", "ann"])
def test_approve__with_an_empty_signature_sent_by_another__is_refused(
    scene: Scene, sender: str | bytes
) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    refusal = ApprovalSignerUnexpected(
        seat=scene.seat("bob"), expected=scene.address("bob"), actual=scene.address(sender)
    )
    entry = scene.own("bob", operation)
    scene.refuses(refusal, lambda: scene.approve(operation, [entry], by=sender))
    scene.must(scene.approve(operation, [entry], by="bob"))


def test_approve__through_a_contract_that_the_member_calls__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    caller = compiled.deploy(scene.chain, "Caller")
    data = data_of("approve", operation, [scene.own("bob", operation)])
    refusal = ApprovalSignerUnexpected(seat=scene.seat("bob"), expected=scene.address("bob"), actual=NOBODY)
    through = compiled.data_of("Caller", "pass", scene.vault, data)
    scene.refuses(refusal, lambda: scene.chain.send(scene.address("bob"), caller, through))
    scene.must(scene.chain.send(scene.address("bob"), scene.vault, data))


def test_approve__sent_by_a_member_whose_account_has_code__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    delegation = bytes.fromhex("ef0100") + compiled.deploy(scene.chain, "Caller")
    own = scene.own("bob", operation)
    with scene.chain.isolate():
        scene.chain.set_code(scene.address("bob"), delegation)
        refusal = ApprovalSignerUnexpected(
            seat=scene.seat("bob"), expected=scene.address("bob"), actual=NOBODY
        )
        scene.refuses(refusal, lambda: scene.approve(operation, [own], by="bob"))
    scene.must(scene.approve(operation, [own], by="bob"))


def test_approve__by_a_contract_that_is_being_made_where_a_member_is__is_refused(scene: Scene) -> None:
    """An account may become a member before it has code, and has none yet while its constructor runs."""
    nonce = int(scene.chain.rpc("eth_getTransactionCount", ["0x" + STRANGER.hex(), "latest"]), 16)
    newborn = keccak(rlp.encode([STRANGER, nonce + 1]))[12:]
    scene.must_change("addMember", newborn, 5, int(Role.APPROVER), HERE.pack())
    operation = scene.published("ann", [STANDARD_CALL])
    seat = scene.member(newborn).seat
    data = data_of("approve", operation, [(seat, scene.publication(operation), NO_SIGNATURE)])
    refusal = ApprovalSignerUnexpected(seat=seat, expected=newborn, actual=NOBODY)
    creation = compiled.creation_of("Newborn", scene.vault, data)
    # It takes the nonce before, so that the one that is refused stands where the member is.
    scene.must(scene.chain.send(STRANGER, STRANGER))
    scene.refuses(refusal, lambda: scene.chain.send(STRANGER, None, creation))
    scene.must(scene.chain.send(newborn, scene.vault, data))


@pytest.mark.parametrize("off", [None, 1])
def test_approve__in_an_own_transaction_with_another_publication__is_refused(
    scene: Scene, off: int | None
) -> None:
    """Else a transaction signed beforehand would be a blank cheque."""
    operation = scene.published("ann", [ROUTINE_CALL])
    seat, publication, _ = scene.own("bob", operation)
    named = 0 if off is None else publication + off
    refusal = ApprovalPublicationUnexpected(seat=seat, expected=publication, actual=named)
    entry = (seat, named, NO_SIGNATURE)
    scene.refuses(refusal, lambda: scene.approve(operation, [entry], by="bob"))
    scene.must(scene.approve(operation, [scene.own("bob", operation)], by="bob"))


def test_approve__in_an_own_transaction_with_others_signatures__records_all(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    entries = [scene.sign("cat", operation), scene.own("bob", operation), scene.sign("dan", operation)]
    scene.must(scene.approve(operation, entries, by="bob"))
    assert scene.status(operation) is Status.WAITING
