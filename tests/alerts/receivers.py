"""Real HTTP servers on this machine, as well or as badly behaved as a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Manner:
    """How a server answers next."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    # Nothing is answered before; None where it is at once.
    until: threading.Event | None = None


class Receiver:
    """What came in, and how it is answered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests: list[Request] = []
        self.manner = Manner()
        self.before: Callable[[Request], None] = lambda _request: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/token-of-this-test"


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Yield a server that runs until the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            request = Request(path=self.path, headers=dict(self.headers), body=self.rfile.read(length))
            held.requests.append(request)
            held.before(request)
            manner = held.manner
            if manner.until is not None:
                manner.until.wait()
            self.send_response(manner.status)
            for name, value in {"Content-Length": str(len(manner.body)), **manner.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # whoever asked has heard enough
                self.wfile.write(manner.body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
