"""How a quorum stands: the twin of the contract's count."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.model.lane import Lane
from verifier.model.member import MemberRecord
from verifier.model.roster import Roster
from verifier.model.tier import TierBook
from verifier.model.units import MemberIndex
from verifier.model.word import SeatSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How a quorum stands by some roster."""

    needed: int
    approvals: int
    security_needed: int
    security_approvals: int
    # The publisher may still publish it, or does not matter any more.
    publisher_counts: bool

    @property
    def is_standing(self) -> bool:
        """Whether that is a quorum."""
        return (
            self.approvals >= self.needed
            and self.security_approvals >= self.security_needed
            and self.publisher_counts
        )


def count(lane: Lane, *, publisher: MemberIndex, roster: Roster, tiers: TierBook) -> Count:
    """Count the recorded approvals by a roster and its tiers.

    :param publisher: the seat that the lane belongs to
    """
    live = lane.approvals & roster.approvers
    terms = tiers[lane.tier]
    # A seat operation may come from any approver, and with a supermajority it outlives its publisher.
    may_publish = publisher in roster.proposers or (
        lane.seat_operation and (publisher in roster.approvers or len(live) >= roster.supermajority)
    )
    return Count(
        needed=roster.supermajority if lane.objected else terms.quorum,
        approvals=len(live),
        security_needed=terms.security_approvals,
        security_approvals=len(live & roster.security),
        publisher_counts=may_publish,
    )


def eligible(roster: Roster, *, publisher: MemberIndex, subject: MemberRecord) -> SeatSet:
    """Return the seats whose approval counts: the active approvers, but not the publisher and not the subject.

    :param subject: what the vault holds of the member that a seat operation is about; else a stranger's record
    """
    return roster.approvers - {publisher} - ({subject.seat} if subject.is_seated else frozenset())
