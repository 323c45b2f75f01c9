"""Life signs to an outside dead man's switch: it rings when they stop, since nothing can report its own death."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from verifier.alerts.http import Mailbox
from verifier.errors.watching import DeliveryFailed
from verifier.model.text import Shown

_LOG: Final = logging.getLogger("fourth_signer.watch.heartbeat")


class Heartbeat:
    """Sends one every so many seconds, for as long as the watcher does its work, and not only lives."""

    def __init__(self, mailbox: Mailbox, *, every: float, ailment: Callable[[], Shown | None]) -> None:
        """Take where to.

        :param ailment: what is wrong with the watcher, or None: then, and only then, a sign is sent
        """
        self._mailbox = mailbox
        self._every = every
        self._ailment = ailment
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    def beat(self) -> bool:
        """Send a sign, if all is well; whether it arrived."""
        if (ailment := self._ailment()) is not None:
            _LOG.error("no heartbeat is sent: %s", ailment)
            return False
        try:
            self._mailbox.post(b"", {"User-Agent": "fourth-signer-watch"})
        except DeliveryFailed as failed:
            _LOG.warning("%s", failed.sentence())
            return False
        return True

    async def run(self) -> None:
        """Send signs until told to stop."""
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="heartbeat")
        try:
            while not self._stopping.is_set():
                await asyncio.get_running_loop().run_in_executor(thread, self.beat)
                try:
                    await asyncio.wait_for(self._stopping.wait(), self._every)
                except TimeoutError:
                    continue
        finally:
            thread.shutdown(wait=False)
