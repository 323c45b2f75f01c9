"""What one holder does with each envelope: it passes it to whatever it is for, and stores what must be stored.

    INVITATION, PACKAGE, SIGNATURE                     signings.py
    CALL, CERTIFICATE, what members of a dealing say   dealings.py
    REPAIR_CALL, what members of a repair say          repairs.py
    CALL_OFF                                           whichever of these its session is of

Nonces and what is secret of a ceremony are in memory only: a restart ends every session. What is refused is said, and
changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from verifier.frost.charter import COORDINATOR, Index, Pen, TransportKey
from verifier.frost.curve import is_signed
from verifier.frost.envelope import Fault, Place, Rejected, claimed_epoch, claimed_session, open_envelope
from verifier.frost.messages import Kind
from verifier.holder.dealings import Dealings
from verifier.holder.outfit import Outfit
from verifier.holder.ports import (
    DealingQuestion,
    Decision,
    Dice,
    Keeper,
    Question,
    RepairQuestion,
    SigningQuestion,
)
from verifier.holder.repairs import Repairs
from verifier.holder.signings import Signings
from verifier.holder.step import Attended, Step, joined, refused

__all__ = ["HolderService", "Step"]

USUAL_CONSENT: Final = 1_800.0
"""Seconds: long enough for the others' persons to read, and too short to be kept for another day."""
_KIND: Final = 73


@dataclass(slots=True)
class HolderService:
    """One holder. Whoever calls lets in one at a time."""

    group: bytes
    coordinator: TransportKey
    pen: Pen
    keeper: Keeper
    dice: Dice
    # Seconds that only grow, and grow while the machine sleeps.
    clock: Callable[[], float] = time.monotonic
    # Seconds in which what a consent was given for has to come.
    consent_seconds: float = USUAL_CONSENT
    _signings: Signings = field(init=False)
    _dealings: Dealings = field(init=False)
    _repairs: Repairs = field(init=False)

    def __post_init__(self) -> None:
        outfit = Outfit(
            pen=self.pen,
            keeper=self.keeper,
            dice=self.dice,
            clock=self.clock,
            consent_seconds=self.consent_seconds,
        )
        self._signings = Signings(outfit)
        self._dealings = Dealings(outfit, self._signings, group=self.group, coordinator=self.coordinator)
        self._repairs = Repairs(outfit, self._signings)

    @property
    def index(self) -> Index:
        return self.pen.index

    def take(self, raw: bytes) -> Step:
        """Take an envelope, whatever it is.

        :raises FourthSignerError: what must be stored cannot be.
        """
        late = self.look()
        step = self._take(raw)
        return joined([late, step]) if late.over else step

    def look(self) -> Step:
        """End what time has ended: consents that hold no longer, ceremonies that nobody comes back to."""
        parts = (self._signings.end_late(), self._dealings.end_silent(), self._repairs.end_silent())
        return Step(over=tuple(one for over in parts for one in over))

    def _take(self, raw: bytes) -> Step:
        kind = raw[_KIND] if len(raw) > _KIND else 0
        session, epoch = claimed_session(raw), claimed_epoch(raw)
        match kind:
            case Kind.INVITATION if self._dealings.has(session) or self._repairs.has(session):
                return refused(Fault.DUPLICATE)
            case Kind.INVITATION | Kind.PACKAGE | Kind.SIGNATURE:
                return self._signings.take(Kind(kind), epoch, raw)
            case Kind.CALL_OFF:
                return self._call_off(session, epoch, raw)
            case Kind.CALL | Kind.REPAIR_CALL if self._is_taken(session):
                return refused(Fault.DUPLICATE)
            case Kind.CALL:
                return self._dealings.call(raw)
            case Kind.REPAIR_CALL:
                return self._repairs.call(raw)
            case Kind.CERTIFICATE:
                step = self._dealings.certificate(epoch, raw)
                return step if step.epoch is None else joined([step, Step(over=self._repairs.end_all())])
            case _ if self._dealings.is_running(session):
                return self._dealings.take(session, raw)
            case _ if self._repairs.is_running(session):
                return self._repairs.take(session, raw)
            case _:
                return refused(Fault.SESSION)

    def _call_off(self, session: bytes, epoch: int, raw: bytes) -> Step:
        """End what a coordinator says is over; what nobody here ever heard of is refused."""
        if self._dealings.knows(session):
            return self._dealings.call_off(session, raw)
        if self._repairs.knows(session):
            return self._repairs.call_off(session, raw)
        if session in self.keeper.sessions() and not self._signings.has(session):
            # It ended here by a restart, or with its shares: all that can still be asked is who says so.
            keys = {COORDINATOR: self.coordinator}
            place = Place(group=self.group, epoch=epoch, session=session, keys=keys, is_signed=is_signed)
            found = open_envelope(raw, place)
            return Step(rejected=(found,)) if isinstance(found, Rejected) else Step()
        return self._signings.take(Kind.CALL_OFF, epoch, raw)

    def answer(self, question: Question, decision: Decision) -> Step:
        """Say what was decided."""
        match question:
            case SigningQuestion():
                return self._signings.answer(question, decision)
            case DealingQuestion():
                return self._dealings.answer(question, decision)
            case RepairQuestion():
                return self._repairs.answer(question, decision)

    def is_open(self, question: Question) -> bool:
        """Whether anybody still waits for the answer to a question."""
        match question:
            case SigningQuestion():
                return self._signings.is_open(question)
            case DealingQuestion():
                return self._dealings.is_open(question)
            case RepairQuestion():
                return self._repairs.is_open(question)

    def attended(self, session: bytes) -> Attended | None:
        """Return who has answered in a session and who is awaited, as far as is seen here; None if it is not open."""
        found = (one.attended(session) for one in (self._signings, self._dealings, self._repairs))
        return next((one for one in found if one is not None), None)

    def _is_taken(self, session: bytes) -> bool:
        """Whether anything of this name is, or was: it is never joined again, and nothing else has its name."""
        are = (self._signings, self._dealings, self._repairs)
        return any(one.has(session) for one in are) or session in self.keeper.sessions()
