"""Which coalitions can steal, which can block, and whether the others can cure it: worked out from counts alone.

Everybody outside a coalition is honest, watches, and acts in time. `contracts/README.md` explains the verdicts; the
tests of attacks play them on a chain. A group counts as so many persons as it takes to sign for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from itertools import product
from typing import Final

from verifier.assess.floors import Heads, is_bare_floor
from verifier.assess.planning.people import People
from verifier.model.member import Role
from verifier.model.plan import Coalitions
from verifier.model.tier import TierTerms

Counts = tuple[int, int, int, int, int, int]
"""Approvers, approvers of the security team, groups, groups of the security team, proposers who do not approve,
guardians."""

MOST_PERSONS: Final = 7
"""Larger coalitions are not looked at: there are too many of them."""

_KINDS: Final = range(6)
_PROPOSERS, _GUARDIANS = 4, 5


class Verdict(IntEnum):
    NOTHING = 0
    BLOCKS = 1
    BLOCKS_FOR_GOOD = 2
    STEALS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A vault: how many of each kind, and what its seat operations need."""

    counts: Counts
    custody: TierTerms
    supermajority: int

    def needed(self, objectors: int) -> TierTerms:
        return replace(self.custody, quorum=self.supermajority) if objectors > 0 else self.custody


@lru_cache(maxsize=100_000)
def verdict(setup: Setup, coalition: Counts) -> Verdict:
    """Return the worst that a coalition can do."""
    if _can_steal(setup, coalition):
        return Verdict.STEALS
    if not _stoppers(coalition):
        return Verdict.NOTHING
    return Verdict.BLOCKS if _can_be_cured(setup, coalition) else Verdict.BLOCKS_FOR_GOOD


def judge_coalitions(people: People, custody: TierTerms, supermajority: int) -> Coalitions:
    """Return the fewest persons that block, block for good, and steal."""
    setup = Setup(counts=_counts(people), custody=custody, supermajority=supermajority)
    worst: dict[Verdict, int] = {}
    for size in range(1, MOST_PERSONS + 1):
        found = max(
            (verdict(setup, each) for each in _of_size(setup.counts, size, _costs(people))), default=0
        )
        for each in Verdict:
            if found >= each:
                worst.setdefault(each, size)
    return Coalitions(
        looked_at=MOST_PERSONS,
        blocks=worst.get(Verdict.BLOCKS),
        blocks_for_good=worst.get(Verdict.BLOCKS_FOR_GOOD),
        steals=worst.get(Verdict.STEALS),
    )


def _counts(people: People) -> Counts:
    counts = [0] * len(_KINDS)
    for member in people.members:
        if member.has(Role.APPROVER):
            counts[2 * (member.group is not None) + member.has(Role.SECURITY)] += 1
        elif member.has(Role.PROPOSER):
            counts[_PROPOSERS] += 1
        elif member.has(Role.GUARDIAN):
            counts[_GUARDIANS] += 1
    a, b, c, d, e, f = counts
    return a, b, c, d, e, f


def _costs(people: People) -> Counts:
    """Return how many persons one of each kind is: of a group, those who sign for the one with the fewest."""
    thresholds = [[m.group.threshold for m in people.members if m.group and m.has(Role.SECURITY) is is_of_team]
                  for is_of_team in (False, True)]  # fmt: skip
    plain, security = (min(each, default=1) for each in thresholds)
    return 1, 1, plain, security, 1, 1


def _of_size(counts: Counts, size: int, costs: Counts) -> Iterator[Counts]:
    for coalition in product(*(range(min(count, size) + 1) for count in counts)):
        if sum(n * cost for n, cost in zip(coalition, costs, strict=True)) == size:
            a, b, c, d, e, f = coalition
            yield a, b, c, d, e, f


def _can_gather(counts: Counts, needed: TierTerms) -> bool:
    """Whether they can publish a seat operation and bring its approvals together."""
    persons, of_team, groups, groups_of_team, proposers, _ = counts
    heads = Heads(
        approvers=persons + of_team + groups + groups_of_team,
        security=of_team + groups_of_team,
        publishers=persons + of_team,
        security_publishers=of_team,
        others=proposers,
    )
    return is_bare_floor(heads, needed)


def _stoppers(counts: Counts) -> int:
    """Return how many may veto, or object to a seat operation that is not about themselves."""
    return sum(counts) - counts[_PROPOSERS]


def _minus(one: Counts, other: Counts) -> Counts:
    a, b, c, d, e, f = (x - y for x, y in zip(one, other, strict=True))
    return a, b, c, d, e, f


def _one(kind: int) -> Counts:
    a, b, c, d, e, f = (int(kind == each) for each in _KINDS)
    return a, b, c, d, e, f


def _can_steal(setup: Setup, coalition: Counts) -> bool:
    """Whether they can take everything, though all others veto, and object to whatever they can.

    They have to take the others' seats first, one by one, and whose seat it is cannot object. A seat that was taken
    gives them an approval more, so the first one decides; or the last one, where there is only one.
    """
    honest = _stoppers(_minus(setup.counts, coalition))
    return _can_gather(coalition, setup.needed(honest - 1))


def _can_be_cured(setup: Setup, coalition: Counts) -> bool:
    """Whether the others can take the coalition's seats, one by one, until nobody of it can stop anything."""
    if not _stoppers(coalition):
        return True
    honest = _minus(setup.counts, coalition)
    needed = setup.needed(_stoppers(coalition) - 1)
    if not all(_can_gather(left, needed) for left in _left_by_guardians(setup, coalition, honest)):
        return False
    # A guardian is removed, and so is its power to suspend; an approver is replaced by somebody honest.
    kind = (
        _GUARDIANS if coalition[_GUARDIANS] else next(k for k in _KINDS if coalition[k] and k != _PROPOSERS)
    )
    rest = _minus(coalition, _one(kind))
    others = replace(setup, counts=_minus(setup.counts, _one(kind))) if kind == _GUARDIANS else setup
    return _can_be_cured(others, rest)


def _left_by_guardians(setup: Setup, coalition: Counts, honest: Counts) -> Iterator[Counts]:
    """Who of the honest is left while a guardian of the coalition keeps one of them suspended, whom it likes.

    A suspension lapses, but the guardian has the next one ready, of another person, where there are three or more.
    """
    yield honest
    if not coalition[_GUARDIANS]:
        return
    for kind in _KINDS:
        is_above_floor = _can_gather(_minus(setup.counts, _one(kind)), setup.custody)
        if kind != _GUARDIANS and honest[kind] and is_above_floor:
            yield _minus(honest, _one(kind))
