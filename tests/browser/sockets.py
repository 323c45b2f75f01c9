"""What another program could send to a server of screens: requests with any headers, and sockets with any origin."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.sync.connection import Connection
from websockets.typing import Origin

from tests.browser.serving import Served

PATIENCE: Final = 300


def ask(
    served: Served, path: str = "/", *, headers: Sequence[tuple[str, str]] | None = None, method: str = "GET"
) -> tuple[int, str, dict[str, str]]:
    """Send a request with exactly these headers, and return the status, the body and the headers of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in [("Host", served.host)] if headers is None else headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace"), dict(answer.getheaders())
    finally:
        connection.close()


def open_socket(served: Served, *, origin: str | None = "", query: str = "") -> Connection:
    """Open a socket as the page does, or with another origin.

    :raises InvalidStatus: it is refused.
    """
    said = f"http://{served.host}" if origin == "" else origin
    place = f"ws://{served.host}/socket{query}"
    # Whoever is at the other end may be slow today: what does not come is missed by whoever waits for it.
    return connect(
        place,
        origin=None if said is None else Origin(said),
        compression=None,
        open_timeout=PATIENCE,
        ping_interval=None,
    )


def is_refused(served: Served, *, origin: str | None) -> bool:
    """Whether a socket is refused because of where it comes from."""
    try:
        open_socket(served, origin=origin).close()
    except InvalidStatus as refusal:
        return refusal.response.status_code == 403
    return False


def send(opened: Connection, *message: Any) -> None:
    opened.send(json.dumps(message))


def read_until(opened: Connection, words: bytes) -> bytes:
    """Return what the screens write up to these words."""
    until, written = time.monotonic() + PATIENCE, b""
    while words not in written:
        assert time.monotonic() < until, written
        more = opened.recv(timeout=PATIENCE)
        written += more if isinstance(more, bytes) else more.encode()
    return written


@contextmanager
def other_site() -> Iterator[int]:
    """Serve an empty page, as somebody else's site would, and give its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>other</title>")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class names it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
