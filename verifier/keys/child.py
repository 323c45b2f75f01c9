"""A child process that answers lines of JSON, one to each question, and that never outlives its use."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

from verifier.errors import KeyAnswerMalformed, KeyUnreachable
from verifier.model.text import Shown

_MOST_BYTES: Final = 64 * 1024
_ADVICE: Final = "Plug it in again, and try again."


class Child:
    """As a context: started at its head, and ended with everything that it started at its end, however it ends."""

    def __init__(self, command: Sequence[str], holder: Shown, *, patience: float) -> None:
        """Take what to start.

        :param holder: what errors are to call it
        :param patience: seconds until an answer is given up
        """
        self._command = tuple(command)
        self._holder = holder
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._unread = b""

    def __enter__(self) -> Self:
        try:
            # In a session of its own, so that Ctrl-C reaches it through us. What it prints besides is nobody's.
            self._process = subprocess.Popen(  # noqa: S603 - the command is the signer's own
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as exc:
            raise KeyUnreachable(
                holder=self._holder,
                why=f"{self._command[0]} cannot be started ({exc.strerror})",
                advice="Check which Python is to speak to it.",
            ) from exc
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._process
        if process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()

    def ask(self, question: str) -> Mapping[str, Any]:
        """Return the object that it answers.

        :raises KeyUnreachable: it ended, or takes too long.
        :raises KeyAnswerMalformed: its line is no JSON object.
        """
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise KeyUnreachable(holder=self._holder, why="nobody asked it yet", advice=_ADVICE)
        until = time.monotonic() + self._patience
        self._write(process.stdin.fileno(), question.encode("utf-8") + b"\n", until)
        line = self._line(process.stdout.fileno(), until)
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError) as exc:
            raise KeyAnswerMalformed(holder=self._holder, why="it is no JSON") from exc
        if not isinstance(answer, dict):
            raise KeyAnswerMalformed(holder=self._holder, why="it is no JSON object")
        return answer

    def _write(self, pipe: int, unsent: bytes, until: float) -> None:
        os.set_blocking(pipe, False)
        while unsent:
            self._wait(pipe, selectors.EVENT_WRITE, until)
            try:
                unsent = unsent[os.write(pipe, unsent) :]
            except OSError as exc:
                raise self._ended() from exc

    def _line(self, pipe: int, until: float) -> bytes:
        while b"\n" not in self._unread:
            self._wait(pipe, selectors.EVENT_READ, until)
            read = os.read(pipe, _MOST_BYTES)
            if not read:
                raise self._ended()
            self._unread += read
            if len(self._unread) > _MOST_BYTES:
                raise KeyAnswerMalformed(holder=self._holder, why="it is too long")
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _wait(self, pipe: int, event: int, until: float) -> None:
        with selectors.DefaultSelector() as waiting:
            waiting.register(pipe, event)
            if not waiting.select(max(0.0, until - time.monotonic())):
                why = f"it said nothing for {self._patience:g} seconds"
                raise KeyUnreachable(holder=self._holder, why=why, advice=_ADVICE)

    def _ended(self) -> KeyUnreachable:
        return KeyUnreachable(holder=self._holder, why="the process that speaks to it ended", advice=_ADVICE)
