"""Endpoints that are broken or lie, on a free port of this machine."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from eth_hash.auto import keccak

Request = dict[str, Any]
Response = dict[str, Any]
Edit = Callable[[Request, Response], Response]

ENDLESS: Final = b"[" * 65_536


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        # Whoever asked may have lost patience.
        with suppress(OSError):
            self.server.respond(self, self.rfile.read(size))  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class names it
        pass


@contextmanager
def serve(respond: Callable[[BaseHTTPRequestHandler, bytes], None]) -> Iterator[str]:
    """Answer every request as told, and give the address to ask at."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.respond = respond  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def says(body: bytes, *, status: int = 200) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
    """Answer everything with the same bytes."""

    def respond(handler: BaseHTTPRequestHandler, _asked: bytes) -> None:
        _send(handler, body, status)

    return respond


def never_ends(handler: BaseHTTPRequestHandler, _asked: bytes) -> None:
    """Answer with bytes that do not end."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(ENDLESS)


def hangs(
    until: threading.Event, reached: threading.Event
) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
    """Take every request, and do not answer before `until`."""

    def respond(_handler: BaseHTTPRequestHandler, _asked: bytes) -> None:
        reached.set()
        until.wait()

    return respond


def edits(upstream: str, edit: Edit) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
    """Ask a real endpoint, and change what it answers."""

    def respond(handler: BaseHTTPRequestHandler, asked: bytes) -> None:
        answered = json.loads(_ask(upstream, asked))
        requests = json.loads(asked)
        if isinstance(requests, list):
            by_id = {response["id"]: response for response in answered}
            answered = [edit(request, by_id[request["id"]]) for request in requests]
        else:
            answered = edit(requests, answered)
        _send(handler, json.dumps(answered).encode(), 200)

    return respond


def _ask(upstream: str, asked: bytes) -> bytes:
    connection = http.client.HTTPConnection(urlsplit(upstream).netloc, timeout=300)
    try:
        connection.request("POST", "/", asked, {"Content-Type": "application/json"})
        return connection.getresponse().read()
    finally:
        connection.close()


def swallows(
    upstream: str, *, block: dict[str, Any], status: str = "0x1"
) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
    """Pass no transaction on, say of each that it was taken, and that this block took it in with this status."""

    def edit(request: Request, response: Response) -> Response:
        if request["method"] != "eth_getTransactionReceipt":
            return response
        receipt = {
            "transactionHash": request["params"][0],
            "status": status,
            "blockNumber": block["number"],
            "blockHash": block["hash"],
            "gasUsed": "0x5208",
            "contractAddress": None,
        }
        return {"jsonrpc": "2.0", "id": request["id"], "result": receipt}

    others = edits(upstream, edit)

    def respond(handler: BaseHTTPRequestHandler, asked: bytes) -> None:
        request = json.loads(asked)
        if isinstance(request, list) or request["method"] != "eth_sendRawTransaction":
            others(handler, asked)
            return
        name = keccak(bytes.fromhex(request["params"][0][2:]))
        body = {"jsonrpc": "2.0", "id": request["id"], "result": "0x" + name.hex()}
        _send(handler, json.dumps(body).encode(), 200)

    return respond


def refusing(*methods: str) -> Edit:
    """Let an endpoint not know these methods."""

    def edit(request: Request, response: Response) -> Response:
        if request["method"] not in methods:
            return response
        return {"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32601, "message": "no such method"}}

    return edit


def giving(method: str, result: Any) -> Edit:
    """Let an endpoint answer a method with something else."""
    return lambda request, response: (
        {**response, "result": result} if request["method"] == method else response
    )


def _send(handler: BaseHTTPRequestHandler, body: bytes, status: int) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
