"""The person in front of screens: questions wait for them under numbers, the oldest first, however long that takes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final

from verifier.desk.group_asking import Asked, Waiting
from verifier.holder.ports import OpenQuestion
from verifier.model.text import Shown
from verifier.model.units import Timestamp

MOST_OVER: Final = 64
"""Questions that are over of which it is known why."""


class ScreenPerson:
    """The port Person, and what screens show of it. It may be used from several threads at once."""

    def __init__(self, now: Callable[[], Timestamp]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._count = 0
        # By number, in the order in which they came.
        self._opened: dict[int, tuple[OpenQuestion, Timestamp]] = {}
        # Why the latest that are over are so, by number.
        self._why: dict[int, Shown] = {}
        # Called after each change, by whoever made it.
        self.changed: Callable[[], object] = lambda: None

    def ask(self, opened: OpenQuestion) -> None:
        """As the port says."""
        with self._lock:
            self._count += 1
            self._opened[self._count] = opened, self._now()
        self.changed()

    def over(self, opened: OpenQuestion, why: Shown) -> None:
        """As the port says."""
        with self._lock:
            for number, (each, _) in list(self._opened.items()):
                if each.session == opened.session:
                    del self._opened[number]
                    self._why[number] = why
            for number in list(self._why)[:-MOST_OVER]:
                del self._why[number]
        self.changed()

    def why_over(self, number: int) -> Shown:
        """Return why a question was taken away; empty where it was not, or that is long ago."""
        with self._lock:
            return self._why.get(number, Shown(""))

    def waiting(self) -> Sequence[Waiting]:
        """Return the questions that wait, the oldest first."""
        with self._lock:
            return [
                Waiting(number=number, since=since, asked=opened.asked)
                for number, (opened, since) in self._opened.items()
            ]

    def agree(self, number: int, seen: Asked, typed: Sequence[str]) -> Asked | Shown:
        """Answer yes, as the port OpenQuestion says.

        :param seen: what was read: yes is for nothing else
        """
        found = self._find(number)
        if found is None:
            return _GONE
        if found.asked is not seen:
            return found.asked
        said = found.agree(typed)
        if not isinstance(said, Asked):
            self._forget(number)
        self.changed()
        return said

    def decline(self, number: int) -> Shown:
        """Answer no."""
        found = self._find(number)
        if found is None:
            return _GONE
        said = found.decline()
        self._forget(number)
        self.changed()
        return said

    def _find(self, number: int) -> OpenQuestion | None:
        with self._lock:
            found = self._opened.get(number)
        return found[0] if found else None

    def _forget(self, number: int) -> None:
        with self._lock:
            self._opened.pop(number, None)


_GONE = Shown("Nothing was answered: nobody waits for the answer any more.")
