"""How a quorum stands: the twin of the contract's count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from verifier.assess.segregation import attributes_of, is_pairwise
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
    # Whoever is counted is segregated from each other one, or nobody looked, or it does not matter.
    is_segregated: bool = True

    @property
    def is_standing(self) -> bool:
        """Whether that is a quorum."""
        return (
            self.approvals >= self.needed
            and self.security_approvals >= self.security_needed
            and self.publisher_counts
            and self.is_segregated
        )


def count(lane: Lane, *, publisher: MemberIndex, roster: Roster, tiers: TierBook) -> Count:
    """Count the recorded approvals by a roster and its tiers.

    Who is segregated from whom was looked at when the quorum was named: see `name_quorum` and `count_anew`.

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


def count_anew(
    lane: Lane,
    *,
    publisher: MemberIndex,
    roster: Roster,
    tiers: TierBook,
    members: Mapping[MemberIndex, MemberRecord],
) -> Count:
    """Count after members, tiers or policy changed: who is segregated from whom is looked at again, too.

    :param members: who sits in the seats of the roster
    """
    counted = count(lane, publisher=publisher, roster=roster, tiers=tiers)
    if not asks_for_segregation(lane, tiers):
        return counted
    return replace(counted, is_segregated=are_segregated_seats(lane.approvals & roster.approvers, members))


def name_quorum(
    lane: Lane,
    listed: Collection[MemberIndex],
    *,
    publisher: MemberIndex,
    roster: Roster,
    tiers: TierBook,
    members: Mapping[MemberIndex, MemberRecord],
) -> Lane | None:
    """Return a lane whose tier is segregated with exactly the approvals that a list names, if they are a quorum.

    The approvals of others are left out of it, and lost.

    :param lane: with all approvals recorded, those of the list too
    """
    named = replace(lane, approvals=frozenset(listed))
    counted = count(named, publisher=publisher, roster=roster, tiers=tiers)
    return named if counted.is_standing and are_segregated_seats(listed, members) else None


def asks_for_segregation(lane: Lane, tiers: TierBook) -> bool:
    """Whether the quorum is a segregated one, which a list names, and which nobody joins while it stands."""
    return tiers[lane.tier].segregated != 0 and not lane.seat_operation


def are_segregated_seats(seats: Collection[MemberIndex], members: Mapping[MemberIndex, MemberRecord]) -> bool:
    """Whether all who sit in these seats are pairwise segregated.

    Groups never are: their holders are in several places. Nor is a seat in which nobody is known to sit.
    """
    attributes = attributes_of({seat: members[seat] for seat in seats if seat in members})
    return len(attributes) == len(seats) and is_pairwise(list(attributes.values()))


def eligible(roster: Roster, *, publisher: MemberIndex, subject: MemberRecord) -> SeatSet:
    """Return the seats whose approval counts: the active approvers, but not the publisher and not the subject.

    :param subject: what the vault holds of the member that a seat operation is about; else a stranger's record
    """
    return roster.approvers - {publisher} - ({subject.seat} if subject.is_seated else frozenset())
