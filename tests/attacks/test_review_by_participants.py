"""Whoever hurried wants to be the one who says that the hurry was justified."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from eth_hash.auto import keccak

from tests.anvil import Anvil
from tests.attacks.mocks import code_that_answers, deploy_code
from tests.contracts.bypasses import FINDINGS, Book, book_of
from tests.contracts.groups import holder_words
from tests.contracts.hurry import (
    HURRY_CAST,
    consents_of,
    expedite,
    expedite_digest,
    hurried,
    hurry_scene,
)
from tests.contracts.scene import HERE, STANDARD_CALL
from tests.contracts.seated_groups import HOLDERS, OWLS, seat_group
from tests.stage import DAY, HOUR, STRANGER, Actor
from verifier.errors.bypasses import (
    BypassNotReviewable,
    BypassParticipant,
    BypassReviewerUnfit,
)
from verifier.model.bypass import Verdict
from verifier.model.member import MemberRecord, MemberStatus, Role

AUDITING: Final = Role.AUDITOR
PARTS: Final = {"published": "ann", "approved": "bob", "approved and consented": "cat", "consented": "fay"}


@pytest.fixture
def book(anvil: Anvil) -> Book:
    """ann publishes; bob, cat, dan approve; cat, dan, fay consent. Everybody may be an auditor, too."""
    founders = [
        actor
        if actor.roles & (Role.GUARDIAN | Role.AUDITOR)
        else replace(actor, roles=actor.roles | AUDITING)
        for actor in HURRY_CAST
    ]
    book = book_of(hurry_scene(anvil, founders=founders))
    operation = book.scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan")
    hurried(book.scene, operation, "cat", "dan", "fay")
    return book


def refuses_person(book: Book, who: str | bytes, person: int) -> None:
    """Fail unless a review is refused for the person that it is by, and amy's is taken."""
    refusal = BypassParticipant(bypass=0, person=person)
    book.refuses(refusal, lambda: book.review(who, 0))
    assert book.entry(0)[1].verdict is Verdict.UNREVIEWED
    book.must_review("amy", 0)


def no_auditor(book: Book, who: str) -> BypassReviewerUnfit:
    """Return the refusal of one who approves or publishes, whatever else they are."""
    return BypassReviewerUnfit(vault=book.vault, reviewer=book.scene.address(who))


def made_auditor_only(book: Book, who: str) -> None:
    """Let an operation take everything else from a member: then it is the person that counts."""
    book.scene.must_change("setRoles", book.scene.address(who), int(AUDITING))


@pytest.mark.parametrize("part", PARTS)
def test_review__by_one_who_took_any_part__is_refused(book: Book, part: str) -> None:
    who = PARTS[part]
    book.refuses(no_auditor(book, who), lambda: book.review(who, 0))
    made_auditor_only(book, who)
    refuses_person(book, who, book.scene.actors[who].person)


def test_review__by_an_approver_who_was_not_asked__is_refused_while_it_approves(book: Book) -> None:
    """eve had no part in it, and could still take one. Once she approves nothing, she is as good as amy."""
    book.refuses(no_auditor(book, "eve"), lambda: book.review("eve", 0))
    made_auditor_only(book, "eve")
    book.must_review("eve", 0)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("disguise", ["new key", "new seat", "left and came back"])
def test_review__by_a_participant_who_changed_since__is_refused(book: Book, part: str, disguise: str) -> None:
    scene = book.scene
    who = PARTS[part]
    person = scene.actors[who].person
    other = Actor.new(f"{who} again", AUDITING, person=person)
    match disguise:
        case "new key":
            scene.add(other)
            scene.must_change("replaceMember", scene.address(who), other.address, person, HERE.pack())
        case "new seat":
            scene.must(scene.send(who, "suspend", scene.address(who)))
            scene.must_change("reinstateMember", scene.address(who))
        case _:
            scene.must_change("removeMember", scene.address(who))
            scene.add(other)
            scene.must_change("addMember", other.address, person, int(AUDITING), HERE.pack())
    now = other.name if other.name in scene.actors else who
    made_auditor_only(book, now)
    refuses_person(book, now, person)


# ------------------------------------------------------------------------------------------- Approved, but not counted


def test_review__by_one_whose_approval_carries_the_hurried_operation__is_refused(book: Book) -> None:
    """eve approves after the hurry, bob takes his approval back, and without her there is no quorum."""
    scene = book.scene
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan", nth=1)
    hurried(scene, operation, "bob", "cat", "dan")
    scene.give(operation, "eve")
    scene.must(scene.send("bob", "withdraw", operation))
    scene.pass_to_ready(operation)
    scene.must(scene.execute("fox", operation))
    book.refuses(no_auditor(book, "eve"), lambda: book.review("eve", 1))
    book.must_review("amy", 1)


@pytest.mark.parametrize("how", ["suspended for a while", "gave the role back"])
def test_review__by_an_approver_who_did_not_count_in_the_moment_of_the_hurry__is_refused(
    book: Book, how: str
) -> None:
    """eve approved. While she is out, or has no role, the others hurry, and count without her."""
    scene = book.scene
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan", "eve", nth=1)
    if how == "gave the role back":
        made_auditor_only(book, "eve")
    else:
        scene.must(scene.send("gus", "suspend", scene.address("eve")))
    hurried(scene, operation, "bob", "cat", "dan")
    if how == "suspended for a while":
        scene.chain.set_time(scene.chain.now() + 14 * DAY + 72 * HOUR)
        scene.must(scene.send(STRANGER, "lapse", scene.address("eve")))
        book.refuses(no_auditor(book, "eve"), lambda: book.review("eve", 1))
        made_auditor_only(book, "eve")
    refusal = BypassParticipant(bypass=1, person=scene.actors["eve"].person)
    book.refuses(refusal, lambda: book.review("eve", 1))
    book.must_review("amy", 1)


@pytest.mark.parametrize("how", ["other holders", "removed"])
def test_review__by_a_former_holder_of_a_group_that_consented__is_refused(anvil: Anvil, how: str) -> None:
    """Which of the holders signed, nobody can know. So all of them took part, then as later."""
    book = book_of(hurry_scene(anvil))
    scene = book.scene
    seat = seat_group(scene)
    operation = scene.waiting("ann", [STANDARD_CALL])
    digest = expedite_digest(scene, operation)
    entry = (seat, scene.publication(operation), OWLS.sign(digest))
    scene.must(expedite(scene, operation, [entry, *consents_of(scene, operation, "bob", "dan")]))
    if how == "removed":
        scene.must_change("removeMember", OWLS.account)
    else:
        scene.must_change("setHolders", OWLS.account, holder_words([HOLDERS[0], 901]))
    left = scene.add(Actor.new("left", AUDITING, person=HOLDERS[2]))
    scene.must_change("addMember", left.address, left.person, int(left.roles), HERE.pack())
    refuses_person(book, left.name, left.person)


def test_review__by_the_address_of_a_group__is_refused(anvil: Anvil) -> None:
    """A group has person 0, who took part in nothing. It is no auditor, and can never be one."""
    book = book_of(hurry_scene(anvil))
    seat_group(book.scene)
    operation = book.scene.waiting("ann", [STANDARD_CALL])
    hurried(book.scene, operation, "bob", "cat", "dan")
    refusal = BypassReviewerUnfit(vault=book.vault, reviewer=OWLS.account)
    book.refuses(refusal, lambda: book.review(OWLS.account, 0))
    book.must_review("amy", 0)


def test_review__for_a_vault_that_calls_anybody_an_auditor__reviews_nothing_of_ours(book: Book) -> None:
    """bob deploys a contract that answers every question with his own record as an auditor."""
    scene = book.scene
    record: MemberRecord = replace(scene.member("bob"), status=MemberStatus.ACTIVE, roles=AUDITING)
    liar = deploy_code(scene.chain, code_that_answers(record.pack().to_bytes(32, "big")))
    bob = scene.address("bob")
    none = BypassNotReviewable(bypass=0)
    book.refuses(none, lambda: book.ledger.send(bob, "review", liar, 0, FINDINGS, True))
    # Even with a bypass of its own it has only its own.
    person = (0x20).to_bytes(32, "big") + (1).to_bytes(32, "big") + (7).to_bytes(32, "big")
    scene.chain.set_code(liar, code_that_answers(person))
    book.ledger.must(liar, "record", keccak(b"any"), 0, 0, 1)
    scene.chain.set_code(liar, code_that_answers(record.pack().to_bytes(32, "big")))
    before = book.entry(0)
    book.ledger.must(bob, "review", liar, 0, FINDINGS, True)
    assert book.entry(0) == before
    assert book.terms().first_unreviewed == 0
    made_auditor_only(book, "bob")
    refuses_person(book, "bob", scene.actors["bob"].person)
