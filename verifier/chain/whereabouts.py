"""Where endpoints are: names that lead to one address and port may be one source under several names.

Names are looked up beside everything else, once. What is not known in time is left out: nothing waits for it that would
not wait anyway, and nothing fails by it.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Final
from urllib.parse import SplitResult, urlsplit

from verifier.model.endpoint_name import name_of_endpoint
from verifier.model.text import Foreign

Address = tuple[str, int]
Look = Callable[[str, int], frozenset[Address]]

_PORTS: Final = {"http": 80, "https": 443}


def look_up(host: str, port: int) -> frozenset[Address]:
    """Return the addresses that a name has now; none where nobody tells."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return frozenset()
    return frozenset((str(place[0]), int(place[1])) for *_, place in found)


class Whereabouts:
    """The addresses of endpoints, as far as they are known by now."""

    def __init__(self, urls: Sequence[str], *, look: Look = look_up) -> None:
        """Take addresses of endpoints; nothing is looked up yet."""
        self._parts: dict[Foreign, SplitResult] = {}
        for url in urls:
            parts = urlsplit(url)
            name = name_of_endpoint(parts.scheme, parts.hostname or "", parts.port)
            self._parts.setdefault(name, parts)
        self._look = look
        self._found: dict[Foreign, frozenset[Address]] = {}
        self._threads: list[Thread] = []

    def begin(self) -> None:
        """Look all of them up, in threads that nobody has to wait for. Once more does nothing."""
        if self._threads or len(self._parts) < 2:
            return
        for name, parts in self._parts.items():
            thread = Thread(target=self._find, args=(name, parts), daemon=True)
            self._threads.append(thread)
            thread.start()

    def shared(self, *, seconds: float = 0.0) -> tuple[tuple[Foreign, ...], ...]:
        """Return names that have an address and port in common, by twos.

        :param seconds: to wait for names that are not known yet
        """
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0.0))
        found = [(name, self._found[name]) for name in self._parts if name in self._found]
        return tuple(
            (one, other)
            for i, (one, of_one) in enumerate(found)
            for other, of_other in found[i + 1 :]
            if of_one & of_other
        )

    def _find(self, name: Foreign, parts: SplitResult) -> None:
        port = parts.port or _PORTS[parts.scheme]
        self._found[name] = self._look(parts.hostname or "", port)
