"""What lock-step means: the same fate, the same words, the same story."""

from __future__ import annotations

from tests.anvil import Outcome
from tests.lifecycle.refusals import facts_of, revert_data_of
from tests.lifecycle.slots import Words
from verifier.errors.revert import TWINS, from_revert
from verifier.errors.tree import VaultError


def require_same_fate(outcome: Outcome, refused: VaultError | None) -> None:
    """Both did it, or both refused it with the same error and the same facts."""
    if refused is None:
        assert outcome.succeeded, f"the vault refused what the model does: {_told(outcome)}"
        return
    assert not outcome.succeeded, f"the vault did what the model refuses: {refused!r}"
    is_same = facts_of(from_revert(outcome.revert_data)) == facts_of(refused)
    assert is_same, f"the vault says {_told(outcome)}, and the model {refused!r}"
    if type(refused).__name__ in TWINS:
        assert outcome.revert_data == revert_data_of(refused)


def require_same_writes(written: Words, predicted: Words, before: Words) -> None:
    """A transaction wrote what the model writes, and not a word more."""
    expected = {place: word for place, word in predicted.items() if word != before.get(place, 0)}
    places = sorted(
        place for place in written.keys() | expected.keys() if written.get(place) != expected.get(place)
    )
    assert not places, "other words were written than the model wrote: " + ", ".join(
        f"{name} {slot:#x} has {_shown(written.get((name, slot)))} and the model "
        f"{_shown(expected.get((name, slot)))}"
        for name, slot in places
    )


def _shown(word: int | None) -> str:
    return "nothing new" if word is None else f"{word:#x}"


def require_same_words(stored: Words, predicted: Words, replayed: Words) -> None:
    """Storage is what the model predicts, and what the events tell (I-9)."""
    differing = [place for place, word in predicted.items() if stored.get(place, 0) != word]
    assert not differing, "storage differs: " + ", ".join(
        f"{place[0]} {place[1]:#x} has {stored.get(place, 0):#x} and the model {predicted[place]:#x}"
        for place in differing
    )
    differing = [place for place, word in stored.items() if replayed.get(place, 0) != word]
    assert not differing, "the events tell another story: " + ", ".join(
        f"{place[0]} {place[1]:#x} has {stored[place]:#x} and the events {replayed.get(place, 0):#x}"
        for place in differing
    )
    unknown = [place for place, word in replayed.items() if word and place not in stored]
    assert not unknown, f"the events tell of words that are not there: {unknown}"


def _told(outcome: Outcome) -> str:
    return repr(from_revert(outcome.revert_data))
