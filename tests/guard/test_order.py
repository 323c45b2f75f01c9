"""Explained first: how long a guard waits until somebody was told, and what it says afterwards."""

from __future__ import annotations

from tests.guard.scene import GuardScene
from tests.stage import HOUR
from verifier.guard.intent import Stage
from verifier.model.guarding import Order
from verifier.model.life import Status
from verifier.model.units import Duration
from verifier.model.watching import Kind


def test_look__channel_is_down__vetoed_when_the_wait_is_over_and_that_is_said(scene: GuardScene) -> None:
    operation = scene.big()
    scene.diary.is_down = True
    scene.look()
    scene.deliver()

    scene.clock.ahead += 299
    scene.look()
    assert scene.stage.status(operation) is Status.WAITING

    scene.clock.ahead += 1
    scene.look(2)
    assert scene.stage.status(operation) is Status.VETOED
    assert "No channel had taken the explanation by then." in scene.last(Kind.GUARD_VETOED).happening.lines
    assert scene.diary.text == ""

    scene.diary.is_down = False
    scene.clock.ahead += HOUR
    scene.deliver()
    told = scene.diary.text
    assert told.index("The guard will veto lane 0") < told.index("The guard vetoed lane 0")


def test_look__channel_is_down_and_the_order_is_strict__never_vetoed_untold(scene: GuardScene) -> None:
    operation = scene.big()
    scene.use(order=Order(is_strict=True))
    scene.diary.is_down = True
    scene.look()
    scene.clock.ahead += 24 * HOUR
    scene.look(2)
    assert scene.stage.status(operation) is Status.WAITING

    scene.diary.is_down = False
    scene.deliver()
    scene.look()
    assert scene.stage.status(operation) is Status.VETOED


def test_look__it_is_executable_soon__the_wait_is_cut_short(scene: GuardScene) -> None:
    operation = scene.big()
    ready_at = scene.stage.lane(operation[1])[1].moment
    scene.use(order=Order(wait=Duration(10 * HOUR), margin=Duration(300), least_wait=Duration(20)))
    scene.diary.is_down = True
    scene.chain.set_time(ready_at - 400)
    scene.look(2)
    assert scene.stage.status(operation) is Status.WAITING

    scene.chain.set_time(ready_at - 301)
    scene.look()
    assert scene.stage.status(operation) is Status.WAITING
    scene.chain.set_time(ready_at - 299)
    scene.look()
    assert scene.stage.status(operation) is Status.VETOED


def test_look__it_is_executable_already__waited_for_the_least_time_only(scene: GuardScene) -> None:
    operation = scene.big()
    scene.stage.pass_to_ready(operation)
    scene.diary.is_down = True
    scene.look()
    scene.clock.ahead += 19
    scene.look()
    assert scene.stage.status(operation) is Status.READY

    scene.clock.ahead += 1
    scene.look()
    assert scene.stage.status(operation) is Status.VETOED


def test_look__a_channel_that_does_not_count__is_nobody(scene: GuardScene) -> None:
    operation = scene.big()
    scene.use(order=Order(channels=frozenset({"phone"})))
    scene.look()
    scene.deliver()
    scene.look()
    assert "The guard will veto" in scene.diary.text
    assert scene.stage.status(operation) is Status.WAITING


def test_look__it_was_vetoed_by_somebody_else__nothing_is_sent(scene: GuardScene) -> None:
    operation = scene.big()
    scene.look()
    scene.veto(operation, by="bob")
    scene.deliver()
    scene.look(2)

    assert scene.sent() == []
    assert scene.kinds() == [Kind.GUARD_WILL, Kind.GUARD_NEEDLESS]
    (intent,) = scene.intents()
    assert intent.stage is Stage.NEEDLESS
    assert not intent.counts


def test_look__it_was_executed_before_anybody_was_told__it_says_that_it_came_too_late(
    scene: GuardScene,
) -> None:
    operation = scene.big()
    scene.diary.is_down = True
    scene.stage.pass_to_ready(operation)
    scene.look()
    scene.stage.must(scene.stage.execute("ann", operation))
    scene.look()

    kept = scene.last(Kind.GUARD_NEEDLESS)
    assert "is EXECUTED: the guard came too late." in kept.happening.sentence
    assert kept.happening.pages


def test_explanation__as_people_read_it__rule_facts_evidence_and_what_to_do(scene: GuardScene) -> None:
    operation = scene.big()
    scene.look()
    scene.deliver()

    told = " ".join(scene.diary.text.split())
    assert told.startswith("DANGER: ")
    assert "by the rule big" in told
    assert "loses 2.000000000000000000 ETH (2000000000000000000), which is more than" in told
    assert "(proven)" in told
    assert "0x" + scene.stage.id_of(operation).hex() in told
    assert "Digest: 0x" in told
    assert "Evidence: proven" in told
    assert "`fourth-signer guard hold`" in told
    assert "acknowledge with `fourth-signer guard ack 1`" in told
