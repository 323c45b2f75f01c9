"""The ledger of bypasses: whether there may be a further one, and who may review."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.rosters import seats, sitting
from verifier.assess.bypasses import (
    forgiven,
    require_bypass_allowed,
    require_reviewer,
    require_valid_bypass_terms,
    terms_in_force,
    with_one_more,
    with_reviews_of,
)
from verifier.errors import VaultError
from verifier.errors.bypasses import (
    BypassLimitReached,
    BypassNotReviewable,
    BypassParticipant,
    BypassReviewerUnfit,
    BypassReviewOverdue,
    BypassTermsInvalid,
)
from verifier.model.address import Address
from verifier.model.bypass import BypassRecord, BypassTerms, Verdict
from verifier.model.limits import BYPASS_LIMIT, BYPASS_PERIOD, REVIEW_HOURS
from verifier.model.member import MemberStatus, Role
from verifier.model.units import Hours, LaneIndex, Person, Timestamp

VAULT, AUDITOR = Address(b"\x11" * 20), Address(b"\x22" * 20)
NOW = Timestamp(1_700_000_000)
DAY, HOUR = 86_400, 3_600


def at(moment: int, verdict: Verdict = Verdict.UNREVIEWED) -> BypassRecord:
    return BypassRecord(
        at=Timestamp(moment),
        former_ready_at=Timestamp(moment + DAY),
        lane=LaneIndex(1),
        seats=seats(0, 1, 2),
        verdict=verdict,
    )


def ledger(*moments: int, first: int = 0, counted_from: int = 0, limit: int = 3) -> BypassTerms:
    return BypassTerms(
        limit=limit,
        review_hours=Hours(72),
        count=len(moments),
        first_unreviewed=first,
        counted_from=counted_from,
    )


def ask(terms: BypassTerms, *moments: int) -> None:
    require_bypass_allowed(terms, dict(enumerate(map(at, moments))), now=NOW)


def test_terms_in_force__none_set__the_usual_ones_and_the_counters() -> None:
    usual = terms_in_force(0)
    assert (usual.limit, usual.review_hours, usual.count) == (BYPASS_LIMIT, REVIEW_HOURS, 0)
    own = BypassTerms(limit=1, review_hours=Hours(24), count=5, first_unreviewed=4, counted_from=2)
    assert terms_in_force(own.pack()) == own


def test_bypass__one_unreviewed__allowed_till_its_review_is_due() -> None:
    ask(ledger())
    moment = NOW - 72 * HOUR
    ask(ledger(moment), moment)
    with pytest.raises(BypassReviewOverdue) as refused:
        ask(ledger(moment - 1), moment - 1)
    assert (refused.value.bypass, refused.value.due_by) == (0, NOW - 1)
    # It was reviewed.
    ask(ledger(moment - 1, first=1), moment - 1)


def test_bypass__as_many_as_the_limit__refused_while_one_is_unreviewed() -> None:
    moments = (NOW - 10 * DAY, NOW - DAY, NOW - HOUR)
    with pytest.raises(BypassLimitReached) as refused:
        ask(ledger(*moments, first=1), *moments)
    assert (refused.value.limit, refused.value.allowed_from) == (3, moments[0] + BYPASS_PERIOD)
    ask(ledger(*moments, first=3), *moments)
    ask(ledger(*moments, first=1, limit=4), *moments)
    ask(ledger(*moments, first=1, counted_from=1), *moments)
    # Thirty days after the first of the three there is room again.
    for earliest, is_allowed in ((NOW - BYPASS_PERIOD, True), (NOW - BYPASS_PERIOD + 1, False)):
        older = (earliest, *moments[1:])
        if is_allowed:
            ask(ledger(*older, first=1), *older)
            continue
        with pytest.raises(BypassLimitReached):
            ask(ledger(*older, first=1), *older)


@given(
    st.lists(st.integers(NOW - 40 * DAY, NOW), max_size=8).map(sorted),
    st.integers(1, 5),
    st.integers(0, 8),
    st.integers(0, 8),
)
def test_bypass__any_ledger__as_the_rule_in_words_says(
    moments: list[int], limit: int, first: int, counted_from: int
) -> None:
    terms = ledger(*moments, limit=limit, first=min(first, len(moments)))
    terms = replace(terms, counted_from=min(counted_from, terms.first_unreviewed))
    unreviewed = moments[terms.first_unreviewed :]
    recent = [moment for moment in moments[terms.counted_from :] if moment + BYPASS_PERIOD > NOW]
    is_overdue = any(moment + 72 * HOUR < NOW for moment in unreviewed[:1])
    is_allowed = not unreviewed or (not is_overdue and len(recent) < limit)
    if is_allowed:
        ask(terms, *moments)
        return
    with pytest.raises(BypassReviewOverdue if is_overdue else BypassLimitReached):
        ask(terms, *moments)


def test_with_reviews_of__out_of_order__goes_past_those_that_are_done() -> None:
    records = {0: at(NOW), 1: at(NOW, Verdict.JUSTIFIED), 2: at(NOW)}
    terms = with_one_more(with_one_more(with_one_more(terms_in_force(0))))
    assert with_reviews_of(terms, records).first_unreviewed == 0
    done = {**records, 0: at(NOW, Verdict.UNJUSTIFIED)}
    assert with_reviews_of(terms, done).first_unreviewed == 2
    assert with_reviews_of(terms, {**done, 2: at(NOW, Verdict.JUSTIFIED)}).first_unreviewed == 3


def test_forgiven__other_terms__nothing_counts_any_more() -> None:
    moments = (NOW - 10 * DAY, NOW - 9 * DAY)
    terms = forgiven(ledger(*moments), 1, 24)
    assert (terms.limit, terms.review_hours, terms.count) == (1, 24, 2)
    ask(terms, *moments)
    with pytest.raises(BypassLimitReached):
        ask(with_one_more(terms), *moments, NOW - HOUR)


@pytest.mark.parametrize(
    ("limit", "review_hours", "is_valid"),
    [(1, 1, True), (255, 720, True), (0, 1, False), (1, 0, False), (256, 1, False), (1, 721, False)],
)
def test_bypass_terms__on_either_side_of_a_limit(limit: int, review_hours: int, is_valid: bool) -> None:
    if is_valid:
        require_valid_bypass_terms(limit, review_hours)
        return
    with pytest.raises(BypassTermsInvalid):
        require_valid_bypass_terms(limit, review_hours)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({}, None),
        ({"index": 1}, BypassNotReviewable),
        ({"verdict": Verdict.JUSTIFIED}, BypassNotReviewable),
        ({"roles": Role.APPROVER}, BypassReviewerUnfit),
        ({"roles": Role.AUDITOR | Role.APPROVER}, BypassReviewerUnfit),
        ({"roles": Role.AUDITOR | Role.PROPOSER}, BypassReviewerUnfit),
        ({"roles": Role.AUDITOR | Role.GUARDIAN}, None),
        ({"status": MemberStatus.SUSPENDED}, BypassReviewerUnfit),
        ({"status": MemberStatus.RETURNED}, None),
        ({"participants": {Person(8)}}, BypassParticipant),
    ],
)
def test_reviewer__an_active_auditor_who_took_no_part(
    changes: dict[str, object], error: type[VaultError] | None
) -> None:
    given = {
        "index": 0,
        "verdict": Verdict.UNREVIEWED,
        "roles": Role.AUDITOR,
        "status": MemberStatus.ACTIVE,
        "participants": {Person(1)},
        **changes,
    }

    def review() -> None:
        require_reviewer(
            given["index"],  # type: ignore[arg-type]
            ledger(NOW),
            at(NOW, given["verdict"]),  # type: ignore[arg-type]
            vault=VAULT,
            reviewer=AUDITOR,
            member=replace(sitting(7), roles=given["roles"], status=given["status"]),  # type: ignore[arg-type]
            participants=given["participants"],  # type: ignore[arg-type]
        )

    if error is None:
        review()
        return
    with pytest.raises(error):
        review()
