"""A node that goes away and comes back: stopped in the middle of whatever it does, or answering nobody."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

from tests.anvil import Anvil
from tests.cli.liars import edits

_LISTENS = "0A"


@contextmanager
def stopped(chain: Anvil) -> Iterator[None]:
    """Let a node of this process's own stand still: it takes connections, and answers nothing."""
    process = _process_at(urlsplit(chain.url).port or 0)
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def hanging_up(upstream: str, is_down: threading.Event) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
    """Ask a real endpoint, or hang up while it is down."""
    passing_on = edits(upstream, lambda _, response: response)

    def respond(handler: BaseHTTPRequestHandler, asked: bytes) -> None:
        if is_down.is_set():
            handler.close_connection = True
            return
        passing_on(handler, asked)

    return respond


def _process_at(port: int) -> int:
    """Return the child of this process that listens at a port."""
    inodes = {
        f"socket:[{fields[9]}]"
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if (fields := line.split())[3] == _LISTENS and int(fields[1].split(":")[1], 16) == port
    }
    for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
        for descriptor in Path(f"/proc/{child}/fd").iterdir():
            # It may be closed while one looks.
            with suppress(FileNotFoundError):
                if str(descriptor.readlink()) in inodes:
                    return int(child)
    raise AssertionError(f"no child listens at {port}")
