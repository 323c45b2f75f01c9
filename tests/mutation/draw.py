"""Which mutants are looked at, and in which order: chance decides, from a seed, but nothing is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from random import Random

from tests.mutation.mutant import Mutant


def draw(mutants: Iterable[Mutant], seed: int) -> list[Mutant]:
    """Return all mutants in an order that begins with one of each operator in each file, the rest by chance."""
    dice = Random(seed)  # noqa: S311 - whoever has the seed must draw the same
    kinds: dict[tuple[str, str], list[Mutant]] = defaultdict(list)
    for mutant in sorted(mutants, key=lambda m: m.key):
        kinds[mutant.file, mutant.change.operator].append(mutant)
    first = []
    rest = []
    for key in sorted(kinds):
        dice.shuffle(kinds[key])
        first.append(kinds[key][0])
        rest += kinds[key][1:]
    dice.shuffle(first)
    dice.shuffle(rest)
    return first + rest


def sample(drawn: list[Mutant], count: int, of: int, seed: str) -> list[Mutant]:
    """Return the order for a short run: chosen from the first `of`, and what replaces those that do not compile."""
    some = drawn[:of]
    Random(seed).shuffle(some)  # noqa: S311
    return some if count <= len(some) else some + drawn[of:]
