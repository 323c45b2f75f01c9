"""Who must not look: pages of other sites in the same browser, whatever they call this machine. And what none gets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.browser.chromium import Chromium, Page
from tests.browser.conftest import REBOUND
from tests.browser.serving import Served
from tests.browser.sockets import ask, is_refused, open_socket, other_site, read_until, send
from verifier.cli.serve_site import MOST_SESSIONS

TRY_SOCKET: Final = """
new Promise((tell) => {
  const socket = new WebSocket("%s");
  socket.onopen = () => tell("open");
  socket.onerror = () => tell("refused");
})
"""


def opens_socket(page: Page, url: str) -> bool:
    return bool(page.value(TRY_SOCKET % url) == "open")


def test_page_of_ours__opens_the_socket__and_that_of_another_site_does_not(
    served: Served, chromium: Chromium
) -> None:
    socket = f"ws://{served.host}/socket"
    with other_site() as port, chromium.page() as page:
        page.go(f"http://127.0.0.1:{port}/")
        page.wait_until(lambda _: page.value("document.title === 'other'"))
        assert not opens_socket(page, socket)
        # It may ask, as any link does, and is told nothing: not even that somebody answers.
        assert page.value(f"fetch('{served.url}').then(() => 'read', () => 'refused')") == "refused"
        assert page.value(
            f"fetch('{served.url}', {{mode: 'no-cors'}}).then(() => 'read', () => 'refused')"
        ) == ("refused")
        page.go(f"http://{REBOUND}:{port}/")
        page.wait_until(
            lambda _: page.value(f"location.hostname === '{REBOUND}' && document.title === 'other'")
        )
        assert not opens_socket(page, socket)
        page.go(served.url)
        page.wait_for("Complete: proven.")
        assert opens_socket(page, socket)
    served.wait_for_children(0)


def test_name__that_was_made_to_mean_this_machine__gives_nothing(served: Served, chromium: Chromium) -> None:
    with chromium.page() as page:
        page.go(f"http://{REBOUND}:{served.port}/")
        page.wait_until(
            lambda _: page.value("document.body?.innerText").strip() == "This is another machine's name."
        )
        # The browser takes the page for one of ours: it sends our own origin's name, and asks without any hindrance.
        for path in ("/", "/page.js", "/socket"):
            assert page.value(f"fetch('{path}').then((answer) => answer.status)") == 421
        assert not opens_socket(page, f"ws://{REBOUND}:{served.port}/socket")
    assert served.children == []


@pytest.mark.parametrize("path", ["/", "/page.js", "/textual.js", "/socket", "/nothing"])
@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [""],
        ["evil.example"],
        ["evil.example:{port}"],
        ["127.0.0.1.evil.example"],
        ["localhost.evil.example:{port}"],
        ["evil.example#127.0.0.1"],
        ["127.0.0.1:{port}@evil.example"],
        ["127.0.0.1:{port} evil.example"],
        ["127.0.0.1:"],
        ["0.0.0.0:{port}"],
        ["[::1"],
    ],
)
def test_host__that_is_not_this_machine__is_refused(served: Served, hosts: list[str], path: str) -> None:
    status, body, headers = ask(
        served, path, headers=[("Host", host.format(port=served.port)) for host in hosts]
    )
    assert status in (400, 421)
    assert "Fourth Signer" not in body
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(
    "host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:9", "localhost"]
)
def test_host__that_is_this_machine__is_let_in_and_reads_its_own_socket(served: Served, host: str) -> None:
    named = host.format(port=served.port)
    status, body, headers = ask(served, headers=[("Host", named)])
    assert status == 200
    assert f'data-session-websocket-url="ws://{named}/socket"' in body
    policy = headers["Content-Security-Policy"]
    for rule in (
        "default-src 'none'",
        "frame-ancestors 'none'",
        f"connect-src 'self' ws://{named};",
        "sandbox allow-scripts allow-same-origin",
    ):
        assert rule in policy
    assert "allow-popups" not in policy
    assert "//" not in body.replace(f"ws://{named}/socket", ""), "nothing from elsewhere"


def test_hosts__two_of_them__are_refused(served: Served) -> None:
    status, _, _ = ask(served, headers=[("Host", served.host), ("Host", "evil.example")])
    assert status in (400, 421)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "https://127.0.0.1:{port}",
        "http://localhost:{port}",
        "http://127.0.0.1:1",
        "http://127.0.0.1",
        "http://127.0.0.1:{port}.evil.example",
        "http://127.0.0.1:{port}/",
        "file://",
    ],
)
def test_socket__of_another_origin__is_refused(served: Served, origin: str | None) -> None:
    assert is_refused(served, origin=origin.format(port=served.port) if origin else origin)
    assert served.children == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_page__asked_for_otherwise_than_to_read__is_refused(served: Served, method: str) -> None:
    status, _, headers = ask(served, method=method)
    assert status == 405
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(
    "path",
    ["/static/", "/download/x", "/../serve.py", "/%2e%2e/serve.py", "/ws", "/page.js/..", "//evil.example"],
)
def test_path__that_is_no_part_of_the_page__is_not_there(served: Served, path: str) -> None:
    assert ask(served, path)[0] == 404


def test_command__is_made_of_nothing_that_a_window_sends(served: Served) -> None:
    query = (
        "?width=1e9&height=99999&command=id&argv=--key&vault=other&rpc=http://evil.example&TEXTUAL_DRIVER=x"
    )
    with open_socket(served, query=query) as opened:
        read_until(opened, b"Complete: proven.")
        (child,) = served.children
        place = Path(f"/proc/{child}")
        command = place.joinpath("cmdline").read_text().split("\0")
        assert command[1:] == ["-P", "-m", "verifier.cli.serve_screens", ""]
        environment = dict(
            each.split("=", 1) for each in place.joinpath("environ").read_text().split("\0") if each
        )
        assert (environment["COLUMNS"], environment["ROWS"]) == ("80", "200")
        # The server has it; whoever looks does not.
        assert "SECRET_OF_SOMEBODY" in Path(f"/proc/{served.process.pid}/environ").read_text()
        assert "SECRET_OF_SOMEBODY" not in environment
        assert "hunter2" not in json.dumps(environment)
    served.wait_for_children(0)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "no JSON",
        "7",
        "[]",
        "{}",
        "[" * 10_000,
        '["stdin"]',
        '["stdin", 7]',
        '["stdin", "a", "b"]',
        '["resize", {"width": "80", "height": 24}]',
        '["resize", {"width": 1e400, "height": 24}]',
        '["resize", null]',
        '["command", "id"]',
        '["quit"]',
        '["ping", {}]',
        f'["stdin", "{"a" * 20_000}"]',
    ],
)
def test_message__that_no_page_of_ours_sends__closes_the_socket_and_ends_its_screens(
    served: Served, message: str
) -> None:
    with open_socket(served) as opened:
        opened.send(message)
        with pytest.raises(ConnectionClosed):  # noqa: PT012 - whatever comes before
            while True:
                opened.recv(timeout=300)
    served.wait_for_children(0)


def test_size__beyond_any_screen__is_cut(served: Served) -> None:
    with open_socket(served) as opened:
        read_until(opened, b"Complete: proven.")
        send(opened, "resize", {"width": 10**12, "height": -5})
        send(opened, "ping", "x" * 1_000)
        assert b'["pong", "' + b"x" * 32 + b'"]' in read_until(opened, b"pong")
        send(opened, "resize", {"width": 100, "height": 30})
        send(opened, "stdin", "2")
        read_until(opened, b"SEGREGATED QUORUMS")
    served.wait_for_children(0)


def test_windows__more_than_there_may_be__are_refused_until_one_is_closed(served: Served) -> None:
    opened = [open_socket(served) for _ in range(MOST_SESSIONS)]
    try:
        served.wait_for_children(MOST_SESSIONS)
        with pytest.raises(InvalidStatus) as refusal:
            open_socket(served)
        assert refusal.value.response.status_code == 503
        assert len(served.children) == MOST_SESSIONS
        opened.pop().close()
        served.wait_for_children(MOST_SESSIONS - 1)
        opened.append(open_socket(served))
        served.wait_for_children(MOST_SESSIONS)
    finally:
        for each in opened:
            each.close()
    served.wait_for_children(0)
