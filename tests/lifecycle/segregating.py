"""Who is apart from whom, told from claims about them in floating point: no integer of the vault's geometry is here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations
from math import acos, hypot
from typing import Final

from verifier.model.member import Attributes, MemberRecord

EARTH_RADIUS_KM: Final = 6_371.0088
LEAST_KM: Final = 100.0
LEAST_HOURS: Final = 3.0


def are_apart(records: Iterable[MemberRecord]) -> bool:
    """Whether each two differ in employer, and are hours and places apart. A group is in several places."""
    members = list(records)
    return not any(record.is_group for record in members) and all(
        _are_apart(a.attributes, b.attributes) for a, b in combinations(members, 2)
    )


@lru_cache(maxsize=10_000)
def _are_apart(a: Attributes, b: Attributes) -> bool:
    hours = abs(a.utc_offset - b.utc_offset) / 60 % 24
    dot = sum(i * j for i, j in zip(a.place, b.place, strict=True))
    cosine = dot / hypot(*a.place) / hypot(*b.place)
    distance = EARTH_RADIUS_KM * acos(max(-1.0, min(1.0, cosine)))
    return a.employer != b.employer and min(hours, 24 - hours) > LEAST_HOURS and distance >= LEAST_KM
