"""A holder's letter box: envelopes come in at any time, what goes out waits there, questions are decided one by one.

A decision may take as long as a person does. Meanwhile the box stays open: what comes is taken, and whoever waits for
an answer asks again. What went out is numbered, so that nothing is lost with an answer that did not arrive.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.errors import FourthSignerError
from verifier.frost.messages import Kind
from verifier.holder.ports import Decider, Decision, Question, Recorder
from verifier.holder.service import HolderService, Step
from verifier.model.text import Shown, sanitise

MOST_KEPT: Final = 1_024
"""Envelopes that wait in the box; whoever never fetches them loses the oldest."""

Say = Callable[[str], object]
"""Shows a line to the person in front of the process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What is in the box from a number on, and how many were ever put in."""

    total: int
    envelopes: tuple[bytes, ...]


class HolderPost:
    """The box of one holder. It may be used from several threads at once."""

    def __init__(self, service: HolderService, decider: Decider, recorder: Recorder, say: Say) -> None:
        self._service = service
        self._decider = decider
        self._recorder = recorder
        self._say = say
        self._changed = threading.Condition()
        self._kept: list[bytes] = []
        self._dropped = 0
        self._undecided = 0
        self._questions: queue.SimpleQueue[Question | None] = queue.SimpleQueue()
        self._worker = threading.Thread(target=self._decide_all, name="decider", daemon=True)
        self._worker.start()

    def exchange(self, envelopes: Sequence[bytes], *, seen: int, patience: float) -> Outbox:
        """Take envelopes, and return what is in the box behind those that were seen.

        :param patience: seconds to wait where a question is open and nothing is in the box
        """
        with self._changed:
            for raw in envelopes:
                self._recorder.note("received", {"raw": "0x" + raw.hex()})
                self._note(self._service.take(raw))
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

    def _decide_all(self) -> None:
        while (question := self._questions.get()) is not None:
            decision = self._decide(question)
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
                    self._say(f"Answered {'yes' if decision.is_yes else 'no'}: {decision.because}.")
                    self._note(step)
                except FourthSignerError as exc:
                    self._say(exc.sentence())
                except Exception as exc:  # noqa: BLE001 - nothing has left, and the next question is decided all the same
                    self._say(f"A fault of this program, {type(exc).__name__}: nothing was answered.")
                finally:
                    self._undecided -= 1
                    self._changed.notify_all()

    def _decide(self, question: Question) -> Decision:
        try:
            return self._decider.decide(question)
        except FourthSignerError as exc:
            return Decision(is_yes=False, because=sanitise(exc.sentence().rstrip(".")))
        except Exception as exc:  # noqa: BLE001 - whatever is wrong here, nothing is signed, and the box stays open
            why = sanitise(f"a fault of its program, {type(exc).__name__}")
            return Decision(is_yes=False, because=why)

    def _note(self, step: Step) -> None:
        """Write down and show what came of something; called with the lock."""
        for rejected in step.rejected:
            self._recorder.note("refused", {"sender": rejected.sender, "why": rejected.sentence()})
            self._say(rejected.sentence())
        for verdict in step.verdicts:
            evidence = ["0x" + raw.hex() for raw in verdict.evidence]
            self._recorder.note(
                "lied", {"who": int(verdict.culprit), "crime": verdict.crime, "evidence": evidence}
            )
            self._say(verdict.sentence())
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
            self._undecided += 1
            self._questions.put(question)
        self._changed.notify_all()


def show_kind(raw: bytes) -> Shown:
    """Return what an envelope of ours says it is, as words."""
    try:
        return Shown(Kind(raw[73]).name.lower().replace("_", " "))
    except (ValueError, IndexError):
        return Shown("something")
