"""Waiting until the screens have nothing left to do: no message, no frame, no timer that is about to strike.

Textual's own way is to sleep until the process used little time for a while. That is slow, and on a busy machine it is
a guess. Here the event loop itself is asked: once nothing is ready to run, nothing moves before the next key or answer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest import mock

from textual.widgets import Button, Input

from verifier.tui.shell import Shell

_SOON: Final = 1 / 20
"""Seconds. Frames are drawn every sixtieth; a cursor blinks every half second, and the clock is read every second."""
_PATIENCE: Final = 300


async def quiet(*_: float) -> None:
    """Wait until nothing is ready to run, and no timer is about to strike.

    Takes what `textual._wait.wait_for_idle` takes, and needs none of it.
    """
    loop: Any = asyncio.get_running_loop()
    until = time.monotonic() + _PATIENCE
    while True:
        assert time.monotonic() < until, "the screen never came to rest"
        await asyncio.sleep(0)
        if loop._ready:
            continue
        now = loop.time()
        due = [
            timer.when() for timer in loop._scheduled if not timer.cancelled() and timer.when() < now + _SOON
        ]
        if not due:
            return
        await asyncio.sleep(max(0, min(due) - now))


async def answered(app: Shell) -> None:
    """Wait until nothing is being asked, and what was answered is on the screen."""
    until = time.monotonic() + _PATIENCE
    while True:
        await quiet()
        if not app.is_asking:
            # An answer that came in between has been posted already.
            await quiet()
            if not app.is_asking:
                return
        assert time.monotonic() < until, "an answer never came"
        await asyncio.sleep(0.002)


@contextmanager
def exactly_waiting() -> Iterator[None]:
    """Have Textual's pilot wait in this way, and nothing on the screens depend on how long that takes.

    What was said at the edge stays there, and no cursor blinks: on a slow machine it might be gone when one looks. No
    button stays pressed for a moment, in which it takes no second press: on a fast one that would come too early.
    """
    with (
        mock.patch("textual.app.wait_for_idle", quiet),
        mock.patch("textual.pilot.wait_for_idle", quiet),
        mock.patch.object(Shell, "NOTIFICATION_TIMEOUT", 3_600),
        mock.patch("verifier.tui.shell._LONG", 3_600),
        mock.patch.object(Input, "_toggle_cursor"),
        mock.patch.object(Button, "_start_active_affect"),
    ):
        yield
