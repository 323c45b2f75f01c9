"""What the terminal knows so far, and how old it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.desk.briefing import Briefing
    from verifier.desk.survey import Survey
    from verifier.model.written_call import WrittenCall
    from verifier.tui.convening import Convening


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why nothing newer is known."""

    sentence: str
    # By the clock of this machine.
    since: int


@dataclass(slots=True, kw_only=True)
class Known:
    """Everything that was read, the latest of each."""

    queue: Briefing | None = None
    lanes: dict[int, Briefing] = field(default_factory=dict)
    survey: Survey | None = None
    # Of an operation that is being put together; not read, but typed.
    calls: list[WrittenCall] = field(default_factory=list)
    # The ceremony that this terminal brings about; None where there is none, or what came of it was dealt with.
    convening: Convening | None = None
    # When something was read last; None where nothing ever was.
    read_at: int | None = None
    trouble: Trouble | None = None
    # When the question that is being waited for was asked; None where none is.
    asked_at: int | None = None

    @property
    def latest(self) -> Briefing | None:
        """The newest reading of the vault."""
        briefings = [each for each in (self.queue, *self.lanes.values()) if each is not None]
        return max(briefings, key=lambda briefing: briefing.reading.head.number, default=None)
