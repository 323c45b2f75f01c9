"""Whether break-glass may be used once more, and who may review what was done: the twin of the ledger of bypasses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

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
from verifier.model.limits import BYPASS_LIMIT, BYPASS_PERIOD, MAX_REVIEW_HOURS, REVIEW_HOURS
from verifier.model.member import MemberRecord, Role
from verifier.model.units import Hours, Person, Timestamp, hours

_MOST_BYPASSES = 255


def terms_in_force(word: int) -> BypassTerms:
    """Return the terms of a vault by the ledger's word; the usual ones where it has set none."""
    terms = BypassTerms.unpack(word)
    return replace(terms, limit=BYPASS_LIMIT, review_hours=REVIEW_HOURS) if terms.limit == 0 else terms


def require_valid_bypass_terms(limit: int, review_hours: int) -> None:
    """:raises BypassTermsInvalid: nothing is allowed or reviewed by them, or too much."""
    if not (0 < limit <= _MOST_BYPASSES and 0 < review_hours <= MAX_REVIEW_HOURS):
        raise BypassTermsInvalid(limit=limit, review_hours=review_hours)


def require_bypass_allowed(
    terms: BypassTerms, records: Mapping[int, BypassRecord], *, now: Timestamp
) -> None:
    """Return if a further bypass is allowed.

    :param records: by their numbers; the first unreviewed one, and as many of the latest as the limit
    :raises BypassReviewOverdue: one has been unreviewed for too long.
    :raises BypassLimitReached: so many happened within 30 days, and one is unreviewed.
    """
    first = terms.first_unreviewed
    if first >= terms.count:
        return
    due_by = Timestamp(records[first].at + hours(terms.review_hours))
    if now > due_by:
        raise BypassReviewOverdue(bypass=first, due_by=due_by, now_=now)
    if terms.count - terms.counted_from < terms.limit:
        return
    allowed_from = Timestamp(records[terms.count - terms.limit].at + BYPASS_PERIOD)
    if now < allowed_from:
        raise BypassLimitReached(limit=terms.limit, allowed_from=allowed_from, now_=now)


def require_reviewer(
    index: int,
    terms: BypassTerms,
    record: BypassRecord | None,
    *,
    vault: Address,
    reviewer: Address,
    member: MemberRecord,
    participants: Collection[Person],
) -> None:
    """Return if this member may review this bypass.

    :param record: None where there is no bypass of this number
    :param member: what the vault holds of the reviewer
    :param participants: who took part in it
    :raises BypassNotReviewable: there is none, or it was reviewed.
    :raises BypassReviewerUnfit: no active auditor, or one who approves or publishes operations.
    :raises BypassParticipant: one who took part.
    """
    if index >= terms.count or record is None or record.verdict is not Verdict.UNREVIEWED:
        raise BypassNotReviewable(bypass=index)
    # Whoever may approve can still join the quorum of what was hurried, and whoever may publish is no outsider.
    is_outside = not member.has_any(Role.APPROVER | Role.PROPOSER)
    if not (member.is_active and member.has_any(Role.AUDITOR) and is_outside):
        raise BypassReviewerUnfit(vault=vault, reviewer=reviewer)
    if member.person in participants:
        raise BypassParticipant(bypass=index, person=member.person)


def with_one_more(terms: BypassTerms) -> BypassTerms:
    """Return the terms after one more bypass."""
    return replace(terms, count=terms.count + 1)


def with_reviews_of(terms: BypassTerms, records: Mapping[int, BypassRecord]) -> BypassTerms:
    """Return the terms after a review: past every bypass that is reviewed, and that no unreviewed one comes before."""
    first = terms.first_unreviewed
    while first < terms.count and records[first].verdict is not Verdict.UNREVIEWED:
        first += 1
    return replace(terms, first_unreviewed=first)


def forgiven(terms: BypassTerms, limit: int, review_hours: int) -> BypassTerms:
    """Return other terms, and a clean slate: none of the bypasses that happened counts any more."""
    count = terms.count
    return BypassTerms(
        limit=limit,
        review_hours=Hours(review_hours),
        count=count,
        first_unreviewed=count,
        counted_from=count,
    )
