"""The geometry of segregation on a chain, and members to ask it about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from tests.anvil import Anvil
from tests.core.earth import Spot
from tests.harness.compiled import Harness, compiled
from verifier.model.member import UNIT, Attributes
from verifier.model.place import place_at

PAIRS_A_CALL: Final = 2_000
BASE: Final = Attributes(employer=1, utc_offset=0, place=(UNIT, 0, 0))
OTHER: Final = replace(BASE, employer=2, utc_offset=400, place=(0, UNIT, 0))

Pair = tuple[Attributes, Attributes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The geometry on a chain, asked by words."""

    chain: Anvil
    at: bytes
    harness: Harness

    def are_segregated(self, words: Sequence[int]) -> list[bool]:
        """Return the answers for the pairs that stand one after the other."""
        answers: list[bool] = []
        for start in range(0, len(words), 2 * PAIRS_A_CALL):
            part = words[start : start + 2 * PAIRS_A_CALL]
            answers += self._bits("areSegregated", part, len(part) // 2)
        return answers

    def are_valid(self, words: Sequence[int]) -> list[bool]:
        return self._bits("areValid", words, len(words))

    def is_pairwise(self, words: Sequence[int], length: int) -> bool:
        return bool(self.harness.read(self.chain, self.at, "isPairwise", words, length))

    def fields(self, word: int) -> tuple[int, ...]:
        return tuple(self.harness.read(self.chain, self.at, "fields", word))

    def _bits(self, function: str, words: Sequence[int], count: int) -> list[bool]:
        answer = self.harness.read(self.chain, self.at, function, words)
        return [answer[i // 256] >> i % 256 & 1 == 1 for i in range(count)]


@contextmanager
def open_geometry(chain: Anvil) -> Iterator[Opened]:
    """Deploy the harness, until the end of the block."""
    harness = compiled("SegregationHarness")
    with chain.isolate():
        yield Opened(chain=chain, at=chain.deploy(harness.creation), harness=harness)


def words_of(pairs: Sequence[Pair]) -> list[int]:
    return [member.pack() for pair in pairs for member in pair]


def someone(spot: Spot, *, other: bool = False) -> Attributes:
    """Return a member at a spot; with `other`, one who shares nothing else with the first."""
    return replace(OTHER if other else BASE, place=place_at(latitude=spot[0], longitude=spot[1]))
