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
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from tests.cli.liars import Edit, Request, Response, serve


class Endpoint:
    """An endpoint that can be broken while it is used."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        # Where it listens; known once it does.
        self.url = ""
        # Requests so far, by method.
        self.asked: dict[str, int] = {}
        self.heal()

    def heal(self) -> None:
        """Let it be honest and whole again."""
        self._edits: list[Edit] = []
        self._newest: int | None = None
        self._lag = 0
        self._status: int | None = None
        self._blocks: dict[int, Response] = {}

    def edit(self, edit: Edit) -> None:
        """Change its answers."""
        self._edits.append(edit)

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
        for number in range(first, last + 1):
            request = {
                "jsonrpc": "2.0", "id": 1, "method": "eth_getBlockByNumber", "params": [hex(number), False]
            }  # fmt: skip
            self._blocks[number] = self._ask(request)
        self._newest = last

    def respond(self, handler: BaseHTTPRequestHandler, asked: bytes) -> None:
        if self._status is not None:
            _send(handler, b"", self._status)
            return
        requests = json.loads(asked)
        answers = (
            [self._answer(each) for each in requests]
            if isinstance(requests, list)
            else self._answer(requests)
        )
        _send(handler, json.dumps(answers).encode(), 200)

    def _answer(self, request: Request) -> Response:
        method, params = request["method"], request["params"]
        self.asked[method] = self.asked.get(method, 0) + 1
        newest = self._known_newest()
        if newest is not None:
            if method == "eth_getBlockByNumber" and params[0] == "latest":
                request = {**request, "params": [hex(newest), *params[1:]]}
            elif (
                method == "eth_getBlockByNumber"
                and params[0].startswith("0x")
                and int(params[0], 16) > newest
            ):
                return {"jsonrpc": "2.0", "id": request["id"], "result": None}
        number = request["params"][0] if method == "eth_getBlockByNumber" else ""
        kept = self._blocks.get(int(number, 16)) if number.startswith("0x") else None
        answer = {**kept, "id": request["id"]} if kept else self._ask(request)
        for edit in self._edits:
            answer = edit(request, answer)
        return answer

    def _known_newest(self) -> int | None:
        if self._newest is not None or not self._lag:
            return self._newest
        request = {"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": []}
        return max(int(self._ask(request)["result"], 16) - self._lag, 0)

    def _ask(self, request: Request) -> Response:
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=30)
        try:
            connection.request("POST", "/", json.dumps(request), {"Content-Type": "application/json"})
            answer: Response = json.loads(connection.getresponse().read())
            return answer
        finally:
            connection.close()


@contextmanager
def faulty(upstream: str) -> Iterator[Endpoint]:
    """Put an endpoint before a node; it is honest until a test breaks it."""
    endpoint = Endpoint(upstream)
    with serve(endpoint.respond) as url:
        endpoint.url = url
        yield endpoint


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


def _send(handler: BaseHTTPRequestHandler, body: bytes, status: int) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
