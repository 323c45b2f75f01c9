"""A new passphrase for a share: asked for twice, and once more where it is none; a file is read, and refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from verifier.cli.frost_factors import Kept
from verifier.errors import KeyRefused
from verifier.keys.secret import Secret
from verifier.model.text import Shown

WHAT = Shown("Passphrase of the share of holder 1")


class Typing:
    """Types these one after the other, and keeps what was asked and said."""

    def __init__(self, *words: str) -> None:
        self._words: Iterator[str] = iter(words)
        self.asked: list[str] = []
        self.told: list[str] = []

    def __call__(self, what: Shown) -> Secret:
        self.asked.append(what.partition(":")[0])
        return Secret(next(self._words))


def test_new_passphrase__too_short_then_another_then_right__asked_until_it_came_twice() -> None:
    typing = Typing("short", "long enough", "long enouhg", "long enough", "long enough")
    kept = Kept(typing, is_new=True, tell=typing.told.append)
    assert kept(WHAT).reveal() == b"long enough"
    assert typing.asked == ["New", "New", "Again", "New", "Again"]
    assert typing.told == [
        "It is not taken: a passphrase for a share has at least 8 characters. Once more:",
        "It is not taken: the second time it was another one. Once more:",
    ]
    assert kept(WHAT).reveal() == b"long enough"
    assert len(typing.asked) == 5


def test_new_passphrase__never_right__refused_after_three() -> None:
    typing = Typing("a", "b", "c", "long enough", "long enough")
    with pytest.raises(
        KeyRefused, match=r"^The share cannot be opened so: a passphrase for a share has at least 8"
    ):
        Kept(typing, is_new=True, tell=typing.told.append)(WHAT)
    assert typing.asked == ["New"] * 3


def test_new_passphrase__too_short_in_a_file__refused_at_once() -> None:
    typing = Typing("short", "short")
    with pytest.raises(KeyRefused, match="at least 8 characters"):
        Kept(typing, is_new=True)(WHAT)
    assert typing.asked == ["New"]


def test_passphrase__of_a_share_that_is_there__asked_for_once_and_never_measured() -> None:
    typing = Typing("short")
    assert Kept(typing, is_new=False, tell=typing.told.append)(WHAT).reveal() == b"short"
    assert (typing.asked, typing.told) == ([WHAT], [])
