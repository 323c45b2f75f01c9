"""A place on Earth: in degrees as people give it, and as the vector of whole numbers that the vault keeps.

The Earth is a sphere here, as it is for the vault: distances are right to about half a percent.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, isfinite, radians, sin
from typing import Final, NewType

from verifier.errors import ValueUnfit
from verifier.model.member import UNIT

Degrees = NewType("Degrees", float)
"""An angle in degrees. Latitude: -90 to 90, north of the equator; longitude: -180 to 180, east of Greenwich."""

Kilometres = NewType("Kilometres", float)
"""A distance along the surface."""

Place = tuple[int, int, int]
"""A unit vector times UNIT, every axis rounded to a whole number: to 0N 0E, to 0N 90E, to the north pole."""

EARTH_RADIUS: Final = Kilometres(6371.0088)
"""The mean radius of the Earth, by the International Union of Geodesy and Geophysics (R1 of GRS 80)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinates:
    """A place in degrees."""

    latitude: Degrees
    # Above -180: the date line is at 180. 0 at the poles.
    longitude: Degrees


def place_at(*, latitude: float, longitude: float) -> Place:
    """Return the vector of a place in degrees. It is less than a metre off, and the vault always takes it.

    :raises ValueUnfit: there are no such degrees, as with the two swapped or with what is no number.
    """
    _require_degrees("latitude", latitude, 90)
    _require_degrees("longitude", longitude, 180)
    north, east = radians(latitude), radians(longitude)
    x, y, z = cos(north) * cos(east), cos(north) * sin(east), sin(north)
    # No axis is off by more than a half, so the length is by less than the vault's one unit: at most sqrt(3) / 2.
    return round(UNIT * x), round(UNIT * y), round(UNIT * z)


def coordinates_of(place: Place) -> Coordinates:
    """Return where a vector points to, whatever its length.

    :raises ValueUnfit: it points nowhere.
    """
    x, y, z = place
    if place == (0, 0, 0):
        raise ValueUnfit(type="place on Earth", value=str(place))
    return Coordinates(
        latitude=Degrees(degrees(atan2(z, hypot(x, y)))), longitude=Degrees(degrees(atan2(y, x)))
    )


def distance_between(a: Place, b: Place) -> Kilometres:
    """Return how far two places are from each other, by where their vectors point to.

    Right to two metres where both were rounded from degrees, at any distance.
    """
    (ax, ay, az), (bx, by, bz) = a, b
    # The arc cosine alone would lose all digits of a short distance.
    cross = hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)
    return Kilometres(EARTH_RADIUS * atan2(cross, ax * bx + ay * by + az * bz))


def _require_degrees(what: str, actual: float, most: int) -> None:
    if not (isfinite(actual) and -most <= actual <= most):
        raise ValueUnfit(type=f"{what} in degrees, -{most} to {most}", value=str(actual))
