"""The search for a segregated quorum: against brute force, and in casts that were made to be hard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Final

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.core.strategies import seats
from verifier.assess.segregation import Shortfall, _Search, clashes_among, find_segregated, is_pairwise
from verifier.model.member import Attributes
from verifier.model.place import Place, place_at
from verifier.model.units import MemberIndex
from verifier.model.word import SeatSet

Cast = dict[MemberIndex, Attributes]

# -------------------------------------------------------------------------------------------------------- Brute force


def first_by_force(approvers: Cast, size: int, team: SeatSet, least: int) -> tuple[MemberIndex, ...] | None:
    """Try every set in order. `combinations` yields them by the order of the approvers."""
    for some in combinations(approvers, size):
        if sum(seat in team for seat in some) >= least and is_pairwise([approvers[seat] for seat in some]):
            return some
    return None


def largest_by_force(approvers: Cast, team: SeatSet, least: int) -> tuple[MemberIndex, ...]:
    sizes = range(len(approvers), 0, -1)
    return next((found for size in sizes if (found := first_by_force(approvers, size, team, least))), ())


@st.composite
def casts(draw: st.DrawFn) -> Cast:
    """Yield approvers who clash now and then: few employers, few cities, offsets on a grid or anywhere."""
    employers, cities = draw(st.sampled_from([2, 4, 12])), draw(st.sampled_from([2, 5, 20]))
    offsets = draw(
        st.sampled_from(
            [
                st.sampled_from(range(-720, 841, 60)),
                st.sampled_from([-600, -300, 0, 300, 600]),
                st.integers(-720, 840),
            ]
        )
    )
    # Cities are 78 km apart, so each is near to the next one only.
    member = st.builds(
        Attributes,
        employer=st.integers(1, employers),
        utc_offset=offsets,
        place=st.integers(0, cities - 1).map(lambda city: place_at(latitude=0.7 * city, longitude=180)),
    )
    # Seats in no order: what counts is the caller's.
    return draw(st.dictionaries(seats, member, max_size=10))


@settings(max_examples=300)
@given(casts(), st.integers(1, 7), st.integers(0, 3), st.data())
def test_find__anywhere__is_what_brute_force_finds(
    approvers: Cast, quorum: int, least: int, data: st.DataObject
) -> None:
    # Some of them, and some who are not there.
    team = data.draw(st.frozensets(st.sampled_from([*approvers, MemberIndex(0), MemberIndex(63)])))
    found = find_segregated(approvers, quorum=quorum, security=team, security_approvals=least)
    expected = first_by_force(approvers, max(quorum, least), team, least)
    event("found" if expected else "none")
    if expected is not None:
        assert found == expected
    else:
        assert isinstance(found, Shortfall)
        assert found.largest == largest_by_force(approvers, team, 0)
        assert found.largest_with_security == largest_by_force(approvers, team, least)
        assert found.clashes == tuple(clashes_among(approvers))


def test_find__with_most_of_the_team_in_a_ring_of_clashes__leaves_out_whom_the_others_need_not() -> None:
    """Five of the team each clash with two: three groups by clashes, and yet no three of them are segregated.

    The sixth clashes with the best approver. So the best has to stay out where three of the team are wanted.
    """
    best, *others = [Attributes(employer=i, utc_offset=-240 * i, place=city(i)) for i in range(1, 4)]
    ring = [
        Attributes(employer=employer, utc_offset=offset, place=city(place))
        for offset, employer, place in [(0, 4, 10), (0, 5, 11), (240, 5, 12), (240, 6, 13), (480, 6, 10)]
    ]
    sixth = replace(best, place=city(14))
    approvers = {MemberIndex(i): member for i, member in enumerate([best, *others, *ring, sixth])}
    team = frozenset(map(MemberIndex, range(3, 9)))
    assert find_segregated(approvers, quorum=4, security=team, security_approvals=2) == (0, 1, 3, 5)
    assert find_segregated(approvers, quorum=4, security=team, security_approvals=3) == (1, 3, 5, 8)
    none = find_segregated(approvers, quorum=4, security=team, security_approvals=4)
    assert isinstance(none, Shortfall)
    assert none.largest == (0, 1, 2, 3, 5)
    assert none.largest_with_security == ()


# -------------------------------------------------------------------------------------------------------- Worst cases

# Seven groups of offsets with nine members each: as many sets of seven as there can be, 4,782,969.
GROUPS: Final = 7
OF_EACH: Final = 9
# So many rests at the most may be looked into, each in about 30 microseconds.
MOST_LOOKED_INTO: Final = 3_000


class Counted(_Search):
    """The search, and how many rests it had to look into."""

    looked_into = 0

    def _exists_by_trial(self, rest: int, wanted: int, security: int) -> bool:
        self.looked_into += 1
        return super()._exists_by_trial(rest, wanted, security)


Choice = Callable[[int, int, Random], tuple[int, int]]
"""From group, number in the group and dice to an employer and a city, each below 1,000 if it is to be shared."""


def unique(group: int, i: int) -> int:
    return 1_000 + OF_EACH * group + i


HARD: Final[Mapping[str, Choice]] = {
    "six employers": lambda g, i, _: (i % 6, unique(g, i)),
    "six employers by dice": lambda g, i, dice: (dice.randrange(6), unique(g, i)),
    "six cities": lambda g, i, _: (unique(g, i), i % 6),
    "six cities by dice": lambda g, i, dice: (unique(g, i), dice.randrange(6)),
    "two employers for three groups": lambda g, i, _: (i % 2 if g < 3 else unique(g, i), unique(g, i)),
    "three employers for four groups": lambda g, i, _: (i % 3 if g < 4 else unique(g, i), unique(g, i)),
    "four employers for five groups": lambda g, i, _: (i % 4 if g < 5 else unique(g, i), unique(g, i)),
    "five employers for six groups": lambda g, i, _: (i % 5 if g < 6 else unique(g, i), unique(g, i)),
    "three employers or three cities": lambda g, i, _: (
        (i // 2 % 3, unique(g, i)) if i % 2 else (unique(g, i), i // 2 % 3)
    ),
    "four employers or two cities": lambda g, i, _: (
        (i % 4, unique(g, i)) if i % 3 else (unique(g, i), i // 3 % 2)
    ),
    "a few of both by dice": lambda _, __, dice: (dice.randrange(8), dice.randrange(12)),
    "a square of nine": lambda g, i, _: ((i + g) % 9, (i + 2 * g) % 9),
    "a square of seven": lambda g, i, _: ((i + g) % 7, (2 * i + 3 * g) % 7),
    "one employer": lambda g, i, _: (1, unique(g, i)),
    "nothing shared": lambda g, i, _: (unique(g, i), unique(g, i)),
}


def city(number: int) -> Place:
    """Return a place more than 100 km from every other city."""
    row, column = divmod(number % 1_000, 40)
    return place_at(latitude=2 * row - 40, longitude=4 * column + (80 if number < 1_000 else -80))


def hard_cast(choose: Choice, dice: Random) -> Cast:
    members = []
    for group in range(GROUPS):
        for i in range(OF_EACH):
            employer, place = choose(group, i, dice)
            offset = -720 + 205 * group + dice.choice([0, dice.randrange(24)])
            members.append(Attributes(employer=employer, utc_offset=offset, place=city(place)))
    dice.shuffle(members)
    return {MemberIndex(i): member for i, member in enumerate(members)}


@pytest.mark.parametrize("hard", HARD)
@pytest.mark.parametrize("security", [(), (9, 5), (20, 3), (40, 3)], ids=str)
def test_search__of_63_who_make_it_hard__stays_short(
    hard: str, security: tuple[int, int] | tuple[()]
) -> None:
    team, least = security or (0, 0)
    for number in range(3):
        dice = Random(f"{hard} {security} {number}")  # noqa: S311 - so that runs repeat
        approvers = hard_cast(HARD[hard], dice)
        search = Counted(approvers, frozenset(map(MemberIndex, range(team))))
        found = search.first(GROUPS, least)
        if found is None:
            assert len(search.largest(0)) <= GROUPS
            assert len(search.largest(least)) <= GROUPS
        else:
            assert is_pairwise([approvers[seat] for seat in found])
        assert search.looked_into < MOST_LOOKED_INTO
