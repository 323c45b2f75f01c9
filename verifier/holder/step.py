"""What came of an envelope or of a decision, for whoever carries it on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from verifier.frost.charter import Index
from verifier.frost.envelope import Fault, Rejected, show_index
from verifier.frost.judge import Verdict
from verifier.frost.turn import Turn
from verifier.holder.ports import Question
from verifier.model.text import Shown

NEWER_EPOCH: Final = Shown("shares of a newer epoch are in use")
CALLED_OFF: Final = Shown("its coordinator called it off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """A session that has come to its end, and how."""

    session: bytes
    # Whether what was wanted came about.
    is_done: bool
    how: Shown


class Attended(NamedTuple):
    """Who has answered in a session that is open, and who is awaited."""

    answered: tuple[Index, ...]
    awaited: tuple[Index, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """All that is to be sent, asked, said and noted."""

    # Envelopes for the coordinator.
    sent: tuple[bytes, ...] = ()
    # What has to be decided first.
    questions: tuple[Question, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    # The sessions that are over with it.
    over: tuple[Over, ...] = ()
    # The epoch that is in use from now on.
    epoch: int | None = None
    # Whether this holder has no share of that epoch: the others go on without it.
    has_left: bool = False


def step_of(turn: Turn[Any], *over: Over) -> Step:
    """Return what a state's turn wants done."""
    sent = tuple(one.raw for one in turn.sent)
    return Step(sent=sent, rejected=turn.rejected, verdicts=turn.verdicts, over=over)


def joined(steps: Iterable[Step]) -> Step:
    """Return several steps as one, in their order."""
    found = list(steps)
    return Step(
        sent=tuple(raw for step in found for raw in step.sent),
        questions=tuple(one for step in found for one in step.questions),
        rejected=tuple(one for step in found for one in step.rejected),
        verdicts=tuple(one for step in found for one in step.verdicts),
        over=tuple(one for step in found for one in step.over),
        epoch=next((step.epoch for step in found if step.epoch is not None), None),
        has_left=any(step.has_left for step in found),
    )


def refused(fault: Fault) -> Step:
    """Return what comes of something that changed nothing."""
    return Step(rejected=(Rejected(sender=None, fault=fault),))


def failed(session: bytes, verdict: Verdict | None) -> Over:
    """Return the end of a ceremony that somebody's lie ended, or views that differ."""
    how = (
        Shown("members saw different messages, or made no key that a vault could take")
        if verdict is None
        else Shown(f"{show_index(verdict.culprit)} {verdict.crime}")
    )
    return Over(session=session, is_done=False, how=how)
