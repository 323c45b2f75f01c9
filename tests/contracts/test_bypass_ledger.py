"""The ledger of bypasses: how many there may be, until when one has to be reviewed, and whose terms hold."""

from __future__ import annotations

from functools import partial
from typing import Final

import pytest

from tests.anvil import Anvil
from tests.companions import assert_complete
from tests.contracts.bypasses import SOME_ID, WAITED, Book, book_of
from tests.contracts.hurry import consents_of, expedite, hurried, hurry_scene
from tests.contracts.scene import STANDARD_CALL, usual_scene
from tests.stage import DAY, HOUR, STRANGER, call
from verifier.errors.bypasses import (
    BypassLimitReached,
    BypassNotReviewable,
    BypassParticipant,
    BypassReviewerUnfit,
    BypassReviewOverdue,
    BypassTermsInvalid,
)
from verifier.errors.operations import CallFailed
from verifier.model.bypass import BypassRecord, BypassTerms
from verifier.model.life import Status
from verifier.model.member import Role
from verifier.model.tier import Tier
from verifier.model.units import Hours, LaneIndex, Timestamp

USUAL: Final = BypassTerms(limit=3, review_hours=Hours(72))
PERIOD: Final = 30 * DAY


@pytest.fixture
def book(anvil: Anvil) -> Book:
    return book_of(hurry_scene(anvil))


def overdue(first: int, due_by: int, now: int) -> BypassReviewOverdue:
    return BypassReviewOverdue(bypass=first, due_by=due_by, now_=now)


# ------------------------------------------------------------------------------------------------------------ Record


def test_record__by_a_vault__keeps_operation_times_lane_and_seats(book: Book) -> None:
    scene = book.scene
    seats = 1 << scene.seat("ann") | 1 << scene.seat("dan")
    now = scene.next_time()
    scene.must(book.ledger.send(book.vault, "record", SOME_ID, 511, now + WAITED, seats))
    record = BypassRecord(
        at=Timestamp(now),
        former_ready_at=Timestamp(now + WAITED),
        lane=LaneIndex(511),
        seats=frozenset({scene.member("ann").seat, scene.member("dan").seat}),
    )
    assert book.entry(0) == (SOME_ID, record, bytes(32))
    assert book.terms() == BypassTerms(limit=3, review_hours=Hours(72), count=1)
    book.bypass("bob")
    assert book.entry(0) == (SOME_ID, record, bytes(32))
    assert book.terms().count == 2


def test_record__by_another_vault__is_kept_apart(book: Book, anvil: Anvil) -> None:
    other = book_of(usual_scene(anvil))
    other.bypass("ann", "eve")
    assert (other.terms().count, book.terms()) == (1, USUAL)
    assert book.entry(0)[0] == bytes(32)
    assert other.took_part(0, other.scene.actors["eve"].person)
    assert not book.took_part(0, other.scene.actors["eve"].person)
    # And what the one has not reviewed is in nobody else's way.
    for moment in (1, 2):
        other.bypass_at(anvil.now() + moment)
    book.bypass()


def test_record__by_a_stranger__is_a_book_of_its_own(book: Book) -> None:
    book.ledger.must(STRANGER, "record", SOME_ID, 0, 1, 0)
    assert BypassTerms.unpack(book.ledger.read("termsOf", STRANGER)).count == 1
    assert book.terms() == USUAL


def test_record__by_a_stranger_who_names_seats__fails_since_it_has_none(book: Book) -> None:
    """Who has no views cannot say who sits there. An account without code reverts without a reason."""
    outcome = book.ledger.send(STRANGER, "record", SOME_ID, 0, 1, 1)
    assert not outcome.succeeded
    assert outcome.revert_data == b""
    assert BypassTerms.unpack(book.ledger.read("termsOf", STRANGER)) == USUAL


# ------------------------------------------------------------------------------------------------------------- Limit


def test_record__of_a_fourth_while_one_is_unreviewed__is_refused(book: Book) -> None:
    first = book.bypass()
    for _ in range(2):
        book.bypass()
    now = book.scene.next_time()
    refusal = BypassLimitReached(limit=3, allowed_from=first + PERIOD, now_=now)
    book.refuses(refusal, book.try_to_bypass)
    # All but one is not all.
    for index in (0, 2):
        book.must_review("amy", index)
    now = book.scene.next_time()
    refusal = BypassLimitReached(limit=3, allowed_from=first + PERIOD, now_=now)
    book.refuses(refusal, book.try_to_bypass)
    book.must_review("amy", 1)
    book.bypass()


def test_record__while_everything_is_reviewed__knows_no_limit(book: Book) -> None:
    for index in range(7):
        book.bypass()
        book.must_review("amy", index)
    assert book.terms() == BypassTerms(limit=3, review_hours=Hours(72), count=7, first_unreviewed=7)


def test_record__of_one_more_after_many__waits_for_the_third_last_to_be_30_days_old(book: Book) -> None:
    start = book.bypass()
    for days in (1, 2):
        book.must_review("amy", days - 1)
        book.bypass_at(start + days * DAY)
    book.must_review("amy", 2)
    # Three of four are reviewed by now; the fourth is not, and was not long ago.
    book.bypass_at(start + 29 * DAY)
    allowed = start + DAY + PERIOD
    refusal = BypassLimitReached(limit=3, allowed_from=allowed, now_=allowed - 1)
    book.refuses_at(allowed - 1, refusal, book.try_to_bypass)
    book.bypass_at(allowed)


def test_record__up_to_a_limit_of_its_own__is_possible_and_no_further(book: Book) -> None:
    book.scene.must(book.set_terms(1, 720))
    first = book.bypass()
    allowed = first + PERIOD
    refusal = BypassLimitReached(limit=1, allowed_from=allowed, now_=allowed - 1)
    book.refuses_at(allowed - 1, refusal, book.try_to_bypass)
    # At this very second it is neither too many nor overdue, and one later it is overdue.
    with book.scene.chain.isolate():
        book.bypass_at(allowed)
    book.refuses_at(allowed + 1, overdue(0, allowed, allowed + 1), book.try_to_bypass)


# ----------------------------------------------------------------------------------------------------------- Overdue


@pytest.mark.parametrize("hours", [None, 1, 100])
def test_record__with_one_unreviewed_for_its_time__is_possible_and_a_second_later_is_not(
    book: Book, hours: int | None
) -> None:
    if hours is not None:
        book.scene.must(book.set_terms(3, hours))
    due_by = book.bypass() + (hours or 72) * HOUR
    with book.scene.chain.isolate():
        book.bypass_at(due_by)
    book.refuses_at(due_by + 1, overdue(0, due_by, due_by + 1), book.try_to_bypass)
    book.must_review("amy", 0)
    book.bypass()


def test_record__with_a_later_one_overdue__names_the_first_that_is_unreviewed(book: Book) -> None:
    book.bypass()
    second = book.bypass()
    third = book.bypass()
    book.must_review("amy", 0)
    due_by = second + 72 * HOUR
    book.refuses_at(due_by + 1, overdue(1, due_by, due_by + 1), book.try_to_bypass)
    book.must_review("amy", 1)
    assert third + 72 * HOUR < book.scene.chain.now()
    refusal = overdue(2, third + 72 * HOUR, book.scene.next_time())
    book.refuses(refusal, book.try_to_bypass)
    book.must_review("amy", 2)
    book.bypass()


# ------------------------------------------------------------------------------------------------ Through the vault


def test_expedite__while_a_review_is_overdue__is_refused_with_the_ledger_s_reason(book: Book) -> None:
    scene = book.scene
    due_by = book.bypass() + 72 * HOUR
    scene.chain.set_time(due_by - HOUR)
    operation = scene.waiting("ann", [STANDARD_CALL])
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    with scene.chain.isolate():
        scene.at(due_by, lambda: expedite(scene, operation, entries))
    refusal = overdue(0, due_by, due_by + 1)
    book.refuses_at(due_by + 1, refusal, lambda: expedite(scene, operation, entries))
    assert scene.status(operation) is Status.WAITING
    book.must_review("amy", 0)
    hurried(scene, operation, "bob", "cat", "dan")


def test_expedite__a_fourth_time__is_refused_till_all_are_reviewed(book: Book) -> None:
    scene = book.scene
    operations = [scene.waiting("ann", [STANDARD_CALL], nth=nth) for nth in range(4)]
    for operation in operations[:3]:
        hurried(scene, operation, "bob", "cat", "dan")
    first = book.entry(0)[1].at
    entries = consents_of(scene, operations[3], "bob", "cat", "dan")
    refusal = BypassLimitReached(limit=3, allowed_from=first + PERIOD, now_=scene.next_time())
    book.refuses(refusal, lambda: expedite(scene, operations[3], entries))
    for index in range(3):
        book.must_review("amy", index)
    scene.must(expedite(scene, operations[3], entries))
    assert [book.entry(index)[0] for index in range(4)] == [scene.id_of(each) for each in operations]


# ------------------------------------------------------------------------------------------------------------- Terms


@pytest.mark.parametrize(("limit", "hours"), [(1, 1), (255, 720), (3, 72)])
def test_set_terms__within_the_bounds__holds_from_then_on(book: Book, limit: int, hours: int) -> None:
    outcome = book.scene.must(book.set_terms(limit, hours))
    assert book.terms() == BypassTerms(limit=limit, review_hours=Hours(hours))
    (event,) = book.ledger.events(outcome)
    assert event.name == "BypassTermsSet"
    assert event.arguments == {"vault": "0x" + book.vault.hex(), "terms": book.terms().pack()}


@pytest.mark.parametrize(
    ("limit", "hours"), [(0, 72), (256, 72), (2**256 - 1, 72), (3, 0), (3, 721), (3, 2**256 - 1), (0, 0)]
)
def test_set_terms__beyond_the_bounds__is_refused(book: Book, limit: int, hours: int) -> None:
    refusal = BypassTermsInvalid(limit=limit, review_hours=hours)
    book.refuses(refusal, lambda: book.set_terms(limit, hours))
    book.scene.must(book.set_terms(3, 72))


def test_set_terms__by_a_stranger__sets_nothing_but_its_own(book: Book) -> None:
    for sender in (STRANGER, book.scene.address("gus"), book.scene.address("amy")):
        book.ledger.must(sender, "setTerms", 200, 700)
        assert BypassTerms.unpack(book.ledger.read("termsOf", sender)).limit == 200
    assert book.terms() == USUAL


def test_set_terms__while_one_is_overdue__forgives_it(book: Book) -> None:
    due_by = book.bypass() + 72 * HOUR
    book.refuses_at(due_by + 1, overdue(0, due_by, due_by + 1), book.try_to_bypass)
    book.scene.must(book.set_terms(2, 10))
    terms = BypassTerms(limit=2, review_hours=Hours(10), count=1, first_unreviewed=1, counted_from=1)
    assert book.terms() == terms
    # The next ones count from one again.
    first = book.bypass()
    book.bypass()
    refusal = BypassLimitReached(limit=2, allowed_from=first + PERIOD, now_=book.scene.next_time())
    book.refuses(refusal, book.try_to_bypass)


def test_set_terms__after_many_bypasses__does_not_forget_them(book: Book) -> None:
    """What was forgiven can still be reviewed, and counts no more."""
    for _ in range(3):
        book.bypass("ann", "bob")
    entries = [book.entry(index) for index in range(3)]
    book.scene.must(book.set_terms(3, 72))
    assert [book.entry(index) for index in range(3)] == entries
    terms = book.terms()
    book.must_review("amy", 1, justified=False)
    assert book.terms() == terms
    assert book.entry(1)[1].reviewer == book.scene.actors["amy"].person


def test_set_terms__by_an_operation__is_custody_and_holds_when_it_is_executed(book: Book) -> None:
    scene = book.scene
    change = partial(book.ledger.data_of, "setTerms")
    calls = [call(to=book.ledger.address, data=change(5, 24))]
    assert scene.tier_of(calls) is Tier.CUSTODY
    book.bypass()
    scene.must(scene.carry_out("ann", scene.operation("ann", calls), ("bob", "cat", "dan")))
    terms = BypassTerms(limit=5, review_hours=Hours(24), count=1, first_unreviewed=1, counted_from=1)
    assert book.terms() == terms


def test_set_terms__by_an_operation_beyond_the_bounds__fails_as_a_whole(book: Book) -> None:
    scene = book.scene
    calls = [STANDARD_CALL, call(to=book.ledger.address, data=book.ledger.data_of("setTerms", 0, 72))]
    operation = scene.ready("ann", calls)
    inner = book.ledger.data_of_error(BypassTermsInvalid(limit=0, review_hours=72))
    scene.refuses(CallFailed(index=1, reason=inner), lambda: scene.execute("ann", operation))


def test_ledger__of_a_vault__is_used_by_a_record_or_by_terms(book: Book) -> None:
    """What a vault asks at its founding: nothing may be kept for its address before it is there."""
    assert book.ledger.read("isUnused", book.vault)
    with book.scene.chain.isolate():
        book.scene.must(book.set_terms(3, 72))
        assert not book.ledger.read("isUnused", book.vault)
    book.bypass()
    assert not book.ledger.read("isUnused", book.vault)
    assert book.ledger.read("isUnused", STRANGER)


# ------------------------------------------------------------------------------------------------ One of each refusal


def test_review__of_each_kind_of_unfit__is_refused(book: Book) -> None:
    """In short, so that this file asks for everything of the ledger; `test_bypass_review.py` has it whole."""
    scene = book.scene
    scene.must_change("setRoles", scene.address("eve"), int(Role.AUDITOR))
    book.bypass("ann", "eve")
    book.refuses(BypassNotReviewable(bypass=1), lambda: book.review("amy", 1))
    unfit = BypassReviewerUnfit(vault=book.vault, reviewer=scene.address("gus"))
    book.refuses(unfit, lambda: book.review("gus", 0))
    participant = BypassParticipant(bypass=0, person=scene.actors["eve"].person)
    book.refuses(participant, lambda: book.review("eve", 0))
    book.must_review("amy", 0)


def test_ledger__by_the_tests_above__is_tried_whole(request: pytest.FixtureRequest) -> None:
    views = frozenset({"termsOf", "bypassOf", "tookPart", "isUnused"})
    assert_complete("bypass_ledger", request, always_pass=views)
