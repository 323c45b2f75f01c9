"""What the ledger keeps is in known places of its storage, and its events tell all of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import pytest

from tests.anvil import Anvil, Outcome
from tests.companions import Event
from tests.contracts.bypasses import FINDINGS, SOME_ID, Book, book_of, slot_in
from tests.contracts.hurry import hurried, hurry_scene
from tests.contracts.scene import STANDARD_CALL, world_of
from tests.stage import RELEASE, STRANGER
from verifier.model.bypass import BypassRecord, BypassTerms
from verifier.model.units import Hours

NO_TERMS: Final = BypassTerms(limit=0, review_hours=Hours(0))


@pytest.fixture
def book(anvil: Anvil) -> Book:
    return book_of(hurry_scene(anvil))


def test_layout__of_the_release__is_the_one_that_these_tests_read() -> None:
    layout = json.loads((RELEASE / "bypass_ledger.json").read_text("utf-8"))["storage_layout"]
    assert [(each["label"], each["slot"]) for each in layout["storage"]] == [("_books", "0")]
    members = {
        name: [
            (each["label"], each["slot"]) for each in layout["types"][f"t_struct({name})_storage"]["members"]
        ]
        for name in ("BypassBook", "Bypass")
    }
    assert members == {
        "BypassBook": [("terms", "0"), ("bypasses", "1")],
        "Bypass": [("id", "0"), ("record", "1"), ("findings", "2"), ("participants", "3")],
    }


def test_storage__of_a_vault_that_never_hurried__is_empty_though_terms_hold(book: Book) -> None:
    assert book.stored(book.terms_slot()) == 0
    assert (book.terms().limit, book.terms().review_hours) == (3, 72)


def test_bypasses__are_all_found_from_storage_alone(book: Book) -> None:
    """How many there are stands in one word, and each is at a place that follows from its number."""
    scene = book.scene
    operations = [scene.waiting("ann", [STANDARD_CALL], nth=nth) for nth in range(3)]
    for operation in operations:
        hurried(scene, operation, "bob", "cat", "dan")
    book.must_review("amy", 1, justified=False)
    terms = BypassTerms.unpack(book.stored(book.terms_slot()))
    assert terms == book.terms()
    assert terms.count == 3
    for index, operation in enumerate(operations):
        slot = book.bypass_slot(index)
        operation_id, record, findings = (book.stored(slot + at) for at in range(3))
        assert operation_id.to_bytes(32, "big") == scene.id_of(operation)
        assert BypassRecord.unpack(record) == book.entry(index)[1]
        assert findings.to_bytes(32, "big") == (FINDINGS if index == 1 else bytes(32))
        for name, actor in scene.actors.items():
            is_in = name in ("ann", "bob", "cat", "dan")
            assert book.stored_participant(index, actor.person) == int(is_in)
    assert book.stored(book.bypass_slot(3)) == 0


# --------------------------------------------------------------------------------------------------- Events replayed


@dataclass(slots=True)
class Replayed:
    """What the events of one vault say that storage holds."""

    terms: BypassTerms = NO_TERMS
    bypasses: dict[int, tuple[bytes, int, bytes]] = field(default_factory=dict)
    participants: set[tuple[int, int]] = field(default_factory=set)

    def take(self, event: Event) -> None:
        about = event.arguments
        match event.name:
            case "BypassRecorded":
                self.bypasses[about["bypass"]] = (about["id"], about["record"], bytes(32))
                usual = BypassTerms(limit=3, review_hours=Hours(72))
                self.terms = replace(self.terms if self.terms.limit else usual, count=about["bypass"] + 1)
            case "BypassParticipated":
                self.participants.add((about["bypass"], about["person"]))
            case "BypassReviewed":
                operation_id, _, _ = self.bypasses[about["bypass"]]
                self.bypasses[about["bypass"]] = (operation_id, about["record"], about["findings"])
                self.terms = BypassTerms.unpack(about["terms"])
            case name:
                assert name == "BypassTermsSet"
                self.terms = BypassTerms.unpack(about["terms"])


def slots_of(book: Book, replayed: Replayed) -> dict[int, int]:
    """Return the words that storage should hold; zeros are not there."""
    words = {book.terms_slot(): replayed.terms.pack()}
    for index, (operation_id, record, findings) in replayed.bypasses.items():
        slot = book.bypass_slot(index)
        words |= {slot: int.from_bytes(operation_id, "big"), slot + 1: record}
        words[slot + 2] = int.from_bytes(findings, "big")
    for index, person in replayed.participants:
        words[slot_in(book.bypass_slot(index) + 3, person)] = 1
    return {slot: word for slot, word in words.items() if word}


def stored_words(book: Book) -> dict[int, int]:
    _, _, storage = world_of(book.scene.chain)["0x" + book.ledger.address.hex()]
    return {int(slot, 16): int(word, 16) for slot, word in storage.items()}


def test_events__of_a_whole_history__give_every_word_of_storage(book: Book) -> None:
    """Everything that can happen, some of it twice."""
    steps: list[Callable[[], Outcome]] = [
        lambda: book.try_to_bypass("ann", "bob", "cat"),
        lambda: book.try_to_bypass("dan", "eve"),
        lambda: book.review("amy", 1, justified=False),
        lambda: book.try_to_bypass("bob", "fay", "fox"),
        lambda: book.review("amy", 0),
        lambda: book.set_terms(7, 100),
        lambda: book.try_to_bypass("ann", "cat"),
        lambda: book.review("amy", 2),
        lambda: book.review("amy", 3, justified=False),
        lambda: book.set_terms(1, 1),
        lambda: book.try_to_bypass(),
    ]
    replayed = Replayed()
    for step in steps:
        for event in book.ledger.events(book.scene.must(step())):
            assert event.arguments["vault"] == "0x" + book.vault.hex()
            replayed.take(event)
        assert stored_words(book) == slots_of(book, replayed)
    assert replayed.terms.count == 5
    assert {index for index, _ in replayed.participants} == {0, 1, 2, 3}


def test_events__of_others__say_whose_they_are(book: Book) -> None:
    outcome = book.ledger.must(STRANGER, "record", SOME_ID, 3, 9, 0)
    (event,) = book.ledger.events(outcome)
    assert (event.name, event.arguments["vault"]) == ("BypassRecorded", "0x" + STRANGER.hex())
    assert stored_words(book).keys().isdisjoint({book.terms_slot(), book.bypass_slot(0)})
