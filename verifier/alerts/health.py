"""An endpoint that tells how the watcher is: /health for people and supervisors, /metrics for Prometheus. Read only."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from verifier.alerts.metrics import TYPE, metrics_page
from verifier.model.routes import Pulse
from verifier.model.text import Shown

_SECONDS: Final = 5
_MOST_AT_ONCE: Final = 16
_POLL: Final = 0.1
"""Seconds until it notices that it is to end."""


def health_record(pulse: Pulse, ailment: Shown | None) -> dict[str, Any]:
    """Return how the watcher is, as JSON knows it. Times are seconds."""
    return {
        "version": 1,
        "is_well": ailment is None,
        "ailment": ailment,
        "at": int(pulse.at),
        "has_store": pulse.has_store,
        "chains": {
            str(chain_id): {
                "lag": pulse.lag.get(chain_id),
                "block": pulse.block.get(chain_id),
                "silent": pulse.silent.get(chain_id),
            }
            for chain_id in sorted({*pulse.lag, *pulse.block, *pulse.silent})
        },
        "pending": pulse.pending,
        "oldest_undelivered": pulse.oldest_undelivered,
        "orphaned": dict(sorted(pulse.orphaned.items())),
        "channels": {
            name: {"delivered": tally.delivered, "failed": tally.failed, "failing": tally.failing}
            for name, tally in sorted(pulse.tallies.items())
        },
    }


class HealthServer:
    """Runs from `start` to `stop`, in threads of its own, so that it answers while everything else is busy."""

    def __init__(
        self, place: tuple[str, int], *, pulse: Callable[[], Pulse], ailment: Callable[[], Shown | None]
    ) -> None:
        """Take where to listen; the port is free for us from here on.

        :raises OSError: somebody else listens there.
        """
        self._server = _Server(place, _handler(pulse, ailment))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), name="health", daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, place: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        # A place of IPv6 has colons.
        self.address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        self._room = threading.Semaphore(_MOST_AT_ONCE)
        super().__init__(place, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, unless too many are being answered: nobody may use up the watcher's memory."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: somebody hung up."""


def _handler(pulse: Callable[[], Pulse], ailment: Callable[[], Shown | None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS
        server_version = "fourth-signer"
        sys_version = ""

        def do_GET(self) -> None:
            match self.path.partition("?")[0]:
                case "/health":
                    wrong = ailment()
                    status = HTTPStatus.OK if wrong is None else HTTPStatus.SERVICE_UNAVAILABLE
                    record = health_record(pulse(), wrong)
                    content = json.dumps(record, indent=2, ensure_ascii=True).encode("ascii") + b"\n"
                    self._answer(status, "application/json", content)
                case "/metrics":
                    self._answer(HTTPStatus.OK, TYPE, metrics_page(pulse))
                case _:
                    self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"There is /health, and /metrics.\n")

        def _answer(self, status: HTTPStatus, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing of who asked."""

    return Handler
