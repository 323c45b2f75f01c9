"""Telling systemd that the watcher is up, reloads, stops and lives (sd_notify); without systemd it says nothing."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

_SOCKET: Final = "NOTIFY_SOCKET"
_WATCHDOG: Final = "WATCHDOG_USEC"


class Supervisor:
    """Whoever started this process, and wants to know how it is."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get(_SOCKET, "")
        text = environment.get(_WATCHDOG, "")
        # Twice as often as it has to be.
        self._every = int(text) / 2e6 if text.isascii() and text.isdecimal() and len(text) < 16 else 0.0

    def ready(self) -> None:
        """Say that it watches."""
        self._say("READY=1")

    def reloading(self) -> None:
        """Say that it reads its configuration again; `ready` ends that."""
        self._say(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1_000}")

    def stopping(self) -> None:
        """Say that it ends."""
        self._say("STOPPING=1")

    async def live(self) -> None:
        """Give signs of life for as long as the loop that this runs in goes round."""
        while self._address and self._every > 0:
            self._say("WATCHDOG=1")
            await asyncio.sleep(self._every)

    def _say(self, state: str) -> None:
        if not self._address:
            return
        # A name that begins with @ is in the abstract namespace.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaking:
            speaking.connect(address)
            speaking.send(state.encode("ascii"))
