"""Whether the holders of a group's key stand for separate places: any of them who sign together, or at least some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from verifier.assess.segregation import Clash, clashes_among, find_segregated
from verifier.model.member import Attributes
from verifier.model.units import MemberIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSegregation:
    """What so many holders, whichever they are, share."""

    threshold: int
    # Every two holders that share something: their indexes within the group stand where seats do.
    clashes: tuple[Clash, ...]
    # How many sets of just the threshold there are, and how many of them are not pairwise segregated.
    sets: int
    unsegregated: int
    # The first such set, by growing index; empty where there is none.
    example: tuple[int, ...]
    # Whether any set of the threshold is pairwise segregated.
    is_possible: bool


def judge_group(threshold: int, holders: Mapping[int, Attributes]) -> GroupSegregation:
    """Return whether any `threshold` of the holders fail to be segregated. There are at most 20 holders."""
    seats = {MemberIndex(index): attributes for index, attributes in sorted(holders.items())}
    clashes = tuple(clashes_among(seats))
    near = frozenset((clash.first, clash.second) for clash in clashes)
    bad = total = 0
    example: tuple[int, ...] = ()
    for chosen in combinations(seats, threshold):
        total += 1
        if _has_clash(chosen, near):
            bad += 1
            example = example or chosen
    return GroupSegregation(
        threshold=threshold,
        clashes=clashes,
        sets=total,
        unsegregated=bad,
        example=example,
        is_possible=isinstance(find_segregated(seats, quorum=threshold), tuple),
    )


def _has_clash(chosen: Sequence[MemberIndex], near: frozenset[tuple[MemberIndex, MemberIndex]]) -> bool:
    return any(pair in near for pair in combinations(chosen, 2))
