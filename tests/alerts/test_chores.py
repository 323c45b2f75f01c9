"""What is done by the clock: each thing once a day and once an episode, by one of those who share a store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerts.outbox import FlyingClock, Scripted, open_store, put, run_until
from tests.alerts.samples import NAMES, NOW, delivery
from verifier.model.finding import Severity
from verifier.model.routes import Daily, Escalation, Pulse, Routes
from verifier.model.text import Shown
from verifier.model.units import Duration, Timestamp
from verifier.model.watching import Delivery, Kind, Parcel
from verifier.store.watch_store import DatabaseWatchStore
from verifier.watch.chores import Chores
from verifier.watch.delivering import Deliverer

EIGHT = Daily(minute=480, zone="Europe/Zurich", channels=("ops",))
HOUR = 3_600


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DatabaseWatchStore]:
    with open_store(tmp_path) as held:
        yield held


def chores(store: DatabaseWatchStore, clock: FlyingClock, routes: Routes, *, holder: str = "test") -> Chores:
    return Chores(
        store,
        routes,
        clock=clock,
        holder=holder,
        pulse=lambda: Pulse(at=clock.now()),
        names=NAMES,
        wake=lambda: None,
        tick=0.01,
    )


def outbox(store: DatabaseWatchStore, clock: FlyingClock, channel: str = "ops") -> list[Delivery]:
    """Take everything that is due, and deliver it."""
    found = store.claim(channel, "reader", now=clock.now(), most=100)
    for each in found:
        store.delivered(each, now=clock.now(), reply=Shown("taken"))
    return list(found)


def test_digest__two_days__it_comes_once_each_day_with_what_happened(store: DatabaseWatchStore) -> None:
    clock = FlyingClock()
    duty = chores(store, clock, Routes(digest=EIGHT))
    put(store, [delivery(channel="other", severity=Severity.DANGER)])
    texts = []
    for _ in range(4 * 50):
        duty.turn()
        texts += [each.text for each in outbox(store, clock) if each.parcel is Parcel.DIGEST]
        clock.moment += HOUR / 4

    # The one of the day before comes at the start, then one each morning.
    assert len(texts) == 3
    assert "Nothing happened in any vault." in texts[0]
    assert any("1 operation-queued" in line for line in texts[1])
    assert any(line.startswith("- 1 DANGER treasury") for line in texts[1])
    assert "Nothing happened in any vault." in texts[2]


def test_digest__the_watcher_was_restarted__it_does_not_come_again(store: DatabaseWatchStore) -> None:
    clock = FlyingClock()
    for _ in range(3):
        chores(store, clock, Routes(digest=EIGHT, test=EIGHT, head=EIGHT)).turn()
        clock.moment += 60

    parcels = sorted(str(each.parcel) for each in outbox(store, clock))
    assert parcels == ["alert", "audit-head", "digest"]


def test_turn__all_was_said__the_store_is_left_alone(store: DatabaseWatchStore) -> None:
    clock = FlyingClock()
    duty = chores(store, clock, Routes(digest=EIGHT, test=EIGHT, head=EIGHT))

    assert duty.turn() is True
    clock.moment += 60
    assert duty.turn() is False


def test_head__once_a_day__it_names_the_newest_record(store: DatabaseWatchStore) -> None:
    clock = FlyingClock()
    head = store.audit_head()
    assert head is not None
    chores(store, clock, Routes(head=EIGHT)).turn()

    (sent,) = outbox(store, clock)
    assert f"record {head.number}, hash 0x{head.hash.hex()}" in sent.text[0]


def test_test__once_a_day__it_goes_the_whole_way(store: DatabaseWatchStore) -> None:
    clock = FlyingClock()
    channel = Scripted("ops")
    duty = chores(store, clock, Routes(test=EIGHT))
    sender = Deliverer(
        store,
        [channel],
        holder="test",
        clock=clock,
        dice=lambda: 0.5,
        sleep=lambda seconds: min(seconds, 0.01),
    )

    async def main() -> None:
        running = asyncio.create_task(duty.run())
        await run_until(sender, lambda: bool(channel.taken))
        duty.stop()
        await running

    asyncio.run(main())
    (sent,) = channel.taken
    assert sent.happening is not None
    assert sent.happening.kind is Kind.TEST


def test_escalation__nobody_acknowledged__it_rings_elsewhere_once_and_not_after(
    store: DatabaseWatchStore,
) -> None:
    clock = FlyingClock()
    routes = Routes(escalations=(Escalation(after=Duration(900), channels=("phone",)),))
    duty = chores(store, clock, routes)
    put(store, [delivery(), delivery(subject="operation/2")])
    first, second = (each.number for each in store.open_episodes(least=Severity.INFO))
    store.acknowledge(first, who=Shown("Ann"), now=Timestamp(NOW + 60))

    rung = []
    for _ in range(6):
        duty.turn()
        rung += outbox(store, clock, "phone")
        clock.moment += 600

    assert [(each.parcel, each.number) for each in rung] == [(Parcel.ESCALATION, second)]
    # It is in the outbox, and the store is not asked to keep it again.
    assert duty.turn() is False


def test_turn__another_watcher_has_the_chores__this_one_leaves_them(store: DatabaseWatchStore) -> None:
    clock = FlyingClock()
    chores(store, clock, Routes(), holder="first").turn()
    chores(store, clock, Routes(digest=EIGHT), holder="second").turn()
    assert outbox(store, clock) == []

    clock.moment += 121
    chores(store, clock, Routes(digest=EIGHT), holder="second").turn()
    assert [each.parcel for each in outbox(store, clock)] == [Parcel.DIGEST]
