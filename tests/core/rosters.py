"""Rosters and terms for the tests of judgement."""

from __future__ import annotations

from dataclasses import replace

from verifier.model.limits import MIN_DELAY
from verifier.model.member import STRANGER, Attributes, MemberRecord, MemberStatus, Role
from verifier.model.place import place_at
from verifier.model.roster import Roster
from verifier.model.tier import TierBook, TierTerms
from verifier.model.units import BlockNumber, Duration, Epoch, Hours, MemberIndex, Person, Timestamp

TERMS = TierTerms(quorum=2, security_approvals=0, delay=Duration(86_400), grace_hours=Hours(24))
TIERS: TierBook = (replace(TERMS, delay=MIN_DELAY), replace(TERMS, delay=MIN_DELAY), TERMS, TERMS)

_STRICT = replace(TERMS, quorum=3, segregated=1)
SEGREGATED: TierBook = (TIERS[0], TIERS[1], _STRICT, _STRICT)
"""HIGH_VALUE and CUSTODY want three who are apart."""

PLACES = (
    Attributes(employer=1, utc_offset=0, place=place_at(latitude=51.5, longitude=-0.1)),
    Attributes(employer=2, utc_offset=480, place=place_at(latitude=1.3, longitude=103.8)),
    Attributes(employer=3, utc_offset=-300, place=place_at(latitude=40.7, longitude=-74.0)),
    Attributes(employer=4, utc_offset=720, place=place_at(latitude=-41.3, longitude=174.8)),
)
"""London, Singapore, New York, Wellington: each of them from each of the others."""


def sitting(seat: int, attributes: Attributes = PLACES[0], *, roles: Role = Role.APPROVER) -> MemberRecord:
    """Return an active member who has sat there for long."""
    return MemberRecord(
        seat=MemberIndex(seat),
        status=MemberStatus.ACTIVE,
        roles=roles,
        kind=STRANGER.kind,
        seasoned_at=Timestamp(0),
        seated_in_block=BlockNumber(0),
        person=Person(seat + 1),
        attributes=attributes,
    )


def seats(*indices: int) -> frozenset[MemberIndex]:
    return frozenset(MemberIndex(i) for i in indices)


def roster(
    approvers: set[int], *, security: set[int] | None = None, proposers: set[int] | None = None
) -> Roster:
    return Roster(
        approvers=seats(*approvers),
        security=seats(*(security or set())),
        proposers=seats(*(proposers or set())),
        epoch=Epoch(1),
        supermajority=3,
        windows=frozenset(),
    )


def custody(needed: int, security: int = 0) -> TierTerms:
    return replace(TERMS, quorum=needed, security_approvals=security)
