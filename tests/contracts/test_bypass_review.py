"""The review of a bypass: by an auditor who took no part in it, whatever seat, key or group they have by now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.anvil import Anvil
from tests.contracts.bypasses import FINDINGS, Book, book_of
from tests.contracts.hurry import HURRY_CAST, hurried, hurry_scene
from tests.contracts.scene import HERE, STANDARD_CALL, Scene, usual_scene
from tests.stage import DAY, STRANGER, Actor
from verifier.errors.bypasses import BypassNotReviewable, BypassParticipant, BypassReviewerUnfit
from verifier.model.bypass import Verdict
from verifier.model.member import MemberStatus, Role
from verifier.model.units import Timestamp

AUDITING = Role.APPROVER | Role.AUDITOR


@pytest.fixture
def book(anvil: Anvil) -> Book:
    """Of a vault with another auditor beside amy, and with eve, who is one beside approving."""
    founders = [replace(actor, roles=AUDITING) if actor.name == "eve" else actor for actor in HURRY_CAST]
    return book_of(hurry_scene(anvil, founders=[*founders, Actor.new("ada", Role.AUDITOR)]))


def person(book: Book, who: str) -> int:
    return book.scene.actors[who].person


def unfit(book: Book, who: str | bytes) -> BypassReviewerUnfit:
    return BypassReviewerUnfit(vault=book.vault, reviewer=book.scene.address(who))


# --------------------------------------------------------------------------------------------------- What is written


@pytest.mark.parametrize("justified", [True, False])
def test_review__by_an_auditor__is_written_beside_the_bypass(book: Book, justified: bool) -> None:
    scene = book.scene
    book.bypass()
    operation_id, before, _ = book.entry(0)
    outcome = book.must_review("amy", 0, justified=justified)
    after = replace(
        before,
        verdict=Verdict.JUSTIFIED if justified else Verdict.UNJUSTIFIED,
        reviewer=scene.member("amy").person,
        reviewed_at=Timestamp(scene.chain.now()),
    )
    assert book.entry(0) == (operation_id, after, FINDINGS)
    assert (book.terms().count, book.terms().first_unreviewed) == (1, 1)
    (event,) = book.ledger.events(outcome)
    assert event.name == "BypassReviewed"
    assert event.arguments == {
        "vault": "0x" + book.vault.hex(),
        "bypass": 0,
        "record": after.pack(),
        "findings": FINDINGS,
        "terms": book.terms().pack(),
    }


def test_review__with_findings_of_zero__is_a_review_all_the_same(book: Book) -> None:
    book.bypass()
    amy = book.scene.address("amy")
    book.ledger.must(amy, "review", book.vault, 0, bytes(32), True)
    refusal = BypassNotReviewable(bypass=0)
    book.refuses(refusal, lambda: book.review("ada", 0))


@pytest.mark.parametrize("by", ["amy", "ada"])
def test_review__twice__is_refused(book: Book, by: str) -> None:
    book.bypass()
    book.must_review("amy", 0)
    refusal = BypassNotReviewable(bypass=0)
    book.refuses(refusal, lambda: book.review(by, 0, justified=False))


@pytest.mark.parametrize("index", [1, 2, 2**32, 2**256 - 1])
def test_review__of_what_never_happened__is_refused(book: Book, index: int) -> None:
    refusal = BypassNotReviewable(bypass=0)
    book.refuses(refusal, lambda: book.review("amy", 0))
    book.bypass()
    refusal = BypassNotReviewable(bypass=index)
    book.refuses(refusal, lambda: book.review("amy", index))
    book.must_review("amy", 0)


def test_review__out_of_order__leaves_the_first_to_be_reviewed_where_it_is(book: Book) -> None:
    for _ in range(3):
        book.bypass()
    firsts = []
    for index in (1, 2, 0):
        book.must_review("amy", index)
        firsts.append(book.terms().first_unreviewed)
    assert firsts == [0, 0, 3]


def test_review__of_the_first_of_two__moves_on_to_the_second(book: Book) -> None:
    for _ in range(2):
        book.bypass()
    book.must_review("amy", 0)
    assert book.terms().first_unreviewed == 1


def test_review__years_later__is_possible(book: Book) -> None:
    book.bypass()
    book.scene.chain.set_time(book.scene.chain.now() + 1_000 * DAY)
    book.must_review("amy", 0)


# --------------------------------------------------------------------------------------------------------- Who is fit


@pytest.mark.parametrize("who", ["ann", "bob", "gus", STRANGER])
def test_review__by_one_who_is_no_auditor__is_refused(book: Book, who: str | bytes) -> None:
    book.bypass("dan", "fay")
    book.refuses(unfit(book, who), lambda: book.review(who, 0))
    book.must_review("amy", 0)


def test_review__by_the_vault_itself__is_refused(book: Book) -> None:
    book.bypass()
    book.refuses(unfit(book, book.vault), lambda: book.review(book.vault, 0))


@pytest.mark.parametrize("by", ["gus", "amy"])
def test_review__by_a_suspended_auditor__is_refused_till_it_is_back(book: Book, by: str) -> None:
    scene = book.scene
    book.bypass()
    scene.must(scene.send(by, "suspend", scene.address("amy")))
    book.refuses(unfit(book, "amy"), lambda: book.review("amy", 0))
    scene.must_change("reinstateMember", scene.address("amy"))
    assert scene.member("amy").status is MemberStatus.RETURNED
    book.must_review("amy", 0)


def test_review__by_an_auditor_with_a_new_key__takes_the_new_one_only(book: Book) -> None:
    scene = book.scene
    book.bypass()
    key = scene.add(Actor.new("amy's new key", Role.AUDITOR, person=person(book, "amy")))
    scene.must_change("replaceMember", scene.address("amy"), key.address, key.person, HERE.pack())
    book.refuses(unfit(book, "amy"), lambda: book.review("amy", 0))
    book.must_review(key.name, 0)


def test_review__by_one_who_lost_the_role__is_refused(book: Book) -> None:
    scene = book.scene
    book.bypass()
    scene.must_change("setRoles", scene.address("amy"), int(Role.GUARDIAN))
    book.refuses(unfit(book, "amy"), lambda: book.review("amy", 0))
    book.must_review("ada", 0)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.PROPOSER])
def test_review__by_an_auditor_who_approves_or_publishes__is_refused_till_that_is_over(
    book: Book, role: Role
) -> None:
    """Whoever may approve can still join the quorum of what was hurried."""
    scene = book.scene
    book.bypass("dan", "fay")
    scene.must_change("setRoles", scene.address("ada"), int(Role.AUDITOR | role))
    book.refuses(unfit(book, "ada"), lambda: book.review("ada", 0))
    scene.must_change("setRoles", scene.address("ada"), int(Role.AUDITOR))
    book.must_review("ada", 0)


def test_review__by_another_vault_s_auditor__is_refused(book: Book, anvil: Anvil) -> None:
    """She is an auditor of hers, and may say so there."""
    other = usual_scene(
        anvil, founders=[*(a for a in HURRY_CAST if a.name != "amy"), Actor.new("zoe", Role.AUDITOR)]
    )
    zoe = other.address("zoe")
    book.bypass()
    theirs = book_of(other)
    theirs.bypass()
    book.refuses(unfit(book, zoe), lambda: book.review(zoe, 0))
    theirs.must_review("zoe", 0)
    assert book.entry(0)[1].verdict is Verdict.UNREVIEWED


# ------------------------------------------------------------------------------------------------------ Who took part


@pytest.mark.parametrize("as_what", ["approver", "consenting"])
def test_review__by_one_who_took_part__is_refused_though_eve_approves_no_more(
    book: Book, as_what: str
) -> None:
    scene = book.scene
    if as_what == "approver":
        operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "eve")
        hurried(scene, operation, "bob", "cat", "dan")
    else:
        operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan")
        hurried(scene, operation, "bob", "dan", "eve")
    scene.must_change("setRoles", scene.address("eve"), int(Role.AUDITOR))
    refusal = BypassParticipant(bypass=0, person=person(book, "eve"))
    book.refuses(refusal, lambda: book.review("eve", 0))
    book.must_review("amy", 0)


def test_review__by_the_publisher__is_refused_though_ann_publishes_no_more(book: Book) -> None:
    scene = book.scene
    operation = scene.waiting("ann", [STANDARD_CALL])
    hurried(scene, operation, "bob", "cat", "dan")
    scene.must_change("setRoles", scene.address("ann"), int(Role.AUDITOR))
    refusal = BypassParticipant(bypass=0, person=person(book, "ann"))
    book.refuses(refusal, lambda: book.review("ann", 0))
    book.must_review("amy", 0)


def in_a_new_seat(scene: Scene) -> str:
    """Give bob another role, and so a new seat."""
    scene.must_change("setRoles", scene.address("bob"), int(Role.AUDITOR))
    return "bob"


def back_from_a_suspension(scene: Scene) -> str:
    in_a_new_seat(scene)
    scene.must(scene.send("bob", "suspend", scene.address("bob")))
    scene.must_change("reinstateMember", scene.address("bob"))
    return "bob"


def with_another_key(scene: Scene) -> str:
    in_a_new_seat(scene)
    key = scene.add(Actor.new("bob's new key", Role.AUDITOR, person=scene.actors["bob"].person))
    scene.must_change("replaceMember", scene.address("bob"), key.address, key.person, HERE.pack())
    return key.name


def after_leaving(scene: Scene) -> str:
    scene.must_change("removeMember", scene.address("bob"))
    key = scene.add(Actor.new("bob as auditor", Role.AUDITOR, person=scene.actors["bob"].person))
    scene.must_change("addMember", key.address, key.person, int(key.roles), HERE.pack())
    return key.name


def in_an_auditor_s_seat(scene: Scene) -> str:
    """amy's seat is given to bob, whose own was taken away."""
    scene.must_change("removeMember", scene.address("bob"))
    key = scene.add(Actor.new("bob for amy", Role.AUDITOR, person=scene.actors["bob"].person))
    scene.must_change("replaceMember", scene.address("amy"), key.address, key.person, HERE.pack())
    return key.name


@pytest.mark.parametrize(
    "disguise", [in_a_new_seat, back_from_a_suspension, with_another_key, after_leaving, in_an_auditor_s_seat]
)
def test_review__by_a_participant_in_any_disguise__is_refused(
    book: Book, disguise: Callable[[Scene], str]
) -> None:
    book.bypass("ann", "bob")
    who = disguise(book.scene)
    assert book.scene.member(who).has_any(Role.AUDITOR)
    refusal = BypassParticipant(bypass=0, person=person(book, "bob"))
    book.refuses(refusal, lambda: book.review(who, 0))
    # In a bypass without bob he is as good as anybody.
    book.bypass("ann", "cat")
    book.must_review(who, 1)
    book.must_review("ada", 0)


def test_review__by_another_person_in_a_participant_s_seat__is_possible(book: Book) -> None:
    """Persons took part, and no seats: bob's key went to somebody else."""
    scene = book.scene
    book.bypass("ann", "bob")
    key = scene.add(Actor.new("pam", Role.AUDITOR))
    scene.must_change("replaceMember", scene.address("bob"), key.address, key.person, HERE.pack())
    scene.must_change("setRoles", key.address, int(Role.AUDITOR))
    book.must_review("pam", 0)
