"""A holder's letter box: envelopes come in at any time, and what goes out waits there.

telling.py writes down what comes of them, and deciding.py decides what they ask. The box stays open meanwhile: what
comes is taken, and whoever waits for an answer asks again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final

from verifier.errors import ConfigurationError, HolderFileUnwritable, KeyHolderError
from verifier.frost.envelope import is_call_off
from verifier.holder.deciding import Deciding
from verifier.holder.diary import COORDINATORS_LINE, Diary
from verifier.holder.flood import Flood
from verifier.holder.outbox import Outbox
from verifier.holder.ports import Decider, Person, Recorder
from verifier.holder.service import HolderService
from verifier.holder.step import Step
from verifier.holder.telling import Say, Telling
from verifier.model.holding import Holding
from verifier.model.text import Shown, sanitise

__all__ = ["HolderPost", "Say"]

_LONG: Final = 1_000
_FLOODED: Final = Shown(
    "More comes by this line than any group has to say, and is not taken for now: somebody else may have its keys."
)


class HolderPost:
    """The box of one holder. It may be used from several threads at once."""

    def __init__(
        self,
        service: HolderService,
        decider: Decider,
        recorder: Recorder,
        say: Say,
        diary: Diary,
        person: Person | None = None,
    ) -> None:
        """:param person: who is asked what the rules leave open; None where nobody is there: that is declined"""
        self._service, self._diary = service, diary
        self._telling = Telling(recorder, say, diary)
        self._flood = Flood(service.clock)
        self._changed = threading.Condition()
        self._deciding = Deciding(
            service, decider, self._telling, person, changed=self._changed, look=self.look
        )

    def exchange(
        self, envelopes: Sequence[bytes], *, seen: int, patience: float, line: Shown = COORDINATORS_LINE
    ) -> Outbox:
        """Take envelopes, and return what is in the box behind those that were seen.

        :param patience: seconds to wait where a question is open and nothing is in the box
        :param line: by which they came
        :raises HolderFileUnwritable: they cannot be recorded.
        """
        box = self._telling.box
        with self._changed:
            self._telling.line = line
            if envelopes or patience:
                self._diary.called()
            self._end_late()
            self._take_all(envelopes, line)
            self._deciding.take_away()
            self._changed.wait_for(lambda: self._deciding.is_done or box.total > seen, timeout=patience)
            return box.behind(seen)

    def close(self) -> None:
        """Decide nothing more."""
        self._deciding.close()

    def refuse(self, said: Shown, line: Shown) -> None:
        """Say what came by a line and could not even be read."""
        with self._changed:
            self._telling.remark(said, line)

    def reached_at(self, where: Shown) -> None:
        """Note where this holder listens, or looks for parcels."""
        with self._changed:
            self._diary.where = where
            self._diary.changed()

    def watch(self, changed: Callable[[], object]) -> None:
        """Have it told, from whatever thread it happens in, that something is otherwise than it was."""
        self._diary.changed = changed

    def holding(self) -> Holding:
        """Return how the holder stands now. Questions that nobody waits for any more are taken away."""
        with self._changed:
            self._deciding.take_away()
            return self._diary.holding()

    def look(self) -> None:
        """End what time has ended, and take away the questions that nobody waits for any more."""
        with self._changed:
            self._end_late()
            self._deciding.take_away()

    def _end_late(self) -> None:
        step = self._service.look()
        self._say_over(step)
        if step.over:
            self._deciding.note(step)

    def _say_over(self, step: Step) -> None:
        for over in step.over:
            self._telling.say(Shown(f"Session {over.session.hex()[:16]} is over: {over.how}."))

    def _take_all(self, envelopes: Sequence[bytes], line: Shown) -> None:
        """Take envelopes, as far as this holder listens.

        :raises HolderFileUnwritable: what comes cannot be recorded. It is said here too, where a person may be.
        """
        for raw in envelopes:
            was_over = self._flood.is_over
            if not self._flood.admits(len(raw)):
                if not was_over:
                    self._telling.remark(_FLOODED, line)
                return
            try:
                self._telling.recorder.note("received", {"raw": "0x" + raw.hex()})
                self._take(raw, line)
            except HolderFileUnwritable as exc:
                self._telling.remark(sanitise(exc.sentence(), most=_LONG), line)
                raise

    def _take(self, raw: bytes, line: Shown) -> None:
        """:raises HolderFileUnwritable: what has to be stored cannot be."""
        try:
            step = self._service.take(raw)
        except HolderFileUnwritable:
            raise
        except (KeyHolderError, ConfigurationError) as exc:
            # A new share could not be sealed, or its group's file is not there: the old one stays, and the box open.
            self._telling.remark(sanitise(exc.sentence(), most=_LONG), line)
            return
        except Exception as exc:  # noqa: BLE001 - whatever it is, the box stays open, and its person is told
            fault = type(exc).__name__
            said = sanitise(f"A fault of this program, {fault}: a message is not taken.", most=_LONG)
            self._telling.remark(said, line)
            return
        if is_call_off(raw):
            self._say_over(step)
        self._deciding.note(step)
