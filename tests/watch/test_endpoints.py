"""Endpoints that fail in every known way while a vault is watched through them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.cli.liars import Edit, Request, Response, giving, refusing
from tests.stage import DAY, release
from tests.watch.faults import refusing_wide, refusing_with
from tests.watch.scene import PACE, Scene
from verifier.chain.reader import VaultReader
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.watching import Kind, Standing
from verifier.store.release import companion_addresses
from verifier.watch.status import Next

PATIENCE = PACE.patience_seconds + 1


def test_endpoint__goes_backwards__no_news_and_nothing_is_undone(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    scene.look()
    before = scene.follower.status.checkpoint
    for endpoint in scene.endpoints:
        endpoint.stand_at(2)
    for _ in range(3):
        assert scene.look() is Next.SOON
    assert scene.follower.status.checkpoint == before
    assert scene.about(operation) == [Kind.PROPOSED]
    assert scene.kept(Kind.REORGANISED) == []
    for endpoint in scene.endpoints:
        endpoint.heal()
    scene.veto(operation)
    scene.look()
    assert Kind.VETOED in scene.about(operation)
    scene.assert_true()


def test_endpoint__stands_still_for_long__behind_until_it_moves(scene: Scene) -> None:
    scene.look()
    scene.clock.ahead = int(PACE.silent_seconds) + 1
    scene.look()
    (told,) = scene.kept(Kind.BEHIND)
    assert told.standing is not Standing.RETRACTED
    scene.clock.ahead = 0
    scene.chain.mine()
    scene.look()
    assert scene.kept(Kind.BEHIND)[0].standing is Standing.RETRACTED


def test_endpoint__blocks_from_the_future__told(scene: Scene) -> None:
    scene.clock.ahead = -DAY
    scene.look()
    (told,) = scene.kept(Kind.BEHIND)
    assert "ahead" in told.happening.sentence


def test_endpoint__lags_by_a_few_blocks__the_other_is_waited_for_or_not(scene: Scene) -> None:
    scene.look()
    scene.chain.mine(5)
    operation = scene.propose(scene.payment())
    scene.endpoints[0].lag(2)
    scene.look()
    assert scene.about(operation) == []
    scene.chain.mine(2)
    scene.look()
    assert scene.about(operation) == [Kind.PROPOSED]
    assert Kind.DISAGREEMENT not in scene.kinds()


def test_endpoint__lies_empty__found_named_and_what_happened_is_told(scene: Scene) -> None:
    scene.look()
    scene.endpoints[0].edit(giving("eth_getLogs", []))
    operation = scene.propose(scene.payment())
    scene.look()
    assert scene.about(operation) == [Kind.PROPOSED]
    (told,) = scene.kept(Kind.DISAGREEMENT)
    assert told.happening.severity is Severity.DANGER
    assert scene.endpoints[0].url.rpartition(":")[2] in told.happening.sentence
    scene.propose(scene.payment(nth=1))
    scene.look()
    assert len(scene.kept(Kind.DISAGREEMENT)) == 1
    scene.assert_true()


def test_endpoint__was_caught_lying__over_only_after_a_while(scene: Scene) -> None:
    scene.look()
    scene.endpoints[0].edit(giving("eth_getLogs", []))
    scene.propose(scene.payment())
    scene.look()
    scene.endpoints[0].heal()
    scene.chain.mine()
    scene.look()
    assert scene.kept(Kind.DISAGREEMENT)[0].standing is not Standing.RETRACTED
    scene.clock.ahead += 5 * PATIENCE
    scene.look()
    assert scene.kept(Kind.DISAGREEMENT)[0].standing is Standing.RETRACTED


def test_endpoint__both_hide_the_event__storage_tells_what_is(scene: Scene) -> None:
    scene.look()
    for endpoint in scene.endpoints:
        endpoint.edit(giving("eth_getLogs", []))
    operation = scene.queue(scene.payment())
    scene.look()
    assert scene.about(operation) == []
    scene.clock.ahead = PACE.reconcile_seconds + 1
    scene.pace = replace(PACE, silent_blocks=10_000)
    scene.look()
    assert Kind.QUEUED in scene.about(operation)
    scene.assert_true()


def test_endpoint__logs_disagree_and_nothing_proves__storage_is_told_all_the_same(scene: Scene) -> None:
    scene.look()
    scene.clock.ahead = PACE.reconcile_seconds + 1
    scene.endpoints[0].edit(giving("eth_getLogs", []))
    for endpoint in scene.endpoints:
        endpoint.edit(refusing("eth_getBlockReceipts"))
    operation = scene.queue(scene.payment())
    assert scene.follower.look() is Next.LATER
    assert Kind.QUEUED in scene.about(operation)
    assert scene.follower.status.checkpoint != scene.head()
    scene.clock.ahead += PATIENCE
    scene.follower.look()
    assert Kind.DISAGREEMENT in scene.kinds()
    numbers = {each.happening.key: each.number for each in scene.kept()}
    for endpoint in scene.endpoints:
        endpoint.heal()
    scene.clock.ahead += PATIENCE
    scene.look()
    assert Kind.DISAGREEMENT not in scene.kinds()
    assert scene.follower.status.checkpoint == scene.head()
    now = {each.happening.key: each.number for each in scene.kept()}
    assert {key: now[key] for key in numbers} == numbers
    assert Kind.PROPOSED in scene.about(operation)
    scene.assert_true()


def test_endpoint__does_not_answer__told_after_a_while_and_closed_when_it_does(scene: Scene) -> None:
    scene.look()
    for endpoint in scene.endpoints:
        endpoint.fail(500)
    assert scene.follower.look() is Next.LATER
    assert Kind.UNREADABLE not in scene.kinds()
    scene.clock.ahead = PATIENCE
    for _ in range(3):
        scene.follower.look()
    (told,) = scene.kept(Kind.UNREADABLE)
    assert told.happening.severity is Severity.WARNING
    scene.restart()
    for endpoint in scene.endpoints:
        endpoint.heal()
    scene.look()
    assert scene.kept(Kind.UNREADABLE)[0].standing is Standing.RETRACTED
    for endpoint in scene.endpoints:
        endpoint.fail(500)
    scene.follower.look()
    scene.clock.ahead += PATIENCE
    scene.follower.look()
    assert len(scene.kept(Kind.UNREADABLE)) == 2


def test_endpoint__flaps_at_every_other_look__nobody_is_told(scene: Scene) -> None:
    scene.look()
    for _ in range(3):
        scene.clock.ahead += PACE.patience_seconds - 10
        scene.endpoints[0].fail(503)
        scene.follower.look()
        scene.endpoints[0].heal()
        scene.look()
    assert Kind.UNREADABLE not in scene.kinds(standing=False)


def test_endpoint__one_is_silent_and_enough_are_left__a_notice_only(scene: Scene) -> None:
    scene.needed = 1
    scene.restart()
    scene.look()
    scene.endpoints[0].fail(500)
    scene.chain.mine()
    scene.look()
    scene.clock.ahead += PATIENCE
    scene.chain.mine()
    scene.look()
    (told,) = scene.kept(Kind.UNREADABLE)
    assert told.happening.severity is Severity.NOTICE
    scene.endpoints[0].heal()
    scene.chain.mine()
    scene.look()
    assert scene.kept(Kind.UNREADABLE)[0].standing is Standing.RETRACTED


@pytest.mark.parametrize("most", [1, 3])
def test_endpoint__takes_few_blocks_at_once__asked_for_few(scene: Scene, most: int) -> None:
    scene.look()
    first = scene.propose(scene.payment())
    scene.chain.mine(9)
    second = scene.propose(scene.payment(nth=1))
    for endpoint in scene.endpoints:
        endpoint.edit(refusing_wide(most))
    scene.look()
    assert scene.about(first) == scene.about(second) == [Kind.PROPOSED]
    scene.assert_true()


def test_endpoint__fails_in_the_middle_of_a_long_gap__goes_on_from_there(scene: Scene) -> None:
    scene.look()
    operations = []
    for i in range(3):
        operations.append(scene.propose(scene.payment(nth=i)))
        scene.chain.mine(150)
    middle = scene.head() - 200
    for endpoint in scene.endpoints:
        endpoint.edit(refusing_wide(40))
        endpoint.edit(_failing_above(middle))
    before = scene.follower.status.checkpoint
    assert scene.follower.look() is Next.LATER
    assert scene.follower.status.checkpoint == before
    for endpoint in scene.endpoints:
        endpoint.heal()
        endpoint.asked.clear()
    asked: list[int] = []
    scene.endpoints[0].edit(_noting_ranges(asked))
    scene.look()
    assert [scene.about(operation) for operation in operations] == [[Kind.PROPOSED]] * 3
    assert min(asked) > middle - 100
    assert scene.follower.status.checkpoint == scene.head()
    scene.assert_true()


def test_endpoint__refuses_one_range_with_an_error__later_it_is_heard(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    for endpoint in scene.endpoints:
        endpoint.edit(refusing_with("eth_getLogs", code=-32603, message="internal error"))
    assert scene.follower.look() is Next.LATER
    for endpoint in scene.endpoints:
        endpoint.heal()
    scene.look()
    assert scene.about(operation) == [Kind.PROPOSED]


def test_vault__cannot_be_read__others_are_told_and_its_events_wait(scene: Scene) -> None:
    from tests.watch.scene import found_vault

    scene.stages.append(found_vault(scene.chain))
    scene.restart()
    scene.look()
    other = scene.stages[1]
    for endpoint in scene.endpoints:
        endpoint.edit(_stateless(str(scene.vault)))
    scene.clock.ahead = 1
    mine = scene.propose(scene.payment())
    scene.veto(mine)
    its = scene.propose(scene.payment(stage=other), stage=other)
    scene.look()
    assert scene.about(mine) == []
    assert scene.about(its, other) == [Kind.PROPOSED]
    assert scene.follower.status.checkpoint == scene.head()
    scene.clock.ahead += PATIENCE
    scene.look()
    told = scene.kept(Kind.UNREADABLE, Kind.DISAGREEMENT)
    assert [each.happening.vault for each in told] == [scene.vault]
    # Its events wait in the store, even for a watcher that starts anew.
    scene.restart()
    for endpoint in scene.endpoints:
        endpoint.heal()
    scene.look()
    assert scene.about(mine) == [Kind.PROPOSED, Kind.VETOED]
    assert scene.kept(Kind.UNREADABLE, Kind.DISAGREEMENT)[0].standing is Standing.RETRACTED
    scene.assert_true()


def test_vault__is_not_what_was_pinned__danger_at_once_and_others_go_on(scene: Scene) -> None:
    from tests.watch.scene import found_vault

    scene.stages.append(found_vault(scene.chain))
    scene.restart()
    scene.look()
    code = scene.chain.code(scene.stage.vault)
    scene.chain.set_code(scene.stage.vault, b"\x60\x00")
    other = scene.stages[1]
    its = scene.propose(scene.payment(stage=other), stage=other)
    scene.clock.ahead = PACE.reconcile_seconds + 1
    scene.look()
    (told,) = scene.kept(Kind.VAULT_WRONG)
    assert (told.happening.severity, told.happening.vault) == (Severity.DANGER, scene.vault)
    assert scene.about(its, other) == [Kind.PROPOSED]
    scene.chain.set_code(scene.stage.vault, code)
    scene.chain.mine()
    scene.clock.ahead += 600
    scene.look()
    assert scene.kept(Kind.VAULT_WRONG)[0].standing is Standing.RETRACTED


def test_vault__is_read_at_older_blocks__told_after_a_while(scene: Scene) -> None:
    scene.look()
    target = scene.plan().targets[0]
    panel = scene.panel()
    finalised = VaultReader(
        panel,
        vault=target.vault,
        code_hash=bytes.fromhex(release()["code_hash"][2:]),
        founding=None,
        companions=companion_addresses(),
        tag="finalized",
    )
    plan = replace(scene.plan(), targets=(replace(target, reader=finalised),))
    scene.follower.replan(plan)
    scene.chain.mine(100)
    operation = scene.propose(scene.payment())
    scene.look()
    assert scene.about(operation) == []
    for _ in range(2):
        scene.clock.ahead += PATIENCE
        scene.look()
    (told,) = scene.kept(Kind.UNREADABLE)
    assert (told.happening.vault, told.happening.subject) == (scene.vault, "reading")


def test_single_endpoint__hides_an_event__its_header_tells(scene: Scene) -> None:
    scene.endpoints = scene.endpoints[:1]
    scene.needed = 1
    scene.restart()
    scene.look()
    scene.endpoints[0].edit(giving("eth_getLogs", []))
    operation = scene.propose(scene.payment())
    scene.look()
    assert scene.about(operation) == [Kind.PROPOSED]
    assert Kind.DISAGREEMENT in scene.kinds()


def _failing_above(number: int) -> Edit:
    def edit(request: Request, response: Response) -> Response:
        where = request["params"][0] if request["method"] == "eth_getLogs" else {}
        if "toBlock" not in where or int(where["toBlock"], 16) <= number:
            return response
        return {"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32603, "message": "internal error"}}

    return edit


def _noting_ranges(asked: list[int]) -> Edit:
    def edit(request: Request, response: Response) -> Response:
        where = request["params"][0] if request["method"] == "eth_getLogs" else {}
        if "fromBlock" in where:
            asked.append(int(where["fromBlock"], 16))
        return response

    return edit


def _stateless(account: str) -> Edit:
    """Let an endpoint have nothing of one account's state."""
    wanted = str(Address.parse(account)).lower()

    def edit(request: Request, response: Response) -> Response:
        params = request["params"]
        names = [param.lower() for param in params if isinstance(param, str)]
        if request["method"] == "eth_getLogs" or wanted not in names:
            return response
        return {"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32000, "message": "missing state"}}

    return edit
