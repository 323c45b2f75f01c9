"""The line to a FIDO2 token (CTAPHID, over USB). Whatever is at its other end, it is given up after a while.

The library waits without an end for a token that says nothing, or always the same. What it reads and writes here has a
clock: so many seconds of silence, and so many for a person to touch.
"""

from __future__ import annotations

import errno
import os
import selectors
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event
from typing import Any, Final

from fido2 import hid
from fido2.ctap2.base import Ctap2
from fido2.hid.base import CtapHidConnection, HidDescriptor

_LAST_WORD: Final = 15.0
"""Seconds for a token to say that it has stopped waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Seconds: for any sign of life, which a token should give ten times a second; and for a person's touch."""

    silence: float = 15.0
    touch: float = 60.0
    # Whether the person gave it up meanwhile.
    is_over: Callable[[], bool] = lambda: False


class LineSilent(Exception):  # noqa: N818 - it never leaves this room
    """Nothing came in time."""


class LineOld(Exception):  # noqa: N818 - as above
    """What is at the other end speaks no CTAP 2."""


class TokenLine:
    """An open line to one token, which has said what it is and can."""

    def __init__(self, ctap: Ctap2, connection: _TimedConnection, waits: Waits) -> None:
        self.ctap = ctap
        self._connection = connection
        self._waits = waits

    def begin_touch(self) -> Event:
        """Give a person time from now on, and return what tells the library when it is up."""
        until = time.monotonic() + self._waits.touch
        self._connection.until = until + _LAST_WORD
        return _Deadline(until, self._waits.is_over)

    def begin(self) -> None:
        """Give the token time for one answer, or a few, that need nobody."""
        self._connection.until = time.monotonic() + self._waits.silence


def list_descriptors() -> list[HidDescriptor]:
    """Return the tokens that are plugged in and that this user may open."""
    return list(hid.list_descriptors())  # type: ignore[no-untyped-call]


@contextmanager
def open_line(descriptor: HidDescriptor, waits: Waits) -> Iterator[TokenLine]:
    """Give an open line.

    :raises Exception: whatever the library and the system raise, and the two above; `fido_faults` knows it.
    """
    inner: CtapHidConnection = hid.open_connection(descriptor)  # type: ignore[no-untyped-call]
    connection = _TimedConnection(inner, waits.silence)
    try:
        device = hid.CtapHidDevice(descriptor, connection)
        if not device.capabilities & hid.CAPABILITY.CBOR:
            raise LineOld
        yield TokenLine(Ctap2(device), connection, waits)
    finally:
        with suppress(OSError):
            connection.close()


class _Deadline(Event):
    """Is set once its time has come, or the person gave it up."""

    def __init__(self, until: float, is_over: Callable[[], bool]) -> None:
        super().__init__()
        self._until, self._is_over = until, is_over

    def is_set(self) -> bool:
        return super().is_set() or self._is_over() or time.monotonic() >= self._until


class _TimedConnection(CtapHidConnection):
    """The library's own connection, and a clock."""

    def __init__(self, inner: CtapHidConnection, silence: float) -> None:
        self._inner = inner
        self._silence = silence
        self.until = time.monotonic() + silence

    def read_packet(self) -> bytes:
        self._wait(selectors.EVENT_READ)
        packet = self._inner.read_packet()
        if not packet:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        return packet

    def write_packet(self, data: bytes) -> None:
        self._wait(selectors.EVENT_WRITE)
        self._inner.write_packet(data)

    def close(self) -> None:
        self._inner.close()

    def _wait(self, event: int) -> None:
        left = min(self._silence, self.until - time.monotonic())
        handle: Any = getattr(self._inner, "handle", None)
        if left <= 0:
            raise LineSilent
        if handle is None:
            return  # Not on Linux: there the library reads by other means, and its own patience has to do.
        with selectors.DefaultSelector() as waiting:
            waiting.register(handle, event)
            if not waiting.select(left):
                raise LineSilent
