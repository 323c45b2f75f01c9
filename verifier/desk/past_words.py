"""What operations of the past did. Their bytes never change, so each is decoded once while the words stay the same.

What an operation is called does change: by a label, an interface, or decimals that the vault learns. So whatever is
kept stands beside the whole lexicon that it was made with, and counts for an equal one only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from verifier.assess.case import Precedent
from verifier.decode.calls import decode_operation
from verifier.decode.lexicon import Lexicon
from verifier.decode.sentence import say_operation
from verifier.model.history import PastOperation
from verifier.model.operation import Operation
from verifier.model.text import Shown


class Precedents:
    """Operations of the past for all reviews of one reading."""

    def __init__(self) -> None:
        self._kept: tuple[Sequence[PastOperation], Lexicon, tuple[Precedent, ...]] | None = None

    def of(self, executed: Sequence[PastOperation], lexicon: Lexicon) -> tuple[Precedent, ...]:
        """Return them decoded, in their order."""
        if self._kept is None or self._kept[0] is not executed or self._kept[1] != lexicon:
            self._kept = executed, lexicon, tuple(_precedent(past, lexicon) for past in executed)
        return self._kept[2]


class PastSentences:
    """What operations of the past did, in a sentence each, from one reading to the next.

    No more is kept than the latest reading asked for. Operations are told apart by all of their bytes: nobody's word is
    taken for an id.
    """

    def __init__(self) -> None:
        self._kept: tuple[Lexicon | None, Mapping[Operation, Shown]] = None, {}

    def of(self, operations: Iterable[Operation], lexicon: Lexicon) -> Mapping[Operation, Shown]:
        """Return the sentence of each."""
        # With these words they are decoded too, so that nothing which is not compared here could be in a sentence.
        words = lexicon.without_limits()
        former, kept = self._kept
        known = kept if former == words else {}
        told = {
            each: known[each] if each in known else say_operation(decode_operation(each, words), words)
            for each in operations
        }
        self._kept = words, told
        return told


def _precedent(past: PastOperation, lexicon: Lexicon) -> Precedent:
    return Precedent(
        operation_id=past.operation_id,
        calls=decode_operation(past.operation, lexicon),
        executed_at=past.executed_at,
    )
