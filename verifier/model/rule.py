"""What calls of one function of one target are, where policy says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from verifier.errors import NumberOutOfRange
from verifier.model.address import NOBODY, Address
from verifier.model.asset import Use
from verifier.model.word import WordLayout

RULE: Final = WordLayout("Rule", "asset 160 | amountAt 8 | counterpartyAt 8 | words 8 | uses 8 | kind 8")

_OPAQUE: Final = 1
_MEASURED: Final = 2
MAX_WORDS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Where the calldata says what moves: the arguments are `words` words, and nothing else."""

    asset: Address
    # Numbers of words behind the selector; the first is 0.
    amount_at: int
    counterparty_at: int
    words: int
    # What the counterparty must be allowed: RECIPIENT or SPENDER.
    uses: Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Calls that are judged by what they move; without a measure they are HIGH_VALUE, whatever they say."""

    measure: Measure | None = None

    def pack(self) -> int:
        """:raises NumberOutOfRange: something does not fit into its field."""
        if self.measure is None:
            return RULE.pack(asset=0, amountAt=0, counterpartyAt=0, words=0, uses=0, kind=_OPAQUE)
        return RULE.pack(
            asset=int.from_bytes(self.measure.asset, "big"),
            amountAt=self.measure.amount_at,
            counterpartyAt=self.measure.counterparty_at,
            words=self.measure.words,
            uses=self.measure.uses,
            kind=_MEASURED,
        )

    @classmethod
    def unpack(cls, word: int) -> Self | None:
        """Return the rule of a word, or None where there is none.

        :raises NumberOutOfRange: a kind that does not exist: no vault wrote this word.
        """
        fields = RULE.unpack(word)
        if word == 0:
            return None
        if fields["kind"] == _OPAQUE:
            return cls()
        if fields["kind"] != _MEASURED or fields["uses"] > sum(Use):
            raise NumberOutOfRange(
                what="kind of Rule", minimum=_OPAQUE, maximum=_MEASURED, actual=fields["kind"]
            )
        return cls(
            measure=Measure(
                asset=Address(fields["asset"].to_bytes(20, "big")) if fields["asset"] else NOBODY,
                amount_at=fields["amountAt"],
                counterparty_at=fields["counterpartyAt"],
                words=fields["words"],
                uses=Use(fields["uses"]),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A rule and the function it is about."""

    target: Address
    # Four bytes.
    selector: bytes
    rule: Rule
