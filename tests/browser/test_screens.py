"""What stands in the browser: the queue and each operation, to be looked at and nothing else."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Final

from tests.browser.chromium import Chromium
from tests.browser.serving import Served, serve_screens
from tests.cli.conftest import Scene
from tests.cli.program import Home
from verifier.tui.operation_parts import KEYS

READ: Final = "Complete: proven."
THEFT: Final = "Sends 40,000,000.000000 USDC (40000000000000)"


def test_queue_and_operation__in_a_browser__are_drawn_and_come_from_this_machine_alone(
    served: Served, chromium: Chromium
) -> None:
    with chromium.page() as page:
        page.go(served.url)
        queue = page.wait_for(READ)
        assert THEFT in queue
        assert "DANGER" in queue
        pictures = [page.picture()]
        page.press("Enter")
        operation = page.wait_for("1. transfer")
        assert "Lane 0.1" in operation
        pictures.append(page.picture())
        page.press("Escape")
        page.wait_for(READ)
        for key, words in (
            ("2", "SEGREGATED QUORUMS"),
            ("3", "LISTED ASSETS"),
            ("4", "VETOED"),
            ("5", "ENDPOINTS"),
            ("6", "NOT WATCHED"),
        ):
            page.press(key)
            page.wait_for(words)
        assert {url.split("/")[2] for url in page.asked if url.startswith("http")} == {served.host}
        assert page.value("document.title") == "Fourth Signer: to look at only"
        loaded = "[...document.fonts].some((font) => font.status === 'loaded')"
        assert page.value(f"document.fonts.ready.then(() => {loaded})")
    for picture in pictures:
        assert colours_of(picture) > 20
    assert pictures[0] != pictures[1]


def test_keys_that_act_elsewhere__do_and_say_nothing(
    scene: Scene, settled: Home, served: Served, chromium: Chromium
) -> None:
    before, files = scene.chain.block()["hash"], everything_in(settled.path)
    with chromium.page() as page:
        page.go(served.url)
        page.wait_for(READ)
        for key in sorted(set(KEYS) | set("!abcdefghijklmnopsuvwxyz")):
            page.press(key)
        page.press("Escape", "1")
        page.wait_for(THEFT)
        page.press("Enter")
        page.wait_for("1. transfer")
        page.press(*"]]]]]]")
        quiet = page.wait_until(
            lambda screen: "Not now:" in screen and THEFT in screen and "esc Back" in screen
        )
        page.press(*KEYS, "!", "Enter")
        # A key that is taken comes after those that are not.
        page.press("?")
        page.wait_for("KEYS HERE")
        page.press("Escape")
        page.wait_until(lambda screen: "KEYS HERE" not in screen)
        assert what_can_be_done(page.screen()) == what_can_be_done(quiet)
        page.value("window.shown.socket.send(JSON.stringify(['stdin', '\\x10']))")
        palette = page.wait_for("Open lane 32")
        for said in ("Approve", "Veto", "Suspend", "Propose", "compromised"):
            assert f" {said} (" not in palette
            assert said not in palette.split("Search for commands")[1]
    assert scene.chain.block()["hash"] == before
    # Nothing was written, and nothing counts as seen by whoever signs from this home.
    assert everything_in(settled.path) == files


def test_letters__of_another_size__by_the_address(served: Served, chromium: Chromium) -> None:
    with chromium.page() as page:
        page.go(f"{served.url}?fontsize=28")
        page.wait_for(READ)
        assert page.value("window.shown.terminal.options.fontSize") == "28"


def test_screen__that_was_left__is_opened_again_by_itself(served: Served, chromium: Chromium) -> None:
    with chromium.page() as page:
        page.go(served.url)
        page.wait_for(READ)
        page.value("window.before = true")
        page.press("q")
        page.wait_until(lambda _: page.value("window.before === undefined"))
        page.wait_for(READ)


def test_light__is_dark_on_light(settled: Home, scene: Scene, chromium: Chromium) -> None:
    with serve_screens(settled, "--light") as light, chromium.page() as page:
        page.go(light.url)
        page.wait_for(READ)
        assert "--light" in Path(f"/proc/{light.children[0]}/cmdline").read_text().split("\0")


def what_can_be_done(screen: str) -> str:
    """Return the screen from where it says what could be done: its head says how old it is."""
    return screen[screen.index("a  Approve") :]


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def colours_of(picture: bytes) -> int:
    """Return how many different pixels a PNG has: a blank page has one or two."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    at, packed, width, channels = 8, b"", 0, 0
    while at < len(picture):
        size, kind = struct.unpack(">I4s", picture[at : at + 8])
        chunk = picture[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, channels = struct.unpack(">I", chunk[:4])[0], {2: 3, 6: 4}[chunk[9]]
        packed += chunk if kind == b"IDAT" else b""
        at += size + 12
    rows, line = zlib.decompress(packed), width * channels + 1
    # The first byte of a line says how it is packed.
    lines = [rows[i + 1 : i + line] for i in range(0, len(rows), line)]
    return len({each[i : i + channels] for each in lines for i in range(0, len(each), channels)})
