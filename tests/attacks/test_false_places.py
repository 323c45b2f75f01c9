"""Places that are not on Earth. A short vector is far from everything: its dot product with any other is small."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from tests.anvil import Anvil, AnvilError
from tests.contracts.scene import CAST, HERE, Scene, data_of_error, scene_of
from tests.stage import Actor
from verifier.assess.segregation import are_segregated
from verifier.errors.members import MemberAttributesInvalid
from verifier.model.member import UNIT, Attributes, Role
from verifier.model.place import place_at

NEXT_DOOR: Final = Attributes(employer=2, utc_offset=400, place=(UNIT, 0, 0))
"""Apart from HERE by employer and offset, and in the very same place."""
SLIGHTLY: Final = 600
"""By so much a vector has to be shorter to be 100 km away from itself: one in fourteen thousand."""
FALSE: Final = {
    "the centre of the Earth": (0, 0, 0),
    "half way down": (UNIT // 2, 0, 0),
    "a little too deep": (UNIT - SLIGHTLY - 1_000, 0, 0),
    "just too deep": (UNIT - 2, 0, 0),
    "deep, on all axes": (UNIT // 3, UNIT // 3, UNIT // 3),
    "behind the centre": (-UNIT // 2, 0, 0),
}
TOO_HIGH: Final = {"two axes": (UNIT, UNIT, 0), "all axes": (UNIT, UNIT, UNIT), "beyond": (-UNIT - 1, 0, 0)}


@pytest.mark.parametrize("where", [*FALSE, *TOO_HIGH])
@pytest.mark.parametrize("door", ["addMember", "replaceMember", "setAttributes"])
def test_enter__with_a_place_that_is_not_on_earth__is_refused(scene: Scene, where: str, door: str) -> None:
    false = replace(NEXT_DOOR, place=(FALSE | TOO_HIGH)[where])
    fay = scene.add(Actor.new("fay", Role.APPROVER))

    def enter(attributes: Attributes) -> tuple[object, ...]:
        return {
            "addMember": (fay.address, fay.person, int(fay.roles), attributes.pack()),
            "replaceMember": (scene.address("eve"), fay.address, fay.person, attributes.pack()),
            "setAttributes": (scene.address("eve"), attributes.pack()),
        }[door]

    who = scene.address("eve") if door == "setAttributes" else fay.address
    refusal = MemberAttributesInvalid(member=who, attributes=false.pack())
    scene.refuses(refusal, lambda: scene.change(door, *enter(false)))
    # The neighbour: next door, and honest about it.
    scene.must_change(door, *enter(NEXT_DOOR))


@pytest.mark.parametrize("where", FALSE)
def test_geometry__without_the_check_of_the_length__would_believe_most_of_them(where: str) -> None:
    """Why the length is checked: by the dot product alone, these are 100 km and more from the office itself."""
    assert not are_segregated(HERE, NEXT_DOOR)
    false = replace(NEXT_DOOR, place=FALSE[where])
    assert are_segregated(HERE, false) is (where != "just too deep")


def test_geometry__of_the_worst_vectors_that_are_taken__is_off_by_less_than_a_kilometre() -> None:
    """What the tolerance lets through is no way out: 98 km stay near, with a unit more or less in each length."""
    assert not are_segregated(HERE, replace(NEXT_DOOR, place=place_at(latitude=0, longitude=98 / 111.195)))
    short = replace(NEXT_DOOR, place=(UNIT - 1, 0, 0))
    assert not are_segregated(short, HERE)
    assert are_segregated(HERE, replace(NEXT_DOOR, place=place_at(latitude=0, longitude=101 / 111.195)))


@pytest.mark.parametrize("offset", [-721, 841, 32_767, -32_768])
def test_enter__with_an_offset_that_is_nowhere__is_refused(scene: Scene, offset: int) -> None:
    """On the circle of the day an offset of three days would be anywhere."""
    eve, false = scene.address("eve"), replace(NEXT_DOOR, utc_offset=offset)
    refusal = MemberAttributesInvalid(member=eve, attributes=false.pack())
    scene.refuses(refusal, lambda: scene.change("setAttributes", eve, false.pack()))
    edge = replace(NEXT_DOOR, utc_offset=max(-720, min(840, offset)))
    scene.must_change("setAttributes", eve, edge.pack())


@pytest.mark.parametrize("bit", [120, 136, 255])
def test_enter__with_bits_above_the_attributes__is_refused(scene: Scene, bit: int) -> None:
    """Above them stands what the vault itself knows of a member: person, seasoning, roles."""
    eve, dirty = scene.address("eve"), NEXT_DOOR.pack() | 1 << bit
    refusal = MemberAttributesInvalid(member=eve, attributes=dirty)
    scene.refuses(refusal, lambda: scene.change("setAttributes", eve, dirty))
    before = scene.member("eve")
    scene.must_change("setAttributes", eve, NEXT_DOOR.pack())
    assert (scene.member("eve").person, scene.member("eve").roles) == (before.person, before.roles)


def test_found__with_a_founder_who_is_not_on_earth__is_refused(anvil: Anvil) -> None:
    """Founders are seasoned at once, so a false place would count from the first day."""
    false = replace(CAST[0], attributes=replace(HERE, place=(UNIT // 2, 0, 0)))
    refusal = MemberAttributesInvalid(member=false.address, attributes=false.attributes.pack())
    with pytest.raises(AnvilError, match=data_of_error(refusal).hex()):
        scene_of(anvil, [false, *CAST[1:]], supermajority=4)
    scene_of(anvil, CAST, supermajority=4)
