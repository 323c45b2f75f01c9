"""Channels that write: a file for people, a file of JSON lines for a SIEM, and the terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TextIO

from verifier.alerts.ocsf import ocsf_event
from verifier.alerts.wording import Letter, Reader, letter_for
from verifier.errors.watching import DeliveryFailed
from verifier.model.text import Shown, sanitise, show_moment
from verifier.model.units import Timestamp
from verifier.model.watching import Delivery

_MODE: Final = 0o600
_NEWLINE: Final = b"\n"


class FileChannel:
    """Appends to a file and waits until it is on the disk. The file is opened each time, so that it may be rotated."""

    def __init__(self, name: str, path: Path, form: Callable[[Delivery], str]) -> None:
        self._name = name
        self._path = path
        self._form = form

    @property
    def name(self) -> str:
        return self._name

    def deliver(self, delivery: Delivery) -> Shown:
        """Append one delivery.

        :raises DeliveryFailed: the disk does not let us; nothing, or a part that the next one ends, was written.
        """
        try:
            content = self._form(delivery).encode("ascii")
            size = self._append(content)
        except OSError as exc:
            why = f"{sanitise(str(self._path))} cannot be written ({exc.strerror})"
            raise DeliveryFailed(channel=self._name, why=why) from exc
        return Shown(f"{len(content)} bytes, up to {size}")

    def _append(self, content: bytes) -> int:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        handle = os.open(self._path, flags, _MODE)
        try:
            size = os.fstat(handle).st_size
            # What was cut off by a full disk, or by a crash, must not swallow what comes next.
            if size and os.pread(handle, 1, size - 1) != _NEWLINE:
                content = _NEWLINE + content
            _write_all(handle, content, size)
            os.fsync(handle)
            return os.fstat(handle).st_size
        finally:
            os.close(handle)


def _write_all(handle: int, content: bytes, size: int) -> None:
    rest = content
    try:
        while rest:
            rest = rest[os.write(handle, rest) :]
    except OSError:
        # A disk that filled up in the middle: take back the part, if it lets us.
        with suppress(OSError):
            os.ftruncate(handle, size)
        raise


def text_file(name: str, path: Path, reader: Reader) -> FileChannel:
    """Return a channel for people: each delivery as it is sent to them, with an empty line after it."""

    def form(delivery: Delivery) -> str:
        letter = letter_for(delivery, reader)
        return f"{_head(delivery, letter)}\n{_indented(letter)}\n"

    return FileChannel(name, path, form)


def line_file(name: str, path: Path, *, product: str) -> FileChannel:
    """Return a channel for a SIEM: one JSON object a line, with OCSF's names."""

    def form(delivery: Delivery) -> str:
        event = ocsf_event(delivery, product=product)
        return json.dumps(event, ensure_ascii=True, separators=(",", ":")) + "\n"

    return FileChannel(name, path, form)


class TerminalChannel:
    """Lines on the standard error stream, for whoever sits in front of it, and for the journal."""

    def __init__(self, name: str, reader: Reader, stream: Callable[[], TextIO] = lambda: sys.stderr) -> None:
        self._name = name
        self._reader = reader
        self._stream = stream

    @property
    def name(self) -> str:
        return self._name

    def deliver(self, delivery: Delivery) -> Shown:
        """Print one delivery.

        :raises DeliveryFailed: nobody reads.
        """
        letter = letter_for(delivery, self._reader)
        try:
            stream = self._stream()
            stream.write(f"{_head(delivery, letter)}\n{_indented(letter)}")
            stream.flush()
        except (AttributeError, OSError, ValueError) as exc:
            raise DeliveryFailed(channel=self._name, why="nobody reads the terminal") from exc
        return Shown("printed")


def _head(delivery: Delivery, letter: Letter) -> str:
    return f"{show_moment(Timestamp(delivery.created_at))} {letter.subject}"


def _indented(letter: Letter) -> str:
    return "".join(f"  {line}\n" for line in letter.lines)
