"""One window's screens: a process of their own, ended with the window, whatever it is waiting for."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from verifier.model.text import sanitise

_PRELUDE: Final = b"__GANGLION__\n"
_PRELUDE_LINES: Final = 10
_MOST_BYTES: Final = 1 << 24
"""Of one packet: far more than any screen."""
_MOST_SAID: Final = 2_000
_END_SECONDS: Final = 3
"""For screens to end once they are asked to."""
_LAST_SECONDS: Final = 15
"""For a process that has shown its last screen."""


class Session(AppService):
    """The protocol is AppService's. What it does beyond showing screens is left out: no file and no address that a
    screen offers reaches the browser.
    """

    def __init__(
        self,
        command: Sequence[str],
        surroundings: Mapping[str, str],
        *,
        send: Callable[[bytes], Awaitable[None]],
        close: Callable[[], Awaitable[object]],
    ) -> None:
        async def end() -> None:
            await close()

        async def say_nothing(_text: str) -> None: ...

        super().__init__(
            "", write_bytes=send, write_str=say_nothing, close=end, download_manager=DownloadManager()
        )
        self._arguments = tuple(command)
        self._surroundings = dict(surroundings)
        # Before that there is nobody to be asked.
        self._is_drawing = False

    async def stop(self) -> None:
        """End the process: by asking, and soon by force; by force at once where nobody waits for the end of this."""
        process, task = self._process, self._task
        if process is None or task is None:
            return
        try:
            if self._is_drawing:
                await self.send_meta({"type": "quit"})
                with suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(task), _END_SECONDS)
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
        await task
        await process.wait()

    async def run(self) -> None:
        """Pass on what the screens write, until their process ends."""
        process = self._process
        if process is None or process.stdout is None or process.stderr is None:
            raise AssertionError("nothing was started")
        said = asyncio.create_task(_read_last(process.stderr))
        try:
            with suppress(asyncio.IncompleteReadError):
                await self._pass_on(process.stdout)
            # It is ending by itself. A signal in the middle of that would find half of what answers signals gone.
            await asyncio.wait_for(process.wait(), _LAST_SECONDS)
        except (TimeoutError, ValueError):
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
        if words := await said:
            sys.stderr.write(f"fourth-signer: A window's screens ended. {words}\n")
        with suppress(ConnectionError, RuntimeError):
            await self.remote_close()

    async def _pass_on(self, stdout: asyncio.StreamReader) -> None:
        """:raises IncompleteReadError: the process is ending.
        :raises ValueError: it writes something else than screens.
        """
        for _ in range(_PRELUDE_LINES):
            line = await stdout.readline()
            if line == _PRELUDE:
                self._is_drawing = True
                break
            if not line:
                return
        while True:
            kind = await stdout.readexactly(1)
            size = int.from_bytes(await stdout.readexactly(4), "big")
            if size > _MOST_BYTES:
                raise ValueError(size)
            payload = await stdout.readexactly(size)
            if kind == b"D":
                # A browser that has gone is noticed elsewhere; until then the process must not be held up.
                with suppress(ConnectionError, RuntimeError):
                    await self.remote_write_bytes(payload)
            elif kind == b"M" and json.loads(payload).get("type") == "exit":
                return

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        drawn = {
            "TEXTUAL_DRIVER": "verifier.cli.serve_driver:WindowDriver",
            "TEXTUAL_COLOR_SYSTEM": "truecolor",
            "TEXTUAL_FPS": "30",
            "COLUMNS": str(width),
            "ROWS": str(height),
        }
        self._process = process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env={**self._surroundings, **drawn},
            # Ctrl-C is for the server, which ends its sessions.
            start_new_session=True,
        )
        self._stdin = process.stdin
        return process


async def _read_last(stream: asyncio.StreamReader) -> str:
    """Return the last line of what is written, fit to be shown."""
    said = b""
    while more := await stream.read(4_096):
        said = (said + more)[-_MOST_SAID:]
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return sanitise(lines[-1], most=300) if lines else ""
