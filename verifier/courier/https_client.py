"""The coordinator's end of HTTPS: one line to each holder, in a thread of its own, that stays open."""

from __future__ import annotations

import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from verifier.courier.certificates import is_pinned
from verifier.courier.parcel import MOST_BYTES, MOST_ENVELOPES, pack_parcel, unpack_parcel
from verifier.errors import ParcelMalformed
from verifier.errors.text import Foreign

ANSWER_SECONDS: Final = 60
_LAST_SECONDS: Final = 5
"""In which the last words, such as that a ceremony is called off, have to leave."""
_PATIENCE: Final = 1
"""Seconds that a holder may keep an exchange open while it thinks; meanwhile nothing else is sent to it. Last words
wait for it too."""
_PAUSE: Final = 0.25
"""Seconds before a holder that cannot be reached, or has nothing to say, is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNews:
    """An envelope that came over a line, or why none can."""

    raw: bytes | None
    trouble: Foreign = ""


class _RefusedError(ValueError):
    """The holder's program does not take what was sent, and never will."""


class HttpsLine:
    """A line to one holder. It asks as long as it is open, and sends again what may not have arrived."""

    def __init__(
        self, address: str, context: ssl.SSLContext, *, pinned: bytes, tell: Callable[[LineNews], object]
    ) -> None:
        """Open the line.

        :param address: https://HOST:PORT
        :param pinned: the holder's certificate, DER
        :param tell: is told each envelope once, and each trouble; called from the line's thread
        """
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "", parts.port or 443
        self._context, self._pinned, self._tell = context, pinned, tell
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._connection: http.client.HTTPSConnection | None = None
        self._seen, self._boot = 0, ""
        self._closed = threading.Event()
        # When last words have to be sent by.
        self._until = 0.0
        self._thread = threading.Thread(target=self._run, name=f"line {address}", daemon=True)
        self._thread.start()

    def post(self, raw: bytes) -> None:
        self._outgoing.put(raw)

    def end(self) -> None:
        """Let the line end, once what was posted is sent or cannot be."""
        if not self._closed.is_set():
            self._until = time.monotonic() + _LAST_SECONDS
            self._closed.set()
            self._outgoing.put(None)

    def close(self) -> None:
        """End the line, and return once it has ended, or takes too long."""
        self.end()
        self._thread.join(timeout=max(self._until - time.monotonic(), 0))

    def _run(self) -> None:
        waiting: list[bytes] = []
        is_idle = is_last_try = False
        while True:
            waiting += self._take(pause=_PAUSE if is_idle and not waiting else 0)
            if self._closed.is_set() and not waiting:
                break
            try:
                came = self._exchange(waiting[:MOST_ENVELOPES])
            except (OSError, http.client.HTTPException, ParcelMalformed, ValueError) as exc:
                self._hang_up()
                if isinstance(exc, _RefusedError):
                    del waiting[:MOST_ENVELOPES]
                if self._closed.is_set():
                    # The connection may have been one that the holder had hung up on.
                    if is_last_try:
                        break
                    is_last_try = True
                    continue
                self._tell(LineNews(raw=None, trouble=_reason(exc)))
                # Woken by whatever is to be sent next, so that closing does not wait.
                waiting += self._take(pause=_PAUSE)
                continue
            del waiting[:MOST_ENVELOPES]
            is_idle = not came
            for raw in came:
                self._tell(LineNews(raw=raw))
        self._hang_up()

    def _take(self, *, pause: float) -> list[bytes]:
        """Return what is to be sent, after waiting for it."""
        found = []
        with suppress(queue.Empty):
            first = self._outgoing.get(timeout=pause) if pause else self._outgoing.get_nowait()
            found.append(first)
            while True:
                found.append(self._outgoing.get_nowait())
        return [raw for raw in found if raw is not None]

    def _exchange(self, envelopes: list[bytes]) -> tuple[bytes, ...]:
        """Send envelopes, and return what is new in the holder's box: nothing of what was there before this line."""
        if not self._boot:
            self._ask([], patience=0)
        return self._ask(envelopes, patience=0 if self._closed.is_set() else _PATIENCE)

    def _ask(self, envelopes: list[bytes], *, patience: int) -> tuple[bytes, ...]:
        connection = self._connection or self._connect()
        headers = {
            "Content-Type": "application/octet-stream",
            "Boot": self._boot,
            "Seen": str(self._seen),
            "Patience": str(patience),
        }
        connection.request("POST", "/exchange", pack_parcel(envelopes), headers)
        answer = connection.getresponse()
        body = answer.read(MOST_BYTES + 1)
        if answer.status != http.client.OK:
            kind = _RefusedError if 400 <= answer.status < 500 else ValueError
            raise kind(f"it answered with status {answer.status}")
        boot, total = answer.headers.get("Boot", ""), answer.headers.get("Total", "")
        came = unpack_parcel(body, origin="a holder")
        if not total.isascii() or not total.isdecimal() or len(total) > 12:
            raise ValueError("it does not say how much it has sent")
        self._boot, self._seen = boot, int(total)
        return came

    def _connect(self) -> http.client.HTTPSConnection:
        connection = http.client.HTTPSConnection(
            self._host, self._port, timeout=ANSWER_SECONDS, context=self._context
        )
        connection.connect()
        secured = connection.sock
        secured.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not is_pinned(secured.getpeercert(binary_form=True), self._pinned):
            connection.close()
            raise ssl.SSLError("its certificate is not the one in the group's file")
        self._connection = connection
        return connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _reason(error: Exception) -> Foreign:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not the one in the group's file"
    if isinstance(error, (ssl.SSLEOFError, ConnectionResetError, BrokenPipeError)):
        return "it hung up"
    if isinstance(error, ssl.SSLError):
        return error.reason or str(error)
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    return str(error) or type(error).__name__
