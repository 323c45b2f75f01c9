"""Segregation on the chain: offsets, employers, whole quorums, and bit for bit what the twin in Python says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Final

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.anvil import Anvil
from tests.contracts.geometry import BASE, OTHER, Opened, open_geometry, someone, words_of
from tests.core import earth
from tests.core.strategies import attributes, uints
from verifier.assess.segregation import are_segregated, is_pairwise
from verifier.assess.terms import are_valid_attributes
from verifier.model.member import UNIT, Attributes
from verifier.model.place import place_at

calls_the_chain = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def geometry(node: Anvil) -> Iterator[Opened]:
    with open_geometry(node) as opened:
        yield opened


# ------------------------------------------------------------------------------------------------- Offsets, employers


def test_offsets__all_around_the_circle__are_apart_by_more_than_180_minutes(geometry: Opened) -> None:
    pairs = [
        (replace(BASE, utc_offset=a), replace(OTHER, utc_offset=b))
        for a in (-720, -719, -600, -1, 0, 1, 330, 719, 720, 839, 840)
        for b in range(-720, 841)
    ]
    # The shorter way, over any number of days.
    shortest = [
        min(abs(a.utc_offset - b.utc_offset + 1_440 * days) for days in range(-2, 3)) for a, b in pairs
    ]
    answers = geometry.are_segregated(words_of(pairs))
    assert answers == [minutes > 180 for minutes in shortest]
    assert {minutes for minutes, answer in zip(shortest, answers, strict=True) if answer} == set(
        range(181, 721)
    )


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [
        (0, 180, False),
        (0, 181, True),
        (-90, 90, False),
        (-90, 91, True),
        # The same time of day, a day apart.
        (840, -600, False),
        (840, -420, False),
        (840, -419, True),
        (-720, 720, False),
        (-720, 540, False),
        (-720, 539, True),
    ],
)
def test_offsets__of_two__are_counted_on_the_circle(geometry: Opened, a: int, b: int, answer: bool) -> None:
    one, other = replace(BASE, utc_offset=a), replace(OTHER, utc_offset=b)
    assert geometry.are_segregated(words_of([(one, other), (other, one)])) == [answer, answer]


@pytest.mark.parametrize("employer", [0, 1, 2**31, 2**32 - 1])
def test_employers__that_are_one__are_not_segregated(geometry: Opened, employer: int) -> None:
    one = replace(BASE, employer=employer)
    same, unlike = (replace(OTHER, employer=other) for other in (employer, employer ^ 1 << 31))
    assert geometry.are_segregated(words_of([(one, same), (one, unlike)])) == [False, True]


# ---------------------------------------------------------------------------------------------------------- The twin

# Words as the vault keeps them, words as they come from nowhere, and pairs that differ in one field.
words = st.one_of(attributes.map(Attributes.pack), uints(256))


@st.composite
def pairs_of_words(draw: st.DrawFn) -> tuple[int, int]:
    word = draw(words)
    flipped = st.integers(0, 255).map(lambda bit: word ^ 1 << bit)
    return word, draw(st.one_of(words, flipped, st.just(word)))


@st.composite
def pairs_at_the_limits(draw: st.DrawFn) -> tuple[int, int]:
    """Yield members who share nothing but perhaps a place within 100 km, or an offset within 180 minutes."""
    bearing, length = draw(st.floats(0, 360)), draw(st.one_of(st.floats(99.8, 100.2), st.floats(0, 20_000)))
    start = draw(earth.spots)
    end = earth.travel(start, bearing, length)
    minutes = draw(st.integers(-720, 840))
    apart = draw(st.sampled_from([-1_260, -1_259, -181, -180, 180, 181, 1_259, 1_260, 700]))
    one = replace(someone(start), utc_offset=minutes)
    other = replace(someone(end, other=True), utc_offset=minutes + apart)
    return one.pack(), other.pack()


@calls_the_chain
@given(st.lists(st.one_of(pairs_of_words(), pairs_at_the_limits()), min_size=1, max_size=10))
def test_segregation__of_any_words__is_what_the_twin_says(
    geometry: Opened, pairs: list[tuple[int, int]]
) -> None:
    answers = geometry.are_segregated([word for pair in pairs for word in pair])
    for (a, b), answer in zip(pairs, answers, strict=True):
        note(f"{a:#x} {b:#x}")
        assert answer == are_segregated(Attributes.unpack(a), Attributes.unpack(b))


@calls_the_chain
@given(st.lists(words, min_size=1, max_size=40))
def test_validity__of_any_words__is_what_the_twin_says(geometry: Opened, given_words: list[int]) -> None:
    assert geometry.are_valid(given_words) == [are_valid_attributes(word) for word in given_words]


@calls_the_chain
@given(words)
def test_fields__of_any_word__are_what_the_twin_reads(geometry: Opened, word: int) -> None:
    twin = Attributes.unpack(word)
    assert geometry.fields(word) == (twin.employer, twin.utc_offset, *twin.place)


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        ((UNIT, 0, 0), True),
        ((0, 0, -UNIT), True),
        ((UNIT - 1, 0, 0), True),
        ((0, 1 - UNIT, 0), True),
        ((UNIT - 2, 0, 0), False),
        ((-UNIT - 1, 0, 0), False),
        ((UNIT, 4_096, 0), False),
        ((UNIT, 4_095, 0), True),
        ((0, 0, 0), False),
        ((UNIT, UNIT, 0), False),
        ((UNIT // 2, 0, 0), False),
        ((-UNIT - 1,) * 3, False),
    ],
)
def test_validity__of_a_vector__is_that_of_its_length(
    geometry: Opened, place: tuple[int, int, int], answer: bool
) -> None:
    assert geometry.are_valid([replace(BASE, place=place).pack()]) == [answer]


def test_validity__of_bits_above_the_fields__is_refused(geometry: Opened) -> None:
    words = [BASE.pack() | 1 << bit for bit in range(120, 256)]
    assert geometry.are_valid([BASE.pack(), *words]) == [True] + [False] * len(words)


def test_validity__of_an_offset__is_that_there_is_such_a_place(geometry: Opened) -> None:
    offsets = [*range(-730, 850), -(2**15), 2**15 - 1]
    answers = geometry.are_valid([replace(BASE, utc_offset=offset).pack() for offset in offsets])
    assert answers == [-720 <= offset <= 840 for offset in offsets]


# --------------------------------------------------------------------------------------------------------- Many of them

RING: Final = [
    Attributes(employer=i, utc_offset=-720 + 200 * i, place=place_at(latitude=10 * i, longitude=50 * i - 180))
    for i in range(7)
]


def test_quorum__of_seven_around_the_circle__is_segregated(geometry: Opened) -> None:
    assert geometry.is_pairwise([member.pack() for member in RING], 7)


@pytest.mark.parametrize(("i", "j"), combinations(range(7), 2))
def test_quorum__with_any_two_who_share_something__is_not(geometry: Opened, i: int, j: int) -> None:
    shared: list[dict[str, object]] = [
        {"employer": RING[i].employer},
        {"utc_offset": RING[i].utc_offset},
        {"place": RING[i].place},
    ]
    for each in shared:
        members = [member.pack() for member in RING]
        members[j] = replace(RING[j], **each).pack()  # type: ignore[arg-type]
        # Only those before the length are asked.
        by_length = [geometry.is_pairwise(members, length) for length in range(8)]
        clash = min(
            length for length in range(8) if not is_pairwise([Attributes.unpack(m) for m in members[:length]])
        )
        assert by_length == [length < clash for length in range(8)]
        assert clash <= j + 1


def test_quorum__of_nobody_or_one__is_segregated(geometry: Opened) -> None:
    assert geometry.is_pairwise([], 0)
    assert geometry.is_pairwise([0], 1)


@calls_the_chain
@given(st.data())
def test_quorum__of_any_members__is_what_the_twin_says(geometry: Opened, data: st.DataObject) -> None:
    member = st.builds(
        Attributes,
        employer=st.integers(0, 12),
        utc_offset=st.sampled_from(range(-720, 840, 220)),
        place=st.integers(0, 20).map(lambda city: place_at(latitude=4 * city, longitude=0)),
    )
    members = data.draw(st.lists(st.one_of(st.sampled_from(RING), member), max_size=8))
    length = data.draw(st.integers(0, len(members)))
    found = geometry.is_pairwise([each.pack() for each in members], length)
    assert found == is_pairwise(members[:length])
