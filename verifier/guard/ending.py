"""How an operation ended that a guard was to stop: by its own transaction only where endpoints agree on that."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from eth_hash.auto import keccak

from verifier.errors import FourthSignerError, VaultError
from verifier.guard.acting import Hand
from verifier.guard.intent import Intent, Stage
from verifier.guard.plan import Guarded
from verifier.guard.saying import say_done, say_needless
from verifier.guard.scribe import Scribe
from verifier.model.life import Status
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.text import Shown

_LOG: Final = logging.getLogger("fourth_signer.guard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What tells the ends of one vault's operations."""

    target: Guarded
    scribe: Scribe
    hand: Hand

    def conclude(
        self, intent: Intent, reading: VaultReading, lane: LaneReading, *, takers: tuple[str, ...]
    ) -> bool:
        """Have people told that it is stopped, by this guard or by somebody else; return whether that is still open.

        :param takers: the channels that took the explanation
        """
        if intent.stage is Stage.EXPLAINED:
            self._needless(intent, reading, lane, "was stopped by somebody else")
        if intent.stage is not Stage.SIGNED:
            return False
        try:
            receipt = self.hand.receipt(intent)
        except VaultError:
            self._needless(
                intent, reading, lane, "was stopped by somebody else; the guard's transaction came after that"
            )
            return False
        if receipt is None:
            # Whoever it was, nothing says that it was the guard.
            is_open = self.hand.is_fresh(intent)
            if not is_open:
                self._needless(intent, reading, lane, self._by_whom(intent, reading))
            return is_open
        done = say_done(
            reading,
            lane,
            intent,
            name=keccak(intent.transaction),
            block=receipt.block,
            takers=takers,
        )
        self.scribe.write(reading, intent.moved(Stage.DONE), done)
        return False

    def _by_whom(self, intent: Intent, reading: VaultReading) -> str:
        """Return who stopped it, where no block has the guard's transaction, as far as that can be told."""
        try:
            if not self.hand.is_used(self.target, reading, intent):
                return "was stopped by somebody else; no block has the guard's transaction"
        except FourthSignerError as error:
            _LOG.warning("%s", error.sentence())
        return "was stopped, and nobody says whether the guard's transaction or somebody else did it"

    def _needless(self, intent: Intent, reading: VaultReading, lane: LaneReading, ended: str) -> None:
        told = say_needless(reading, lane, intent, Shown(ended), is_late=False)
        self.scribe.write(reading, intent.moved(Stage.NEEDLESS), told)

    def end(self, intent: Intent, reading: VaultReading, lane: LaneReading | None) -> None:
        """Have people told that it ended otherwise."""
        if intent.stage not in (Stage.EXPLAINED, Stage.SIGNED):
            return
        status = None if lane is None else reading.status(lane)
        ended = Shown("is not in its lane any more" if status is None else f"is {status.name}")
        told = say_needless(reading, lane, intent, ended, is_late=status is Status.EXECUTED)
        self.scribe.write(reading, intent.moved(Stage.NEEDLESS), told)
