"""Who took part in a bypass: the publisher, the approvers, those who consented, and whoever is behind a group."""

from __future__ import annotations

import pytest
from eth_hash.auto import keccak

from tests.anvil import Anvil
from tests.contracts.bypasses import Book, book_of
from tests.contracts.groups import addition, holder_words
from tests.contracts.hurry import (
    consents_of,
    expedite,
    expedite_digest,
    hurried,
    hurry_scene,
)
from tests.contracts.scene import HERE, STANDARD_CALL, Scene
from tests.frost.group import Group
from tests.stage import Actor
from verifier.errors.bypasses import BypassParticipant, BypassReviewerUnfit
from verifier.model.bypass import BypassRecord
from verifier.model.member import Role
from verifier.model.units import LaneIndex, Timestamp

OWLS = Group.new("owls")
HOLDERS = [101, 102, 103]


@pytest.fixture
def book(anvil: Anvil) -> Book:
    return book_of(hurry_scene(anvil))


def test_expedite__of_what_waits__is_recorded_with_everyone_who_took_part(book: Book) -> None:
    """Publisher, approvers and those who consented; nobody else, though eve might have been asked."""
    scene = book.scene
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "fox")
    former = scene.lane(operation[1])[1].moment
    hurried(scene, operation, "bob", "cat", "dan")
    took_part = {"ann", "bob", "cat", "fox", "dan"}
    record = BypassRecord(
        at=Timestamp(scene.chain.now()),
        former_ready_at=former,
        lane=LaneIndex(operation[1]),
        seats=frozenset(scene.member(who).seat for who in took_part),
    )
    assert book.entry(0) == (scene.id_of(operation), record, bytes(32))
    for name, actor in scene.actors.items():
        assert book.took_part(0, actor.person) == (name in took_part), name


def test_expedite__with_an_approval_withdrawn_before__keeps_that_one_out(book: Book) -> None:
    scene = book.scene
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan", "fox")
    scene.must(scene.send("fox", "withdraw", operation))
    hurried(scene, operation, "bob", "cat", "dan")
    assert book.entry(0)[1].seats == {scene.seat(who) for who in ("ann", "bob", "cat", "dan")}
    assert not book.took_part(0, scene.actors["fox"].person)


# -------------------------------------------------------------------------------------------------- Behind a group


def auditor(scene: Scene, number: int) -> str:
    """Seat a person by itself, as auditor."""
    actor = scene.add(Actor.new(f"person {number}", Role.AUDITOR, person=number))
    scene.must_change("addMember", actor.address, number, int(actor.roles), HERE.pack())
    return actor.name


@pytest.fixture
def owls_took_part(book: Book) -> Book:
    """A group consented to hurry."""
    scene = book.scene
    scene.must_change("addGroup", *addition(scene, OWLS, HOLDERS))
    operation = scene.waiting("ann", [STANDARD_CALL])
    digest = expedite_digest(scene, operation)
    owls = (scene.member(OWLS.account).seat, scene.publication(operation), OWLS.sign(digest))
    scene.must(expedite(scene, operation, [owls, *consents_of(scene, operation, "bob", "dan")]))
    return book


def test_bypass__with_a_group__is_everybody_s_who_holds_its_key(owls_took_part: Book) -> None:
    assert all(owls_took_part.took_part(0, number) for number in HOLDERS)
    assert not owls_took_part.took_part(0, 104)
    assert not owls_took_part.took_part(0, 0)
    seat = owls_took_part.scene.member(OWLS.account).seat
    assert seat in owls_took_part.entry(0)[1].seats


@pytest.mark.parametrize("how", ["left the group", "group removed", "group replaced"])
def test_review__by_a_former_holder__is_refused(owls_took_part: Book, how: str) -> None:
    book, scene = owls_took_part, owls_took_part.scene
    match how:
        case "left the group":
            scene.must_change("setHolders", OWLS.account, holder_words([101, 102, 104]))
        case "group removed":
            scene.must_change("removeMember", OWLS.account)
        case _:
            key = keccak(b"a successor")[:20]
            scene.must_change("replaceMember", OWLS.account, key, 105, HERE.pack())
    who = auditor(scene, 103)
    book.refuses(BypassParticipant(bypass=0, person=103), lambda: book.review(who, 0))
    book.must_review("amy", 0)


def test_review__by_one_who_held_a_share_only_afterwards__is_possible(owls_took_part: Book) -> None:
    book, scene = owls_took_part, owls_took_part.scene
    scene.must_change("setHolders", OWLS.account, holder_words([101, 102, 104]))
    scene.must_change("setHolders", OWLS.account, holder_words([101, 102, 105]))
    who = auditor(scene, 104)
    book.must_review(who, 0)


def test_review__by_a_holder_of_a_group_that_took_no_part__is_possible(owls_took_part: Book) -> None:
    """The ravens approve as well, and were not asked."""
    book, scene = owls_took_part, owls_took_part.scene
    scene.must_change("addGroup", *addition(scene, Group.new("ravens"), [201, 202]))
    scene.must_change("removeMember", Group.new("ravens").account)
    book.must_review(auditor(scene, 201), 0)


def test_review__by_an_address_of_a_group__is_refused(owls_took_part: Book) -> None:
    """A group is no auditor, and cannot become one."""
    book = owls_took_part
    refusal = BypassReviewerUnfit(vault=book.vault, reviewer=OWLS.account)
    book.refuses(refusal, lambda: book.review(OWLS.account, 0))


def test_bypass__of_what_a_group_approved__is_its_holders_as_well(book: Book) -> None:
    scene = book.scene
    scene.must_change("addGroup", *addition(scene, OWLS, HOLDERS))
    operation = scene.published("ann", [STANDARD_CALL])
    seat, publication = scene.member(OWLS.account).seat, scene.publication(operation)
    digest = bytes(scene.read("approvalDigest", scene.id_of(operation), publication)[0])
    entries = [scene.sign_published(who, operation) for who in ("bob", "cat")]
    scene.must(scene.approve(operation, [(seat, publication, OWLS.sign(digest)), *entries]))
    hurried(scene, operation, "bob", "cat", "dan")
    assert all(book.took_part(0, number) for number in HOLDERS)
