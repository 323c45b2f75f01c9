"""Strangers and single holders that want the others to hear nothing of each other."""

from __future__ import annotations

import os
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.holders.company import PATIENCE
from tests.ports import free_port
from verifier.courier import https_server
from verifier.courier.certificates import make_certificate, make_context
from verifier.courier.courier import MOST_SAID, MOST_WAITING, LinesCourier
from verifier.courier.folder import ParcelFolder
from verifier.courier.https_client import HttpsLine, LineNews
from verifier.courier.https_server import HolderServer
from verifier.errors import HolderFileUnwritable

Arrival = tuple[int, bytes | None, str]
FLOOD = [b"more"] * 256


def arrival(index: int, raw: bytes | None, trouble: str) -> Arrival:
    return index, raw, trouble


class Ends:
    """Both ends of lines: keys and certificates of a coordinator and of one holder."""

    def __init__(self, path: Path) -> None:
        from ssl import PEM_cert_to_DER_cert

        self.pinned = {}
        self.files = {}
        for serial, name in ((1, "desk"), (2, "holder")):
            key, certificate = make_certificate(serial)
            files = path / f"{name}.key", path / f"{name}.crt"
            files[0].write_bytes(key)
            files[1].write_bytes(certificate)
            self.files[name], self.pinned[name] = files, PEM_cert_to_DER_cert(certificate.decode())

    @contextmanager
    def serve(self, exchange: Callable[..., tuple[int, Any]]) -> Iterator[int]:
        port, pinned = free_port(), self.pinned["desk"]
        context = make_context(*self.files["holder"], pinned=pinned, is_server=True)
        server = HolderServer("127.0.0.1", port, context, pinned=pinned, exchange=exchange, boot=b"boot")
        try:
            yield port
        finally:
            server.close()

    def line(self, port: int, tell: Callable[[LineNews], object]) -> HttpsLine:
        pinned = self.pinned["holder"]
        context = make_context(*self.files["desk"], pinned=pinned, is_server=False)
        return HttpsLine(f"https://127.0.0.1:{port}", context, pinned=pinned, tell=tell)


def test_connect__strangers_sit_at_the_door_and_say_nothing__the_coordinator_gets_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seconds in ("_SHAKE_SECONDS", "IDLE_SECONDS"):
        # So that no stranger leaves by itself.
        monkeypatch.setattr(https_server, seconds, 10 * PATIENCE)
    ends, came = Ends(tmp_path), threading.Event()

    def exchange(envelopes: list[bytes], seen: int, patience: float) -> tuple[int, list[bytes]]:
        if b"hello" in envelopes:
            came.set()
        return seen, []

    with ends.serve(exchange) as port, ExitStack() as strangers:
        for _ in range(40):
            strangers.enter_context(socket.create_connection(("127.0.0.1", port)))
        line = ends.line(port, lambda _: None)
        line.post(b"hello")
        assert came.wait(PATIENCE)
        line.close()


def test_collect__one_holder_talks_without_an_end__the_others_are_heard_and_it_is_not(tmp_path: Path) -> None:
    ends = Ends(tmp_path)

    def flood(envelopes: list[bytes], seen: int, patience: float) -> tuple[int, list[bytes]]:
        return seen + len(FLOOD), FLOOD

    asked: list[int] = []

    def speak(envelopes: list[bytes], seen: int, patience: float) -> tuple[int, list[bytes]]:
        asked.append(seen)
        # Nothing at first: what was there before the line is not told.
        return (0, []) if len(asked) == 1 else (1, [] if seen else [b"a word"])

    with ends.serve(flood) as loud, ends.serve(speak) as quiet:
        gate = threading.Event()

        def late(tell: Callable[[LineNews], object]) -> HttpsLine:
            def when_others_wait(news: LineNews) -> None:
                gate.wait(PATIENCE)
                tell(news)

            return ends.line(quiet, when_others_wait)

        courier = LinesCourier({1: lambda tell: ends.line(loud, tell), 2: late}, None, arrival=arrival)
        try:
            assert courier.collect(PATIENCE) == (1, b"more", "")
            gate.set()
            heard: list[Arrival] = []
            while (2, b"a word", "") not in heard:
                found = courier.collect(PATIENCE)
                assert found is not None
                heard.append(found)
            assert len(heard) < MOST_SAID
            while not (heard[-1][0] == 1 and heard[-1][1] is None):
                found = courier.collect(PATIENCE)
                assert found is not None
                heard.append(found)
            assert "not listened to" in heard[-1][2]
            assert sum(one[1] == b"more" for one in heard) == MOST_SAID - 1
            assert len(FLOOD) > MOST_WAITING
        finally:
            courier.close()


def test_read__what_is_no_file_of_its_own__said_and_the_next_is_read(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    reader = ParcelFolder(stick, writes="to", reads="from", run=b"\1")
    os.mkfifo(stick / "from-1-aa-0001.parcel")
    elsewhere = ParcelFolder(tmp_path, writes="from", reads="to", run=b"\2").write(2, [b"stolen"])
    (stick / "from-2-aa-0001.parcel").symlink_to(elsewhere)
    (stick / "from-3-aa-0001.parcel").mkdir()
    ParcelFolder(stick, writes="from", reads="to", run=b"\3").write(4, [b"a word"])
    found = dict(reader.read())
    assert [isinstance(found[index], str) for index in (1, 2, 3, 4)] == [True, True, True, False]
    assert found[4] == (b"a word",)


@pytest.mark.parametrize(
    "fault", [HolderFileUnwritable(path="records.jsonl", why="no room"), ValueError("secret")]
)
def test_exchange__the_holders_disk_is_full__the_coordinator_hears_so_and_no_terminal_has_a_traceback(
    tmp_path: Path, fault: Exception, capfd: pytest.CaptureFixture[str]
) -> None:
    """A thread that ends by an error writes it over the screens, with whatever stands in it."""
    ends, told = Ends(tmp_path), queue.SimpleQueue[LineNews]()

    def exchange(envelopes: list[bytes], seen: int, patience: float) -> tuple[int, list[bytes]]:
        if envelopes:
            raise fault
        return 0, []

    with ends.serve(exchange) as port:
        line = ends.line(port, told.put)
        line.post(b"an envelope")
        assert "503" in told.get(timeout=PATIENCE).trouble
        line.close()
    found = capfd.readouterr()
    assert (found.out, found.err) == ("", "")


def test_connect__whoever_is_there_hangs_up__said_so_and_not_in_words_of_a_library(tmp_path: Path) -> None:
    ends, said = Ends(tmp_path), queue.SimpleQueue[LineNews]()
    with socket.create_server(("127.0.0.1", 0)) as door:
        line = ends.line(door.getsockname()[1], said.put)
        door.settimeout(PATIENCE)
        door.accept()[0].close()
        assert said.get(timeout=PATIENCE).trouble == "it hung up"
        line.end()
