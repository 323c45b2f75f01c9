"""The story says what the chain says: other bytes give other words, and what somebody said changes nothing."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import cache

import pytest
from rich.console import Console

from tests.anvil import start_anvil
from tests.story.acts import lay_ground
from tests.story.cast import CITIES, CLEO, EVERYONE, FLOR, HANA, PAYROLL, USDC, Script
from tests.story.near_miss import Deed
from tests.story.page import Page
from tests.story.story import Story
from tests.story.timeline import timeline
from verifier.model.address import Address
from verifier.model.member import Attributes
from verifier.model.units import Amount

USUAL = Script()
OTHER_THEFT = replace(USUAL, taken=Amount(13_370_000 * USDC), taken_to=Address(b"\x99" * 20))
SMALL_THEFT = replace(USUAL, taken=Amount(900_000 * USDC), taken_to=PAYROLL)
OTHER_PAYMENT = replace(USUAL, paid=Amount(7_500_250_000))
# Ana and Ben sit where Flor and Hana do: then three in three places sign at once.
THREE_PLACES = replace(
    USUAL, attributes=(FLOR.attributes, HANA.attributes, *(actor.attributes for actor in EVERYONE[2:]))
)
# Cleo sits in another place, but too near by the sun.
NEAR_BY_THE_SUN = replace(
    USUAL,
    attributes=tuple(
        Attributes(employer=2, utc_offset=120, place=CITIES["Nairobi"]) if actor is CLEO else actor.attributes
        for actor in EVERYONE
    ),
)
OTHER_WORDS = replace(USUAL, said="Rotating keys, nothing moves.")


@dataclass(frozen=True)
class Told:
    """What a script came to."""

    page: str
    picture: str
    deeds: tuple[tuple[str, Deed], ...]

    @property
    def words(self) -> str:
        """The page without its line breaks, and of the two cells side by side what the chain says."""
        lines = (line.split("│")[2] if "│" in line else line for line in self.page.splitlines())
        return " ".join(" ".join(lines).split())


@cache
def tell(script: Script) -> Told:
    out = io.StringIO()
    with start_anvil() as chain:
        ground = lay_ground(chain, script)
        near_miss = Story(ground, script, Page(Console(file=out, width=80), pause=0)).tell()
    page = out.getvalue().replace(ground.chain.url, "http://node")
    deeds = tuple((m.who, m.deed) for m in sorted(near_miss.marks, key=lambda m: m.moment))
    return Told(page=page.replace(ground.chain.url[7:], "node"), picture=timeline(near_miss), deeds=deeds)


def test_story__as_it_is_played__tells_the_near_miss() -> None:
    words = tell(USUAL).words
    in_order = (
        "Evan publishes operation",
        "HIGH_VALUE: three approvals from members who are apart, one of the security team, then 48 hours",
        "Evan hands in an approval of their own, and the vault refuses: Seat 4 does not count here",
        "Ana signs: 1 of 3 approvals",
        "Ben signs: 2 of 3 approvals",
        "Cleo signs: three approvals, no three of them apart. The vault records it, and no clock starts.",
        "Evan tries to execute it, and the vault refuses",
        "is PROPOSED",
        "Why there is no quorum",
        "Ana shares employer (Halden) with Ben; time (UTC+1) and place (Zurich) with Ben and Cleo",
        "Ben shares employer (Halden) with Ana; time (UTC+1) and place (Zurich) with Ana and Cleo",
        "Cleo shares time (UTC+1) and place (Zurich) with Ana and Ben",
        "three who differ in employer, time and place; of those who signed, no more than one can stand in one.",
        "Flor signs: four approvals, no three of them apart. The vault records it, and no clock starts.",
        "Hana signs: 3 of 3 approvals. Cleo, Flor and Hana are apart from each other: that is a quorum.",
        "What Ana and Ben signed is not in it. The clock starts, and nothing can happen for 48 hours",
        "Evan tries to execute it, and the vault refuses",
        "is WAITING",
        "Why this is a quorum",
        "Hana Hanbit; Seoul, UTC+9",
        "Cleo and Flor: two employers, 4 hours, 9,622 km",
        "signed by Cleo, Flor and Hana; three of three signatures recover here",
        "Dana vetoes it, 20 hours 29 minutes before it could have been executed",
        "Evan tries to execute it, and the vault refuses",
        "is VETOED",
        "Gus suspends Evan at once",
        "still holds 52,000,000.000000 USDC",
        "Ben publishes operation",
        "HIGH_VALUE: three approvals from members who are apart",
        "Sends 2,500,000.000000 USDC (2500000000000) to 0x2cCf3FcD7378e05364BE626802394601d6d05a89 (Payroll).",
        "Hana signs: 1 of 3 approvals",
        "Flor signs: 2 of 3 approvals",
        "Dana signs: 3 of 3 approvals. Dana, Flor and Hana are apart from each other: that is a quorum. The clock",
        "Ben executes it",
        "holds 49,500,000.000000 USDC",
        "Payroll has 2,500,000.000000 USDC",
    )
    at = 0
    for sentence in in_order:
        at = words.find(sentence, at)
        assert at >= 0, sentence


def test_story__its_reading__stands_beside_what_was_said() -> None:
    told = tell(USUAL)
    (row,) = (line for line in told.page.splitlines() if '"Routine maintenance,' in line)
    assert "Sends 40,000,000.000000 USDC" in row
    assert told.page.count("Routine maintenance") == 1
    assert told.picture.count(">Routine") == 1
    for fact in (
        "three of three signatures recover here, over these bytes",
        "WAITING; executable from Thu 2026-03-05 01:10:00 UTC; 20 hours 40 minutes from the block",
        "no name of yours, on no list of the vault's, without code, holds 0.000000 USDC (0)",
        "claimed: every word is proven against block",
    ):
        assert fact in told.words


def test_story__no_line__is_wider_than_the_terminal_or_ends_with_spaces() -> None:
    for line in tell(USUAL).page.splitlines():
        assert len(line) <= 80
        assert line == line.rstrip()


def test_story__told_twice__is_the_same() -> None:
    assert tell.__wrapped__(USUAL) == tell(USUAL)


def test_story__other_words_in_the_chat__change_nothing_but_the_cell_that_they_stand_in() -> None:
    usual, other = tell(USUAL), tell(OTHER_WORDS)
    assert "Rotating keys" not in usual.page
    assert other.page.count("Rotating keys") == 1
    changed = [
        (before, after)
        for before, after in zip(usual.page.splitlines(), other.page.splitlines(), strict=True)
        if before != after
    ]
    assert changed
    for before, after in changed:
        # The right cell, which the chain fills, is the same.
        assert before.split("│")[2] == after.split("│")[2]
    assert other.deeds == usual.deeds


def test_story__another_theft__is_told_in_other_words() -> None:
    usual, other = tell(USUAL), tell(OTHER_THEFT)
    for of_usual in ("40,000,000", "40000000000000", str(USUAL.taken_to), "0x337c9806"):
        assert of_usual in usual.page
        assert of_usual not in other.page
    for of_other in ("Sends 13,370,000.000000 USDC (13370000000000)", str(OTHER_THEFT.taken_to)):
        assert of_other in other.words
        assert of_other not in usual.words
    assert ">13,370,000 USDC, five signatures, one veto<" in other.picture
    assert "40,000,000" not in other.picture


def test_story__a_theft_that_policy_thinks_less_of__is_told_with_its_own_tier_quorum_and_clock() -> None:
    words = tell(SMALL_THEFT).words
    theft = words[words.index("Evan publishes") : words.index("Dana vetoes")]
    for sentence in (
        "The vault takes it as STANDARD: two approvals, then 24 hours",
        "Ben signs: 2 of 2 approvals. That is a quorum",
        "Cleo signs: 3 of 2 approvals",
        "Hana signs: 5 of 2 approvals",
        "Sends 900,000.000000 USDC (900000000000)",
        "READY; executable since Tue 2026-03-03 11:05:00 UTC",
    ):
        assert sentence in theft
    assert "HIGH_VALUE" not in theft
    assert "48 hours" not in theft
    assert "no name of yours" not in theft
    # What does not ask for members who are apart, asks nobody where they are.
    for of_segregation in ("Why", "apart", "shares", "no clock starts"):
        assert of_segregation not in theft
    for of_segregation in (">No clock<", "Zurich", "quorum<"):
        assert of_segregation not in tell(SMALL_THEFT).picture
    assert "Dana vetoes it, 17 hours 36 minutes after it could have been executed" in words


def test_story__first_three_sit_in_three_places__starts_the_clock_at_once_and_nobody_joins() -> None:
    told = tell(THREE_PLACES)
    signing = told.words[told.words.index("Ana signs") : told.words.index("The fourth signer")]
    for sentence in (
        "Cleo signs: 3 of 3 approvals. Ana, Ben and Cleo are apart from each other: that is a quorum. The clock",
        "before Wed 2026-03-04 14:20:00 UTC",
        "Flor hands in an approval of their own, and the vault refuses: The segregated quorum of operation",
        "Hana hands in an approval of their own, and the vault refuses: The segregated quorum of operation",
    ):
        assert sentence in signing
    for of_stall in ("no clock starts", "Why there is no quorum", "shares"):
        assert of_stall not in signing
    assert ">Mon 14:20: a quorum<" in told.picture
    assert ">No clock<" not in told.picture
    assert ">Mon 14:20: no quorum<" not in told.picture


def test_story__place_far_away_in_nearly_the_same_time__is_not_apart() -> None:
    words = tell(NEAR_BY_THE_SUN).words
    for sentence in (
        "Cleo security Orrin Bank Nairobi, UTC+2",
        "Cleo signs: three approvals, no three of them apart. The vault records it, and no clock starts.",
        "time (UTC+1) and place (Zurich) with Ben; nearly the time (60 minutes apart) with Cleo",
        "Cleo shares nearly the time (60 minutes apart) with Ana and Ben",
    ):
        assert sentence in words


def test_story__another_payment__is_told_in_other_words() -> None:
    usual, other = tell(USUAL), tell(OTHER_PAYMENT)
    assert "Sends 7,500.250000 USDC (7500250000)" in other.words
    assert "Payroll has 7,500.250000 USDC" in other.words
    assert "as ROUTINE: two approvals, then 10 minutes" in other.words
    assert "2,500,000.000000" in usual.words
    assert "2,500,000.000000" not in other.words


def test_picture__of_the_story__shows_what_the_chain_says() -> None:
    told = tell(USUAL)
    assert told.deeds == (
        ("Evan", Deed.PUBLISHED),
        ("Evan", Deed.REFUSED),
        ("Ana", Deed.SIGNED),
        ("Ben", Deed.SIGNED),
        ("Cleo", Deed.SIGNED),
        ("Evan", Deed.REFUSED),
        ("Flor", Deed.SIGNED),
        ("Hana", Deed.SIGNED),
        ("Evan", Deed.REFUSED),
        ("Dana", Deed.READ),
        ("Dana", Deed.VETOED),
        ("Evan", Deed.REFUSED),
    )
    for words in (
        ">40,000,000 USDC, five signatures, one veto<",
        ">Quorum at Tue 01:10; not executable before Thu 01:10. Stopped with 20 hours 29 minutes left.<",
        ">vetoes, Wed 04:41<",
        ">own approval refused, Mon 09:15<",
        ">No clock<",
        ">Three approvals, no three of them apart: the clock does not start.<",
        ">Mon 14:20: no quorum<",
        ">Tue 01:10: a quorum<",
        ">Cleo and Hana: two employers, 8 hours, 8,770 km<",
        ">San Francisco, UTC-8<",
        ">246139ca8000<",
    ):
        assert words in told.picture


@pytest.mark.parametrize("width", [60, 100, 200])
def test_page__any_width__keeps_within_it_and_within_what_reads_well(width: int) -> None:
    out = io.StringIO()
    page = Page(Console(file=out, width=width), pause=0)
    page.section("word " * 15)
    page.tell("Mon 09:12", "word " * 60)
    page.beside(("left", "word " * 20), ("right", "0x96f8AC7D538d5dCB194F1C847F9f2697469EEcA5. " * 3))
    told = [line for line in out.getvalue().splitlines() if "word" in line or "0x" in line]
    assert max(len(line) for line in told[1:]) <= min(width, 100)
    assert out.getvalue().count("0x96f8AC7D538d5dCB194F1C847F9f2697469EEcA5.") == (3 if width > 60 else 0)
