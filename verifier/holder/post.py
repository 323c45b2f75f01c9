"""A holder's letter box: envelopes come in at any time, what goes out waits there, questions are decided one by one.

What the rules leave open is put before the person, who takes as long as that takes. Meanwhile the box stays open, and
all else is decided: what comes is taken, and whoever waits for an answer asks again. A question that nobody waits for
any more is taken away. What went out is numbered, so that nothing is lost with an answer that did not arrive.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.desk.group_asking import Asked, compare, read_again
from verifier.desk.signing import require_acknowledged
from verifier.errors import FourthSignerError, HolderFileUnwritable, KeyHolderError
from verifier.frost.messages import Kind
from verifier.holder.diary import COORDINATORS_LINE, Diary
from verifier.holder.flood import Flood
from verifier.holder.ports import SAID_NO, Decider, Decision, Person, Question, Recorder
from verifier.holder.service import HolderService
from verifier.holder.step import Step
from verifier.model.holding import Holding
from verifier.model.text import Shown, sanitise

MOST_KEPT: Final = 1_024
"""Envelopes that wait in the box; whoever never fetches them loses the oldest."""

_LONG: Final = 1_000
_LOOK_SECONDS: Final = 5.0
_FLOODED: Final = Shown(
    "More comes by this line than any group has to say, and is not taken for now: somebody else may have its keys."
)
Say = Callable[[str], object]
"""Shows a line to the person in front of the process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What is in the box from a number on, and how many were ever put in."""

    total: int
    envelopes: tuple[bytes, ...]


_NOBODY: Final = Decision(
    is_yes=False, because=Shown("a person has to decide, and nobody is at this holder's terminal")
)
_YES: Final = Decision(is_yes=True, because=Shown("the holder's person said yes"))
_OVER: Final = Shown("nobody waits for the answer any more: its session is over")


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
        self._diary = diary
        self._person = person
        # What was put before the person, by session.
        self._before: dict[bytes, _Opened] = {}
        self._service = service
        self._decider = decider
        self._recorder = recorder
        self._say = say
        self._flood = Flood(service.clock)
        self._changed = threading.Condition()
        self._kept: list[bytes] = []
        self._dropped = 0
        # By which the latest envelopes came.
        self._line = COORDINATORS_LINE
        self._undecided = 0
        self._questions: queue.SimpleQueue[Question | None] = queue.SimpleQueue()
        self._worker = threading.Thread(target=self._decide_all, name="decider", daemon=True)
        self._worker.start()

    def exchange(
        self, envelopes: Sequence[bytes], *, seen: int, patience: float, line: Shown = COORDINATORS_LINE
    ) -> Outbox:
        """Take envelopes, and return what is in the box behind those that were seen.

        :param patience: seconds to wait where a question is open and nothing is in the box
        :param line: by which they came
        """
        with self._changed:
            self._line = line
            if envelopes or patience:
                self._diary.called()
            self._end_late()
            self._take_all(envelopes, line)
            self._take_away()
            self._changed.wait_for(
                lambda: self._undecided == 0 or self._total > seen,
                timeout=patience,
            )
            # What was seen is seen: otherwise whoever comes next is told all of it again.
            done = min(max(seen - self._dropped, 0), len(self._kept))
            del self._kept[:done]
            self._dropped += done
            return Outbox(total=self._total, envelopes=tuple(self._kept))

    def close(self) -> None:
        """Decide nothing more."""
        self._questions.put(None)

    @property
    def _total(self) -> int:
        return self._dropped + len(self._kept)

    def refuse(self, said: Shown, line: Shown) -> None:
        """Say what came by a line and could not even be read."""
        with self._changed:
            self._remark(said, line)

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
            self._take_away()
            return self._diary.holding()

    def look(self) -> None:
        """End what time has ended, and take away the questions that nobody waits for any more."""
        with self._changed:
            self._end_late()
            self._take_away()

    def _end_late(self) -> None:
        step = self._service.look()
        for over in step.over:
            self._say(f"Session {over.session.hex()[:16]} is over: {over.how}.")
        if step.over:
            self._note(step)

    def _take_all(self, envelopes: Sequence[bytes], line: Shown) -> None:
        """Take envelopes, as far as this holder listens.

        :raises HolderFileUnwritable: what comes cannot be recorded. It is said here too, where a person may be.
        """
        for raw in envelopes:
            was_over = self._flood.is_over
            if not self._flood.admits(len(raw)):
                if not was_over:
                    self._remark(_FLOODED, line)
                return
            try:
                self._recorder.note("received", {"raw": "0x" + raw.hex()})
                self._take(raw, line)
            except HolderFileUnwritable as exc:
                self._remark(sanitise(exc.sentence(), most=_LONG), line)
                raise

    def _remark(self, said: Shown, line: Shown) -> None:
        self._diary.remark(said, line)
        self._say(said)

    def _take(self, raw: bytes, line: Shown) -> None:
        try:
            step = self._service.take(raw)
        except KeyHolderError as exc:
            # A new share could not be sealed: it is not confirmed, so that the old one stays, and the box stays open.
            self._remark(sanitise(exc.sentence(), most=_LONG), line)
            return
        self._note(step)

    def _decide_all(self) -> None:
        while (question := self._next()) is not None:
            with self._changed:
                is_open = self._service.is_open(question)
                if not is_open:
                    self._undecided -= 1
                    self._changed.notify_all()
            if is_open:
                found = self._decide(question)
                if isinstance(found, Decision):
                    self._answer(question, found)
                else:
                    self._put_before(question, found)

    def _next(self) -> Question | None:
        """Return what is to be decided next; None at the end."""
        while True:
            try:
                return self._questions.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                # Nonces that hold no longer go, though nobody comes to use them.
                self.look()

    def _decide(self, question: Question) -> Decision | Asked:
        try:
            return self._decider.decide(question)
        except FourthSignerError as exc:
            return Decision(is_yes=False, because=sanitise(exc.sentence().rstrip(".")))
        except Exception as exc:  # noqa: BLE001 - whatever is wrong here, nothing is signed, and the box stays open
            why = sanitise(f"a fault of its program, {type(exc).__name__}")
            return Decision(is_yes=False, because=why)

    def _put_before(self, question: Question, asked: Asked) -> None:
        """Let the person decide, and go on with whatever else there is."""
        if self._person is None:
            self._answer(question, _NOBODY)
            return
        with self._changed:
            opened = _Opened(self, question, asked)
            self._before[question.session] = opened
            self._person.ask(opened)
            # It may have ended while it was read.
            self._take_away()

    def agree(self, opened: _Opened, typed: Collection[str]) -> Asked | Shown:
        """Take a person's yes, as the port OpenQuestion says."""
        seen = opened.asked
        require_acknowledged(seen.acknowledgements, typed)
        # It may have taken hours, so that the same is decided once more. None of it needs the box.
        fresh = self._decide(opened.question)
        if isinstance(fresh, Asked):
            if changes := compare(seen, fresh):
                opened.asked = read_again(fresh, changes)
                return opened.asked
        elif not fresh.is_yes:
            return self.settle(opened, fresh)
        return self.settle(opened, _YES)

    def settle(self, opened: _Opened, decision: Decision) -> Shown:
        """Answer what was put before the person, if anybody still waits for it."""
        with self._changed:
            self._take_away()
            if self._before.pop(opened.session, None) is None:
                return Shown(f"Nothing was answered: {_OVER}.")
        return self._answer(opened.question, decision)

    def _answer(self, question: Question, decision: Decision) -> Shown:
        """Say what was decided, and return the same as a sentence."""
        with self._changed:
            try:
                self._recorder.note(
                    "decided",
                    {
                        "session": "0x" + question.session.hex(),
                        "answer": "yes" if decision.is_yes else "no",
                        "because": str(decision.because),
                    },
                )
                step = self._service.answer(question, decision)
                self._diary.decided(question, decision)
                said = Shown(f"Answered {'yes' if decision.is_yes else 'no'}: {decision.because}.")
                self._say(said)
                self._note(step)
            except FourthSignerError as exc:
                said = sanitise(exc.sentence())
                self._say(said)
            except Exception as exc:  # noqa: BLE001 - nothing has left, and the next question is decided all the same
                said = sanitise(f"A fault of this program, {type(exc).__name__}: nothing was answered.")
                self._say(said)
            finally:
                self._undecided -= 1
                self._changed.notify_all()
        return said

    def _take_away(self) -> None:
        """Forget questions that are over; called with the lock."""
        for session, opened in list(self._before.items()):
            if self._service.is_open(opened.question):
                continue
            del self._before[session]
            self._undecided -= 1
            self._changed.notify_all()
            self._diary.taken_away(opened.question)
            self._say(f"A question is taken away, {opened.asked.what}: {_OVER}.")
            if self._person is not None:
                self._person.over(opened, _OVER)

    def _note(self, step: Step) -> None:
        """Write down and show what came of something; called with the lock."""
        for rejected in step.rejected:
            self._recorder.note("refused", {"sender": rejected.sender, "why": rejected.sentence()})
            self._say(rejected.sentence())
            self._diary.remark(rejected.sentence(), self._line)
        for verdict in step.verdicts:
            evidence = ["0x" + raw.hex() for raw in verdict.evidence]
            self._recorder.note(
                "lied", {"who": int(verdict.culprit), "crime": verdict.crime, "evidence": evidence}
            )
            self._say(verdict.sentence())
            self._diary.remark(verdict.sentence(), self._line)
        for raw in step.sent:
            self._recorder.note("sent", {"raw": "0x" + raw.hex()})
            self._kept.append(raw)
            self._say(f"Sent {show_kind(raw)} to the coordinator.")
        if len(self._kept) > MOST_KEPT:
            self._dropped += len(self._kept) - MOST_KEPT
            del self._kept[:-MOST_KEPT]
        if step.epoch is not None:
            self._recorder.note("epoch", {"epoch": step.epoch})
            self._say(f"The share of epoch {step.epoch} is in use.")
        for question in step.questions:
            self._diary.asked(question)
            self._undecided += 1
            self._questions.put(question)
        self._diary.passed(step)
        self._changed.notify_all()


class _Opened:
    """The port OpenQuestion over a box."""

    def __init__(self, post: HolderPost, question: Question, asked: Asked) -> None:
        self._post = post
        self.question = question
        self.asked = asked

    @property
    def session(self) -> bytes:
        return self.question.session

    def agree(self, typed: Collection[str]) -> Asked | Shown:
        return self._post.agree(self, typed)

    def decline(self, because: Shown = SAID_NO) -> Shown:
        return self._post.settle(self, Decision(is_yes=False, because=because))


def show_kind(raw: bytes) -> Shown:
    """Return what an envelope of ours says it is, as words."""
    try:
        return Shown(Kind(raw[73]).name.lower().replace("_", " "))
    except (ValueError, IndexError):
        return Shown("something")
