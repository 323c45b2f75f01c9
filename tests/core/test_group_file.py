"""The file of a group and the cards of its holders: what is written is read, and what is odd is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.frost_core.shares import make_charter, make_shares
from verifier.assess.group_segregation import judge_group
from verifier.errors import GroupFileMalformed
from verifier.model.group_file import BY_FILES, GroupFile, HolderEntry
from verifier.model.member import Attributes
from verifier.model.place import place_at
from verifier.model.text import Shown
from verifier.model.units import Person
from verifier.store.group_file import (
    charter_of,
    hash_of_group,
    key_of,
    parse_group_file,
    render_group_file,
)
from verifier.store.group_holders import read_card, render_card

CHARTER = make_charter(2, 3)
PLACES = [
    ("Zurich", 60, "47.37", "8.54"),
    ("Tokyo", 540, "35.68", "139.69"),
    ("Lima", -300, "-12.05", "-77.04"),
]


def entry(index: int, *, place: int | None = None, employer: int | None = None) -> HolderEntry:
    name, offset, latitude, longitude = PLACES[index - 1 if place is None else place]
    vector = place_at(latitude=float(latitude), longitude=float(longitude))
    number = index if employer is None else employer
    return HolderEntry(
        index=index,
        name=Shown(name),
        person=Person(index + 10),
        employer=Shown(f"employer-{number}"),
        attributes=Attributes(employer=number, utc_offset=offset, place=vector),
        latitude=Decimal(latitude),
        longitude=Decimal(longitude),
        transport_key=CHARTER.holders[index - 1].transport_key,
        certificate=bytes([index]) * 40,
        address=BY_FILES if index == 3 else Shown(f"https://10.0.0.{index}:8443"),
    )


def group(**changes: object) -> GroupFile:
    made = GroupFile(
        name=Shown("custody desk"),
        group=CHARTER.group,
        epoch=1,
        threshold=2,
        coordinator_key=CHARTER.coordinator,
        coordinator_certificate=b"\0" * 40,
        holders=tuple(entry(index) for index in (1, 2, 3)),
        commitments=make_shares(CHARTER)[0].key.commitments,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("made", [group(), group(commitments=())], ids=["with its key", "before it"])
def test_read__what_was_written__the_same(made: GroupFile) -> None:
    written = render_group_file(made)
    assert parse_group_file(written, "group.toml") == made
    assert charter_of(made) == CHARTER
    key = key_of(made)
    assert (None if key is None else key.point) == made.point


def test_hash__anything_changed__another() -> None:
    hashes = {
        hash_of_group(each)
        for each in (
            group(),
            group(epoch=2),
            group(threshold=3, commitments=()),
            group(name=Shown("other")),
            group(holders=(entry(1), entry(2))),
            group(commitments=()),
        )
    }
    assert len(hashes) == 6


@given(st.integers(-9_000_000, 9_000_000), st.integers(-18_000_000, 18_000_000))
def test_read__any_place__the_same_vector(latitude: int, longitude: int) -> None:
    degrees = [Decimal(value).scaleb(-5) for value in (latitude, longitude)]
    vector = place_at(latitude=float(degrees[0]), longitude=float(degrees[1]))
    first = entry(1)
    moved = replace(
        first,
        latitude=degrees[0],
        longitude=degrees[1],
        attributes=replace(first.attributes, place=vector),
    )
    read = parse_group_file(render_group_file(group(holders=(moved, entry(2)))), "group.toml")
    assert read.holders[0].attributes == moved.attributes


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text.replace('mark = "fourth-signer group"', 'mark = "x"'), "does not say mark"),
        (lambda text: text.replace("version = 1", "version = 2"), "another version"),
        (lambda text: text.replace("threshold = 2", "threshold = 4"), "threshold"),
        (lambda text: text.replace("threshold = 2", "threshold = 1"), "threshold"),
        (lambda text: text.replace("threshold = 2", "threshold = 3"), "as many points"),
        (lambda text: text.replace("index = 2", "index = 1"), "index"),
        (lambda text: text.replace("person = 12", "person = 11"), "person"),
        (lambda text: text.replace("epoch = 1", "epoch = 0"), "epoch"),
        (lambda text: text.replace("epoch = 1", "epock = 1"), "epoc"),
        (lambda text: text.replace("https://10.0.0.2:8443", "http://10.0.0.2:8443"), "https://HOST:PORT"),
        (lambda text: text.replace("https://10.0.0.2:8443", "https://10.0.0.2:99999"), "https://HOST:PORT"),
        (lambda text: text.replace("https://10.0.0.2:8443", "https://10.0.0.1:8443"), "address"),
        (lambda text: text.replace("0x02", "0x05").replace("0x03", "0x05"), "no point"),
        (lambda text: text + "x", "no TOML"),
    ],
)
def test_read__not_as_it_should_be__said(change: Callable[[str], str], why: str) -> None:
    changed = change(render_group_file(group()).decode())
    assert changed != render_group_file(group()).decode()
    with pytest.raises(GroupFileMalformed, match=why):
        parse_group_file(changed.encode(), "group.toml")


def test_read_card__what_was_written__the_same_holder(tmp_path: Path) -> None:
    path = tmp_path / "card.toml"
    path.write_bytes(render_card(entry(2)))
    assert read_card(path, index=2) == entry(2)
    path.write_bytes(render_group_file(group()))
    with pytest.raises(GroupFileMalformed, match="holder"):
        read_card(path, index=2)


def test_judge_group__one_pair_shares_an_employer__every_set_with_both_is_named() -> None:
    apart = judge_group(2, {index: entry(index).attributes for index in (1, 2, 3)})
    assert (apart.clashes, apart.unsegregated, apart.sets, apart.is_possible) == ((), 0, 3, True)
    holders = {1: entry(1), 2: entry(2), 3: entry(3, employer=1)}
    near = judge_group(2, {index: each.attributes for index, each in holders.items()})
    assert [(clash.first, clash.second, clash.employer) for clash in near.clashes] == [(1, 3, 1)]
    assert (near.unsegregated, near.example, near.is_possible) == (1, (1, 3), True)
    together = judge_group(3, {index: each.attributes for index, each in holders.items()})
    assert (together.unsegregated, together.sets, together.is_possible) == (1, 1, False)


@pytest.mark.parametrize(
    ("name", "is_taken"),
    [
        ("custody desk", True),
        ("Anne-Marie O'Neil & Co. #2", True),
        ("Jörg", True),
        # As it is written once it was read.
        (r"J\u{f6}rg", True),
        ('owls" (1 of its 1 holders sign). It is your own word. "x', False),
        ("Ann, 3 Cid", False),
        ("Ann; 3 Cid lied", False),
        ("Ann (answered)", False),
        ("[x] 4 Dot", False),
        # 60 characters that would be shown as 540.
        ("\U0001f989" * 60, False),
        ("\u202e" * 8, False),
        ("  ", False),
    ],
)
def test_read__a_name_that_goes_on_as_a_sentence_or_a_list_of_ours__refused(
    name: str, is_taken: bool
) -> None:
    named = [
        group(name=Shown(name)),
        group(holders=(replace(entry(1), name=Shown(name)), entry(2))),
    ]
    for made in named:
        written = render_group_file(made)
        if is_taken:
            read = parse_group_file(written, "group.toml")
            assert parse_group_file(render_group_file(read), "group.toml") == read
        else:
            with pytest.raises(
                GroupFileMalformed, match="should be text in quotes of at most 60 characters as it is shown"
            ):
                parse_group_file(written, "group.toml")
