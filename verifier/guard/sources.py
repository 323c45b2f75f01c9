"""How many sources endpoints are: names that lead to one address and port are one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from verifier.model.text import Foreign

Pairs = Iterable[tuple[Foreign, ...]]
"""Endpoints, by twos, whose names lead to one place."""


def count_sources(names: Iterable[Foreign], shared: Pairs) -> int:
    """Return how many of some endpoints are not one under two names."""
    return len(set(_places(names, shared).values()))


def most_in_one_place(shared: Pairs) -> int:
    """Return how many endpoints are in the place that has the most of them; 1 where each has its own."""
    pairs = tuple(shared)
    places = _places((name for pair in pairs for name in pair), pairs)
    return max(Counter(places.values()).values(), default=1)


def _places(names: Iterable[Foreign], shared: Pairs) -> dict[Foreign, Foreign]:
    """Return by endpoint the name that stands for its place."""
    places = {name: name for name in names}
    for pair in shared:
        known = [name for name in pair if name in places]
        for name in known[1:]:
            old, new = places[name], places[known[0]]
            places = {each: new if place == old else place for each, place in places.items()}
    return places
