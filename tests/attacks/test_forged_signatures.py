"""Signatures that nobody made, or that were bent."""

from __future__ import annotations

from functools import partial

import pytest

from tests.attacks.forgery import NOBODY, ORDER, number, refuses_signer, signer_of, twin_of, with_seat, word
from tests.contracts.scene import HIGH_VALUE_CALL, QUORUM, STANDARD_CALL, Scene
from tests.stage import DAY, NO_SIGNATURE, STRANGER, Actor, Approval, data_of
from verifier.errors import from_revert
from verifier.errors.approvals import ApprovalDuplicate, ApprovalNotEligible
from verifier.errors.revert import RevertedSilently
from verifier.model.member import Role
from verifier.model.word import bits_of


def test_approve__malleated_signature__is_refused(scene: Scene) -> None:
    """The high-s twin recovers to the same member, so a list could be bent without its signer."""
    operation = scene.published("ann", [STANDARD_CALL])
    approval = scene.sign_published("bob", operation)
    twin = twin_of(approval)
    assert signer_of(scene, operation, twin) == scene.address("bob")
    refuses_signer(scene, operation, twin, NOBODY)
    scene.must(scene.approve(operation, [approval]))


def test_approve__signature_and_its_twin_in_one_list__are_one_seat_twice(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    approval = scene.sign_published("bob", operation)
    refusal = ApprovalDuplicate(seat=approval[0])
    scene.refuses(refusal, lambda: scene.approve(operation, [approval, twin_of(approval)]))
    scene.must(scene.approve(operation, [approval]))
    # Once recorded, whatever stands for the seat is passed over: it is worth nothing more.
    before = scene.lane(operation[1])
    scene.must(scene.approve(operation, [twin_of(approval)]))
    assert scene.lane(operation[1]) == before


BENT = {
    "all zero but v": (0, 0, 27),
    "r zero": (0, None, 28),
    "s zero": (None, 0, 28),
    "r is the order": (ORDER, None, 27),
    "r above the order": (ORDER + 1, None, 27),
    "s is the order": (None, ORDER, 27),
    "r is all ones": (2**256 - 1, None, 27),
    "s is all ones": (None, 2**256 - 1, 27),
}


@pytest.mark.parametrize("how", BENT)
def test_approve__signature_outside_the_curves_numbers__is_nobodys(scene: Scene, how: str) -> None:
    """`ecrecover` answers zero; the zero address must never be somebody."""
    operation = scene.published("ann", [STANDARD_CALL])
    good = scene.sign_published("bob", operation)
    r, s, v = BENT[how]
    signature = (good[2][0] if r is None else word(r), good[2][1] if s is None else word(s), word(v))
    refuses_signer(scene, operation, (*good[:2], signature), NOBODY)
    scene.must(scene.approve(operation, [good]))


@pytest.mark.parametrize("v", [1, 2, 26, 29, 30, 35, 36, 127, 128, 255])
def test_approve__v_that_is_neither_27_nor_28__is_nobodys(scene: Scene, v: int) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    good = scene.sign_published("bob", operation)
    refuses_signer(scene, operation, (*good[:2], (*good[2][:2], word(v))), NOBODY)
    scene.must(scene.approve(operation, [good]))


@pytest.mark.parametrize("empty", [True, False])
def test_approve__v_of_zero_sent_by_a_stranger__approves_for_nobody(scene: Scene, empty: bool) -> None:
    """v = 0 says "I send this myself": whoever copies a signature and clears v speaks for himself only."""
    operation = scene.published("ann", [STANDARD_CALL])
    good = scene.sign_published("bob", operation)
    cleared = (*good[:2], NO_SIGNATURE if empty else (*good[2][:2], word(0)))
    refuses_signer(scene, operation, cleared, STRANGER)
    scene.must(scene.approve(operation, [cleared], by="bob"))


def test_approve__member_sends_an_empty_entry_for_another_seat__approves_for_nobody(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    for_bob = with_seat(scene.own("cat", operation), scene.seat("bob"))
    refusal_of_bob = scene.approve(operation, [for_bob], by="cat")
    assert not refusal_of_bob.succeeded
    assert scene.lane(operation[1])[1].approvals == frozenset()
    scene.must(scene.approve(operation, [scene.own("cat", operation)], by="cat"))
    assert scene.lane(operation[1])[1].approvals == {scene.seat("cat")}


@pytest.mark.parametrize("seat", [7, 63, 64, 128, 255])
def test_approve__seat_that_nobody_has__is_not_eligible(scene: Scene, seat: int) -> None:
    """An empty seat's member is the zero address, which is what a broken signature recovers to."""
    operation = scene.published("ann", [STANDARD_CALL])
    eligible = bits_of(scene.roster().approvers - {scene.seat("ann")})
    for signature in (NO_SIGNATURE, (word(0), word(0), word(27))):
        forged: Approval = (seat, scene.publication(operation), signature)
        refusal = ApprovalNotEligible(seat=seat, eligible=eligible)
        scene.refuses(refusal, partial(scene.approve, operation, [forged]))
    scene.give(operation, *QUORUM)


@pytest.mark.parametrize("bits", [1 << 80, 1 << 128, 1 << 255, (2**256 - 1) >> 80 << 80])
def test_approve__dirty_bits_above_an_approvals_head__belong_to_no_publication(
    scene: Scene, bits: int
) -> None:
    """The head is one word; what stands above its fields must not be another way to write the same approval."""
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    data = data_of("approve", operation, [scene.sign_published("bob", operation)])
    at = len(data) - 96
    head = number(data[at : at + 32])
    dirty = data[:at] + word(head | bits) + data[at + 32 :]
    before = scene.lane(operation[1])
    outcome = scene.chain.send(STRANGER, scene.vault, dirty)
    assert not outcome.succeeded
    assert not isinstance(from_revert(outcome.revert_data), RevertedSilently)
    assert scene.lane(operation[1]) == before
    scene.must(scene.chain.send(STRANGER, scene.vault, data))


@pytest.mark.parametrize("cut", [1, 31, 32, 64, 96])
def test_approve__signature_that_is_cut_short__is_no_calldata(scene: Scene, cut: int) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    data = data_of("approve", operation, [scene.sign_published("bob", operation)])
    before = scene.lane(operation[1])
    outcome = scene.chain.send(STRANGER, scene.vault, data[:-cut])
    assert (outcome.succeeded, outcome.revert_data) == (False, b"")
    assert scene.lane(operation[1]) == before
    scene.must(scene.chain.send(STRANGER, scene.vault, data))


def test_approve__sixty_byte_compact_signature__does_not_exist(scene: Scene) -> None:
    """EIP-2098 folds v into s: the vault takes one form only, so the folded one is somebody else's."""
    operation = scene.published("ann", [STANDARD_CALL])
    good = scene.sign_published("bob", operation)
    r, s, v = good[2]
    folded = word(number(s) | (number(v) - 27) << 255)
    refused = scene.approve(operation, [(*good[:2], (r, folded, word(0)))])
    assert not refused.succeeded
    assert scene.lane(operation[1])[1].approvals == frozenset()
    scene.must(scene.approve(operation, [good]))


def test_approve__strangers_signature_for_seat_zero__is_refused(scene: Scene) -> None:
    """The record of an address that nobody knows is all zero, and zero is also the number of ann's seat."""
    assert scene.seat("ann") == 0
    operation = scene.published("bob", [HIGH_VALUE_CALL])
    mallory = scene.add(Actor.new("mallory", Role.APPROVER))
    forged = scene.sign("mallory", operation, scene.publication(operation), seat=0)
    refuses_signer(scene, operation, forged, mallory.address)
    empty = scene.approve(operation, [(0, scene.publication(operation), NO_SIGNATURE)], by="mallory")
    assert not empty.succeeded
    assert scene.lane(operation[1])[1].approvals == frozenset()
    scene.give(operation, "ann")


def test_approve__former_members_signature_for_the_seat_that_another_has__is_refused(scene: Scene) -> None:
    """An address that left keeps its record, and in it the number of its seat."""
    scene.must_change("removeMember", scene.address("eve"))
    scene.chain.set_time(scene.chain.now() + 104 * DAY + 1)
    scene.newcomer("fay")
    seat = scene.seat("fay")
    assert seat == scene.seat("eve")
    operation = scene.published("ann", [STANDARD_CALL])
    refuses_signer(scene, operation, scene.sign_published("eve", operation), scene.address("eve"))
    scene.give(operation, "fay")
