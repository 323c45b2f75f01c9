"""Events from before the watching: read beside what is new, in ranges that endpoints take, once."""

from __future__ import annotations

from dataclasses import replace

from tests.cli.liars import refusing
from tests.stage import STRANGER, call, data_of
from tests.watch.faults import refusing_wide
from tests.watch.scene import BEGINNING, PACE, TOKEN, Scene, found_vault
from verifier.model.address import Address
from verifier.model.watching import Kind, Standing
from verifier.watch.eye import BEGUN, FILLED, WHOLE
from verifier.watch.status import Next

PATIENCE = PACE.patience_seconds + 1


def filled(scene: Scene) -> str:
    return scene.store.facts(scene.chain_id, scene.vault)[FILLED].value


def test_fill__a_vault_with_a_past__what_only_events_tell_is_known(scene: Scene) -> None:
    stage = scene.stage
    listing = stage.operation("ann", [call(to=stage.vault, data=data_of("setCounterparty", STRANGER, 1))])
    stage.must(stage.carry_out("ann", listing, ["bob", "cid", "dot"]))
    scene.look()
    assert filled(scene) == WHOLE
    facts = scene.facts()
    assert any(str(Address(STRANGER)) in name for name in facts)
    assert any(str(TOKEN) in name for name in facts)
    assert Kind.POLICY not in scene.kinds()
    assert Kind.EXECUTED not in scene.kinds()
    scene.assert_true()


def test_fill__nobody_says_where_it_begins__found_by_its_code(scene: Scene) -> None:
    scene.chain.mine(30)
    scene.since = None
    scene.restart()
    scene.look()
    assert filled(scene) == WHOLE
    assert any(str(TOKEN) in name for name in scene.facts())


def test_fill__no_endpoint_has_old_states__begins_now_and_says_so(scene: Scene) -> None:
    for endpoint in scene.endpoints:
        endpoint.edit(refusing("eth_getCode"))
    scene.since = None
    scene.restart()
    scene.look()
    assert filled(scene) == BEGUN
    (told,) = scene.kept(Kind.UNREADABLE)
    assert (told.happening.vault, told.happening.subject) == (scene.vault, "old-events")
    assert not any(str(TOKEN) in name for name in scene.facts())
    operation = scene.propose(scene.payment())
    scene.look()
    assert scene.about(operation) == [Kind.PROPOSED]
    # Whoever knows where it begins says so, and then it is whole.
    scene.since = BEGINNING
    scene.restart()
    scene.look()
    assert filled(scene) == WHOLE
    assert any(str(TOKEN) in name for name in scene.facts())
    assert scene.kept(Kind.UNREADABLE)[0].standing is Standing.RETRACTED
    assert scene.about(operation) == [Kind.PROPOSED]
    assert Kind.POLICY not in scene.kinds()
    scene.assert_true()


def test_fill__while_it_goes_on__what_is_new_is_told(scene: Scene) -> None:
    waiting = scene.queue(scene.payment())
    for endpoint in scene.endpoints:
        endpoint.edit(refusing_wide(1))
    scene.pace = replace(PACE, fill_seconds=0.0)
    scene.restart()
    for _ in range(2):
        assert scene.follower.look() is Next.AT_ONCE
    assert scene.follower.status.filling == 1
    assert Kind.QUEUED in scene.about(waiting)
    operation = scene.propose(scene.payment(nth=1))
    scene.follower.look()
    assert scene.follower.status.filling == 1
    assert Kind.PROPOSED in scene.about(operation)
    numbers = [each.number for each in scene.kept()]
    scene.look()
    assert scene.follower.status.filling == 0
    assert [each.number for each in scene.kept()][: len(numbers)] == numbers
    assert scene.about(operation) == [Kind.PROPOSED]
    scene.assert_true()


def test_fill__restarted_in_the_middle__goes_on_from_there(scene: Scene) -> None:
    scene.veto(scene.propose(scene.payment()))
    for endpoint in scene.endpoints:
        endpoint.edit(refusing_wide(1))
    scene.pace = replace(PACE, fill_seconds=0.0)
    scene.restart()
    while not scene.store.facts(scene.chain_id, scene.vault).get(FILLED):
        scene.follower.look()
    place = int(filled(scene))
    scene.restart()
    scene.follower.look()
    assert (scene.follower.status.filled_to or 0) > place
    scene.look()
    assert filled(scene) == WHOLE
    scene.assert_true()


def test_fill__fails__told_after_a_while_and_what_is_new_goes_on(scene: Scene) -> None:
    scene.chain.mine(10)
    for endpoint in scene.endpoints:
        endpoint.edit(refusing("eth_getLogs"))
    scene.look()
    scene.clock.ahead = PATIENCE
    scene.look()
    (told,) = scene.kept(Kind.UNREADABLE)
    assert told.happening.subject == "old-events"
    for endpoint in scene.endpoints:
        endpoint.heal()
    scene.look()
    assert Kind.UNREADABLE not in scene.kinds()
    assert filled(scene) == WHOLE


def test_fill__reorganised_meanwhile__true_in_the_end(scene: Scene) -> None:
    operation = scene.propose(scene.payment())
    for endpoint in scene.endpoints:
        endpoint.edit(refusing_wide(1))
    scene.pace = replace(PACE, fill_seconds=0.0)
    scene.restart()
    while (scene.follower.status.filled_to or 0) < scene.head():
        scene.follower.look()
    scene.reorganise(1)
    scene.chain.mine(2)
    scene.look()
    assert scene.about(operation) == []
    scene.assert_true()


def test_plan__a_vault_comes_leaves_and_comes_back__nothing_of_it_is_missed(scene: Scene) -> None:
    scene.look()
    other = found_vault(scene.chain)
    scene.stages.append(other)
    scene.follower.replan(scene.plan())
    scene.look()
    first = scene.propose(scene.payment(stage=other), stage=other)
    scene.look()
    scene.stages.pop()
    scene.follower.replan(scene.plan())
    scene.look()
    scene.veto(first, stage=other)
    listing = other.operation(
        "ann", [call(to=other.vault, data=data_of("setCounterparty", STRANGER, 1))], nth=1
    )
    other.must(other.carry_out("ann", listing, ["bob", "cid", "dot"]))
    scene.look()
    scene.stages.append(other)
    scene.follower.replan(scene.plan())
    scene.look()
    assert Kind.VETOED in scene.about(first, other)
    assert any(str(Address(STRANGER)) in name for name in scene.facts(other))
    scene.assert_true()
