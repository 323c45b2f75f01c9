"""What becomes of an envelope before anybody looks at what it says: the same for all in a dealing or a repair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from verifier.frost.assembly import VIEWS, Assembly
from verifier.frost.envelope import Envelope, Fault, Rejected, open_envelope
from verifier.frost.judge import Crime, Verdict
from verifier.frost.repair_assembly import RepairAssembly
from verifier.frost.turn import Turn


class _Hearing(Protocol):
    @property
    def assembly(self) -> Assembly | RepairAssembly: ...


H = TypeVar("H", bound=_Hearing)
S = TypeVar("S")

Fail = Callable[[Turn[S], Verdict | None], Turn[S]]
"""Ends what is on its way, by a lie that is proven, or by views that differ."""


def hear(
    state: H,
    raw: bytes,
    *,
    is_over: bool,
    said: Callable[[H, Envelope], Envelope | None],
    take: Callable[[H, Envelope], Turn[H]],
    fail: Fail[H],
) -> Turn[H]:
    """Take an envelope that is whole, of this session and new.

    :param said: returns what its sender has said in the same place
    """
    if is_over:
        return Turn(state=state, rejected=(Rejected(sender=None, fault=Fault.OVER),))
    envelope = open_envelope(raw, state.assembly.place)
    if isinstance(envelope, Rejected):
        return Turn(state=state, rejected=(envelope,))
    before = said(state, envelope)
    if before is None:
        return take(state, envelope)
    if before.said == envelope.said:
        return refuse(state, envelope, Fault.DUPLICATE)
    evidence = (before.raw, envelope.raw)
    verdict = Verdict(culprit=envelope.sender, crime=Crime.TWO_WORDS, evidence=evidence)
    return fail(refuse(state, envelope, Fault.CONFLICT), verdict)


def refuse(state: S, envelope: Envelope, fault: Fault) -> Turn[S]:
    """Leave everything as it is: its sender signed what is wrong with it."""
    return Turn(state=state, rejected=(Rejected(sender=envelope.sender, fault=fault, is_proven=True),))


def blame(assembly: Assembly | RepairAssembly, envelope: Envelope, fault: Fault) -> Verdict | None:
    """Return what an offer that nobody may make proves; None where it may be that others saw other messages."""
    if fault in VIEWS:
        return None
    evidence = (assembly.envelope.raw, envelope.raw)
    return Verdict(culprit=envelope.sender, crime=Crime.BAD_OFFER, evidence=evidence)
