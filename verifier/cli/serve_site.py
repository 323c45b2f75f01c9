"""The site that `serve` serves: one page, what it is made of, and a socket behind which the screens run.

The page's program and the protocol of the socket are those of textual-serve; its own server is not used, since it lets
every other site in, loads a font from elsewhere, and hands this process's whole environment on through a shell.
"""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final

import textual_serve
from aiohttp import WSCloseCode, WSMsgType, web

from verifier.cli.serve_guard import headers_for, is_our_name, is_our_page
from verifier.cli.serve_session import Session

MOST_SESSIONS: Final = 4
"""Each is a process that reads the vault on its own."""
_MOST_BYTES: Final = 16_384
"""Of one message: a key, or what was pasted."""
_HEARTBEAT: Final = 15
_WIDTHS: Final = range(20, 501)
_HEIGHTS: Final = range(5, 201)
_LETTERS: Final = range(8, 73)
_SHUTDOWN_SECONDS: Final = 2

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """What is served, and the sessions that are open."""

    def __init__(self, *, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = tuple(command)
        self._environment = dict(environment)
        self._sockets: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None

    async def open(self, listener: socket.socket) -> None:
        """Begin to answer."""
        app = web.Application(middlewares=[_guard])
        app.router.add_get("/", self._page)
        app.router.add_get("/socket", self._socket)
        for name, path in _parts().items():
            app.router.add_get(f"/{name}", _file(path))
        app.on_shutdown.append(self._close_sockets)
        # What a stranger sends is nothing to be printed.
        silent = logging.getLogger("verifier.serve")
        silent.propagate = False
        silent.addHandler(logging.NullHandler())
        self._runner = web.AppRunner(
            app, access_log=None, logger=silent, shutdown_timeout=_SHUTDOWN_SECONDS, handle_signals=False
        )
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()

    async def close(self) -> None:
        """End every session, and answer nobody any more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _page(self, request: web.Request) -> web.StreamResponse:
        host = request.headers["Host"]
        size = _number(request.query.get("fontsize"), _LETTERS, 16)
        text = (resources.files("verifier.cli") / "serve_page.html").read_text("utf-8")
        # The name has been checked, and the other one is a number.
        page = text.replace("{socket}", f"ws://{host}/socket").replace("{size}", str(size))
        return web.Response(text=page, content_type="text/html")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if not is_our_page(request.headers.getall("Host"), request.headers.getall("Origin", [])):
            raise web.HTTPForbidden(text="This is not for other sites.\n")
        if len(self._sockets) >= MOST_SESSIONS:
            raise web.HTTPServiceUnavailable(text=f"{MOST_SESSIONS} windows are open already.\n")
        opened = web.WebSocketResponse(heartbeat=_HEARTBEAT, max_msg_size=_MOST_BYTES)
        # Counted before anything is awaited, or many at once would all be the last one.
        self._sockets.add(opened)
        try:
            await opened.prepare(request)
            await self._run(opened, request.query)
        finally:
            self._sockets.discard(opened)
        return opened

    async def _run(self, opened: web.WebSocketResponse, query: Mapping[str, str]) -> None:
        width, height = _number(query.get("width"), _WIDTHS, 80), _number(query.get("height"), _HEIGHTS, 24)
        session = Session(self._command, self._environment, send=opened.send_bytes, close=opened.close)
        await session.start(width, height)
        try:
            async for message in opened:
                answer = await _pass_on(session, message.data) if message.type is WSMsgType.TEXT else None
                if answer is not None:
                    await opened.send_json(answer)
        except _UnfitMessageError:
            await opened.close(code=WSCloseCode.POLICY_VIOLATION)
        finally:
            await session.stop()

    async def _close_sockets(self, _app: web.Application) -> None:
        for opened in tuple(self._sockets):
            await opened.close(code=WSCloseCode.GOING_AWAY)


class _UnfitMessageError(Exception):
    """No page of ours sends this."""


async def _pass_on(session: Session, text: str) -> list[str] | None:
    """Hand a message on to the screens, and return what is to be answered."""
    try:
        kind, *rest = json.loads(text)
    except (ValueError, TypeError, RecursionError) as exc:
        raise _UnfitMessageError from exc
    match kind, rest:
        case "stdin", [str(keys)]:
            await session.send_bytes(keys.encode("utf-8", "replace"))
        case "resize", [{"width": int(width), "height": int(height)}]:
            await session.set_terminal_size(_within(width, _WIDTHS), _within(height, _HEIGHTS))
        case "ping", [str(sent)]:
            return ["pong", sent[:32]]
        case "blur", _:
            await session.blur()
        case "focus", _:
            await session.focus()
        case _:
            raise _UnfitMessageError
    return None


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    hosts = request.headers.getall("Host", [])
    if not is_our_name(hosts):
        # Nothing is said to a page that only looks like ours.
        return web.Response(status=421, text="This is another machine's name.\n")
    try:
        answer = await handler(request)
    except web.HTTPException as refusal:
        refusal.headers.update(headers_for(hosts[0]))
        raise
    if not answer.prepared:
        answer.headers.update(headers_for(hosts[0]))
    return answer


def _parts() -> dict[str, Path]:
    """Return the files that the page loads, by their names: two of our own, and those of textual-serve."""
    ours, theirs = Path(__file__).parent, Path(textual_serve.__path__[0]) / "static"
    return {
        "page.css": ours / "serve_page.css",
        "page.js": ours / "serve_page.js",
        "textual.js": theirs / "js" / "textual.js",
        "xterm.css": theirs / "css" / "xterm.css",
        "mono.ttf": theirs / "fonts" / "RobotoMono-VariableFont_wght.ttf",
    }


def _file(path: Path) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def respond(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(path)

    return respond


def _number(text: str | None, fits: range, usual: int) -> int:
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 9:
        return usual
    return _within(int(text), fits)


def _within(number: Any, fits: range) -> int:
    return int(min(max(number, fits[0]), fits[-1]))
