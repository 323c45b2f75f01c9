"""What lock-step means: the same fate, the same words, the same story."""

from __future__ import annotations

from tests.anvil import Outcome
from tests.lifecycle.refusals import facts_of, revert_data_of
from tests.lifecycle.state import Words
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


def require_same_words(stored: Words, predicted: Words, replayed: Words) -> None:
    """Storage is what the model predicts, and what the events tell (I-9)."""
    differing = [slot for slot, word in predicted.items() if stored[slot] != word]
    assert not differing, "storage differs: " + ", ".join(
        f"slot {slot:#x} has {stored[slot]:#x} and the model {predicted[slot]:#x}" for slot in differing
    )
    differing = [slot for slot, word in stored.items() if replayed.get(slot, 0) != word]
    assert not differing, "the events tell another story: " + ", ".join(
        f"slot {slot:#x} has {stored[slot]:#x} and the events {replayed.get(slot, 0):#x}"
        for slot in differing
    )
    unknown = [slot for slot, word in replayed.items() if word and slot not in stored]
    assert not unknown, f"the events tell of words that are not there: {unknown}"


def _told(outcome: Outcome) -> str:
    return repr(from_revert(outcome.revert_data))
