"""The Earth by the formulas of navigation, for comparison with our own: spots in degrees, lengths in kilometres.

Nothing here comes from the product, and the two formulas check each other.
"""

from __future__ import annotations

from math import asin, atan2, cos, degrees, hypot, radians, sin, sqrt
from typing import Final

from hypothesis import strategies as st

RADIUS: Final = 6371.0088

Spot = tuple[float, float]
"""Latitude and longitude."""

NORTH_POLE: Final[Spot] = (90.0, 0.0)
SOUTH_POLE: Final[Spot] = (-90.0, 0.0)

_latitudes = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, -0.0, 0.0, 90.0, 89.999999, 5e-324]))
_longitudes = st.one_of(
    st.floats(-180, 180), st.sampled_from([-180.0, -90.0, -0.0, 0.0, 90.0, 179.999999, 180.0])
)
spots: st.SearchStrategy[Spot] = st.tuples(_latitudes, _longitudes)
"""Anywhere, and often where formulas break."""


def distance(a: Spot, b: Spot) -> float:
    """Return the distance by the haversine formula."""
    (south, west), (north, east) = ((radians(degree) for degree in spot) for spot in (a, b))
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * RADIUS * asin(min(1.0, sqrt(half)))


def travel(start: Spot, bearing: float, length: float) -> Spot:
    """Return where a great circle leads in so many kilometres that begins at `bearing` degrees from north."""
    latitude, longitude, course = radians(start[0]), radians(start[1]), radians(bearing)
    arc = length / RADIUS
    up = sin(latitude) * cos(arc) + cos(latitude) * sin(arc) * cos(course)
    side = sin(course) * sin(arc) * cos(latitude)
    east = longitude + atan2(side, cos(arc) - sin(latitude) * up)
    return degrees(asin(max(-1.0, min(1.0, up)))), (degrees(east) + 180) % 360 - 180


def unit_vector(spot: Spot) -> tuple[float, float, float]:
    """Return where a spot is in space: to 0N 0E, to 0N 90E, to the north pole."""
    latitude, longitude = radians(spot[0]), radians(spot[1])
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)


def spot_of(vector: tuple[float, float, float]) -> Spot:
    """Return the spot that a vector of any length points to."""
    x, y, z = vector
    return degrees(atan2(z, hypot(x, y))), degrees(atan2(y, x))
