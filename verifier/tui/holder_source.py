"""What a holder's screens may ask for, as functions that the front door hands over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.desk.group_asking import Asked, Waiting
    from verifier.model.holding import HolderSelf, Holding
    from verifier.model.text import Shown
    from verifier.model.units import Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderSource:
    """A holder, seen from its person's place."""

    me: HolderSelf
    now: Callable[[], Timestamp]
    # The questions that wait, the oldest first. At once.
    waiting: Callable[[], Sequence[Waiting]]
    # How the holder stands. It may take its time: a share may be being stored.
    look: Callable[[], Holding]
    # Answers yes to the question of a number, for what was read, with what was typed for its dangers: says what became
    # of it, or returns the question as it is now where that is not what was read. It reads the vault, and may raise.
    agree: Callable[[int, Asked, Sequence[str]], Asked | Shown]
    # Answers no, and says what became of it.
    decline: Callable[[int], Shown]
    # Why nobody waits for the answer to a question any more; empty where that is not known.
    why_over: Callable[[int], Shown | str] = lambda _: ""
