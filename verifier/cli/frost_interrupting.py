"""Ctrl-C while holders are asked: what is on its way is called off, so that they are told. Once more ends at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final

_SAID: Final = (
    b"fourth-signer: Interrupted. What is on its way is called off, and its holders are told. "
    b"Ctrl-C once more ends at once.\n"
)


class Interruption:
    """Whether somebody interrupted what this program does."""

    def __init__(self) -> None:
        # Which signal came; 0 while none did.
        self.number = 0
        self._former: dict[int, Any] = {}

    def has_come(self) -> bool:
        return self.number != 0

    @contextmanager
    def awaited(self) -> Iterator[None]:
        """Note an interruption instead of ending at once. In a thread that gets no signals it changes nothing."""
        if self._former or threading.current_thread() is not threading.main_thread():
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
        with suppress(OSError):  # nobody is left to tell
            os.write(2, _SAID)

    def _restore(self) -> None:
        for number, former in self._former.items():
            signal.signal(number, signal.SIG_DFL if former is None else former)
        self._former.clear()
