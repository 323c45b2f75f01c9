"""Ctrl-C while holders are asked: what is on its way is called off, so that they are told. Once more ends at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import Any, Final

_CALLED_OFF: Final = (
    b"fourth-signer: Interrupted. What is on its way is called off, and its holders are told. "
    b"Ctrl-C once more ends at once.\n"
)
_INTERRUPTED: Final = b"fourth-signer: Interrupted.\n"
_WAS_DONE: Final = (
    b"fourth-signer: It had come to its end by then: nothing is called off. The last words to holders still leave, and "
    b"what came of it is written. Ctrl-C once more ends at once, without that.\n"
)


class Interruption:
    """Whether somebody interrupted what this program does."""

    def __init__(self) -> None:
        # Which signal came; 0 while none did.
        self.number = 0
        self._former: dict[int, Any] = {}
        # How many ceremonies are on their way: one, or one and a part of it.
        self._on_their_way = 0

    def has_come(self) -> bool:
        return self.number != 0

    @contextmanager
    def calling_off(self, kept: ExitStack) -> Iterator[None]:
        """Have an interruption call off what is on its way within; one is noted until `kept` ends.

        Whoever interrupts what had just come to its end is told so: a signature that is made is not called off.
        """
        kept.enter_context(self.awaited())
        self._on_their_way += 1
        try:
            yield
        finally:
            self._on_their_way -= 1
        if self.number and not self._on_their_way:
            _say(_WAS_DONE)

    @contextmanager
    def awaited(self) -> Iterator[None]:
        """Note an interruption instead of ending at once. In a thread that gets no signals it changes nothing."""
        if self._former or self.number or threading.current_thread() is not threading.main_thread():
            yield
            return
        try:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                # What is left alone, as by nohup, stays so.
                if (former := signal.getsignal(number)) is not signal.SIG_IGN:
                    self._former[number] = former
                    signal.signal(number, self._note)
            yield
        finally:
            self._restore()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.number = number
        self._restore()
        _say(_CALLED_OFF if self._on_their_way else _INTERRUPTED + _WAS_DONE)

    def _restore(self) -> None:
        for number, former in self._former.items():
            signal.signal(number, signal.SIG_DFL if former is None else former)
        self._former.clear()


def _say(said: bytes) -> None:
    with suppress(OSError):  # nobody is left to tell
        os.write(2, said)
