"""What came of an envelope or a decision: written down, put into the box, and shown to whoever is in front."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from verifier.frost.envelope import show_kind
from verifier.holder.diary import COORDINATORS_LINE, Diary
from verifier.holder.outbox import Box
from verifier.holder.ports import Recorder
from verifier.holder.step import Step
from verifier.model.holding import LEFT
from verifier.model.text import Shown

Say = Callable[[str], object]
"""Shows a line to the person in front of the process."""


class Telling:
    """One holder's. Whoever calls lets in one at a time."""

    def __init__(self, recorder: Recorder, say: Say, diary: Diary) -> None:
        self.recorder, self.diary, self.box = recorder, diary, Box()
        # By which the latest envelopes came.
        self.line = COORDINATORS_LINE
        self._say = say

    def say(self, said: Shown) -> None:
        """Show a line, if it can be shown: a log that is full, or that nobody reads any more, keeps nobody waiting."""
        with suppress(OSError, ValueError):
            self._say(said)

    def remark(self, said: Shown, line: Shown) -> None:
        """Note something that was refused, and by which line it came."""
        self.diary.remark(said, line)
        self.say(said)

    def note(self, step: Step) -> None:
        """Write a step down, and only then let go what is to be sent.

        :raises HolderFileUnwritable: the disk does not let us; what is not written down is not sent either.
        """
        for rejected in step.rejected:
            self.recorder.note("refused", {"sender": rejected.sender, "why": rejected.sentence()})
            self.remark(rejected.sentence(), self.line)
        for verdict in step.verdicts:
            evidence = ["0x" + raw.hex() for raw in verdict.evidence]
            self.recorder.note(
                "lied", {"who": int(verdict.culprit), "crime": verdict.crime, "evidence": evidence}
            )
            self.remark(verdict.sentence(), self.line)
        for raw in step.sent:
            self.recorder.note("sent", {"raw": "0x" + raw.hex()})
            self.box.put(raw)
            self.say(Shown(f"Sent {show_kind(raw)} to the coordinator."))
        if step.epoch is not None:
            self.recorder.note("epoch", {"epoch": step.epoch})
            self.say(LEFT if step.has_left else Shown(f"The share of epoch {step.epoch} is in use."))
