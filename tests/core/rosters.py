"""Rosters and terms for the tests of judgement."""

from __future__ import annotations

from dataclasses import replace

from verifier.model.limits import MIN_DELAY
from verifier.model.roster import Roster
from verifier.model.tier import TierBook, TierTerms
from verifier.model.units import Duration, Epoch, Hours, MemberIndex

TERMS = TierTerms(quorum=2, security_approvals=0, delay=Duration(86_400), grace_hours=Hours(24))
TIERS: TierBook = (replace(TERMS, delay=MIN_DELAY), replace(TERMS, delay=MIN_DELAY), TERMS, TERMS)


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
