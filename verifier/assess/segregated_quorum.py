"""Whether a segregated quorum is there, or can be had; and if not, who shares what with whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from verifier.assess.quorum import asks_for_segregation
from verifier.assess.segregation import Clash, Shortfall, attributes_of, find_segregated
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.text import Shown
from verifier.model.units import MemberIndex

Found = tuple[MemberIndex, ...] | Shortfall


@dataclass(frozen=True, slots=True, kw_only=True)
class Segregation:
    """How an operation whose quorum has to be segregated stands."""

    quorum: int
    # A segregated quorum among those who approved; or why there is none.
    recorded: Found
    # The same among these and all who may still approve.
    possible: Found

    @property
    def clashes(self) -> tuple[Clash, ...]:
        """What those share who approved, and where that is not enough, those who may."""
        if isinstance(self.recorded, tuple):
            return ()
        return self.possible.clashes if isinstance(self.possible, Shortfall) else self.recorded.clashes


def judge_segregation(
    reading: VaultReading,
    lane: LaneReading,
    *,
    approved: Collection[MemberIndex],
    may_approve: Collection[MemberIndex],
) -> Segregation | None:
    """Return how the approvals stand, those that count; None where nobody asks where members are."""
    tiers = reading.tiers.value
    if not asks_for_segregation(lane.state, tiers):
        return None
    quorum = tiers[lane.state.tier].quorum
    return Segregation(
        quorum=quorum,
        recorded=find_quorum(reading, lane, sorted(approved)),
        possible=find_quorum(reading, lane, [*sorted(approved), *sorted(may_approve)]),
    )


def find_quorum(reading: VaultReading, lane: LaneReading, seats: Collection[MemberIndex]) -> Found:
    """Return a segregated quorum among these seats, preferring the first ones; or why there is none."""
    terms, members = reading.tiers.value[lane.state.tier], reading.members.value
    return find_segregated(
        attributes_of({seat: members[seat].record for seat in seats if seat in members}),
        quorum=terms.quorum,
        security=reading.roster.value.security,
        security_approvals=terms.security_approvals,
    )


def show_seats(seats: Collection[MemberIndex]) -> str:
    """Return seats as words, such as `seats 1, 2 and 5`."""
    *most, last = map(str, seats) if seats else ["none"]
    return f"seats {', '.join(most)} and {last}" if most else f"seat {last}"


def show_clash(clash: Clash) -> Shown:
    """Return what two members share, in one sentence."""
    shared = []
    if clash.employer is not None:
        shared.append(f"have the same employer ({clash.employer})")
    if clash.minutes is not None:
        shared.append(f"are {clash.minutes} minutes of time apart, and more than 180 are needed")
    if clash.distance is not None:
        shared.append(f"are {clash.distance:.1f} km apart, and 100 are needed")
    return Shown(f"{show_seats((clash.first, clash.second)).capitalize()} {'; they '.join(shared)}.")
