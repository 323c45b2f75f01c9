"""The help's words: each is explained once, and no screen asks for one that is not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from verifier.tui.app import Terminal
from verifier.tui.ceremony_screen import CeremonyScreen
from verifier.tui.content import cell, plain, unmarked
from verifier.tui.draft import DraftScreen
from verifier.tui.help import terms
from verifier.tui.operation import OperationScreen
from verifier.tui.operation_parts import KEYS
from verifier.tui.place import Place
from verifier.tui.places import PLACES
from verifier.tui.propose import ProposeScreen
from verifier.tui.review import ReviewScreen
from verifier.tui.sign import SignScreen

OTHERS = (OperationScreen, SignScreen, ReviewScreen, ProposeScreen, DraftScreen, CeremonyScreen)
HOSTILE = "[b]a\x1b[31m\u202e\u200b\x9b\x7f\u00e9[/]"


def places() -> list[type[Place]]:
    made = [mode() for mode in Terminal.MODES.values() if callable(mode)]
    return [*(type(each) for each in made if isinstance(each, Place)), *OTHERS]


def test_terms__of_every_screen__are_explained() -> None:
    meaning = terms()
    assert len(places()) == len(PLACES) + len(OTHERS)
    for place in places():
        assert place.TERMS
        assert set(place.TERMS) <= set(meaning)


def test_terms__every_one__is_a_sentence_in_plain_ascii() -> None:
    for name, said in terms().items():
        assert said.isascii(), name
        assert said.isprintable(), name
        assert said.endswith("."), name


def test_terms__every_action__is_among_them_or_its_noun_is() -> None:
    nouns = {"approve": "approval"}
    assert {nouns.get(name, name) for name, _ in KEYS.values()} <= set(terms())


@pytest.mark.parametrize(
    "bindings", [Terminal.BINDINGS, *(vars(each).get("BINDINGS", ()) for each in places())]
)
def test_bindings__of_every_screen__have_names_and_say_what_they_do(bindings: Sequence[object]) -> None:
    for binding in bindings:
        assert getattr(binding, "id", None), binding
        assert getattr(binding, "description", None), binding


def test_content__of_hostile_text__is_text_without_style() -> None:
    said = r"[b]a\u{1b}[31m\u{202e}\u{200b}\u{9b}\u{7f}\u{e9}[/]"
    assert plain(HOSTILE).plain == said
    assert not plain(HOSTILE).spans
    assert cell(HOSTILE).plain == said
    assert not cell(HOSTILE).spans
    assert "[" not in unmarked(HOSTILE)
