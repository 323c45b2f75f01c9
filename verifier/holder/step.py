"""What came of an envelope or of a decision, for whoever carries it on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from verifier.frost.envelope import Fault, Rejected
from verifier.frost.judge import Verdict
from verifier.frost.turn import Turn
from verifier.holder.ports import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """All that is to be sent, asked, said and noted."""

    # Envelopes for the coordinator.
    sent: tuple[bytes, ...] = ()
    # What has to be decided first.
    questions: tuple[Question, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    # The epoch that is in use from now on.
    epoch: int | None = None


def step_of(turn: Turn[Any]) -> Step:
    """Return what a state's turn wants done."""
    return Step(sent=tuple(one.raw for one in turn.sent), rejected=turn.rejected, verdicts=turn.verdicts)


def joined(steps: Iterable[Step]) -> Step:
    """Return several steps as one, in their order."""
    found = list(steps)
    return Step(
        sent=tuple(raw for step in found for raw in step.sent),
        questions=tuple(one for step in found for one in step.questions),
        rejected=tuple(one for step in found for one in step.rejected),
        verdicts=tuple(one for step in found for one in step.verdicts),
        epoch=next((step.epoch for step in found if step.epoch is not None), None),
    )


def refused(fault: Fault) -> Step:
    """Return what comes of something that changed nothing."""
    return Step(rejected=(Rejected(sender=None, fault=fault),))
