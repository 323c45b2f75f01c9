"""A guardian in league with a quorum: whoever would say no is to be out when it matters."""

from __future__ import annotations

import pytest

from tests.anvil import Anvil
from tests.attacks.insiders import ONLY_READY, unfit
from tests.contracts.bypasses import Book, book_of
from tests.contracts.hurry import consents_of, expedite, hurried, hurry_scene
from tests.contracts.scene import HIGH_VALUE_CALL, STANDARD_CALL, Scene
from tests.contracts.seated_groups import OWLS, seat_group, veto_by
from tests.stage import DAY, HOUR, STRANGER, Operation
from verifier.errors.bypasses import BypassReviewerUnfit, BypassReviewOverdue
from verifier.errors.members import MemberNotActive, SuspensionOfGuardian
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role


def veto(scene: Scene, who: str, operation: Operation) -> None:
    scene.must(scene.send(who, "veto", operation[1], scene.id_of(operation)))
    assert scene.status(operation) is Status.VETOED


def test_veto__by_the_last_honest_signer_whom_the_guardian_took_out__still_stops_the_theft(
    scene: Scene,
) -> None:
    """ann, bob, cat, dan and gus are of one mind. eve is the fourth signer."""
    operation = scene.ready("ann", [HIGH_VALUE_CALL])
    scene.must(scene.send("gus", "suspend", scene.address("eve")))
    with scene.chain.isolate():
        scene.must(scene.execute("bob", operation))
    veto(scene, "eve", operation)
    scene.refuses(unfit(scene, operation, ONLY_READY), lambda: scene.execute("bob", operation))


def test_veto__once_the_suspension_is_confirmed__is_gone_but_that_takes_a_delay_and_can_be_objected_to(
    scene: Scene,
) -> None:
    """Confirming is a seat operation: 72 hours, in which eve vetoes whatever there is, and anyone else objects."""
    theft = scene.waiting("ann", [HIGH_VALUE_CALL])
    scene.must(scene.send("gus", "suspend", scene.address("eve")))
    confirm = scene.seat_operation("ann", "confirmSuspension", scene.address("eve"), nth=1)
    scene.give(confirm, "bob", "cat", "dan")
    ready_at = scene.lane(confirm[1])[1].moment
    assert ready_at > scene.lane(theft[1])[1].moment + 23 * HOUR
    with scene.chain.isolate():
        scene.chain.set_time(ready_at)
        veto(scene, "eve", theft)
    with scene.chain.isolate():
        scene.must(scene.send("dan", "object", confirm))
        assert scene.status(confirm) is Status.PROPOSED
    scene.chain.set_time(ready_at)
    scene.must(scene.execute("bob", confirm))
    refusal = MemberNotActive(member=scene.address("eve"), status=MemberStatus.CONFIRMED)
    again = scene.waiting("ann", [STANDARD_CALL], nth=2)
    scene.refuses(refusal, lambda: scene.send("eve", "veto", again[1], scene.id_of(again)))
    veto(scene, "dan", again)


def test_veto__by_a_group_that_the_guardian_took_out__still_stops_the_theft(scene: Scene) -> None:
    seat_group(scene)
    operation = scene.ready("ann", [HIGH_VALUE_CALL])
    scene.must(scene.send("gus", "suspend", OWLS.account))
    with scene.chain.isolate():
        scene.must(scene.send(STRANGER, "vetoAsGroup", operation, veto_by(scene, OWLS, operation)))
        assert scene.status(operation) is Status.VETOED
    scene.must_change("confirmSuspension", OWLS.account)
    refusal = MemberNotActive(member=OWLS.account, status=MemberStatus.CONFIRMED)
    proof = veto_by(scene, OWLS, operation)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "vetoAsGroup", operation, proof))


def test_suspend__the_other_guardian__is_refused(scene: Scene) -> None:
    """Two guardians cannot take each other's veto: whoever is faster would have won."""
    scene.newcomer("gil", Role.GUARDIAN)
    operation = scene.waiting("ann", [HIGH_VALUE_CALL])
    refusal = SuspensionOfGuardian(member=scene.address("gil"))
    scene.refuses(refusal, lambda: scene.send("gus", "suspend", scene.address("gil")))
    veto(scene, "gil", operation)


def test_suspend__one_who_became_no_guardian__is_possible(scene: Scene) -> None:
    """The neighbour: it is the role that protects, and the role is given by a seat operation."""
    scene.newcomer("gil", Role.GUARDIAN | Role.AUDITOR)
    scene.must_change("setRoles", scene.address("gil"), int(Role.AUDITOR))
    scene.must(scene.send("gus", "suspend", scene.address("gil")))


# ----------------------------------------------------------------------------------------------------------- Auditors


@pytest.fixture
def book(anvil: Anvil) -> Book:
    return book_of(hurry_scene(anvil))


def test_review__by_the_only_auditor_whom_the_guardian_took_out__is_missing_and_stops_the_hurry(
    book: Book,
) -> None:
    """Blinding the auditor gains nothing: without a review there is no further break-glass."""
    scene = book.scene
    first = scene.waiting("ann", [STANDARD_CALL])
    hurried(scene, first, "bob", "cat", "dan")
    happened = scene.chain.now()
    scene.must(scene.send("gus", "suspend", scene.address("amy")))
    blind = BypassReviewerUnfit(vault=scene.vault, reviewer=scene.address("amy"))
    book.refuses(blind, lambda: book.review("amy", 0))

    scene.chain.set_time(happened + 72 * HOUR)
    second = scene.waiting("bob", [STANDARD_CALL], "ann", "cat", "dan")
    consents = consents_of(scene, second, "ann", "cat", "dan")
    overdue = BypassReviewOverdue(bypass=0, due_by=happened + 72 * HOUR, now_=scene.next_time())
    book.refuses(overdue, lambda: expedite(scene, second, consents))
    # She comes back by herself when the suspension lapses, and it is her review that makes room again.
    scene.chain.set_time(happened + 14 * DAY + 72 * HOUR + 60)
    scene.must(scene.send(STRANGER, "lapse", scene.address("amy")))
    book.must_review("amy", 0)
    third = scene.waiting("bob", [STANDARD_CALL], "ann", "cat", "dan", nth=1)
    hurried(scene, third, "ann", "cat", "dan")
