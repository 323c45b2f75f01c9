"""Places: from degrees to the vector that the vault keeps, and back."""

from __future__ import annotations

from math import cos, inf, nan, nextafter, radians, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core import earth
from tests.core.earth import Spot, spots
from tests.core.strategies import sints
from verifier.assess.terms import are_valid_attributes
from verifier.errors import ValueUnfit
from verifier.model.member import UNIT, Attributes
from verifier.model.place import (
    EARTH_RADIUS,
    Coordinates,
    Degrees,
    Place,
    coordinates_of,
    distance_between,
    place_at,
)

METRE = 0.001

places = st.tuples(sints(24), sints(24), sints(24)).filter(any)


def at(spot: Spot) -> Place:
    return place_at(latitude=spot[0], longitude=spot[1])


@pytest.mark.parametrize(
    ("spot", "place"),
    [
        ((0, 0), (UNIT, 0, 0)),
        ((0, 90), (0, UNIT, 0)),
        ((0, -90), (0, -UNIT, 0)),
        ((0, 180), (-UNIT, 0, 0)),
        ((0, -180), (-UNIT, 0, 0)),
        ((90, 0), (0, 0, UNIT)),
        ((90, 123), (0, 0, UNIT)),
        ((-90, -180), (0, 0, -UNIT)),
        # cos 60 is a half.
        ((60, 0), (4_194_304, 0, 7_264_747)),
    ],
)
def test_place_at__a_known_spot__is_its_vector(spot: Spot, place: Place) -> None:
    assert at(spot) == place


@pytest.mark.parametrize("latitude", [nan, inf, -inf, 90.000001, -90.000001, nextafter(90, 91), 1e300])
def test_place_at__of_no_latitude__is_refused(latitude: float) -> None:
    with pytest.raises(ValueUnfit, match="latitude in degrees, -90 to 90"):
        place_at(latitude=latitude, longitude=0)


@pytest.mark.parametrize("longitude", [nan, inf, -inf, 180.000001, -180.000001, nextafter(180, 181), 360])
def test_place_at__of_no_longitude__is_refused(longitude: float) -> None:
    with pytest.raises(ValueUnfit, match="longitude in degrees, -180 to 180"):
        place_at(latitude=0, longitude=longitude)


@given(spots)
def test_place_at__anywhere__is_taken_by_the_vault(spot: Spot) -> None:
    place = at(spot)
    assert are_valid_attributes(Attributes(employer=1, utc_offset=0, place=place).pack())
    assert abs(sqrt(sum(axis**2 for axis in place)) - UNIT) <= sqrt(3) / 2 + 1e-6


@given(spots)
def test_coordinates_of__a_place_from_degrees__are_less_than_a_metre_off(spot: Spot) -> None:
    back = coordinates_of(at(spot))
    assert -90 <= back.latitude <= 90
    assert -180 < back.longitude <= 180
    assert earth.distance(spot, (back.latitude, back.longitude)) < METRE


@given(spots)
def test_place_at__coordinates_of_a_place__is_that_place(spot: Spot) -> None:
    place = at(spot)
    back = coordinates_of(place)
    # Their length was lost, so an axis may be rounded to the next number.
    again = place_at(latitude=back.latitude, longitude=back.longitude)
    assert all(abs(a - b) <= 1 for a, b in zip(place, again, strict=True))


@given(places)
def test_coordinates_of__any_vector__are_on_earth(place: Place) -> None:
    back = coordinates_of(place)
    assert -90 <= back.latitude <= 90
    assert -180 < back.longitude <= 180


@pytest.mark.parametrize("height", [UNIT, -UNIT])
def test_coordinates_of__a_pole__have_longitude_zero(height: int) -> None:
    latitude = Degrees(90.0 if height > 0 else -90.0)
    assert coordinates_of((0, 0, height)) == Coordinates(latitude=latitude, longitude=Degrees(0.0))


def test_coordinates_of__a_vector_that_points_nowhere__are_refused() -> None:
    with pytest.raises(ValueUnfit, match="place on Earth"):
        coordinates_of((0, 0, 0))


@given(spots, spots)
def test_distance__between_any_two_places__is_that_of_the_haversine_formula(a: Spot, b: Spot) -> None:
    assert distance_between(at(a), at(b)) == pytest.approx(earth.distance(a, b), abs=2 * METRE)
    assert distance_between(at(a), at(b)) == distance_between(at(b), at(a))


@given(spots, st.floats(0, 360), st.floats(0, 20_000))
def test_distance__after_a_journey__is_its_length(start: Spot, bearing: float, length: float) -> None:
    """The two formulas of the reference agree, and ours with both."""
    end = earth.travel(start, bearing, length)
    assert earth.distance(start, end) == pytest.approx(length, abs=METRE)
    assert distance_between(at(start), at(end)) == pytest.approx(length, abs=2 * METRE)


@pytest.mark.parametrize(
    ("a", "b", "length"),
    [
        ((0, 0), (0, 0), 0.0),
        ((90, 17), (90, -120), 0.0),
        ((0, 180), (0, -180), 0.0),
        # A degree of the equator, across the date line.
        ((0, 179.5), (0, -179.5), EARTH_RADIUS * radians(1)),
        ((0, 0), (0, 180), EARTH_RADIUS * radians(180)),
        ((90, 0), (-90, 0), EARTH_RADIUS * radians(180)),
        # A degree of longitude at 60 north is half of one at the equator; the great circle is shorter by half a metre.
        ((60, 0), (60, 1), EARTH_RADIUS * radians(1) * cos(radians(60))),
    ],
)
def test_distance__of_a_known_pair__is_known(a: Spot, b: Spot, length: float) -> None:
    assert distance_between(at(a), at(b)) == pytest.approx(length, abs=2 * METRE)
