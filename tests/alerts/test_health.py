"""How the watcher is: at its endpoint, as numbers, and in the life signs that stop when it does not do its work."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.alerts.outbox import PATIENCE, FlyingClock, open_store, put
from tests.alerts.receivers import Manner, Receiver
from tests.alerts.samples import NOW, delivery
from verifier.alerts.health import HealthServer
from verifier.alerts.heartbeat import Heartbeat
from verifier.alerts.http import Mailbox, is_private, retry_after
from verifier.alerts.metrics import metrics_page
from verifier.errors.watching import WatchStoreUnusable
from verifier.model.credential import Credential
from verifier.model.routes import Pulse, Tally
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import BlockRef, Checkpoint, WatchStep
from verifier.watch.pulse import LONGEST_SILENCE, PulseTaker, ailment_of

CHAIN = ChainId(1)
WELL = Pulse(
    at=NOW,
    lag={CHAIN: 12},
    block={CHAIN: 19_000_000},
    silent={CHAIN: 2},
    pending=3,
    oldest_undelivered=40,
    tallies={"ops": Tally(delivered=5, failed=2, failing=1)},
)


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.fixture
def serving() -> Iterator[Callable[[Pulse], int]]:
    """Return a function that serves a pulse, and gives the port."""
    servers: list[HealthServer] = []

    def serve(pulse: Pulse) -> int:
        ailment = ailment_of(pulse, most_undelivered=3_600)
        server = HealthServer(("127.0.0.1", 0), pulse=lambda: pulse, ailment=lambda: ailment)
        servers.append(server)
        server.start()
        return server.port

    yield serve
    for server in servers:
        server.stop()


def test_health__all_well__200_and_how_each_chain_is(serving: Callable[[Pulse], int]) -> None:
    status, content = get(serving(WELL), "/health")

    assert status == 200
    record = json.loads(content)
    assert record["is_well"] is True
    assert record["chains"] == {"1": {"lag": 12, "block": 19_000_000, "silent": 2}}
    assert (record["pending"], record["oldest_undelivered"]) == (3, 40)
    assert record["channels"] == {"ops": {"delivered": 5, "failed": 2, "failing": 1}}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"oldest_undelivered": 3_601}, "could not be delivered for 1 hour"),
        ({"has_store": False}, "store does not answer"),
        ({"silent": {CHAIN: LONGEST_SILENCE + 1}, "lag": {}}, "Chain 1 was not looked at for 10 minutes"),
    ],
)
def test_health__something_is_wrong__503_and_what(
    serving: Callable[[Pulse], int], changes: dict[str, object], words: str
) -> None:
    status, content = get(serving(replace(WELL, **changes)), "/health")  # type: ignore[arg-type]

    assert status == 503
    assert words in json.loads(content)["ailment"]


def test_ailment__another_watcher_follows_the_chain__this_one_is_well() -> None:
    away = replace(WELL, silent={CHAIN: LONGEST_SILENCE + 1}, lag={CHAIN: 12})

    assert ailment_of(away, most_undelivered=3_600) is None


def test_metrics__as_prometheus_reads_them__every_number_is_there(serving: Callable[[Pulse], int]) -> None:
    status, content = get(serving(WELL), "/metrics")

    assert status == 200
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(content.decode())
        for sample in family.samples
    }
    assert found == {
        ("fourth_signer_watch_store_up",): 1,
        ("fourth_signer_watch_chain_lag_seconds", "1"): 12,
        ("fourth_signer_watch_chain_block", "1"): 19_000_000,
        ("fourth_signer_watch_chain_silence_seconds", "1"): 2,
        ("fourth_signer_watch_deliveries_pending",): 3,
        ("fourth_signer_watch_oldest_undelivered_seconds",): 40,
        ("fourth_signer_watch_deliveries_total", "ops"): 5,
        ("fourth_signer_watch_delivery_failures_total", "ops"): 2,
        ("fourth_signer_watch_channel_failing", "ops"): 1,
    }
    assert metrics_page(lambda: Pulse(at=NOW))


def test_health__another_path_and_another_method__nothing_is_told_or_done(
    serving: Callable[[Pulse], int],
) -> None:
    port = serving(WELL)

    assert get(port, "/")[0] == 404
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("POST", "/health", body=b"{}")
    assert connection.getresponse().status == 501
    connection.close()


def test_health__many_connections_that_say_nothing__it_still_answers(serving: Callable[[Pulse], int]) -> None:
    port = serving(WELL)
    before = threading.active_count()
    held = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) for _ in range(40)]
    try:
        assert threading.active_count() - before <= 16
        # Those it took are let go after a few seconds, and those it had no room for at once.
        until = time.monotonic() + PATIENCE
        status = 0
        while status != 200 and time.monotonic() < until:
            try:
                status = get(port, "/health")[0]
            except OSError:
                time.sleep(0.2)
        assert status == 200
    finally:
        for each in held:
            each.close()


def test_pulse__the_store_and_the_loops__it_says_what_they_say(tmp_path: Path) -> None:
    clock = FlyingClock()
    looks = {CHAIN: 1}
    with open_store(tmp_path) as store:
        ref = BlockRef(
            number=BlockNumber(7), hash=b"\7" * 32, parent=b"\6" * 32, timestamp=Timestamp(NOW - 5)
        )
        store.lease_chain(CHAIN, "test", now=NOW, seconds=10_000)
        step = WatchStep(
            chain_id=CHAIN,
            checkpoint=Checkpoint(chain_id=CHAIN, number=ref.number, hash=ref.hash),
            blocks=(ref,),
        )
        store.keep(step, now=NOW)
        put(store, [delivery()])
        taker = PulseTaker(store, clock, looks=lambda: looks, tallies=lambda: {"ops": Tally()})

        first = taker.take()
        clock.moment += 100
        hanging = taker.take()
        looks[CHAIN] = 2
        clock.moment += 100
        going = taker.take()

    assert (first.block, first.pending, first.silent) == ({CHAIN: 7}, 1, {CHAIN: 0})
    assert first.lag == {CHAIN: 5}
    assert (hanging.silent, going.silent) == ({CHAIN: 100}, {CHAIN: 0})
    assert hanging.oldest_undelivered == 100


def test_pulse__a_channel_that_is_configured_no_more__what_waits_for_it_is_told_and_makes_nobody_ill(
    tmp_path: Path,
) -> None:
    clock = FlyingClock()
    with open_store(tmp_path) as store:
        put(store, [delivery(channel="former"), delivery()])
        taker = PulseTaker(store, clock, tallies=lambda: {"ops": Tally()})
        (ours,) = store.claim("ops", "test", now=NOW, most=5)
        store.delivered(ours, now=NOW, reply=Shown("taken"))
        clock.moment += 86_400

        pulse = taker.take()

    assert (pulse.pending, pulse.oldest_undelivered, pulse.orphaned) == (0, 0, {"former": 1})
    assert ailment_of(pulse, most_undelivered=3_600) is None


def test_pulse__the_store_does_not_answer__it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(tmp_path) as store:

        def refuse(*, now: Timestamp) -> None:
            raise WatchStoreUnusable(store="watch.sqlite3", why="it is gone")

        monkeypatch.setattr(store, "health", refuse)
        assert PulseTaker(store, FlyingClock()).take().has_store is False


def beating(receiving: Receiver, ailment: Callable[[], Shown | None], every: float = 0.02) -> Heartbeat:
    mailbox = Mailbox(channel="heartbeat", url=Credential(receiving.url), most_seconds=PATIENCE)
    return Heartbeat(mailbox, every=every, ailment=ailment)


def test_heartbeat__the_watcher_is_well_and_then_not__the_signs_stop(receiving: Receiver) -> None:
    wrong: list[Shown] = []
    refused = 0

    def ailment() -> Shown | None:
        nonlocal refused
        refused += bool(wrong)
        return wrong[0] if wrong else None

    heartbeat = beating(receiving, ailment)

    async def main() -> tuple[int, int]:
        running = asyncio.create_task(heartbeat.run())
        while len(receiving.requests) < 3:
            await asyncio.sleep(0.01)
        wrong.append(Shown("The store does not answer."))
        # From the first look that finds it ill, nothing is under way any more.
        while refused < 1:
            await asyncio.sleep(0.01)
        before = len(receiving.requests)
        while refused < 5:
            await asyncio.sleep(0.01)
        heartbeat.stop()
        await running
        return before, len(receiving.requests)

    before, after = asyncio.run(main())
    assert before == after


def test_beat__the_switch_is_down__it_is_no_fault_and_comes_again(receiving: Receiver) -> None:
    heartbeat = beating(receiving, lambda: None)
    receiving.manner = Manner(status=500)
    assert heartbeat.beat() is False
    receiving.manner = Manner()
    assert heartbeat.beat() is True


@pytest.mark.parametrize(
    ("url", "is_so"),
    [
        ("https://hooks.example.com/x", True),
        ("http://hooks.example.com/x", False),
        ("http://127.0.0.1:8080/x", True),
        ("http://[::1]/x", True),
        ("http://localhost/x", True),
        ("http://127.0.0.1.evil.example/x", False),
        ("http://127.0.0.1@evil.example/x", False),
        ("http://localhost.evil.example/x", False),
        ("ftp://127.0.0.1/x", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_private__an_address__only_tls_and_this_machine_are(url: str, is_so: bool) -> None:
    assert is_private(url) is is_so


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("Mon, 30 Nov 2026 00:54:20 GMT", 60.0),
        ("Mon, 30 Nov 2020 00:54:20 GMT", 0.0),
        ("Mon, 30 Nov 2026 00:54:20", None),
        ("-5", None),
        ("1e9", None),
        ("9" * 40, None),
        ("", None),
        ("soon", None),
    ],
)
def test_retry_after__a_header__it_is_seconds_or_nothing(text: str, seconds: float | None) -> None:
    assert retry_after(text, float(NOW)) == seconds
