"""A guard on a real chain: it stops what the owners' rules say, explained first, and nothing else."""

from __future__ import annotations

from pathlib import Path

from tests.anvil import Anvil
from tests.guard.scene import GuardScene, guarded
from tests.stage import ETHER
from tests.stage import Stage as Founded
from tests.watch.scene import found_vault
from verifier.guard.intent import Stage
from verifier.model.guarding import Limits
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


def test_look__two_vaults__each_judged_by_itself_and_one_limit_for_both(
    node: Anvil, founded: Founded, tmp_path: Path
) -> None:
    with node.isolate():
        second = found_vault(node)
        with guarded(node, founded, tmp_path) as scene:
            scene.stages.append(second)
            scene.use(limits=Limits(an_hour=1, a_day=1))
            mine, other = scene.big(), scene.queue(scene.payment(value=2 * ETHER, stage=second), stage=second)
            left = scene.queue(scene.payment(value=1, nth=1, stage=second), stage=second)
            scene.look()
            scene.deliver()
            scene.look(2)

            assert scene.stage.status(mine) is Status.VETOED
            assert second.status(other) is Status.WAITING
            assert second.status(left) is Status.WAITING
            (stopped,) = scene.kept(Kind.GUARD_STOPPED)
            assert stopped.happening.vault == second.vault
            assert len(scene.sent()) == 1


def test_look__another_guard_has_the_chain__stands_by_and_takes_over(scene: GuardScene) -> None:
    operation = scene.big()
    assert scene.store.lease_chain(scene.chain_id, "guard/other", now=scene.clock.now(), seconds=300)
    scene.look(2)
    assert scene.kept() == []

    scene.store.release_chain(scene.chain_id, "guard/other")
    scene.look()
    scene.deliver()
    scene.look()
    assert scene.stage.status(operation) is Status.VETOED
