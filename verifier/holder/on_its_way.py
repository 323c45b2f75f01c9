"""What a coordinator has begun and not ended: how long it waits for it, and how it tells its holders of the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from verifier.errors import FourthSignerError
from verifier.frost.calling_off import Begun, call_off
from verifier.frost.charter import Index, Pen
from verifier.frost.signing import Signing, Stage
from verifier.frost.turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds that holders have: where a person may have to decide, and where only a program answers."""

    person: float
    program: float
    # Whose messages are carried as files: their programs have as long as a person has.
    carried: frozenset[Index] = frozenset()

    def of(self, awaited: Iterable[Index], *, is_person: bool) -> float:
        """Return how long to wait for those who are awaited."""
        return self.person if is_person or self.carried & {*awaited} else self.program


@dataclass(slots=True)
class OnItsWay:
    """One ceremony. Whatever ends it before it is done, all who were asked are told, once."""

    pen: Pen
    # Writes an envelope down, and sends it.
    send: Callable[[Iterable[Index], bytes], object]
    # None before it began, and once it is done or its holders were told.
    begun: Begun | None = None

    def done(self) -> None:
        """Let nobody be told that it is over: what was wanted is there, or may be."""
        self.begun = None

    def call_off(self) -> None:
        """Tell all who were asked that it is over; what cannot be written down is not sent."""
        begun, self.begun = self.begun, None
        if begun is not None:
            said = call_off(begun, self.pen)
            with suppress(FourthSignerError):
                self.send(said.to, said.raw)

    def went_on(self, before: Signing, turn: Turn[Signing]) -> Turn[Signing]:
        """Call an attempt at a signature off that came to nothing, before those who are left are asked anew."""
        after = turn.state
        if after.stage is Stage.SIGNED:
            self.done()
        elif after.stage is Stage.FAILED:
            self.call_off()
        elif after.attempt != before.attempt:
            self.call_off()
            self.begun = Begun.of_attempt(after)
        return turn
