"""Carries envelopes to each holder by the line that it has: HTTPS, or files."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import Final, Generic, TypeVar

from verifier.courier.folder import ParcelFolder
from verifier.courier.https_client import HttpsLine, LineNews
from verifier.errors import HolderFileUnwritable
from verifier.errors.text import Foreign

A = TypeVar("A")

_PAUSE = 0.5
"""Seconds between looks into the folder."""
MOST_WAITING: Final = 64
"""Of one holder, for whoever collects: its line is not asked for more before."""
MOST_SAID: Final = 2_000
"""By one holder to one coordinator's process. A ceremony takes a few; whoever floods must fill no disk."""

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
        carried: Collection[int] = (),
    ) -> None:
        """Open all lines.

        :param carried: whose parcels are read; whoever has the folder can write in anybody's name
        :param arrival: makes of a sender, an envelope and a trouble what whoever collects wants
        """
        # By holder, each in its turn: so that nobody who talks without an end is heard instead of the others.
        self._arrived: dict[int, deque[A]] = {}
        self._said: dict[int, int] = {}
        self._changed = threading.Condition()
        self._arrival = arrival
        self._carried = frozenset(carried)
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
                self._put(to, None, exc.sentence(), waits=False)
        else:
            self._put(to, None, "it has no network; give --parcels for its messages", waits=False)

    def collect(self, seconds: float) -> A | None:
        """As the port says."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._arrived), timeout=seconds)
            for index in self._arrived:
                box = self._arrived.pop(index)
                found = box.popleft()
                if box:
                    # Behind all others.
                    self._arrived[index] = box
                self._changed.notify_all()
                return found
        return None

    def close(self) -> None:
        """Close all lines."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()
        for line in self._lines.values():
            line.end()
        # All at once: one that nobody answers at keeps the others from nothing.
        for line in self._lines.values():
            line.close()

    def _teller(self, index: int) -> Callable[[LineNews], object]:
        return lambda news: self._put(index, news.raw, news.trouble)

    def _put(
        self, index: int, raw: bytes | None, trouble: Foreign, *, waits: bool = True, counts: bool = False
    ) -> None:
        """Let it be collected. A line that talks faster than that waits here; the folder, which is of all, does not.

        :param counts: a trouble that somebody makes, such as a file that is no parcel
        """
        with self._changed:
            said = self._said[index] = self._said.get(index, 0) + (counts or raw is not None)
            if said > MOST_SAID + 1:
                # The line stays as it is, so that it costs nothing more.
                self._changed.wait_for(self._stopped.is_set, timeout=None if waits else 0)
                return
            if said == MOST_SAID + 1:
                raw, trouble = None, "it says more than any ceremony takes, and is not listened to any more"
            self._changed.wait_for(
                lambda: len(self._arrived.get(index, ())) < MOST_WAITING or self._stopped.is_set(),
                timeout=None if waits else 0,
            )
            self._arrived.setdefault(index, deque()).append(self._arrival(index, raw, trouble))
            self._changed.notify_all()

    def _watch(self, folder: ParcelFolder) -> None:
        while not self._stopped.wait(_PAUSE):
            for index, found in folder.read():
                if index not in self._carried:
                    continue
                if isinstance(found, str):
                    self._put(index, None, found, waits=False, counts=True)
                    continue
                for raw in found:
                    self._put(index, raw, "", waits=False)
