"""Counts what a process does to its disk and says on its lines, step by step, and ends it at one of them by SIGKILL.

    create sessions          before | after
    write records.jsonl      before | half | after       half: a part of it is written, as by a power cut
    fsync share.json         before | after
    rename share.json        before | after
    unlink share.pending-2.json
    receive sub_shares       after
    send commitment          before | half | after       half: the others got a part of it

The third time that a step comes it is called `write records.jsonl half 3`: so a step is found again in another run, in
which threads may take their turns otherwise.

It is put around what Python offers, in the child that is to be killed, and is no part of the program. Only files below
one folder count, and of what goes over a line only parcels with something in them: so the count of an undisturbed run
hardly depends on time.
"""

from __future__ import annotations

import os
import re
import signal
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Self

from verifier.courier import https_client, https_server
from verifier.courier.parcel import MAGIC, unpack_parcel
from verifier.frost.envelope import show_kind

_TEMPORARY: Final = re.compile(r"\.(?P<name>.+)\.[a-z0-9_]{8}")
_NUMBER: Final = re.compile(r"[0-9]+")
_HEAD: Final = 7
"""Bytes of a parcel before its first envelope."""

# As they were, for what this file does itself.
_write, _open, _fdopen, _readlink = os.write, os.open, os.fdopen, os.readlink


@dataclass(slots=True)
class Steps:
    """The steps of one process."""

    # Files below it count.
    root: Path
    # Where the name of each step is written, and of the one at which it ended.
    trace: Path
    # The step at which it ends; empty for none.
    at: str = ""
    _counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _handle: int = -1

    def step(self, name: str, half: Callable[[], object] | None = None) -> None:
        """Take a step, or end at it.

        :param half: what is done before it ends here
        """
        with self._lock:
            if self._handle < 0:
                self._handle = _open(self.trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            self._counts[name] += 1
            numbered = f"{name} {self._counts[name]}"
            _write(self._handle, f"{numbered}\n".encode())
            if numbered == self.at:
                if half is not None:
                    half()
                _write(self._handle, b"killed\n")
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, name: str, act: Callable[[], Any], half: Callable[[], object] | None = None) -> Any:
        """Do something, with steps before and after; and one at which it is done by half."""
        self.step(f"{name} before")
        if half is not None:
            self.step(f"{name} half", half)
        done = act()
        self.step(f"{name} after")
        return done

    def name_of(self, path: object) -> str | None:
        """Return what a file is called in the names of steps; None for one that does not count."""
        try:
            found = Path(_readlink(f"/proc/self/fd/{path}") if isinstance(path, int) else os.fspath(path))  # type: ignore[call-overload]
        except (OSError, TypeError):
            return None
        if not found.is_relative_to(self.root):
            return None
        temporary = _TEMPORARY.fullmatch(found.name)
        return _NUMBER.sub("N", temporary["name"] if temporary else found.name)


def install(steps: Steps) -> None:
    """Count from now on."""
    _count_files(steps)
    _count_lines(steps)


class _Counted:
    """A file that is written at once, of which each part is a step."""

    def __init__(self, file: IO[bytes], steps: Steps, name: str) -> None:
        self._file, self._steps, self._name = file, steps, name

    def write(self, content: bytes) -> int:
        def half() -> None:
            self._file.write(content[: len(content) // 2])
            self._file.flush()

        def whole() -> int:
            done = self._file.write(content)
            self._file.flush()
            return done

        return int(self._steps.around(f"write {self._name}", whole, half))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _count_files(steps: Steps) -> None:
    module = vars(os)

    def write(handle: int, data: bytes) -> int:
        name = steps.name_of(handle)
        if name is None:
            return _write(handle, data)
        half = data[: len(data) // 2]
        done = steps.around(f"write {name}", lambda: _write(handle, data), lambda: _write(handle, half))
        return int(done)

    def open_(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        name = steps.name_of(path) if flags & os.O_CREAT and not Path(path).exists() else None
        if name is None:
            return _open(path, flags, mode, **more)
        return int(steps.around(f"create {name}", lambda: _open(path, flags, mode, **more)))

    def fdopen(handle: int, mode: str = "r", *more: Any, **named: Any) -> Any:
        file = _fdopen(handle, mode, *more, **named)
        name = steps.name_of(handle) if mode == "wb" else None
        return file if name is None else _Counted(file, steps, name)

    def counted(verb: str, act: Callable[..., Any], which: int = 0) -> Callable[..., Any]:
        def do(*given: Any, **named: Any) -> Any:
            name = steps.name_of(given[which])
            if name is None:
                return act(*given, **named)
            return steps.around(f"{verb} {name}", lambda: act(*given, **named))

        return do

    module["write"], module["open"], module["fdopen"] = write, open_, fdopen
    for verb, names, which in (
        ("fsync", ("fsync", "fdatasync"), 0),
        ("rename", ("rename", "replace", "link"), 1),
        ("unlink", ("unlink", "remove"), 0),
        ("cut", ("truncate", "ftruncate"), 0),
    ):
        for name in names:
            module[name] = counted(verb, module[name], which)


def _count_lines(steps: Steps) -> None:
    send_all = ssl.SSLSocket.sendall

    def send(self: ssl.SSLSocket, data: bytes, flags: int = 0) -> None:
        name = _said_in(bytes(data))
        if name is None:
            send_all(self, data, flags)
            return
        half = bytes(data)[: len(data) - (len(data) - bytes(data).find(MAGIC)) // 2]
        steps.around(f"send {name}", lambda: send_all(self, data, flags), lambda: send_all(self, half, flags))

    def unpack(parcel: bytes, *, origin: str) -> tuple[bytes, ...]:
        found = unpack_parcel(parcel, origin=origin)
        if found:
            steps.step(f"receive {_kinds(found)} after")
        return found

    vars(https_client)["unpack_parcel"] = vars(https_server)["unpack_parcel"] = unpack
    ssl.SSLSocket.sendall = send  # type: ignore[method-assign, assignment]


def _said_in(data: bytes) -> str | None:
    """Return what is in the parcel that is sent; None for none, or an empty one."""
    at = data.find(MAGIC)
    if at < 0 or len(data) <= at + _HEAD:
        return None
    return _kinds(unpack_parcel(data[at:], origin="a test"))


def _kinds(envelopes: tuple[bytes, ...]) -> str:
    return "+".join(sorted({show_kind(raw).replace(" ", "_") for raw in envelopes}))
