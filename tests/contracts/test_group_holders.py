"""addGroup: the persons who hold a group's key. They grow from word to word, and none of them sits anywhere else."""

from __future__ import annotations

from typing import Final

import pytest

from tests.anvil import Outcome
from tests.contracts.groups import holder_words, registration
from tests.contracts.scene import HERE, Scene
from tests.contracts.seated_groups import OWLS, RAVENS, seat_group
from tests.frost.group import Group
from tests.stage import STRANGER, Approval, as_words
from verifier.errors.members import GroupHoldersInvalid, MemberPersonTaken
from verifier.model.group import pack_holders


def add_held(scene: Scene, words: list[int], group: Group = OWLS) -> Outcome:
    """Try to bring in a group whose proof and holders agree, whatever these are."""
    proof: Approval = (0, 0, group.sign(registration(scene.vault, group.account, 2, words)))
    return scene.change("addGroup", group.account, group.x, group.y, 2, words, as_words(proof))


def some(count: int) -> list[int]:
    return [1_000 + i for i in range(count)]


@pytest.mark.parametrize(
    "persons",
    [some(2), some(8), some(9), some(16), some(17), some(20), [1, 2**32 - 1]],
    ids=["2", "8", "9", "16", "17", "20", "smallest and largest"],
)
def test_add_group__with_growing_holders__knows_each_of_them(scene: Scene, persons: list[int]) -> None:
    scene.must(add_held(scene, list(pack_holders(persons))))
    assert scene.read("personsIn", 7) == (tuple(persons),)
    assert scene.read("memberOfPerson", persons[-1]) == ("0x" + OWLS.account.hex(),)


def with_a_gap(persons: list[int], at: int) -> list[int]:
    return [*persons[:at], 0, *persons[at:]]


HOLDERS_THAT_ARE_NONE: Final = {
    "nobody": [],
    "one": [5],
    "21": some(21),
    "24": some(24),
    "twice the same": [5, 5],
    "falling": [6, 5],
    "falling at the end": [5, 7, 6],
    "twice over the word's end": [*some(8), 1_007],
    "falling over the word's end": [*some(16), 9],
    "first one missing": [0, 5, 6],
    "gap": [5, 0, 6],
    "gap at the word's end": with_a_gap(some(8), 7),
    "gap at the word's beginning": with_a_gap(some(9), 8),
    "second word empty": [*some(8), *[0] * 8, 5_000],
    "one far behind": [5, 6, *[0] * 21, 7],
    "only the last place": [*[0] * 23, 7],
}


@pytest.mark.parametrize("what", HOLDERS_THAT_ARE_NONE)
def test_add_group__with_holders_in_no_order__is_refused(scene: Scene, what: str) -> None:
    words = list(pack_holders(HOLDERS_THAT_ARE_NONE[what]))
    first, second, third = words
    refusal = GroupHoldersInvalid(group=OWLS.account, first=first, second=second, third=third)
    scene.refuses(refusal, lambda: add_held(scene, words))
    scene.must(add_held(scene, holder_words([5, 6])))


@pytest.mark.parametrize("at", [0, 1, 2])
def test_add_group__with_a_member_among_the_holders__is_refused(scene: Scene, at: int) -> None:
    eve = scene.actors["eve"].person
    persons = sorted([eve, *[[eve + 1, eve + 2], [eve - 1, eve + 1], [eve - 2, eve - 1]][at]])
    assert persons.index(eve) == at
    refusal = MemberPersonTaken(person=eve, by=scene.address("eve"))
    scene.refuses(refusal, lambda: add_held(scene, holder_words(persons)))
    scene.must(add_held(scene, holder_words(set(persons) - {eve})))


@pytest.mark.parametrize("who", ["gus", "amy"])
def test_add_group__with_a_guardian_or_an_auditor_among_the_holders__is_refused(
    scene: Scene, who: str
) -> None:
    person = scene.actors[who].person
    refusal = MemberPersonTaken(person=person, by=scene.address(who))
    scene.refuses(refusal, lambda: add_held(scene, holder_words([person, 7])))


def test_add_group__with_a_suspended_member_among_the_holders__is_refused_till_it_left(scene: Scene) -> None:
    eve = scene.actors["eve"].person
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    refusal = MemberPersonTaken(person=eve, by=scene.address("eve"))
    scene.refuses(refusal, lambda: add_held(scene, holder_words([eve, 7])))
    scene.must_change("removeMember", scene.address("eve"))
    scene.must(add_held(scene, holder_words([eve, 7])))


def test_add_group__with_a_holder_of_another_group__is_refused(scene: Scene) -> None:
    seat_group(scene, OWLS, [5, 7])
    refusal = MemberPersonTaken(person=7, by=OWLS.account)
    scene.refuses(refusal, lambda: add_held(scene, holder_words([6, 7]), RAVENS))
    scene.must(add_held(scene, holder_words([6, 8]), RAVENS))


def test_add_member__for_a_holder_of_a_group__is_refused(scene: Scene) -> None:
    seat_group(scene, OWLS, [5, 7])
    refusal = MemberPersonTaken(person=7, by=OWLS.account)
    scene.refuses(refusal, lambda: scene.change("addMember", STRANGER, 7, 2, HERE.pack()))
    scene.must_change("addMember", STRANGER, 8, 2, HERE.pack())


def test_replace_member__by_a_holder_of_a_group__is_refused(scene: Scene) -> None:
    seat_group(scene, OWLS, [5, 7])
    eve = scene.address("eve")
    refusal = MemberPersonTaken(person=5, by=OWLS.account)
    scene.refuses(refusal, lambda: scene.change("replaceMember", eve, STRANGER, 5, HERE.pack()))
    scene.must_change("replaceMember", eve, STRANGER, 6, HERE.pack())
