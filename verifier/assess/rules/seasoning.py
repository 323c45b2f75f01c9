"""A quorum that members who are too new would have to fill."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.finding import Severity
from verifier.model.member import Member
from verifier.model.text import show_moment
from verifier.model.tier import Tier


def _judge(case: Case) -> Iterator[Remark]:
    state = case.lane.state
    if state.tier < Tier.HIGH_VALUE or state.seat_operation or case.count.is_standing:
        return
    given = [standing for standing in case.quorum.given if standing.counts]
    possible = [*given, *(standing for standing in case.quorum.others if standing.counts)]
    security = sum(standing.is_security for standing in possible)
    is_short = len(possible) < case.count.needed or security < case.count.security_needed
    unseasoned = [
        standing.member
        for standing in case.quorum.others
        if not standing.counts and standing.member and _is_unseasoned(case, standing.member)
    ]
    if not is_short or not unseasoned:
        return
    whose = "; ".join(
        f"seat {member.record.seat} counts from {show_moment(member.record.seasoned_at)}"
        for member in unseasoned
    )
    said = (
        f"It needs {case.count.needed} approvals, {case.count.security_needed} of the security team, and no more than "
        f"{len(possible)}, {security} of the security team, can come: members in their first 90 days do not count for "
        f"this tier ({whose})."
    )
    yield Remark(said=said, evidence=min(case.evidence, case.reading.members.evidence))


def _is_unseasoned(case: Case, member: Member) -> bool:
    """Whether nothing but its newness is in the way of a member's approval."""
    is_able = member.record.is_active and member.record.seat in case.reading.roster.value.approvers
    is_eligible = member.record.seat != case.lane.proposer
    return is_able and is_eligible and member.record.seasoned_at > case.reading.head.timestamp


RULES = (
    FindingRule(
        id="seasoning-impossible",
        severity=Severity.NOTICE,
        rests_on="the lane's approvals, and since when members sit in their seats",
        meaning="Members do not count for HIGH_VALUE and CUSTODY in their first 90 days, and without the new ones "
        "there is no quorum. It cannot be executed before they are seasoned, which may be after it expires.",
        judge=_judge,
    ),
)
