"""Counts what a process does to its disk and says on its lines, step by step, and ends it at one of them by SIGKILL.

    create sessions          before | after
    write records.jsonl      before | half | after       half: a part of it is written, as by a power cut
    fsync share.json         before | after
    rename share.json        before | after
    unlink share.pending-2.json
    receive sub_shares       after
    send commitment          before | half | after       half: the others got a part of it
    mkdir, cut               before | after
    send transaction         before | after              to one endpoint

The third time that a step comes it is called `write records.jsonl half 3`: so a step is found again in another run, in
which threads may take their turns otherwise.

It is put around what Python offers, in the child that is to be killed, and is no part of the program. Only files below
one folder count, and of what goes over a line only parcels with something in them: so the count of an undisturbed run
hardly depends on time.
"""

from __future__ import annotations

import io
import os
import re
import signal
import ssl
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Self

from tests.holders.power import Disk
from verifier.courier import folder, https_client, https_server
from verifier.courier.parcel import MAGIC, unpack_parcel
from verifier.frost.envelope import show_kind

_TEMPORARY: Final = re.compile(r"\.(?P<name>.+)\.[a-z0-9_]{8}")
_PARCEL: Final = re.compile(r"(?P<way>to|from)-[0-9]+-[0-9a-f]+-[0-9]+\.(parcel|writing)")
_NAMELESS: Final = re.compile(r"#[0-9]+ \(deleted\)")
"""How Linux calls a file that gets its name once it is whole."""
_NUMBER: Final = re.compile(r"[0-9]+")
_HEAD: Final = 7
"""Bytes of a parcel before its first envelope."""

# As they were, for what this file does itself.
_write, _open, _io_open, _readlink = os.write, os.open, io.open, os.readlink


@dataclass(slots=True)
class Steps:
    """The steps of one process."""

    # Files below it count.
    root: Path
    # Where the name of each step is written, and of the one at which it ended.
    trace: Path
    # The step at which it ends; empty for none.
    at: str = ""
    # Where it is noted what a power cut would take; None where nobody wants to know.
    disk: Disk | None = None
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
        found = _path_of(path)
        if found is None or not found.is_relative_to(self.root):
            return None
        if _NAMELESS.fullmatch(found.name):
            return "nameless"
        if parcel := _PARCEL.fullmatch(found.name):
            return f"{parcel['way']}.parcel"
        temporary = _TEMPORARY.fullmatch(found.name)
        return _NUMBER.sub("N", temporary["name"] if temporary else found.name)

    def note(self, does: str, thing: object) -> None:
        """Note what a power cut would take, where somebody wants to know."""
        if self.disk is None:
            return
        if does == "changes":
            path = _path_of(thing)
            if path is not None and path.is_relative_to(self.root):
                self.disk.changes(path)
        elif does == "grows" and isinstance(thing, int):
            self.disk.grows(thing)
        elif does == "is safe" and isinstance(thing, int):
            self.disk.is_safe(thing)


def _path_of(path: object) -> Path | None:
    """Return the whole path of a file by its path or its handle."""
    try:
        found = _readlink(f"/proc/self/fd/{path}") if isinstance(path, int) else os.fspath(path)  # type: ignore[call-overload]
        return Path(os.path.abspath(os.fsdecode(found)))  # noqa: PTH100 - no link is followed
    except (OSError, TypeError, ValueError):
        return None


def install(steps: Steps) -> None:
    """Count from now on."""
    _count_files(steps)
    _count_lines(steps)
    _count_transactions(steps)


class _Counted:
    """A file that is written at once, of which each part is a step."""

    def __init__(self, file: IO[Any], steps: Steps, name: str) -> None:
        self._file, self._steps, self._name = file, steps, name

    def write(self, content: Any) -> int:
        def half() -> None:
            self._file.write(content[: len(content) // 2])
            self._file.flush()

        def whole() -> int:
            self._steps.note("grows", self._file.fileno())
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

        def whole() -> int:
            steps.note("grows", handle)
            return _write(handle, data)

        return int(
            steps.around(f"write {name}", whole, lambda: _write(handle, bytes(data)[: len(data) // 2]))
        )

    def open_(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        is_new = flags & os.O_CREAT and not Path(path).exists()
        return int(created(path, bool(is_new), lambda: _open(path, flags, mode, **more)))

    def created(path: Any, is_new: bool, act: Callable[[], Any]) -> Any:
        name = steps.name_of(path) if is_new else None
        if name is None:
            return act()

        def do() -> Any:
            steps.note("changes", path)
            return act()

        return steps.around(f"create {name}", do)

    def open_file(path: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
        is_written = not set("wxa").isdisjoint(mode)
        name = steps.name_of(path) if is_written else None
        is_new = name is not None and not isinstance(path, int) and not Path(path).exists()
        file = created(path, is_new, lambda: _io_open(path, mode, *more, **named))
        return file if name is None else _Counted(file, steps, name)

    module["write"], module["open"] = write, open_
    vars(io)["open"] = open_file
    for verb, names, which in (
        ("fsync", ("fsync", "fdatasync"), 0),
        ("rename", ("rename", "replace", "link"), 1),
        ("unlink", ("unlink", "remove"), 0),
        ("cut", ("truncate", "ftruncate"), 0),
        ("mkdir", ("mkdir",), 0),
    ):
        for name in names:
            module[name] = _counted(steps, verb, module[name], which)


def _counted(steps: Steps, verb: str, act: Callable[..., Any], which: int) -> Callable[..., Any]:
    def do(*given: Any, **named: Any) -> Any:
        name = steps.name_of(given[which])
        if name is None or (verb == "mkdir" and Path(given[0]).exists()):
            return act(*given, **named)

        def whole() -> Any:
            if verb in ("rename", "unlink", "mkdir"):
                for each in given[: which + 1]:
                    steps.note("changes", each)
            done = act(*given, **named)
            if verb == "fsync":
                steps.note("is safe", given[0])
            return done

        return steps.around(f"{verb} {name}", whole)

    return do


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

    for module in (https_client, https_server, folder):
        vars(module)["unpack_parcel"] = unpack
    ssl.SSLSocket.sendall = send  # type: ignore[method-assign, assignment]


def _count_transactions(steps: Steps) -> None:
    module = sys.modules.get("verifier.chain.http")
    if module is None:
        # Whoever does not load it sends none.
        return
    post = module.HttpTransport.post

    def send(self: object, calls: Sequence[tuple[str, Any]]) -> Any:
        if all(method != "eth_sendRawTransaction" for method, _ in calls):
            return post(self, calls)
        return steps.around("send transaction", lambda: post(self, calls))

    module.HttpTransport.post = send


def _said_in(data: bytes) -> str | None:
    """Return what is in the parcel that is sent; None for none, or an empty one."""
    at = data.find(MAGIC)
    if at < 0 or len(data) <= at + _HEAD:
        return None
    return _kinds(unpack_parcel(data[at:], origin="a test"))


def _kinds(envelopes: tuple[bytes, ...]) -> str:
    return "+".join(sorted({show_kind(raw).replace(" ", "_") for raw in envelopes}))
