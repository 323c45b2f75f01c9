"""Asking in the background, one thing at a time, so that nothing holds up the keyboard.

The thread is a daemon: a node that never answers must not keep the terminal from ending.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any

from textual.message import Message
from textual.message_pump import MessagePump

What = tuple[str, int]
"""What is asked for: `source`, `queue`, `lane`, `survey` or `signing`, and the number of the lane, else 0."""


class News(Message):
    """What a thread has to tell a terminal; once its screens are going, there is nobody to tell."""


class Answered(News):
    """What was asked for is here."""

    def __init__(self, what: What, answer: Any) -> None:
        super().__init__()
        self.what = what
        self.answer = answer


class Refused(News):
    """What was asked for cannot be had; in one sentence, why."""

    def __init__(self, what: What, fault: Exception) -> None:
        super().__init__()
        self.what = what
        self.fault = fault
        self.sentence = sentence_of(fault)


class Asker:
    """A thread that asks, and posts what comes of it."""

    def __init__(self, reporter: MessagePump) -> None:
        self._reporter = reporter
        self._waiting: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._pending: set[What] = set()
        self._lock = threading.Lock()
        threading.Thread(target=_work, args=(self._waiting,), name="asker", daemon=True).start()
        # The thread holds nothing but its queue, and ends with whoever asked: it would keep the whole terminal.
        weakref.finalize(self, self._waiting.put, None)

    @property
    def is_busy(self) -> bool:
        with self._lock:
            return bool(self._pending)

    def ask(self, what: What, function: Callable[[], Any]) -> bool:
        """Ask as soon as what was asked before is done; return False where the same is being asked already."""
        with self._lock:
            if what in self._pending:
                return False
            self._pending.add(what)
        self._waiting.put(partial(self._answer, what, function))
        return True

    def _answer(self, what: What, function: Callable[[], Any]) -> None:
        message = _outcome(what, function)
        # At once: whoever sees that nothing is pending finds the answer posted.
        with self._lock, suppress(RuntimeError):  # the terminal has ended
            self._pending.discard(what)
            self._reporter.post_message(message)


def _work(waiting: SimpleQueue[Callable[[], None] | None]) -> None:
    while _is_next_done(waiting):
        pass


def _is_next_done(waiting: SimpleQueue[Callable[[], None] | None]) -> bool:
    """Do what is next; return False once nothing comes any more."""
    function = waiting.get()
    if function is not None:
        function()
    return function is not None


def _outcome(what: What, function: Callable[[], Any]) -> Message:
    try:
        return Answered(what, function())
    except Exception as fault:  # noqa: BLE001 - whatever it is, the reader has to be told, and the thread goes on
        return Refused(what, fault)


def sentence_of(fault: Exception) -> str:
    """Return what went wrong, as it may be shown."""
    from verifier.errors import FourthSignerError
    from verifier.errors.text import sanitise

    if isinstance(fault, FourthSignerError):
        return fault.sentence()
    return f"This is a fault of this program: {sanitise(f'{type(fault).__name__}: {fault}')}"
