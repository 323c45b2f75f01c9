"""The transport against a server that misbehaves. It listens on this machine only."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from verifier.chain.endpoint import Endpoint
from verifier.chain.http import HttpTransport, is_too_nested
from verifier.errors import (
    EndpointAnswerMalformed,
    EndpointAnswerTooLong,
    EndpointError,
    EndpointRefused,
    EndpointTooSlow,
    EndpointUnreachable,
)

Respond = Callable[[BaseHTTPRequestHandler, Any], None]


@contextmanager
def serving(respond: Respond) -> Iterator[str]:
    """Serve on a free port, and yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with suppress(BrokenPipeError, ConnectionResetError):  # the client has had enough
                respond(self, json.loads(body))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/secret-key"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answering(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Respond:
    def respond(handler: BaseHTTPRequestHandler, _: Any) -> None:
        handler.send_response(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return respond


def echoing(handler: BaseHTTPRequestHandler, request: Any) -> None:
    """Answer each request with its own method."""

    def response(one: Any) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": one["id"], "result": one["method"]}

    many = [response(one) for one in request][::-1] if isinstance(request, list) else response(request)
    answering(json.dumps(many).encode())(handler, request)


def dripping(handler: BaseHTTPRequestHandler, _: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    while True:
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.01)


def stalling(handler: BaseHTTPRequestHandler, _: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"{")
    handler.wfile.flush()
    time.sleep(1)


def cut_short(handler: BaseHTTPRequestHandler, _: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"{")


def not_chunked(handler: BaseHTTPRequestHandler, _: Any) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"zz\r\n")


def endless(handler: BaseHTTPRequestHandler, _: Any) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * 65_536)


def test_ask__single_and_batch__answers_in_the_order_of_the_requests() -> None:
    with serving(echoing) as url:
        endpoint = Endpoint(HttpTransport(url))
        assert endpoint.ask("eth_chainId").value == "eth_chainId"
        answers = endpoint.ask_many([(name, []) for name in ("a", "b", "c")])
        assert [answer.value for answer in answers] == ["a", "b", "c"]


def test_name__of_an_endpoint__host_and_port_only() -> None:
    assert HttpTransport("https://user:password@node.example:8545/v3/key?token=1").name == "node.example:8545"


@pytest.mark.parametrize(
    "url", ["", "node", "ftp://node", "http://", "file:///etc/passwd", "http://[", "ws://node"]
)
def test_transport__no_http_address__refused(url: str) -> None:
    with pytest.raises(EndpointUnreachable):
        HttpTransport(url)


@pytest.mark.parametrize(
    ("respond", "expected"),
    [
        (answering(b""), EndpointAnswerMalformed),
        (answering(b"<html>"), EndpointAnswerMalformed),
        (answering(b"\xff\xfe"), EndpointAnswerMalformed),
        (answering(b"[" * 100_000), EndpointAnswerMalformed),
        (answering(b'{"result":' * 50_000), EndpointAnswerMalformed),
        (answering(b'["]",' * 50_000), EndpointAnswerMalformed),
        (answering(b"1" * 10_000), EndpointAnswerMalformed),
        (answering(b"null"), EndpointAnswerMalformed),
        (answering(b'"text"'), EndpointAnswerMalformed),
        (answering(b"[]"), EndpointAnswerMalformed),
        (answering(b"{}"), EndpointAnswerMalformed),
        (answering(b'{"error": {"code": -32005, "message": "limit"}}'), EndpointRefused),
        (answering(b"", status=500), EndpointUnreachable),
        (answering(b"", status=429), EndpointUnreachable),
        (answering(b"", status=302, headers={"Location": "http://127.0.0.1:1/"}), EndpointAnswerMalformed),
        (answering(b" " * 2_000_000), EndpointAnswerTooLong),
        (endless, EndpointAnswerTooLong),
        (dripping, EndpointTooSlow),
        (stalling, EndpointTooSlow),
        (cut_short, EndpointError),
        (not_chunked, EndpointUnreachable),
        (answering(b"no gzip", headers={"Content-Encoding": "gzip"}), EndpointUnreachable),
    ],
)
@pytest.mark.parametrize("size", [1, 3])
def test_ask__server_that_misbehaves__one_of_our_errors_in_time(
    respond: Respond, expected: type[EndpointError], size: int
) -> None:
    begin = time.monotonic()
    with serving(respond) as url:
        endpoint = Endpoint(HttpTransport(url, most_bytes=1_000_000, most_seconds=0.5))
        with pytest.raises(EndpointError) as error:
            endpoint.ask_many([("eth_chainId", [])] * size)
    assert isinstance(error.value, expected) or (
        size > 1 and isinstance(error.value, EndpointAnswerMalformed)
    )
    assert "127.0.0.1" in str(error.value)
    assert "secret-key" not in str(error.value)
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", False),
        (b"[" * 32 + b"]" * 32, False),
        (b"[" * 33, True),
        (b"{" * 33, True),
        (b'"' + b"[" * 100 + b'"', False),
        (b'"\\"' + b"[" * 100 + b'"', False),
        (b'"\\\\"' + b"[" * 100, True),
        (b'["]",' * 40, True),
        (b"[]," * 400_000, False),
        (b"[]," * 600_000, True),
        (json.dumps({"result": [{"proof": ["0x" + "ab" * 500] * 10}] * 100}).encode(), False),
    ],
)
def test_is_too_nested__brackets_outside_of_strings__are_what_counts(text: bytes, expected: bool) -> None:
    assert is_too_nested(text) is expected


def test_ask__nobody_listens__unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(EndpointUnreachable):
        Endpoint(HttpTransport(f"http://127.0.0.1:{port}")).ask("eth_chainId")


def test_ask__nobody_answers__too_slow() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = Endpoint(HttpTransport(f"http://127.0.0.1:{silent.getsockname()[1]}", most_seconds=0.3))
        with pytest.raises(EndpointTooSlow):
            endpoint.ask("eth_chainId")
