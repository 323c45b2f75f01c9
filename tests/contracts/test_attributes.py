"""Claims about a member: an offset that exists on Earth, and a place on its surface."""

from __future__ import annotations

from math import cos, radians, sin

import pytest

from tests.contracts.scene import Scene
from tests.stage import Actor
from verifier.errors.members import MemberAttributesInvalid
from verifier.model.member import UNIT, Attributes, Role

FAY = Actor.new("fay", Role.APPROVER)
Place = tuple[int, int, int]
EQUATOR: Place = (UNIT, 0, 0)

# By how much the square of a place's length may be off.
TOLERANCE = 2 * UNIT
# No place is off by exactly 2 * UNIT to the outside: that number is no sum of three squares.
OFF: dict[int, Place] = {
    TOLERANCE - 1: (8_388_607, 3_957, 1_058),
    TOLERANCE + 1: (-8_388_608, 0, 0),
    TOLERANCE + 2: (8_388_607, 4_096, 0),
    -TOLERANCE: (8_388_605, 3_759, 1_627),
    -TOLERANCE - 1: (8_388_597, 12_240, 1_085),
}


def adding(word: int) -> tuple[str, bytes, int, int, int]:
    return ("addMember", FAY.address, FAY.person, int(Role.APPROVER), word)


def attributes(*, employer: int = 1, utc_offset: int = 0, place: Place = EQUATOR) -> int:
    return Attributes(employer=employer, utc_offset=utc_offset, place=place).pack()


def assert_refused(scene: Scene, word: int) -> None:
    """Refuse this word from newcomers and members alike, and take the one for the equator."""
    refusal = MemberAttributesInvalid(member=FAY.address, attributes=word)
    scene.refuses(refusal, lambda: scene.change(*adding(word)))
    eve = scene.address("eve")
    refusal = MemberAttributesInvalid(member=eve, attributes=word)
    scene.refuses(refusal, lambda: scene.change("setAttributes", eve, word))
    scene.must_change(*adding(attributes()))


def assert_taken(scene: Scene, word: int) -> None:
    scene.must_change(*adding(word))
    assert scene.member(FAY.address).attributes.pack() == word


@pytest.mark.parametrize("utc_offset", [-721, 841, -32_768, 32_767])
def test_add__with_an_offset_that_no_place_has__is_refused(scene: Scene, utc_offset: int) -> None:
    assert_refused(scene, attributes(utc_offset=utc_offset))


@pytest.mark.parametrize("utc_offset", [-720, -1, 0, 840])
def test_add__with_an_offset_that_exists__is_possible(scene: Scene, utc_offset: int) -> None:
    assert_taken(scene, attributes(utc_offset=utc_offset))


def test_places__above__are_off_by_what_they_say() -> None:
    assert {sum(axis**2 for axis in place) - UNIT**2: place for place in OFF.values()} == OFF


@pytest.mark.parametrize("off", [TOLERANCE + 1, TOLERANCE + 2, -TOLERANCE - 1])
def test_add__with_a_place_off_the_surface__is_refused(scene: Scene, off: int) -> None:
    assert_refused(scene, attributes(place=OFF[off]))


@pytest.mark.parametrize("off", [TOLERANCE - 1, -TOLERANCE])
def test_add__with_a_place_just_on_the_surface__is_possible(scene: Scene, off: int) -> None:
    assert_taken(scene, attributes(place=OFF[off]))


@pytest.mark.parametrize("place", [(0, 0, 0), (UNIT, UNIT, UNIT), (UNIT // 2, 0, 0), (-8_388_608,) * 3])
def test_add__with_a_place_far_off_the_surface__is_refused(scene: Scene, place: Place) -> None:
    assert_refused(scene, attributes(place=place))


@pytest.mark.parametrize("place", [(-UNIT, 0, 0), (0, UNIT, 0), (0, -UNIT, 0), (0, 0, UNIT), (0, 0, -UNIT)])
def test_add__with_a_place_in_any_direction__is_possible(scene: Scene, place: Place) -> None:
    assert_taken(scene, attributes(place=place))


def test_add__with_any_place_rounded_to_the_nearest_vector__is_possible(scene: Scene) -> None:
    for latitude in range(-90, 91, 15):
        for longitude in range(-180, 180, 13):
            phi, theta = radians(latitude + 0.37), radians(longitude + 0.54)
            vector = (cos(phi) * cos(theta), cos(phi) * sin(theta), sin(phi))
            x, y, z = (round(UNIT * axis) for axis in vector)
            answer = scene.call(*adding(attributes(place=(x, y, z))), sender=scene.vault)
            assert answer.succeeded, f"no place at {latitude} north, {longitude} east"


@pytest.mark.parametrize("bit", [120, 127, 255])
def test_add__with_bits_above_the_attributes__is_refused(scene: Scene, bit: int) -> None:
    """Else they would run over into nothing, or into what a later release keeps there."""
    assert_refused(scene, attributes() | 1 << bit)


@pytest.mark.parametrize("employer", [0, 2**32 - 1])
def test_add__with_any_employer__is_possible(scene: Scene, employer: int) -> None:
    assert_taken(scene, attributes(employer=employer))
