"""The story says what the chain says: other bytes give other words, and what somebody said changes nothing."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import cache

import pytest
from rich.console import Console

from tests.anvil import start_anvil
from tests.story.acts import lay_ground
from tests.story.cast import PAYROLL, USDC, Script
from tests.story.near_miss import Deed
from tests.story.page import Page
from tests.story.story import Story
from tests.story.timeline import timeline
from verifier.model.address import Address
from verifier.model.units import Amount

USUAL = Script()
OTHER_THEFT = replace(USUAL, taken=Amount(13_370_000 * USDC), taken_to=Address(b"\x99" * 20))
SMALL_THEFT = replace(USUAL, taken=Amount(900_000 * USDC), taken_to=PAYROLL)
OTHER_PAYMENT = replace(USUAL, paid=Amount(7_500_250_000))
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
        "HIGH_VALUE: three approvals, one of the security team, then 48 hours",
        "Evan hands in an approval of their own, and the vault refuses: Seat 4 does not count here",
        "Ana signs: 1 of 3 approvals",
        "Ben signs: 2 of 3 approvals",
        "Cleo signs: 3 of 3 approvals. That is a quorum. The clock starts, and nothing can happen for 48 hours",
        "Evan tries to execute it, and the vault refuses",
        "is WAITING",
        "Dana vetoes it, 17 hours 39 minutes before it could have been executed",
        "Evan tries to execute it, and the vault refuses",
        "is VETOED",
        "Gus suspends Evan at once",
        "still holds 52,000,000.000000 USDC",
        "Ben publishes operation",
        "STANDARD: two approvals, then 24 hours",
        "Sends 25,000.000000 USDC (25000000000) to 0x2cCf3FcD7378e05364BE626802394601d6d05a89 (Payroll).",
        "Ana signs: 1 of 2 approvals",
        "Dana signs: 2 of 2 approvals",
        "Ben executes it",
        "holds 51,975,000.000000 USDC",
        "Payroll has 25,000.000000 USDC",
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
        "WAITING; executable from Wed 2026-03-04 14:20:00 UTC; 17 hours 50 minutes from the block",
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
    assert ">13,370,000 USDC, three signatures, one veto<" in other.picture
    assert "40,000,000" not in other.picture


def test_story__a_theft_that_policy_thinks_less_of__is_told_with_its_own_tier_quorum_and_clock() -> None:
    words = tell(SMALL_THEFT).words
    theft = words[words.index("Evan publishes") : words.index("Dana vetoes")]
    for sentence in (
        "The vault takes it as STANDARD: two approvals, then 24 hours",
        "Ben signs: 2 of 2 approvals. That is a quorum",
        "Cleo signs: 3 of 2 approvals",
        "Sends 900,000.000000 USDC (900000000000)",
        "READY; executable since Tue 2026-03-03 11:05:00 UTC",
    ):
        assert sentence in theft
    assert "HIGH_VALUE" not in theft
    assert "48 hours" not in theft
    assert "no name of yours" not in theft
    assert "Dana vetoes it, 9 hours 36 minutes after it could have been executed" in words


def test_story__another_payment__is_told_in_other_words() -> None:
    usual, other = tell(USUAL), tell(OTHER_PAYMENT)
    assert "Sends 7,500.250000 USDC (7500250000)" in other.words
    assert "Payroll has 7,500.250000 USDC" in other.words
    assert "as ROUTINE: two approvals, then 10 minutes" in other.words
    assert "25,000.000000" in usual.words
    assert "25,000.000000" not in other.words


def test_picture__of_the_story__shows_what_the_chain_says() -> None:
    told = tell(USUAL)
    assert told.deeds == (
        ("Evan", Deed.PUBLISHED),
        ("Evan", Deed.REFUSED),
        ("Ana", Deed.SIGNED),
        ("Ben", Deed.SIGNED),
        ("Cleo", Deed.SIGNED),
        ("Evan", Deed.REFUSED),
        ("Dana", Deed.READ),
        ("Dana", Deed.VETOED),
        ("Evan", Deed.REFUSED),
    )
    for words in (
        ">40,000,000 USDC, three signatures, one veto<",
        ">Quorum at Mon 14:20; not executable before Wed 14:20. Stopped with 17 hours 39 minutes left.<",
        ">vetoes, Tue 20:41<",
        ">own approval refused, Mon 09:15<",
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
