"""A holder's end of HTTPS: one address, one thing to ask, one who may ask it.

    POST /exchange        body: a parcel; boot: HEX of the process that was seen last; seen: NUMBER; patience: SECONDS
    200                   body: a parcel; boot: HEX of this process; total: NUMBER

Whoever shows another certificate than the coordinator's has no connection. Bodies, connections and waiting are bounded.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from verifier.courier.certificates import is_pinned
from verifier.courier.parcel import MOST_BYTES, MOST_ENVELOPES, pack_parcel, unpack_parcel
from verifier.errors import HolderUnservable, ParcelMalformed

Exchange = Callable[[Sequence[bytes], int, float], tuple[int, Sequence[bytes]]]
"""Takes envelopes, how many were seen, and seconds to wait; returns how many there are, and those behind."""

IDLE_SECONDS: Final = 60
"""After which a connection that says nothing is closed."""
MOST_PATIENCE: Final = 25.0
_MOST_CONNECTIONS: Final = 16
_MOST_STRANGERS: Final = 16
"""Who has not shown a certificate yet. With one more, whoever has been at it longest is hung up on: so strangers who
come and say nothing keep nobody out."""
_SHAKE_SECONDS: Final = 10


class HolderServer:
    """Serves in threads of its own, from the moment that it is made."""

    def __init__(
        self, host: str, port: int, context: ssl.SSLContext, *, pinned: bytes, exchange: Exchange, boot: bytes
    ) -> None:
        """Listen; port 0 takes a free one.

        :param pinned: the certificate of the only one who may ask, DER
        :param boot: tells this process from the one before it
        :raises HolderUnservable: nobody can be served there.
        """
        try:
            self._server = _Server(host, port, context, pinned=pinned, exchange=exchange, boot=boot)
        except OSError as exc:
            why = os.strerror(exc.errno) if exc.errno else "there is no such place"
            raise HolderUnservable(address=f"https://{host}:{port}", why=why) from exc
        self._thread = threading.Thread(target=self._server.serve_forever, name="https", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = _MOST_CONNECTIONS
    allow_reuse_address = True

    def __init__(
        self, host: str, port: int, context: ssl.SSLContext, *, pinned: bytes, exchange: Exchange, boot: bytes
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.context, self.pinned, self.exchange, self.boot = context, pinned, exchange, boot
        self._room = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        self._strangers: list[ssl.SSLSocket] = []
        self._door = threading.Lock()
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        # Without asking the network for this machine's name, as HTTPServer would.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Shake hands here, so that whoever is slow at it holds up nobody else."""
        try:
            request.settimeout(_SHAKE_SECONDS)
            request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            secured = self.context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        except (OSError, ValueError):
            self.shutdown_request(request)
            return
        try:
            if self._is_known(secured) and self._room.acquire(blocking=False):
                try:
                    secured.settimeout(IDLE_SECONDS)
                    self.finish_request(secured, client_address)
                finally:
                    self._room.release()
        except (OSError, ValueError):
            pass
        finally:
            with suppress(OSError):
                secured.close()

    def _is_known(self, secured: ssl.SSLSocket) -> bool:
        """Shake hands, and return whether it is the one who may ask.

        :raises OSError: it is not, or was too slow at it.
        """
        with self._door:
            self._strangers.append(secured)
            slow = self._strangers.pop(0) if len(self._strangers) > _MOST_STRANGERS else None
        if slow is not None:
            with suppress(OSError):
                # Below TLS, whose own state belongs to the thread that shakes hands.
                socket.socket.shutdown(slow, socket.SHUT_RDWR)
        try:
            secured.do_handshake()
        finally:
            with self._door, suppress(ValueError):
                self._strangers.remove(secured)
        return is_pinned(secured.getpeercert(binary_form=True), self.pinned)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: whoever is at the other end gets no words of ours, and the terminal no traceback."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    server: _Server

    def do_POST(self) -> None:
        length = _number(self.headers.get("Content-Length"), MOST_BYTES)
        seen = _number(self.headers.get("Seen"), 1 << 40)
        patience = _number(self.headers.get("Patience"), 600)
        if self.path != "/exchange" or length is None or seen is None or patience is None:
            self._refuse(400)
            return
        try:
            envelopes = unpack_parcel(self.rfile.read(length), origin="the coordinator")
        except ParcelMalformed:
            self._refuse(422)
            return
        if self.headers.get("Boot") != self.server.boot.hex():
            # What was seen is of another process: the box of this one begins anew.
            seen = 0
        try:
            total, found = self.server.exchange(envelopes, seen, min(float(patience), MOST_PATIENCE))
        except Exception:  # noqa: BLE001 - whoever takes them has said why to its own person, and to nobody else
            self._refuse(503)
            return
        body = pack_parcel(found[:MOST_ENVELOPES])
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Boot", self.server.boot.hex())
        self.send_header("Total", str(min(total, total - len(found) + MOST_ENVELOPES)))
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, code: int) -> None:
        self.close_connection = True
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def version_string(self) -> str:
        return "fourth-signer"

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name in http.server
        """Write nothing: the records say what came."""


def _number(text: str | None, most: int) -> int | None:
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 15 or int(text) > most:
        return None
    return int(text)
