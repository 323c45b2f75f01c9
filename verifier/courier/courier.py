"""Carries envelopes to each holder by the line that it has: HTTPS, or files."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Generic, TypeVar

from verifier.courier.folder import ParcelFolder
from verifier.courier.https_client import HttpsLine, LineNews
from verifier.errors import HolderFileUnwritable
from verifier.errors.text import Foreign

A = TypeVar("A")

_PAUSE = 0.5
"""Seconds between looks into the folder."""

OpenLine = Callable[[Callable[[LineNews], object]], HttpsLine]
"""Opens the line to one holder, given whom to tell."""


class LinesCourier(Generic[A]):
    """The port Courier: lines to holders with a network, a folder for all others."""

    def __init__(
        self,
        lines: Mapping[int, OpenLine],
        folder: ParcelFolder | None,
        *,
        arrival: Callable[[int, bytes | None, Foreign], A],
    ) -> None:
        """Open all lines.

        :param arrival: makes of a sender, an envelope and a trouble what whoever collects wants
        """
        self._arrived: queue.SimpleQueue[A] = queue.SimpleQueue()
        self._arrival = arrival
        self._folder = folder
        self._stopped = threading.Event()
        self._lines = {index: open_line(self._teller(index)) for index, open_line in lines.items()}
        self._watcher: threading.Thread | None = None
        if folder is not None:
            self._watcher = threading.Thread(target=self._watch, args=(folder,), name="folder", daemon=True)
            self._watcher.start()

    def post(self, to: int, raw: bytes) -> None:
        """As the port says."""
        line = self._lines.get(to)
        if line is not None:
            line.post(raw)
        elif self._folder is not None:
            try:
                self._folder.write(to, [raw])
            except HolderFileUnwritable as exc:
                self._arrived.put(self._arrival(to, None, exc.sentence()))
        else:
            self._arrived.put(self._arrival(to, None, "it has no network; give --parcels for its messages"))

    def collect(self, seconds: float) -> A | None:
        """As the port says."""
        with suppress(queue.Empty):
            return self._arrived.get(timeout=seconds)
        return None

    def close(self) -> None:
        """Close all lines."""
        self._stopped.set()
        for line in self._lines.values():
            line.close()

    def _teller(self, index: int) -> Callable[[LineNews], object]:
        return lambda news: self._arrived.put(self._arrival(index, news.raw, news.trouble))

    def _watch(self, folder: ParcelFolder) -> None:
        while not self._stopped.wait(_PAUSE):
            for index, found in folder.read():
                if isinstance(found, str):
                    self._arrived.put(self._arrival(index, None, found))
                    continue
                for raw in found:
                    self._arrived.put(self._arrival(index, raw, ""))
