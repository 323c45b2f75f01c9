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

from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.retries import Retries
from verifier.decode.content import is_too_nested
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


def _trickle(handler: BaseHTTPRequestHandler, first: bytes, again: bytes) -> None:
    handler.wfile.write(first)
    while True:
        handler.wfile.write(again)
        handler.wfile.flush()
        time.sleep(0.01)


def dripping_status(handler: BaseHTTPRequestHandler, _: Any) -> None:
    _trickle(handler, b"", b"H")


def dripping_header(handler: BaseHTTPRequestHandler, _: Any) -> None:
    _trickle(handler, b"HTTP/1.1 200 OK\r\nX: ", b"x")


def always_going_on(handler: BaseHTTPRequestHandler, _: Any) -> None:
    _trickle(handler, b"", b"HTTP/1.1 100 Continue\r\n\r\n")


def dripping_chunk(handler: BaseHTTPRequestHandler, _: Any) -> None:
    _trickle(handler, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0")


def endless_trailers(handler: BaseHTTPRequestHandler, _: Any) -> None:
    _trickle(handler, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n")


def stalling(handler: BaseHTTPRequestHandler, _: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"{")
    handler.wfile.flush()
    # Until the client has hung up.
    handler.rfile.read(1)


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


def responses_to(request: Any) -> list[dict[str, Any]]:
    return [{"jsonrpc": "2.0", "id": one["id"], "result": one["method"]} for one in request]


def editing(edit: Callable[[list[dict[str, Any]]], Any]) -> Respond:
    """Answer batches as an edit of honest answers says, and single requests honestly."""

    def respond(handler: BaseHTTPRequestHandler, request: Any) -> None:
        honest = responses_to(request if isinstance(request, list) else [request])
        said = edit(honest) if isinstance(request, list) else honest[0]
        answering(json.dumps(said).encode())(handler, request)

    return respond


BATCH: list[Call] = [(name, []) for name in ("a", "b", "c")]
ERROR = {"code": -32600, "message": "batch too large"}


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda said: said[:2], "leaves a request unanswered"),
        (lambda said: [said[0], said[1], said[1]], "answers one request twice"),
        (lambda said: [*said, said[0]], "answers one request twice"),
        (lambda said: [said[0], said[1], {**said[2], "id": 10**6}], "answers what was not asked"),
        (lambda said: [said[0], said[1], {**said[2], "id": None}], "answers what was not asked"),
        (lambda said: [said[0], said[1], {**said[2], "id": "2"}], "answers what was not asked"),
        (lambda said: [said[0], said[1], 7], "an object with id was expected"),
        (lambda _: [], "leaves a request unanswered"),
    ],
)
def test_ask_many__answers_with_missing_doubled_or_foreign_numbers__malformed(
    edit: Callable[[list[dict[str, Any]]], Any], why: str
) -> None:
    with serving(editing(edit)) as url, pytest.raises(EndpointAnswerMalformed) as malformed:
        Endpoint(HttpTransport(url)).ask_many(BATCH)
    assert why in str(malformed.value)


@pytest.mark.parametrize("shift", [0, 1, 2])
def test_ask_many__answers_in_any_order__each_to_its_request(shift: int) -> None:
    with serving(editing(lambda said: said[shift:] + said[:shift])) as url:
        answers = Endpoint(HttpTransport(url)).ask_many(BATCH)
    assert [answer.value for answer in answers] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "edit",
    [
        lambda _: {"jsonrpc": "2.0", "id": None, "error": ERROR},
        lambda said: [{"jsonrpc": "2.0", "id": said[0]["id"], "error": ERROR}],
        lambda _: [{"jsonrpc": "2.0", "id": None, "error": ERROR}],
        lambda _: {},
        lambda _: None,
        lambda said: said[0],
    ],
)
def test_ask_many__endpoint_that_takes_no_batches__single_requests(
    edit: Callable[[list[dict[str, Any]]], Any],
) -> None:
    with serving(editing(edit)) as url:
        answers = Endpoint(HttpTransport(url)).ask_many(BATCH)
    assert [answer.value for answer in answers] == ["a", "b", "c"]


def test_ask__answer_to_another_request__malformed() -> None:
    def other(handler: BaseHTTPRequestHandler, request: Any) -> None:
        answering(json.dumps({"id": request["id"] + 1, "result": "0x1"}).encode())(handler, request)

    with serving(other) as url, pytest.raises(EndpointAnswerMalformed):
        Endpoint(HttpTransport(url)).ask("eth_chainId")


def busy(times: int, headers: dict[str, str]) -> tuple[Respond, list[int]]:
    """Be over the rate so many times, and answer then."""
    asked: list[int] = []

    def respond(handler: BaseHTTPRequestHandler, request: Any) -> None:
        asked.append(1)
        if len(asked) <= times:
            answering(b"", status=429, headers=headers)(handler, request)
        else:
            echoing(handler, request)

    return respond, asked


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({}, [0.25]),
        ({"Retry-After": "3"}, [3.0]),
        ({"Retry-After": "soon"}, [0.25]),
        ({"Retry-After": "-5"}, [0.25]),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, [0.25]),
        ({"Retry-After": "Wed, 21 Oct 99999 07:28:00 GMT"}, [0.25]),
    ],
)
def test_ask__over_the_rate__again_when_it_says_so(headers: dict[str, str], waited: list[float]) -> None:
    slept: list[float] = []
    respond, asked = busy(1, headers)
    with serving(respond) as url:
        retries = Retries(sleep=slept.append, jitter=lambda: 1.0)
        assert Endpoint(HttpTransport(url), retries=retries).ask("eth_chainId").value == "eth_chainId"
    assert (slept, len(asked)) == (waited, 2)


def test_ask__wants_an_hour__not_waited_for() -> None:
    respond, asked = busy(1, {"Retry-After": "3600"})
    with serving(respond) as url, pytest.raises(EndpointUnreachable) as busy_for_long:
        Endpoint(HttpTransport(url)).ask("eth_chainId")
    assert (busy_for_long.value.status, busy_for_long.value.retry_after, len(asked)) == (429, 3600.0, 1)


@pytest.mark.parametrize("where", ["/v3/{}", "/?apikey={}", "/{}/rpc?x=1"])
def test_ask__endpoint_that_repeats_the_key_in_its_address__not_told(where: str) -> None:
    key = "0123456789abcdef0123456789abcdef"
    refusal = {"error": {"code": -32001, "message": f"project {key} is out of requests", "data": key}}
    with serving(answering(json.dumps(refusal).encode())) as url:
        host = "/".join(url.split("/")[:3])
        endpoint = Endpoint(HttpTransport(host + where.format(key)))
        with pytest.raises(EndpointRefused) as error:
            endpoint.ask("eth_chainId")
    assert "is out of requests" in str(error.value)
    assert key not in repr(vars(error.value))


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
        (dripping_status, EndpointTooSlow),
        (dripping_header, EndpointTooSlow),
        (always_going_on, EndpointTooSlow),
        (dripping_chunk, EndpointTooSlow),
        (endless_trailers, EndpointTooSlow),
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
    # None of these servers would have ended by itself for hours.
    assert time.monotonic() - begin < 60


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
