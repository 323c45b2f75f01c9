"""A guard on a real chain: it stops what the owners' rules say, explained first, and nothing else."""

from __future__ import annotations

from tests.guard.scene import GuardScene
from tests.stage import ETHER
from verifier.guard.intent import Stage
from verifier.model.life import Status
from verifier.model.watching import Kind


def test_look__a_rule_holds__explained_first_and_vetoed_once_somebody_was_told(scene: GuardScene) -> None:
    operation = scene.big()

    scene.look()
    assert scene.stage.status(operation) is Status.WAITING
    assert scene.sent() == []
    (intent,) = scene.intents()
    assert intent.stage is Stage.EXPLAINED
    assert scene.kinds() == [Kind.GUARD_WILL]

    scene.look()
    assert scene.stage.status(operation) is Status.WAITING
    assert scene.sent() == []

    scene.deliver()
    scene.look()
    assert scene.stage.status(operation) is Status.VETOED

    scene.look()
    assert scene.kinds() == [Kind.GUARD_WILL, Kind.GUARD_VETOED]
    assert len(scene.sent()) == 1
    (intent,) = scene.intents()
    assert intent.stage is Stage.DONE


def test_look__one_wei_less__left_alone(scene: GuardScene) -> None:
    operation = scene.queue(scene.payment(value=ETHER))

    scene.look(3)

    assert scene.stage.status(operation) is Status.WAITING
    assert scene.kept() == []
    assert scene.intents() == []


def test_look__it_dies_after_each_step__it_goes_on_from_what_is_written_down(scene: GuardScene) -> None:
    operation = scene.big()
    for _ in range(2):
        scene.look()
        scene.restart()
    scene.deliver()
    scene.restart()
    scene.look()
    scene.restart()
    assert scene.stage.status(operation) is Status.VETOED
    scene.look(2)

    assert scene.kinds(standing=False) == [Kind.GUARD_WILL, Kind.GUARD_VETOED]
    assert len(scene.sent()) == 1
    scene.deliver()
    assert scene.diary.text.count("The guard will veto lane 0") == 2  # in the subject and in the body
