"""The questions of a holder: each is decided by the rules, or put before the person, who takes as long as that takes.

Meanwhile all else is decided. A question that nobody waits for any more is taken away.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Collection
from typing import Final

from verifier.desk.group_asking import Asked, compare, read_again
from verifier.desk.signing import require_acknowledged
from verifier.errors import FourthSignerError
from verifier.holder.ports import SAID_NO, Decider, Decision, Person, Question
from verifier.holder.service import HolderService
from verifier.holder.step import Step
from verifier.holder.telling import Telling
from verifier.model.text import Shown, sanitise

_LOOK_SECONDS: Final = 5.0
_NOBODY: Final = Decision(
    is_yes=False, because=Shown("a person has to decide, and nobody is at this holder's terminal")
)
_YES: Final = Decision(is_yes=True, because=Shown("the holder's person said yes"))
_OVER: Final = Shown("nobody waits for the answer any more: its session is over")
_ENDED: Final = Shown("nobody waits for the answer any more: ")


class Deciding:
    """The questions of one holder, decided in a thread of its own."""

    def __init__(
        self,
        service: HolderService,
        decider: Decider,
        telling: Telling,
        person: Person | None,
        *,
        changed: threading.Condition,
        look: Callable[[], object],
    ) -> None:
        """Begin to decide.

        :param person: who is asked what the rules leave open; None where nobody is there: that is declined
        :param changed: lets in one at a time, and is told of each change
        :param look: ends what time has ended; called now and then
        """
        self._service, self._decider, self._telling, self._person = service, decider, telling, person
        self._changed, self._look = changed, look
        # What was put before the person, by session.
        self._before: dict[bytes, _Opened] = {}
        self._undecided = 0
        self._questions: queue.SimpleQueue[Question | None] = queue.SimpleQueue()
        self._worker = threading.Thread(target=self._decide_all, name="decider", daemon=True)
        self._worker.start()

    @property
    def is_done(self) -> bool:
        """Whether no question is open."""
        return self._undecided == 0

    def close(self) -> None:
        """Decide nothing more."""
        self._questions.put(None)

    def note(self, step: Step) -> None:
        """Write down and show what came of something, and take up what it asks; called with the lock.

        :raises HolderFileUnwritable: it cannot be written down. What it asks is decided all the same.
        """
        try:
            self._telling.note(step)
        finally:
            for question in step.questions:
                self._telling.diary.asked(question)
                self._undecided += 1
                self._questions.put(question)
            self._telling.diary.passed(step)
            self._changed.notify_all()

    def take_away(self) -> None:
        """Forget questions that are over; called with the lock."""
        for session, opened in list(self._before.items()):
            if self._service.is_open(opened.question):
                continue
            del self._before[session]
            self._undecided -= 1
            self._changed.notify_all()
            why = self._why_over(session)
            self._telling.diary.taken_away(opened.question)
            self._telling.say(Shown(f"A question is taken away, {opened.asked.what}: {why}."))
            if self._person is not None:
                self._person.over(opened, why)

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
            self.take_away()
            if self._before.pop(opened.session, None) is None:
                return Shown(f"Nothing was answered: {self._why_over(opened.session)}.")
        return self._answer(opened.question, decision)

    def _why_over(self, session: bytes) -> Shown:
        """Return why nobody waits for an answer, as far as this holder knows; called with the lock."""
        how = self._telling.diary.how_ended(session)
        return Shown(f"{_ENDED}{how}") if how else _OVER

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
                self._look()

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
            self.take_away()

    def _answer(self, question: Question, decision: Decision) -> Shown:
        """Say what was decided, and return the same as a sentence."""
        with self._changed:
            try:
                said = self._answered(question, decision)
            except FourthSignerError as exc:
                said = sanitise(exc.sentence())
                self._telling.say(said)
            except Exception as exc:  # noqa: BLE001 - nothing has left, and the next question is decided all the same
                said = sanitise(f"A fault of this program, {type(exc).__name__}: nothing was answered.")
                self._telling.say(said)
            finally:
                self._undecided -= 1
                self._changed.notify_all()
        return said

    def _answered(self, question: Question, decision: Decision) -> Shown:
        """:raises FourthSignerError: what was decided cannot be written down, or what it makes cannot be stored."""
        self._telling.recorder.note(
            "decided",
            {
                "session": "0x" + question.session.hex(),
                "answer": "yes" if decision.is_yes else "no",
                "because": str(decision.because),
            },
        )
        step = self._service.answer(question, decision)
        self._telling.diary.decided(question, decision)
        said = Shown(f"Answered {'yes' if decision.is_yes else 'no'}: {decision.because}.")
        self._telling.say(said)
        self.note(step)
        return said


class _Opened:
    """The port OpenQuestion over a holder's questions."""

    def __init__(self, deciding: Deciding, question: Question, asked: Asked) -> None:
        self._deciding = deciding
        self.question = question
        self.asked = asked

    @property
    def session(self) -> bytes:
        return self.question.session

    def agree(self, typed: Collection[str]) -> Asked | Shown:
        return self._deciding.agree(self, typed)

    def decline(self, because: Shown = SAID_NO) -> Shown:
        return self._deciding.settle(self, Decision(is_yes=False, because=because))
