"""Which mutant comes next, and what became of those before: shared by the workers."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from tests.mutation.mutant import Mutant
from tests.mutation.record import Fate, Record, Verdict


class Plan:
    """Hands out mutants in the order drawn until as many as wanted were real ones."""

    def __init__(
        self, drawn: Sequence[Mutant], count: int, record: Record, tests: str, *, is_fresh: bool = False
    ) -> None:
        self._waiting = iter(drawn)
        self._count = count
        self._record = record
        self._known = {} if is_fresh else record.fates()
        self._tests = tests
        self._lock = Lock()
        self._out = 0
        self.fates: dict[Mutant, Fate] = {}
        """In the order in which they became known."""

    def next(self) -> Mutant | None:
        """Return the next mutant whose fate is not known, or None where enough are known or being looked at."""
        with self._lock:
            while self._counted() + self._out < self._count:
                mutant = next(self._waiting, None)
                if mutant is None:
                    return None
                fate = self._known.get(mutant.key)
                if fate is None or (fate.verdict is Verdict.SURVIVED and fate.tests != self._tests):
                    self._out += 1
                    return mutant
                self.fates[mutant] = fate
            return None

    def _counted(self) -> int:
        return sum(fate.verdict.counts for fate in self.fates.values())

    def settle(self, mutant: Mutant, fate: Fate) -> None:
        """Note what became of a mutant that was handed out, or what became known of it since."""
        with self._lock:
            if mutant not in self.fates:
                self._out -= 1
            self.fates[mutant] = fate
            self._record.add(fate)

    def progress(self) -> tuple[int, int]:
        """Return how many mutants are counted, of how many."""
        with self._lock:
            return self._counted(), self._count
