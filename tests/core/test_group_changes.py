"""What a group's next file would change is said in words, whatever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.core.test_group_file import entry, group
from verifier.model.group_file import GroupFile
from verifier.model.text import Shown
from verifier.model.units import Person
from verifier.pages.group_changes import group_changes

STRANGER = b"\x77" * 32


def said(following: GroupFile, *, reader: int = 1) -> Sequence[str]:
    present = group()
    holder = present.holder(reader)
    assert holder is not None
    return group_changes(present, following, me=holder.transport_key)


def with_second(**changes: Any) -> GroupFile:
    return group(epoch=2, holders=(entry(1), replace(entry(2), **changes), entry(3)))


def test_changes__none_but_the_epoch__the_same_holders() -> None:
    assert said(group(epoch=2)) == ["It has the same holders as before."]


def test_changes__one_leaves_and_one_comes__both_said_and_who_leaves_is_told() -> None:
    comes = replace(entry(3), index=4, name=Shown("Dot"), person=Person(24), transport_key=STRANGER)
    following = group(epoch=2, holders=(entry(1), entry(2), comes))
    both = ["Holder 3 (Lima) leaves.", "Holder 4 (Dot, person 24) comes, and gets a share."]
    assert said(following) == both
    assert said(following, reader=3) == [
        *both,
        "YOU LEAVE IT: once the others have new shares, that of holder 3 is destroyed here.",
    ]


@pytest.mark.parametrize("changed", [{"transport_key": STRANGER}, {"certificate": b"\x77" * 40}])
def test_changes__a_holders_keys_were_exchanged__shouted(changed: dict[str, bytes]) -> None:
    assert said(with_second(**changed)) == [
        "OTHER KEYS: Holder 2 (Tokyo) would be known by other keys. Ask that person whether they made them."
    ]


def test_changes__the_readers_own_number_was_given_away__said() -> None:
    moved = replace(entry(1), index=5)
    following = group(epoch=2, holders=(entry(2), entry(3), moved))
    assert "YOU would be holder 5 in it, and are holder 1." in said(following)


@pytest.mark.parametrize(
    ("following", "words"),
    [
        (group(name=Shown("vault desk")), 'It would be called "vault desk", and is called "custody desk".'),
        (group(threshold=3, commitments=()), "3 holders would sign, and 2 do now."),
        (
            group(coordinator_key=STRANGER),
            "ANOTHER COORDINATOR: its keys are not those of the present one. Ask why.",
        ),
        (group(coordinator_certificate=b"\1" * 40), "ANOTHER COORDINATOR: its keys are not"),
        (with_second(name=Shown("Osaka")), "Holder 2 (Tokyo), person 12, would be Osaka, person 12."),
        (with_second(person=Person(13)), "Holder 2 (Tokyo), person 12, would be Tokyo, person 13."),
        (
            with_second(employer=Shown("acme")),
            "Holder 2 (Tokyo) would be with acme, or at another place or time.",
        ),
        (
            with_second(address=Shown("https://10.0.0.9:1")),
            "Holder 2 (Tokyo) would be reached by https://10.0.0.9:1, and is reached by https://10.0.0.2:8443.",
        ),
    ],
)
def test_changes__of_anything_else__named(following: GroupFile, words: str) -> None:
    (only,) = said(following)
    assert only.startswith(words)
