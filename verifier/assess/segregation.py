"""Who is segregated from whom: the twin of the contract's check, and the search for a quorum that passes it.

Two members are segregated who have different employers, offsets from UTC more than 180 minutes apart on the circle, and
places at least 100 km apart. A quorum is, if each of its members is from each other one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from verifier.model.member import Attributes, MemberRecord
from verifier.model.place import Kilometres, distance_between
from verifier.model.units import MemberIndex
from verifier.model.word import NO_SEATS, SeatSet

LEAST_MINUTES_APART: Final = 181
"""How many minutes must be between two offsets from UTC..."""

OFFSET_CIRCLE: Final = 1_440
"""...on a circle of so many."""

DOT_AT_100_KM: Final = 70_360_059_291_225
"""The dot product of two places 100 km apart: UNIT^2 * cos(100 / 6371.0088), rounded down. Nearer ones have more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """What two members share, so that they do not stand together in a segregated quorum."""

    first: MemberIndex
    second: MemberIndex
    # Whom both work for.
    employer: int | None
    # Between their offsets on the circle: 180 or fewer.
    minutes: int | None
    # Between their places: less than 100, by up to a tenth more where the vault's rounding decides.
    distance: Kilometres | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """Why there is no segregated quorum. Seats stand in the order of the approvers."""

    quorum: int
    security_approvals: int
    # The largest set that is segregated.
    largest: tuple[MemberIndex, ...]
    # The largest one with `security_approvals` of the security team in it; empty where there is none at all.
    largest_with_security: tuple[MemberIndex, ...]
    # Every two approvers that share something.
    clashes: tuple[Clash, ...]


def are_segregated(a: Attributes, b: Attributes) -> bool:
    """Whether two members may stand together in a segregated quorum, exactly as the contract says it."""
    return a.employer != b.employer and not _are_near_offsets(a, b) and not _are_near_places(a, b)


def is_pairwise(members: Sequence[Attributes]) -> bool:
    """Whether every member is segregated from every other."""
    return all(are_segregated(a, b) for a, b in combinations(members, 2))


def attributes_of(members: Mapping[MemberIndex, MemberRecord]) -> dict[MemberIndex, Attributes]:
    """Return the attributes of the members that can be segregated, in their order: those who are one person each.

    The holders of a FROST seat's shares are at places of their own.
    """
    return {seat: record.attributes for seat, record in members.items() if not record.is_group}


def find_segregated(
    approvers: Mapping[MemberIndex, Attributes],
    *,
    quorum: int,
    security: SeatSet = NO_SEATS,
    security_approvals: int = 0,
) -> tuple[MemberIndex, ...] | Shortfall:
    """Return a segregated quorum in the order of the approvers, or why there is none.

    It has `quorum` members. Of several, it is the one with the best first member; of those, with the best second one;
    and so on. For a larger set, ask for a larger quorum: any part of a segregated set is segregated.

    :param approvers: whose approval is there or could be had, the best first; no FROST seats
    :param security: the seats of the security team
    :param security_approvals: how many of the security team it must have
    """
    search = _Search(approvers, security)
    found = search.first(max(quorum, security_approvals), security_approvals)
    if found is not None:
        return found
    return Shortfall(
        quorum=quorum,
        security_approvals=security_approvals,
        largest=search.largest(0),
        largest_with_security=search.largest(security_approvals),
        clashes=tuple(clashes_among(approvers)),
    )


def clashes_among(members: Mapping[MemberIndex, Attributes]) -> Iterator[Clash]:
    """Yield what every two members share who share something."""
    for (first, a), (second, b) in combinations(members.items(), 2):
        if not are_segregated(a, b):
            yield Clash(
                first=first,
                second=second,
                employer=a.employer if a.employer == b.employer else None,
                minutes=_minutes_between(a, b) if _are_near_offsets(a, b) else None,
                distance=distance_between(a.place, b.place) if _are_near_places(a, b) else None,
            )


def _minutes_between(a: Attributes, b: Attributes) -> int:
    apart = abs(a.utc_offset - b.utc_offset)
    # On Earth they are less than twice the circle apart.
    return min(apart, abs(OFFSET_CIRCLE - apart))


def _are_near_offsets(a: Attributes, b: Attributes) -> bool:
    apart = abs(a.utc_offset - b.utc_offset)
    return not LEAST_MINUTES_APART <= apart <= OFFSET_CIRCLE - LEAST_MINUTES_APART


def _are_near_places(a: Attributes, b: Attributes) -> bool:
    return sum(i * j for i, j in zip(a.place, b.place, strict=True)) > DOT_AT_100_KM


class _Search:
    """Looks for sets of approvers that are segregated. A set is a number here: bit i stands for the approver i.

    Among 63 approvers there are half a billion sets of seven. What keeps the search short: it gives up where the rest
    falls into too few groups of which each can send one, and it does not look into the same rest twice.
    """

    def __init__(self, approvers: Mapping[MemberIndex, Attributes], security: SeatSet) -> None:
        self._seats = tuple(approvers)
        self._all = (1 << len(approvers)) - 1
        self._security = sum(1 << i for i, seat in enumerate(self._seats) if seat in security)
        # For every approver, itself and whom it clashes with.
        self._near = [
            sum(1 << j for j, b in enumerate(approvers.values()) if i == j or not are_segregated(a, b))
            for i, a in enumerate(approvers.values())
        ]
        # What `_exists` found out.
        self._known: dict[tuple[int, int, int], bool] = {}

    def first(self, wanted: int, security: int) -> tuple[MemberIndex, ...] | None:
        """Return the first set of `wanted` members with at least `security` of the security team, if there is one."""
        chosen: list[MemberIndex] = []
        rest = self._all
        while rest and len(chosen) < wanted:
            i = _lowest(rest)
            rest ^= 1 << i
            others = wanted - len(chosen) - 1
            missing = security - (self._security >> i & 1)
            if missing <= others and self._exists(rest & ~self._near[i], others, missing):
                chosen.append(self._seats[i])
                rest &= ~self._near[i]
                security = missing
        return tuple(chosen) if len(chosen) == wanted else None

    def largest(self, security: int) -> tuple[MemberIndex, ...]:
        """Return the first set of those that are largest, or nothing."""
        for wanted in range(self._groups(self._all), max(security, 1) - 1, -1):
            if found := self.first(wanted, security):
                return found
        return ()

    def _exists(self, rest: int, wanted: int, security: int) -> bool:
        """Whether the rest has a set of at least so many members, with at least so many of the security team."""
        # One number for the same question, so that its answer is found again.
        security = max(security, 0)
        wanted = max(wanted, security)
        if wanted == 0:
            return True
        key = (rest, wanted, security)
        if key not in self._known:
            self._known[key] = (
                self._groups(rest) >= wanted
                and self._groups(rest & self._security) >= security
                and self._exists_by_trial(rest, wanted, security)
            )
        return self._known[key]

    def _exists_by_trial(self, rest: int, wanted: int, security: int) -> bool:
        # A set that cannot grow has the first of the rest in it, or one of those who clash with that one.
        for i in _bits(self._near[_lowest(rest)] & rest):
            if self._exists(rest & ~self._near[i], wanted - 1, security - (self._security >> i & 1)):
                return True
            rest ^= 1 << i
        return False

    def _groups(self, rest: int) -> int:
        """Return how many groups the rest falls into, of which each clashes within itself: no set is larger."""
        count = 0
        while rest:
            group = rest
            while group:
                i = _lowest(group)
                rest ^= 1 << i
                group &= self._near[i] & ~(1 << i)
            count += 1
        return count


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def _bits(bits: int) -> Iterator[int]:
    while bits:
        yield _lowest(bits)
        bits &= bits - 1
