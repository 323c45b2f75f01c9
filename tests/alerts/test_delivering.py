"""The way from the outbox to the channels: nothing is lost, nobody waits for another, and nobody is pestered."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.alerts.outbox import PATIENCE, FlyingClock, Scripted, open_store, put, run_until
from tests.alerts.receivers import Manner, Receiver
from tests.alerts.samples import NOW, delivery, digest
from verifier.alerts.http import Mailbox
from verifier.alerts.webhook import Webhook
from verifier.errors.watching import DeliveryFailed, WatchStoreUnusable
from verifier.model.credential import Credential
from verifier.model.finding import Severity
from verifier.model.routes import Route
from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.model.watching import Delivery
from verifier.store.watch_store import DatabaseWatchStore
from verifier.watch.delivering import LONGEST_WISH, Deliverer


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DatabaseWatchStore]:
    with open_store(tmp_path) as held:
        yield held


def deliverer(
    store: DatabaseWatchStore, *channels: Scripted | Webhook, clock: FlyingClock, **changes: object
) -> Deliverer:
    usual: dict[str, object] = {"holder": "test", "clock": clock, "dice": lambda: 0.5, "sleep": clock.sleep}
    return Deliverer(store, channels, **{**usual, **changes})  # type: ignore[arg-type]


def pending(store: DatabaseWatchStore, clock: FlyingClock) -> int:
    return store.health(now=clock.now()).pending


def several(count: int, channel: str = "ops") -> list[Delivery]:
    return [delivery(channel=channel, subject=f"operation/{i}") for i in range(count)]


def test_run__down_for_an_hour_then_too_many_then_slow__nothing_is_lost_and_nothing_comes_twice(
    store: DatabaseWatchStore,
) -> None:
    clock = FlyingClock()
    wishes = [30.0, 7.0, 30.0]
    spared: list[tuple[float, float]] = []

    def script(_delivery: Delivery) -> Shown:
        if clock.moment < NOW + 3_600:
            raise DeliveryFailed(channel="ops", why="it is down")
        if wishes:
            wish = wishes.pop(0)
            spared.append((clock.moment, wish))
            raise DeliveryFailed(channel="ops", why="HTTP 429", retry_after=wish)
        time.sleep(0.01)
        return Shown("taken")

    channel = Scripted("ops", script)
    put(store, several(25))
    sender = deliverer(store, channel, clock=clock)

    asyncio.run(run_until(sender, lambda: pending(store, clock) == 0))

    assert sorted(channel.keys) == sorted(each.key for each in several(25))
    assert len(set(channel.keys)) == 25
    # For an hour it was asked now and then, and not all the time.
    down = len(channel.asked) - 25 - 3
    assert 60 <= down <= 120
    for (moment, wish), (later, _) in pairwise(spared):
        assert later - moment >= wish
    assert sender.tallies["ops"].delivered == 25
    assert sender.tallies["ops"].failing == 0


def test_run__the_server_itself_answers_429__its_wish_is_respected(
    store: DatabaseWatchStore, receiving: Receiver
) -> None:
    clock = FlyingClock()
    asked: list[float] = []

    def before(_request: object) -> None:
        asked.append(clock.moment)
        if len(asked) > 1:
            receiving.manner = Manner(status=204)

    receiving.manner = Manner(status=429, headers={"Retry-After": "120"})
    receiving.before = before
    mailbox = Mailbox(channel="ops", url=Credential(receiving.url), most_seconds=PATIENCE)
    webhook = Webhook(mailbox, [Credential("a secret of at least sixteen bytes")], clock=clock)
    put(store, several(3))

    asyncio.run(run_until(deliverer(store, webhook, clock=clock), lambda: pending(store, clock) == 0))

    assert asked[1] - asked[0] >= 120
    assert len(asked) == 4


def test_run__a_wish_for_a_year__it_is_asked_again_within_the_hour(store: DatabaseWatchStore) -> None:
    clock = FlyingClock()
    asked: list[float] = []

    def script(_delivery: Delivery) -> Shown:
        asked.append(clock.moment)
        if len(asked) == 1:
            raise DeliveryFailed(channel="ops", why="HTTP 429", retry_after=3e7)
        return Shown("taken")

    put(store, several(1))
    asyncio.run(
        run_until(deliverer(store, Scripted("ops", script), clock=clock), lambda: pending(store, clock) == 0)
    )

    assert asked[1] - asked[0] <= LONGEST_WISH + 30


def test_run__one_channel_hangs__the_other_has_everything_at_once(store: DatabaseWatchStore) -> None:
    clock = FlyingClock()
    release = threading.Event()

    def hang(_delivery: Delivery) -> Shown:
        assert release.wait(PATIENCE)
        return Shown("taken")

    slow, quick = Scripted("slow", hang), Scripted("quick")
    put(store, [*several(5, "slow"), *several(5, "quick")])
    sender = deliverer(store, slow, quick, clock=clock)

    async def both() -> None:
        try:
            await run_until(sender, lambda: len(quick.taken) == 5)
        finally:
            release.set()

    async def release_soon() -> None:
        while len(quick.taken) < 5:
            await asyncio.sleep(0.005)
        assert slow.taken == []
        release.set()

    async def main() -> None:
        await asyncio.gather(both(), release_soon())

    asyncio.run(main())


def test_run__a_channel_hangs_for_ever__it_counts_as_failed_and_is_not_sent_to_twice_at_once(
    store: DatabaseWatchStore,
) -> None:
    clock = FlyingClock()
    release = threading.Event()
    at_once: list[int] = []
    inside = 0

    def hang(_delivery: Delivery) -> Shown:
        nonlocal inside
        inside += 1
        at_once.append(inside)
        assert release.wait(PATIENCE)
        inside -= 1
        return Shown("taken")

    channel = Scripted("ops", hang)
    put(store, several(1))
    sender = deliverer(store, channel, clock=clock, most_sending=0.05)

    async def main() -> None:
        try:
            await run_until(sender, lambda: sender.tallies["ops"].failed >= 3)
        finally:
            release.set()

    asyncio.run(main())
    assert max(at_once) == 1
    assert pending(store, clock) == 1


def test_run__a_fault_in_a_channel__it_is_a_failure_and_the_rest_goes_on(store: DatabaseWatchStore) -> None:
    clock = FlyingClock()
    poison = several(3)[0].key

    def script(one: Delivery) -> Shown:
        if one.key == poison:
            raise KeyError("secret-of-this-test")
        return Shown("taken")

    channel = Scripted("ops", script)
    put(store, several(3))
    asyncio.run(run_until(deliverer(store, channel, clock=clock), lambda: len(channel.taken) == 2))

    assert pending(store, clock) == 1
    (left,) = store.claim("ops", "other", now=Timestamp(clock.now() + 10_000), most=5)
    assert left.failure is not None
    assert "it has a fault (KeyError)" in left.failure
    assert "secret-of-this-test" not in left.failure


def test_run__danger_comes_last__it_is_sent_first(store: DatabaseWatchStore) -> None:
    clock = FlyingClock()
    channel = Scripted("ops")
    grave = delivery(subject="operation/grave", severity=Severity.DANGER)
    put(store, [*several(5), grave])

    asyncio.run(run_until(deliverer(store, channel, clock=clock), lambda: pending(store, clock) == 0))

    assert channel.keys[0] == grave.key


def test_run__a_limit_of_messages__the_rest_waits_its_hour_and_danger_does_not(
    store: DatabaseWatchStore,
) -> None:
    clock = FlyingClock()
    times: dict[str, float] = {}

    def script(one: Delivery) -> Shown:
        times[one.key] = clock.moment
        return Shown("taken")

    channel = Scripted("ops", script)
    grave = [delivery(subject=f"operation/grave{i}", severity=Severity.DANGER) for i in range(4)]
    put(store, [*several(5), *grave, digest("Nothing happened.")])
    routes = {"ops": Route(channel="ops", most_an_hour=2)}

    asyncio.run(
        run_until(
            deliverer(
                store, channel, clock=clock, routes=routes, sleep=lambda seconds: clock.sleep(seconds * 20)
            ),
            lambda: pending(store, clock) == 0,
        )
    )

    assert all(times[one.key] < NOW + 60 for one in grave)
    others = sorted(moment for key, moment in times.items() if key not in {one.key for one in grave})
    assert len(others) == 6
    for first, third in zip(others, others[2:], strict=False):
        assert third - first >= 3_600


def test_run__sent_and_the_store_cannot_note_it__it_is_not_sent_again(
    store: DatabaseWatchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FlyingClock()
    channel = Scripted("ops")
    put(store, several(2))
    note, refusals = store.delivered, 3

    def refuse(one: Delivery, *, now: Timestamp, reply: Shown) -> None:
        nonlocal refusals
        if refusals:
            refusals -= 1
            raise WatchStoreUnusable(store="watch.sqlite3", why="no room")
        note(one, now=now, reply=reply)

    monkeypatch.setattr(store, "delivered", refuse)
    asyncio.run(run_until(deliverer(store, channel, clock=clock), lambda: pending(store, clock) == 0))

    assert len(channel.keys) == len(set(channel.keys)) == 2


def test_stop__in_the_middle_of_sending__it_is_finished_and_noted(store: DatabaseWatchStore) -> None:
    clock = FlyingClock()
    inside, stopped = threading.Event(), threading.Event()

    def script(_delivery: Delivery) -> Shown:
        inside.set()
        assert stopped.wait(PATIENCE)
        return Shown("taken")

    channel = Scripted("ops", script)
    put(store, several(3))
    sender = deliverer(store, channel, clock=clock)

    async def main() -> None:
        running = asyncio.create_task(sender.run())
        while not inside.is_set():
            await asyncio.sleep(0.005)
        sender.stop()
        stopped.set()
        await running

    asyncio.run(main())
    assert len(channel.taken) == 1
    assert pending(store, clock) == 2


def test_wake__something_new_in_the_outbox__it_is_sent_within_a_moment(store: DatabaseWatchStore) -> None:
    clock = FlyingClock()
    channel = Scripted("ops")
    pauses: list[float] = []

    def for_ever(seconds: float) -> float:
        pauses.append(seconds)
        return 1e6

    sender = deliverer(store, channel, clock=clock, sleep=for_ever)

    async def main() -> None:
        task = asyncio.create_task(sender.run())
        while not pauses:
            await asyncio.sleep(0.002)
        put(store, several(1))
        sender.wake()
        async with asyncio.timeout(PATIENCE):
            # Its pause would take days. By the time that this is seen, it may have begun another.
            while not channel.taken:
                await asyncio.sleep(0.002)
        sender.stop()
        await task

    asyncio.run(main())
