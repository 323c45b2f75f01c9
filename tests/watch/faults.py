"""A proxy before a node that does what endpoints do: lag, lie, limit, stand still, and come back.

    with faulty(chain.url) as endpoint:
        endpoint.edit(giving("eth_getLogs", []))     # from now on it hides every log
        endpoint.heal()

Faults are functions as `tests.cli.liars` has them; what a node says of its newest block is told apart, since it decides
over all the rest.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.cli.liars import Edit, Request, Response


class Endpoint:
    """An endpoint that can be broken while it is used."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        # Where it listens; known once it does.
        self.url = ""
        # Requests so far, by method.
        self.asked: dict[str, int] = {}
        # Called with each method before the node hears of it.
        self.before: Callable[[str], None] = lambda _method: None
        self.heal()

    def heal(self) -> None:
        """Let it be honest and whole again."""
        self._edits: list[Edit] = []
        self._newest: int | None = None
        self._lag = 0
        self._status: int | None = None
        self._blocks: dict[int, Response] = {}
        self._kept_back: frozenset[str] = frozenset()

    def edit(self, edit: Edit) -> None:
        """Change its answers."""
        self._edits.append(edit)

    def keep_back(self, *methods: str) -> None:
        """Refuse these methods, so that the node never hears of them."""
        self._kept_back = frozenset(methods)

    def stand_at(self, number: int) -> None:
        """Let it know no block after this one, as a node that is synchronising, or was restored."""
        self._newest = number

    def lag(self, blocks: int) -> None:
        """Let it be so many blocks behind, always."""
        self._lag = blocks

    def fail(self, status: int) -> None:
        """Let it answer everything with an HTTP status."""
        self._status = status

    def stay_on_branch(self, first: int, last: int) -> None:
        """Let it keep the blocks as they are now, whatever its chain does from here on."""
        requests = [
            {"jsonrpc": "2.0", "id": n, "method": "eth_getBlockByNumber", "params": [hex(n), False]}
            for n in range(first, last + 1)
        ]
        node = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=300)
        try:
            self._blocks = {answer["id"]: answer for answer in _ask(node, requests)}
        finally:
            node.close()
        self._newest = last

    def respond(self, asked: bytes, node: http.client.HTTPConnection) -> tuple[int, bytes]:
        """Return a status and an answer.

        :param node: a connection of the asking thread's own
        """
        if self._status is not None:
            return self._status, b""
        requests = json.loads(asked)
        many = requests if isinstance(requests, list) else [requests]
        answers = self._answers(many, node)
        return 200, json.dumps(answers if isinstance(requests, list) else answers[0]).encode()

    def _answers(self, requests: list[Request], node: http.client.HTTPConnection) -> list[Response]:
        for request in requests:
            self.asked[request["method"]] = self.asked.get(request["method"], 0) + 1
            self.before(request["method"])
        newest = self._known_newest(node)
        known = {request["id"]: self._known(request, newest) for request in requests}
        passed = [_as_known(request, newest) for request in requests if known[request["id"]] is None]
        given = {answer["id"]: answer for answer in (_ask(node, passed) if passed else [])}
        answers = []
        for request in requests:
            answer: Response = known[request["id"]] or given[request["id"]]
            for edit in self._edits:
                answer = edit(request, answer)
            answers.append(answer)
        return answers

    def _known(self, request: Request, newest: int | None) -> Response | None:
        """Return what is answered without the node."""
        if request["method"] in self._kept_back:
            error = {"code": -32000, "message": "not now"}
            return {"jsonrpc": "2.0", "id": request["id"], "error": error}
        number = request["params"][0] if request["method"] == "eth_getBlockByNumber" else ""
        if number == "latest" and newest is not None and newest in self._blocks:
            number = hex(newest)
        if not number.startswith("0x"):
            return None
        if kept := self._blocks.get(int(number, 16)):
            return {**kept, "id": request["id"]}
        if newest is not None and int(number, 16) > newest:
            return {"jsonrpc": "2.0", "id": request["id"], "result": None}
        return None

    def _known_newest(self, node: http.client.HTTPConnection) -> int | None:
        if self._newest is not None or not self._lag:
            return self._newest
        request = {"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": []}
        return max(int(_ask(node, [request])[0]["result"], 16) - self._lag, 0)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        endpoint: Endpoint = self.server.endpoint  # type: ignore[attr-defined]
        self._node = http.client.HTTPConnection(urlsplit(endpoint.upstream).netloc, timeout=300)

    def finish(self) -> None:
        self._node.close()
        super().finish()

    def do_POST(self) -> None:
        endpoint: Endpoint = self.server.endpoint  # type: ignore[attr-defined]
        asked = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        # Whoever asked may have lost patience.
        with suppress(OSError):
            status, body = endpoint.respond(asked, self._node)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class names it
        pass


@contextmanager
def faulty(upstream: str) -> Iterator[Endpoint]:
    """Put an endpoint before a node; it is honest until a test breaks it."""
    endpoint = Endpoint(upstream)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.endpoint = endpoint  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        endpoint.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def refusing_with(method: str, *, code: int, message: str) -> Edit:
    """Let an endpoint refuse a method in its own words."""

    def edit(request: Request, response: Response) -> Response:
        if request["method"] != method:
            return response
        return {"jsonrpc": "2.0", "id": request["id"], "error": {"code": code, "message": message}}

    return edit


def refusing_wide(most: int, *, code: int = -32602, message: str = "block range is too wide") -> Edit:
    """Let an endpoint give logs of so many blocks at once, and no more."""

    def edit(request: Request, response: Response) -> Response:
        if request["method"] != "eth_getLogs":
            return response
        where: dict[str, Any] = request["params"][0]
        if "fromBlock" not in where or int(where["toBlock"], 16) - int(where["fromBlock"], 16) < most:
            return response
        return {"jsonrpc": "2.0", "id": request["id"], "error": {"code": code, "message": message}}

    return edit


def _as_known(request: Request, newest: int | None) -> Request:
    """Return a request as a node understands it that knows no newer block."""
    method, params = request["method"], request["params"]
    if newest is None or method != "eth_getBlockByNumber" or params[0] != "latest":
        return request
    return {**request, "params": [hex(newest), *params[1:]]}


def _ask(node: http.client.HTTPConnection, requests: list[Request]) -> list[Response]:
    node.request("POST", "/", json.dumps(requests), {"Content-Type": "application/json"})
    answers: list[Response] = json.loads(node.getresponse().read())
    return answers
