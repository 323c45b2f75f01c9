"""How facts and foreign text are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import read_vectors
from verifier.model.text import sanitise, show_address, show_bytes, show_count, show_duration, show_moment


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("plain text", "plain text"),
        ("", ""),
        ("a\nb\tc", "a\\u{a}b\\u{9}c"),
        ("\x1b[2Jcleared", "\\u{1b}[2Jcleared"),
        ("\x9bC1", "\\u{9b}C1"),
        ("abc\u202ecba", "abc\\u{202e}cba"),
        ("zero\u200bwidth", "zero\\u{200b}width"),
        ("p\u0430ypal", "p\\u{430}ypal"),
        ("e\u0301", "\\u{e9}"),
        ("\ud800", "\\u{d800}"),
        ("😀", "\\u{1f600}"),
        (b"USDC", "USDC"),
        (b"\xff\xfe", "0xfffe"),
        (b"\xe2\x80\xae", "\\u{202e}"),
    ],
)
def test_sanitise__foreign_text__printable_ascii_only(foreign: str | bytes, shown: str) -> None:
    assert sanitise(foreign) == shown


@given(st.one_of(st.text(), st.binary()), st.integers(1, 300))
def test_sanitise__any_text__nothing_but_printable_ascii_and_bounded(foreign: str | bytes, most: int) -> None:
    shown = sanitise(foreign, most=most)
    assert all(" " <= character <= "~" for character in shown)
    assert len(shown) <= max(most, 2) + 40


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=200))
def test_sanitise__printable_ascii__unchanged(text: str) -> None:
    assert sanitise(text) == text


def test_sanitise__longer_than_shown__says_so() -> None:
    assert sanitise("x" * 201) == "x" * 200 + "... (201 characters)"
    assert sanitise("x" * 200) == "x" * 200


@pytest.mark.parametrize("checksummed", read_vectors("eip55.json")["addresses"])
def test_show_address__known_answers__checksum(checksummed: str) -> None:
    assert show_address(bytes.fromhex(checksummed[2:])) == checksummed


@given(st.integers(0, 253_402_300_799))
def test_show_moment__any_moment_of_the_calendar__as_datetime_says(seconds: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert show_moment(seconds) == f"{moment:%a} {moment.year:04}-{moment:%m-%d %H:%M:%S} UTC"


@pytest.mark.parametrize("seconds", [253_402_300_800, 1 << 255, -1])
def test_show_moment__beyond_the_calendar__bare_number(seconds: int) -> None:
    assert show_moment(seconds) == f"second {seconds}"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (600, "10 minutes"),
        (172_800, "2 days"),
        (90_061, "1 day 1 hour"),
        (86_460, "1 day 1 minute"),
        (-5, "-5 seconds"),
    ],
)
def test_show_duration__two_largest_units(seconds: int, shown: str) -> None:
    assert show_duration(seconds) == shown


def test_show_bytes__longer_than_shown__says_how_long() -> None:
    assert show_bytes(b"\x01" * 3, most=3) == "0x010101"
    assert show_bytes(b"\x01" * 4, most=3) == "0x010101... (4 bytes)"


def test_show_count__one_and_any_other_number__said_as_people_do() -> None:
    assert [show_count(count, "rule") for count in (0, 1, 2)] == ["0 rules", "1 rule", "2 rules"]
    assert [show_count(count, "party", "parties") for count in (1, 3)] == ["1 party", "3 parties"]
