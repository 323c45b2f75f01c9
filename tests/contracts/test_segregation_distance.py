"""Distances on the chain, against the haversine formula: around 100 km, and everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from math import floor
from random import Random
from typing import Final

import pytest

from tests.anvil import Anvil
from tests.contracts.geometry import BASE, OTHER, Opened, Pair, open_geometry, someone, words_of
from tests.core import earth
from tests.core.earth import NORTH_POLE, SOUTH_POLE, Spot
from verifier.assess.segregation import DOT_AT_100_KM
from verifier.model.member import UNIT

LIMIT: Final = 100.0
# What stands beside the contract's limit: of places from degrees, and of any vectors that the vault takes.
MOST_OFF_FROM_DEGREES: Final = 0.087
MOST_OFF: Final = 0.098


@pytest.fixture(scope="module")
def geometry(node: Anvil) -> Iterator[Opened]:
    with open_geometry(node) as opened:
        yield opened


def anywhere(dice: Random) -> Spot:
    """Return a spot; all parts of the surface are as likely."""
    x, y, z = (dice.gauss(0, 1) for _ in range(3))
    return earth.spot_of((x, y, z))


def at_the_date_line(dice: Random) -> Spot:
    return dice.uniform(-89, 89), dice.choice([-1, 1]) * (180 - dice.uniform(0, 1) ** 4)


def at_greenwich_or_the_equator(dice: Random) -> Spot:
    return dice.choice([(dice.uniform(-90, 90), 0.0), (0.0, dice.uniform(-180, 180))])


def at_a_pole(dice: Random) -> Spot:
    pole = dice.choice([NORTH_POLE, SOUTH_POLE])
    # On it, on its other side, or between: all within a hundred kilometres.
    return earth.travel(pole, dice.uniform(0, 360), 100 * dice.choice([0, 0.5, dice.random()]))


STARTS: Final[dict[str, tuple[Callable[[Random], Spot], int]]] = {
    "anywhere": (anywhere, 6_000),
    "at the date line": (at_the_date_line, 1_500),
    "at Greenwich or the equator": (at_greenwich_or_the_equator, 1_500),
    "at a pole": (at_a_pole, 1_500),
}


def around_the_limit(dice: Random) -> float:
    """Return a length of 95 to 105 km, half of the time within the rounding."""
    return dice.choice([dice.uniform(95, 105), dice.uniform(99.88, 100.12)])


@pytest.mark.parametrize("where", STARTS)
def test_distance__around_100_km__is_that_of_the_haversine_formula(
    geometry: Opened, where: str, record_testsuite_property: Callable[[str, object], None]
) -> None:
    start, count = STARTS[where]
    dice = Random(where)  # noqa: S311 - so that runs repeat
    lengths: list[float] = []
    pairs: list[Pair] = []
    for _ in range(count):
        a = start(dice)
        b = earth.travel(a, dice.uniform(0, 360), around_the_limit(dice))
        lengths.append(earth.distance(a, b))
        pairs.append((someone(a), someone(b, other=True)))
    answers = geometry.are_segregated(words_of(pairs))
    assert all(geometry.are_valid(words_of(pairs)))
    wrong = [
        abs(length - LIMIT)
        for length, answer in zip(lengths, answers, strict=True)
        if answer != (length >= LIMIT)
    ]
    record_testsuite_property(f"worst error {where}, in km", max(wrong, default=0))
    assert max(wrong, default=0) < MOST_OFF_FROM_DEGREES
    # It was looked at closely enough to see the rounding, and from both sides.
    assert wrong
    assert 0.4 < sum(answers) / count < 0.6


def test_distance__anywhere_on_earth__is_near_or_far_as_by_the_haversine_formula(geometry: Opened) -> None:
    dice = Random("far and near")  # noqa: S311
    spots = [(anywhere(dice), anywhere(dice)) for _ in range(1_000)]
    spots += [(a, earth.travel(a, dice.uniform(0, 360), dice.uniform(0, 99))) for a, _ in spots]
    spots += [
        (a, earth.travel(a, dice.uniform(0, 360), dice.uniform(20_000, 20_015))) for a, _ in spots[:500]
    ]
    answers = geometry.are_segregated(words_of([(someone(a), someone(b, other=True)) for a, b in spots]))
    assert answers == [earth.distance(a, b) >= LIMIT for a, b in spots]


def test_distance__of_the_longest_and_shortest_vectors__is_off_by_less_than_100_m(
    geometry: Opened, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """Whoever may choose the vectors, within what the vault takes, gains no more than the comment says."""
    dice = Random("stretched")  # noqa: S311
    lengths: list[float] = []
    pairs: list[Pair] = []
    for _ in range(2_000):
        stretch = dice.choice([-1, 1])
        a = anywhere(dice)
        b = earth.travel(a, dice.uniform(0, 360), dice.uniform(99.8, 100.2))
        one, other = stretched(a, stretch), stretched(b, stretch)
        lengths.append(earth.distance(earth.spot_of(one), earth.spot_of(other)))
        pairs.append((replace(BASE, place=one), replace(OTHER, place=other)))
    assert all(geometry.are_valid(words_of(pairs)))
    answers = geometry.are_segregated(words_of(pairs))
    wrong = [
        abs(length - LIMIT)
        for length, answer in zip(lengths, answers, strict=True)
        if answer != (length >= LIMIT)
    ]
    record_testsuite_property("worst error of stretched vectors, in km", max(wrong, default=0))
    assert 0.09 < max(wrong) < MOST_OFF


def stretched(spot: Spot, stretch: int) -> tuple[int, int, int]:
    """Return the vector near a spot that is the longest one that the vault takes, or the shortest, by the sign."""
    near = [[floor((UNIT + stretch) * axis) + i for i in range(2)] for axis in earth.unit_vector(spot)]
    off = {(x, y, z): (x * x + y * y + z * z - UNIT * UNIT) * stretch for x, y, z in product(*near)}
    return max((place for place in off if off[place] <= 2 * UNIT and max(place) <= UNIT), key=off.__getitem__)


def test_limit__of_the_dot_product__is_the_last_that_counts(geometry: Opened) -> None:
    """Two vectors whose dot product is the limit, and one more. They need not be places for that."""
    x, y = DOT_AT_100_KM // UNIT, DOT_AT_100_KM % UNIT
    one = replace(BASE, place=(UNIT, 1, 0))
    last, next_ = (replace(OTHER, place=(x, y + more, 0)) for more in (0, 1))
    assert geometry.are_segregated(words_of([(one, last), (last, one), (one, next_)])) == [True, True, False]
