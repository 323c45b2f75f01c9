"""Several chains at once: none waits for another, and nothing but a word ends the watching."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.anvil import CHAIN_ID
from tests.watch.faults import faulty
from tests.watch.scene import PACE, Scene, another_chain, found_vault
from verifier.assess.happenings import judge_look
from verifier.errors.watching import WatchStoreUnusable
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.routes import Route, Routes
from verifier.model.watching import Kind, WatchStep
from verifier.ports import WatchStore
from verifier.watch import eye
from verifier.watch import watcher as watching
from verifier.watch.follower import Follower
from verifier.watch.watcher import Watcher

OTHER_ID = 31_338
SECONDS = 300.0
EVERYTHING = Routes(routes=(Route(channel="log", least=Severity.INFO),))


@pytest.fixture
def pair(scene: Scene) -> Iterator[tuple[Scene, Scene]]:
    """Two vaults on two chains, and one store for both."""
    with ExitStack() as stack:
        chain = stack.enter_context(another_chain(OTHER_ID))
        endpoints = [stack.enter_context(faulty(chain.url)) for _ in range(2)]
        clock = replace(scene.clock, url=chain.url)
        other = Scene(
            chain=chain, stages=[found_vault(chain)], endpoints=endpoints, store=scene.store, clock=clock
        )
        yield scene, other


@asynccontextmanager
async def running(watcher: Watcher) -> AsyncIterator[None]:
    task = asyncio.create_task(watcher.run())
    try:
        yield
    finally:
        watcher.stop()
        await asyncio.wait_for(task, SECONDS)


async def until(is_so: Callable[[], Any]) -> None:
    async with asyncio.timeout(SECONDS):
        while not await asyncio.to_thread(is_so):
            await asyncio.sleep(0.05)


def watcher(*scenes: Scene, store: WatchStore | None = None, holder: str = "a", **options: Any) -> Watcher:
    return Watcher(
        [scene.plan() for scene in scenes],
        store or scenes[0].store,
        scenes[0].clock,
        routes=EVERYTHING,
        holder=holder,
        dice=lambda: 0.5,
        sleep=lambda seconds: seconds / 10,
        **options,
    )


def test_run__two_chains_with_their_own_ids__both_are_followed(pair: tuple[Scene, Scene]) -> None:
    one, other = pair
    assert (one.chain_id, other.chain_id) == (CHAIN_ID, OTHER_ID)
    told: list[None] = []

    async def story() -> None:
        async with running(watcher(one, other, told=lambda: told.append(None))):
            first = one.propose(one.payment())
            second = other.queue(other.payment())
            await until(lambda: Kind.PROPOSED in one.about(first))
            await until(lambda: Kind.QUEUED in other.about(second))

    asyncio.run(story())
    chains = {(each.happening.chain_id, each.happening.kind) for each in one.kept()}
    assert (CHAIN_ID, Kind.QUEUED) not in chains
    assert told
    deliveries = one.store.claim("log", "test", now=one.clock.now(), most=100)
    assert {d.happening.chain_id for d in deliveries if d.happening} == {CHAIN_ID, OTHER_ID}


def test_run__one_chain_does_not_answer__the_other_is_told(pair: tuple[Scene, Scene]) -> None:
    one, other = pair
    for endpoint in one.endpoints:
        endpoint.fail(503)

    async def story() -> None:
        async with running(watcher(one, other)):
            second = other.propose(other.payment())
            await until(lambda: other.about(second) == [Kind.PROPOSED])
            for endpoint in one.endpoints:
                endpoint.heal()
            first = one.propose(one.payment())
            await until(lambda: one.about(first) == [Kind.PROPOSED])

    asyncio.run(story())


def test_reload__other_chains_and_vaults__from_the_next_look_on(pair: tuple[Scene, Scene]) -> None:
    one, other = pair
    second = found_vault(one.chain)

    async def story() -> None:
        seen = watcher(one)
        async with running(seen):
            await until(lambda: seen.statuses and seen.statuses[0].checkpoint)
            one.stages.append(second)
            seen.reload([one.plan(), other.plan()], EVERYTHING)
            here = one.propose(one.payment(stage=second), stage=second)
            there = other.propose(other.payment())
            await until(lambda: one.about(here, second) == [Kind.PROPOSED])
            await until(lambda: other.about(there) == [Kind.PROPOSED])
            one.stages.pop()
            seen.reload([one.plan()], EVERYTHING)
            await until(lambda: {status.chain_id for status in seen.statuses} == {CHAIN_ID})
            last = one.propose(one.payment(nth=1))
            await until(lambda: one.about(last) == [Kind.PROPOSED])
            seen.reload([one.plan(), other.plan()], EVERYTHING)
            await until(lambda: {status.chain_id for status in seen.statuses} == {CHAIN_ID, OTHER_ID})

    asyncio.run(story())


def test_run__two_watchers_on_one_store__one_follows_and_the_other_takes_over(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_RENEWED", 0.2)

    async def story() -> None:
        first, second = watcher(scene, holder="first"), watcher(scene, holder="second")
        async with running(second):
            async with running(first):
                operation = scene.propose(scene.payment())
                await until(lambda: scene.about(operation) == [Kind.PROPOSED])
                looks = [sum(each.looks for each in one.statuses) for one in (first, second)]
                assert 0 in looks
            # Whoever had the chain gave it back, if it was the one that stopped.
            later = scene.propose(scene.payment(nth=1))
            await until(lambda: scene.about(later) == [Kind.PROPOSED])
            assert sum(each.looks for each in second.statuses) > 0

    asyncio.run(story())
    assert len(scene.kept(Kind.PROPOSED)) == 2


class Failing:
    """A store that cannot keep anything for a while."""

    def __init__(self, store: WatchStore) -> None:
        self._store = store
        self.is_full = True
        self.refused = 0

    def keep(self, step: WatchStep, **options: Any) -> Any:
        if self.is_full:
            self.refused += 1
            raise WatchStoreUnusable(store="test", why="there is no room")
        return self._store.keep(step, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_run__store_is_full_for_a_while__goes_on_when_there_is_room(scene: Scene) -> None:
    store = Failing(scene.store)

    async def story() -> None:
        async with running(watcher(scene, store=store)):
            operation = scene.propose(scene.payment())
            await until(lambda: store.refused > 1)
            store.is_full = False
            await until(lambda: Kind.PROPOSED in scene.about(operation))

    asyncio.run(story())
    scene.restart()
    scene.look()
    scene.assert_true()


def test_run__a_fault_of_this_program__told_in_the_log_and_watching_goes_on(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    faults = [RuntimeError("a fault"), sqlite3.Error("another")]
    plan = scene.plan()
    newest = plan.source.newest

    def failing() -> Any:
        if faults:
            raise faults.pop()
        return newest()

    plan.source.newest = failing  # type: ignore[method-assign]

    async def story() -> None:
        seen = Watcher(
            [plan],
            scene.store,
            scene.clock,
            routes=EVERYTHING,
            holder="a",
            dice=lambda: 0.5,
            sleep=lambda seconds: seconds / 10,
        )
        async with running(seen):
            operation = scene.propose(scene.payment())
            await until(lambda: Kind.PROPOSED in scene.about(operation))

    asyncio.run(story())
    assert "a fault" in caplog.text


def test_look__a_fault_over_one_vault__danger_and_the_others_go_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.stages.append(found_vault(scene.chain))
    scene.restart()
    scene.look()
    other = scene.stages[1]

    def faulty_judge(look: Any, manner: Any) -> Any:
        if look.reading.vault == scene.vault:
            raise RuntimeError("a fault")
        return judge_look(look, manner)

    monkeypatch.setattr(eye, "judge_look", faulty_judge)
    mine, its = scene.propose(scene.payment()), scene.propose(scene.payment(stage=other), stage=other)
    scene.look()
    (told,) = scene.kept(Kind.UNREADABLE)
    assert (told.happening.vault, told.happening.severity) == (Address(scene.stage.vault), Severity.DANGER)
    assert scene.about(its, other) == [Kind.PROPOSED]
    monkeypatch.setattr(eye, "judge_look", judge_look)
    scene.clock.ahead = PACE.patience_seconds
    scene.look()
    assert scene.about(mine) == [Kind.PROPOSED]
    assert Kind.UNREADABLE not in scene.kinds()
    scene.assert_true()


class Killed(BaseException):
    """What ends a process at once."""


def look_for_ever(scene: Scene) -> None:
    while True:
        scene.look()
        scene.chain.mine()


def test_kill__at_every_place_of_a_look__facts_and_happenings_are_those_of_the_story(
    scene: Scene, tmp_path: Path
) -> None:
    scene.look()
    steps = iter(range(1, 1_000))

    def die_at(number: int) -> None:
        """Let the process die at this question or step of its next look, before it is done or after."""
        count = iter(range(number))
        store = scene.store

        class Dying:
            def keep(self, step: WatchStep, **options: Any) -> Any:
                if next(count, None) is None:
                    raise Killed
                kept = store.keep(step, **options)
                if next(count, None) is None:
                    raise Killed
                return kept

            def __getattr__(self, name: str) -> Any:
                if next(count, None) is None:
                    raise Killed
                return getattr(store, name)

        scene.follower = Follower(scene.plan(), Dying(), scene.clock)

    told = []
    for round_ in range(2):
        operation = scene.propose(scene.payment(nth=round_))
        scene.queue(scene.payment(nth=round_ + 2))
        if round_ == 1:
            scene.reorganise(1)
        scene.veto(operation)
        told.append(operation)
        for _ in range(6):
            die_at(next(steps))
            with pytest.raises(Killed):
                look_for_ever(scene)
    scene.restart()
    scene.look()
    for operation in told:
        assert scene.about(operation) == [Kind.PROPOSED, Kind.VETOED]
    keys = [each.happening.key for each in scene.kept()]
    assert len(keys) == len(set(keys))
    scene.assert_true()
