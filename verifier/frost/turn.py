"""What a step gives back: the state after it, what is to be sent, and what was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from verifier.frost.charter import Index
from verifier.frost.envelope import Rejected
from verifier.frost.judge import Verdict

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """An envelope, and for whom; the coordinator is index 0. Whoever carries it may send it any number of times."""

    to: tuple[Index, ...]
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn(Generic[S]):
    """The end of a step."""

    state: S
    sent: tuple[Outgoing, ...] = ()
    # What came and changed nothing.
    rejected: tuple[Rejected, ...] = ()
    # Who lied, found in this step, with what proves it.
    verdicts: tuple[Verdict, ...] = ()
