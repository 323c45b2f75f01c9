"""In which order tests are tried on a mutant: those first that are likely to kill it, and quick.

What killed mutants of the same function, of the same file, or any, is the best guess. The cases of one test are much
alike, so after the first of them the others wait.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from tests.mutation.mutant import Mutant

WORD: Final = re.compile(r"[A-Z]?[a-z]{3,}")
SECONDS: Final = 0.1
"""A test that never ran is thought to take so long."""
STORIES: Final = "tests/lifecycle/test_lockstep.py"
STORIES_SECONDS: Final = 8.0
STORIES_WEIGHT: Final = 60.0
LIKE_THE_ONE_BEFORE: Final = 0.6
COMMON: Final = frozenset(
    {"contracts", "libraries", "types", "vault", "sol", "tests", "state", "requires", "require"}
)
"""Words that say nothing of what a test is about."""


class Order:
    """What is known of the tests."""

    def __init__(self, tests: Iterable[str]) -> None:
        self._seconds = {test: STORIES_SECONDS if test.startswith(STORIES) else SECONDS for test in tests}
        self._last: set[str] = set()
        self._kills: Counter[tuple[str, ...]] = Counter()

    @property
    def stories(self) -> list[str]:
        """Return the tests that tell as many stories as they are asked for."""
        return [test for test in self._seconds if test.startswith(STORIES)]

    def learn_seconds(self, test: str, seconds: float) -> None:
        self._seconds[test] = seconds

    def put_last(self, tests: Iterable[str]) -> None:
        """Try these only when nothing else is left."""
        self._last |= set(tests)

    def learn_kill(self, test: str, file: str, place: str) -> None:
        self._kills.update([(test,), (test, file), (test, file, place)])

    def tests_for(self, mutant: Mutant) -> list[str]:
        """Return all tests, the most promising first."""
        words = {word.lower() for word in WORD.findall(mutant.change.place + " " + mutant.file)} - COMMON
        weights = {test: self._weight(test, mutant, words) for test in self._seconds}
        cases: Counter[str] = Counter()
        value = {}
        for test in sorted(weights, key=lambda t: -weights[t]):
            name = test.partition("[")[0]
            value[test] = weights[test] * LIKE_THE_ONE_BEFORE ** cases[name] / (0.05 + self._seconds[test])
            cases[name] += 1
        return sorted(value, key=lambda t: (t in self._last, -value[t], t))

    def _weight(self, test: str, mutant: Mutant, words: set[str]) -> float:
        file, place = mutant.file, mutant.change.place
        named = sum(word in test for word in words)
        kills = self._kills
        guess = STORIES_WEIGHT if test.startswith(STORIES) else 0.1
        return 30 * kills[test, file, place] + 6 * kills[test, file] + kills[(test,)] + 0.3 * named + guess
