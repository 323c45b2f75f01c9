"""Segregation: who is, who is not and why, and what is found among a few approvers."""

from __future__ import annotations

import re
from dataclasses import replace
from math import cos, floor
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core import earth
from tests.core.release import read_source
from tests.core.strategies import attributes, records, seats
from verifier.assess.segregation import (
    DOT_AT_100_KM,
    LEAST_MINUTES_APART,
    OFFSET_CIRCLE,
    Clash,
    Shortfall,
    are_segregated,
    attributes_of,
    clashes_among,
    find_segregated,
    is_pairwise,
)
from verifier.model.member import UNIT, Attributes, Kind, MemberRecord
from verifier.model.place import Kilometres, place_at
from verifier.model.units import MemberIndex

LONDON: Final = Attributes(employer=1, utc_offset=0, place=place_at(latitude=51.5, longitude=-0.1))
SINGAPORE: Final = Attributes(employer=2, utc_offset=480, place=place_at(latitude=1.3, longitude=103.8))
NEW_YORK: Final = Attributes(employer=3, utc_offset=-300, place=place_at(latitude=40.7, longitude=-74.0))
Cast = dict[MemberIndex, Attributes]


def cast(*members: Attributes) -> Cast:
    """Return approvers in the seats 10, 11, ..."""
    return {MemberIndex(10 + i): member for i, member in enumerate(members)}


def numbers(*indices: int) -> tuple[MemberIndex, ...]:
    return tuple(MemberIndex(i) for i in indices)


def clash(first: int, second: int, *, employer: int | None = None, minutes: int | None = None) -> Clash:
    return Clash(
        first=MemberIndex(first),
        second=MemberIndex(second),
        employer=employer,
        minutes=minutes,
        distance=None,
    )


def after(length: float) -> Attributes:
    """Return someone apart from London in all but the place, which is so many kilometres to the east."""
    latitude, longitude = earth.travel((51.5, -0.1), 90, length)
    return replace(SINGAPORE, place=place_at(latitude=latitude, longitude=longitude))


# ---------------------------------------------------------------------------------------------------------- Constants


def test_constants__of_the_contract__the_same() -> None:
    text = read_source("libraries/Segregation.sol").replace("_", "")
    written = dict(re.findall(r"constant (\w+) = ([^;]+);", text))
    assert written == {
        "LEASTMINUTESAPART": str(LEAST_MINUTES_APART),
        "MOSTMINUTESAPART": f"{OFFSET_CIRCLE} - {LEAST_MINUTES_APART}",
        "DOTAT100KM": str(DOT_AT_100_KM),
    }


def test_limit__is_the_dot_product_at_100_km() -> None:
    # A double has 53 bits, and the product 46: what is lost is far from the fraction .35 that is rounded off.
    assert floor(UNIT**2 * cos(100 / earth.RADIUS)) == DOT_AT_100_KM


# -------------------------------------------------------------------------------------------------------- Two members


def test_members__apart_in_everything__are_segregated() -> None:
    assert is_pairwise([LONDON, SINGAPORE, NEW_YORK])
    assert not list(clashes_among(cast(LONDON, SINGAPORE, NEW_YORK)))


def test_members__of_one_employer__are_not() -> None:
    assert not are_segregated(LONDON, replace(SINGAPORE, employer=1))
    assert list(clashes_among(cast(LONDON, replace(SINGAPORE, employer=1)))) == [clash(10, 11, employer=1)]


@pytest.mark.parametrize(
    ("a", "b", "minutes"),
    [
        (0, 180, 180),
        (0, -180, 180),
        (-90, 90, 180),
        (0, 0, 0),
        # UTC+14 and UTC-10 are the same time of day.
        (840, -600, 0),
        (840, -720, 120),
        (840, -420, 180),
        (720, -540, 180),
    ],
)
def test_members__at_offsets_too_near__are_not(a: int, b: int, minutes: int) -> None:
    one, other = replace(LONDON, utc_offset=a), replace(SINGAPORE, utc_offset=b)
    assert not are_segregated(one, other)
    assert list(clashes_among(cast(one, other))) == [clash(10, 11, minutes=minutes)]


@pytest.mark.parametrize(
    ("a", "b"), [(0, 181), (0, -181), (-90, 91), (840, -419), (720, -539), (-720, 0), (420, -300)]
)
def test_members__at_offsets_a_minute_further__are_segregated(a: int, b: int) -> None:
    one, other = replace(LONDON, utc_offset=a), replace(SINGAPORE, utc_offset=b)
    assert are_segregated(one, other)
    assert are_segregated(other, one)


def test_members__less_than_100_km_apart__are_not() -> None:
    assert not are_segregated(LONDON, after(99.9))
    (found,) = clashes_among(cast(LONDON, after(99.9)))
    assert (found.employer, found.minutes) == (None, None)
    assert found.distance == pytest.approx(99.9, abs=0.002)
    assert are_segregated(LONDON, after(100.1))


def test_limit__of_the_dot_product__is_the_last_that_counts() -> None:
    """Two vectors whose dot product is the limit, and then one more."""
    x, y = DOT_AT_100_KM // UNIT, DOT_AT_100_KM % UNIT
    one, other = replace(LONDON, place=(UNIT, 1, 0)), replace(SINGAPORE, place=(x, y, 0))
    assert are_segregated(one, other)
    assert not are_segregated(one, replace(other, place=(x, y + 1, 0)))


@given(attributes, attributes)
def test_segregation__of_two__is_mutual_and_either_it_or_a_clash(a: Attributes, b: Attributes) -> None:
    clashes = list(clashes_among(cast(a, b)))
    assert are_segregated(a, b) == are_segregated(b, a) == (not clashes)
    for found in clashes:
        assert (found.employer, found.minutes, found.distance) != (None, None, None)


# -------------------------------------------------------------------------------------------------------- Who is asked


@given(st.dictionaries(seats, records))
def test_attributes__of_members__are_those_of_all_but_groups(
    members: dict[MemberIndex, MemberRecord],
) -> None:
    found = attributes_of(members)
    assert list(found) == [seat for seat, record in members.items() if record.kind is Kind.ECDSA]
    assert all(found[seat] == members[seat].attributes for seat in found)


def test_find__among_three_cities__takes_all() -> None:
    assert find_segregated(cast(LONDON, SINGAPORE, NEW_YORK), quorum=3) == numbers(10, 11, 12)


def test_find__of_two_colleagues__takes_the_one_whom_the_caller_ranks_first() -> None:
    ranked = cast(LONDON, SINGAPORE, LONDON, NEW_YORK)
    assert find_segregated(ranked, quorum=3) == numbers(10, 11, 13)
    turned = dict(reversed(ranked.items()))
    assert find_segregated(turned, quorum=3) == numbers(13, 12, 11)


def test_find__with_a_colleague_of_the_security_team__takes_that_one() -> None:
    ranked = cast(LONDON, SINGAPORE, LONDON, NEW_YORK)
    team = frozenset(numbers(12))
    assert find_segregated(ranked, quorum=3, security=team, security_approvals=1) == numbers(11, 12, 13)


def test_find__of_more_than_there_are_wanted__takes_the_first() -> None:
    assert find_segregated(cast(LONDON, SINGAPORE, NEW_YORK), quorum=2) == numbers(10, 11)


def test_find__among_colleagues__says_who_shares_what() -> None:
    nearby = replace(NEW_YORK, employer=1, utc_offset=60, place=LONDON.place)
    shortfall = find_segregated(cast(LONDON, SINGAPORE, nearby), quorum=3)
    assert shortfall == Shortfall(
        quorum=3,
        security_approvals=0,
        largest=numbers(10, 11),
        largest_with_security=numbers(10, 11),
        clashes=(replace(clash(10, 12, employer=1, minutes=60), distance=Kilometres(0.0)),),
    )


def test_find__without_enough_of_the_security_team__says_what_there_would_be() -> None:
    """Both of the team are in London, so no set has both."""
    ranked = cast(LONDON, SINGAPORE, LONDON, NEW_YORK)
    team = frozenset(numbers(10, 12))
    shortfall = find_segregated(ranked, quorum=3, security=team, security_approvals=2)
    assert isinstance(shortfall, Shortfall)
    assert shortfall.largest == numbers(10, 11, 13)
    assert shortfall.largest_with_security == ()
    assert len(shortfall.clashes) == 1


def test_find__with_a_team_that_clashes_with_most__says_how_far_one_comes_with_it() -> None:
    # The employer of Singapore, the offset of Chicago, and the south pole.
    alone = Attributes(employer=2, utc_offset=-360, place=(0, 0, -UNIT))
    ranked = cast(LONDON, SINGAPORE, NEW_YORK, alone)
    shortfall = find_segregated(ranked, quorum=3, security=frozenset(numbers(13)), security_approvals=1)
    assert isinstance(shortfall, Shortfall)
    assert shortfall.largest == numbers(10, 11, 12)
    assert shortfall.largest_with_security == numbers(10, 13)


@pytest.mark.parametrize("quorum", [2, 3, 7])
def test_find__among_nobody__finds_nobody(quorum: int) -> None:
    assert find_segregated({}, quorum=quorum) == Shortfall(
        quorum=quorum, security_approvals=0, largest=(), largest_with_security=(), clashes=()
    )


def test_circle__of_offsets__holds_seven_and_no_eighth() -> None:
    ring = cast(
        *(
            Attributes(employer=i, utc_offset=-720 + 200 * i, place=place_at(latitude=10 * i, longitude=0))
            for i in range(8)
        )
    )
    # The eighth is 40 minutes from the first, around the circle.
    assert find_segregated(ring, quorum=7) == numbers(10, 11, 12, 13, 14, 15, 16)
    shortfall = find_segregated(ring, quorum=8)
    assert isinstance(shortfall, Shortfall)
    assert shortfall.largest == numbers(10, 11, 12, 13, 14, 15, 16)
    assert [(c.first, c.second, c.minutes) for c in shortfall.clashes] == [(10, 17, 40)]
