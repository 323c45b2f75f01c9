"""The process behind a window, by itself: whatever becomes of who ends it, it is ended."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from typing import Final

from tests.browser.serving import PATIENCE
from verifier.cli.serve_session import Session

STUBBORN: Final = """
import time
print("__GANGLION__", flush=True)
time.sleep(3600)
"""
"""It has drawn its screens, and hears nothing that it is told."""


async def _ignore(*_: object) -> None: ...


def test_stop__given_up_by_a_server_that_ends__the_process_is_ended_all_the_same() -> None:
    async def story() -> None:
        session = Session([sys.executable, "-c", STUBBORN], {}, send=_ignore, close=_ignore)
        await session.start(80, 24)
        process, task = session._process, session._task
        assert process is not None
        assert task is not None
        try:
            async with asyncio.timeout(PATIENCE):
                while not session._is_drawing:
                    await asyncio.sleep(0.01)
            stopping = asyncio.create_task(session.stop())
            # It has asked, and waits.
            for _ in range(10):
                await asyncio.sleep(0)
            stopping.cancel()
            with suppress(asyncio.CancelledError):
                await stopping
            assert await asyncio.wait_for(process.wait(), PATIENCE) == -signal.SIGKILL
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await task

    asyncio.run(story())
