"""A real Chromium without a window, driven over its DevTools protocol: pages, keys, screens and pictures of them."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from websockets.sync.client import connect
from websockets.sync.connection import Connection

PATIENCE: Final = 300
FLAGS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    "--remote-debugging-port=0", "--window-size=1400,900",
)  # fmt: skip
# The page's own terminal is found as it is made: what stands in it is what stands on the screen.
FIND_TERMINAL: Final = """
Object.defineProperty(Object.prototype, "fitAddon", {configurable: true, set(found) {
  window.shown = this;
  Object.defineProperty(this, "fitAddon", {value: found, writable: true, configurable: true});
}});
"""
READ_SCREEN: Final = """
(() => {
  const buffer = window.shown?.terminal?.buffer?.active;
  if (!buffer) return "";
  return [...Array(buffer.length).keys()].map((row) => buffer.getLine(row).translateToString(true)).join("\\n");
})()
"""
DRAWN: Final = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


class Page:
    """One page."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._count = 0
        # What the page asked for, from this machine and from elsewhere.
        self.asked: list[str] = []
        for domain in ("Page", "Runtime", "Network"):
            self.tell(f"{domain}.enable")
        self.tell("Page.addScriptToEvaluateOnNewDocument", source=FIND_TERMINAL)

    def tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command, and return its result."""
        self._count += 1
        self._connection.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while True:
            said = json.loads(self._connection.recv(timeout=PATIENCE))
            if said.get("method") == "Network.requestWillBeSent":
                self.asked.append(said["params"]["request"]["url"])
            if said.get("id") == self._count:
                assert "error" not in said, said
                result: dict[str, Any] = said["result"]
                return result

    def go(self, url: str) -> None:
        self.tell("Page.navigate", url=url)

    def value(self, script: str) -> Any:
        """Return what some script comes to, and what it promised, if it promised something."""
        found = self.tell("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def screen(self) -> str:
        """Return what stands in the page's terminal."""
        return str(self.value(READ_SCREEN))

    def wait_for(self, text: str) -> str:
        """Return the screen once it shows some text."""
        return self.wait_until(lambda screen: text in screen)

    def wait_until(self, fits: Callable[[str], bool]) -> str:
        until = time.monotonic() + PATIENCE
        while not fits(screen := self.screen()):
            assert time.monotonic() < until, screen
            time.sleep(0.05)
        return screen

    def press(self, *keys: str) -> None:
        """Press keys that write a character, or Enter or Escape."""
        self.value("window.shown.terminal.focus()")
        for key in keys:
            text, code = {"Enter": ("\r", 13), "Escape": ("", 27)}.get(key, (key, ord(key[0].upper())))
            name = {"key": key, "windowsVirtualKeyCode": code}
            self.tell("Input.dispatchKeyEvent", type="keyDown", text=text, **name)
            self.tell("Input.dispatchKeyEvent", type="keyUp", **name)

    def picture(self) -> bytes:
        """Return a PNG of what is seen, once what stands in the terminal is drawn."""
        self.value(DRAWN)
        return base64.b64decode(self.tell("Page.captureScreenshot", format="png")["data"])


class Chromium:
    """A running browser."""

    def __init__(self, address: str) -> None:
        self._address = address

    @contextmanager
    def page(self) -> Iterator[Page]:
        """Open a page, and close it at the end."""
        with _connect(self._address) as browser:
            browser.send(
                json.dumps({"id": 1, "method": "Target.createTarget", "params": {"url": "about:blank"}})
            )
            target = json.loads(browser.recv(timeout=PATIENCE))["result"]["targetId"]
            place = self._address.split("/devtools/")[0] + f"/devtools/page/{target}"
            with _connect(place) as connection:
                yield Page(connection)
            browser.send(
                json.dumps({"id": 2, "method": "Target.closeTarget", "params": {"targetId": target}})
            )
            browser.recv(timeout=PATIENCE)


def _connect(address: str) -> Connection:
    # A browser that has much to do is not given up.
    return connect(address, max_size=None, open_timeout=PATIENCE, ping_interval=None)


@contextmanager
def start_chromium(*flags: str) -> Iterator[Chromium]:
    """Start a browser with a profile of its own, and end it with all its processes."""
    program = shutil.which("chromium")
    assert program is not None, "chromium is missing; run scripts/install --system"
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}", *flags, "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": profile},
            start_new_session=True,
        )
        try:
            yield Chromium(_address(Path(profile) / "DevToolsActivePort", process))
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _address(place: Path, process: subprocess.Popen[bytes]) -> str:
    """Return where it is driven, which it writes into its profile."""
    until = time.monotonic() + PATIENCE
    while not place.exists() or place.read_text().count("\n") < 1:
        assert process.poll() is None, "chromium ended at once"
        assert time.monotonic() < until, "chromium does not start"
        time.sleep(0.05)
    port, path = place.read_text().split("\n")[:2]
    return f"ws://127.0.0.1:{port}{path}"
