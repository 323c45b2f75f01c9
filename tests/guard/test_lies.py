"""One endpoint that lies: nothing is vetoed on its word, nothing is hidden by it, and people are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.liars import Request, Response, giving, refusing
from tests.guard.scene import GuardScene
from tests.watch.faults import Endpoint
from verifier.model.finding import Severity
from verifier.model.guarding import AllOf, FindingClause, GuardRule, MissingClause
from verifier.model.life import Status
from verifier.model.text import Shown
from verifier.model.units import Duration
from verifier.model.watching import Kind, Standing

Lie = Callable[[GuardScene, Endpoint], None]


def hides(scene: GuardScene, endpoint: Endpoint) -> None:
    """Say of every word of the vault's storage that it is empty."""

    def edit(request: Request, response: Response) -> Response:
        if request["method"] == "eth_getProof" and "result" in response:
            for slot in response["result"]["storageProof"]:
                slot["value"] = "0x0"
        return response

    endpoint.edit(edit)


def alters(scene: GuardScene, endpoint: Endpoint) -> None:
    """Give other bytes in the event of an operation."""

    def edit(request: Request, response: Response) -> Response:
        if request["method"] == "eth_getLogs":
            for log in response["result"]:
                log["data"] = log["data"][:-2] + "01"
        return response

    endpoint.edit(edit)


def invents(scene: GuardScene, endpoint: Endpoint) -> None:
    """Show a block of its own, in which there may be anything."""
    before = scene.chain.snapshot()
    scene.chain.set_time(scene.chain.now() + 50)
    endpoint.stay_on_branch(scene.head() - 1, scene.head())
    scene.chain.revert(before)
    scene.chain.mine()


@pytest.mark.parametrize(("lie", "which"), [(hides, 0), (alters, 0), (invents, 2)])
def test_look__one_of_three_lies__nothing_is_vetoed_and_it_rings(
    three: GuardScene, lie: Lie, which: int
) -> None:
    operation = three.big()
    three.chain.mine()
    lie(three, three.endpoints[which])

    three.look()
    three.deliver()
    three.look()

    assert three.stage.status(operation) is Status.WAITING
    assert three.sent() == []
    assert three.intents() == []
    (kept,) = three.kept()
    assert kept.happening.kind is Kind.DISAGREEMENT
    assert kept.happening.pages

    three.endpoints[which].heal()
    three.look()
    three.deliver()
    three.look()
    assert three.stage.status(operation) is Status.VETOED
    assert three.kept(Kind.DISAGREEMENT)[0].standing is Standing.RETRACTED
    assert len(three.sent()) == 1


@pytest.mark.parametrize("lie", [hides, alters])
def test_look__it_lies_where_nobody_asks_it__what_another_one_proves_is_enough(
    three: GuardScene, lie: Lie
) -> None:
    operation = three.big()
    lie(three, three.endpoints[2])

    three.look()
    three.deliver()
    three.look()

    assert three.stage.status(operation) is Status.VETOED


@pytest.mark.parametrize("lie", [alters, invents])
def test_look__it_lies_after_the_explanation__nothing_is_sent_until_it_is_gone(
    three: GuardScene, lie: Lie
) -> None:
    operation = three.big()
    three.chain.mine()
    three.look()
    three.deliver()
    lie(three, three.endpoints[0])

    three.look(2)
    assert three.stage.status(operation) is Status.WAITING

    three.endpoints[0].heal()
    three.look()
    assert three.stage.status(operation) is Status.VETOED


def test_look__one_of_two_is_silent__nothing_is_vetoed_and_it_rings_after_a_while(scene: GuardScene) -> None:
    operation = scene.big()
    scene.endpoints[1].fail(503)

    scene.look()
    assert scene.kept() == []
    scene.clock.ahead += 31
    scene.look()

    assert scene.kinds() == [Kind.UNREADABLE]
    assert scene.stage.status(operation) is Status.WAITING
    scene.endpoints[1].heal()
    scene.look()
    scene.deliver()
    scene.look()
    assert scene.stage.status(operation) is Status.VETOED


def test_look__one_of_three_is_silent__the_others_are_enough(three: GuardScene) -> None:
    operation = three.big()
    three.endpoints[1].fail(503)

    three.look()
    three.deliver()
    three.look()

    assert three.stage.status(operation) is Status.VETOED


def test_look__one_says_that_the_vault_would_refuse__it_is_sent_all_the_same(three: GuardScene) -> None:
    operation = three.big()
    three.look()
    three.deliver()

    def edit(request: Request, response: Response) -> Response:
        if request["method"] != "eth_estimateGas":
            return response
        error = {"code": 3, "message": "execution reverted", "data": "0xdeadbeef"}
        return {"jsonrpc": "2.0", "id": request["id"], "error": error}

    three.endpoints[0].edit(edit)
    three.look()

    assert three.stage.status(operation) is Status.VETOED


@pytest.mark.parametrize(
    ("method", "result"),
    [("eth_gasPrice", "0xffffffffffffffff"), ("eth_maxPriorityFeePerGas", "0xffffffffffffffff")],
)
def test_look__one_makes_up_a_fee__what_a_veto_costs_stays_bounded(
    three: GuardScene, method: str, result: Any
) -> None:
    operation = three.big()
    three.endpoints[0].edit(giving(method, result))

    three.look()
    three.deliver()
    three.look()

    assert three.stage.status(operation) is Status.VETOED
    (sent,) = three.sent()
    assert int(sent["maxFeePerGas"], 16) <= three.terms.limits.fee
    assert int(sent["gas"], 16) <= three.terms.limits.gas


def test_look__nobody_proves_storage__what_they_agree_on_is_enough(scene: GuardScene) -> None:
    operation = scene.big()
    for endpoint in scene.endpoints:
        endpoint.edit(refusing("eth_getProof"))

    scene.look()
    scene.deliver()
    scene.look()

    assert scene.stage.status(operation) is Status.VETOED


def withhold(endpoint: Endpoint) -> None:
    """Give no event, and no transaction of any block."""

    def edit(request: Request, response: Response) -> Response:
        if request["method"] == "eth_getLogs":
            return {**response, "result": []}
        if request["method"] == "eth_getBlockByNumber" and request["params"][1]:
            return {**response, "result": {**response["result"], "transactions": []}}
        return response

    endpoint.edit(edit)


MISSING = GuardRule(
    name=Shown("missing"), is_veto=True, clause=AllOf(clauses=(MissingClause(after=Duration(100)),))
)


def test_look__two_have_no_bytes_of_a_proven_id__vetoed_after_a_while(scene: GuardScene) -> None:
    scene.use(MISSING)
    operation = scene.big()
    for endpoint in scene.endpoints:
        withhold(endpoint)
    scene.look()
    assert scene.kept() == []

    scene.chain.set_time(scene.chain.now() + 100)
    scene.look()
    scene.deliver()
    scene.look()
    assert scene.stage.status(operation) is Status.VETOED


def test_look__one_has_no_bytes_and_one_does_not_answer__not_vetoed_on_the_word_of_one(
    scene: GuardScene,
) -> None:
    scene.use(MISSING)
    operation = scene.big()
    withhold(scene.endpoints[0])
    withhold(scene.endpoints[1])
    scene.endpoints[1].edit(refusing("eth_getLogs"))
    scene.chain.set_time(scene.chain.now() + 100)

    scene.look()
    scene.deliver()
    scene.look()

    assert scene.stage.status(operation) is Status.WAITING
    assert scene.kinds() == [Kind.GUARD_RANG]
    assert (
        "fewer than two endpoints say that they have none" in scene.last(Kind.GUARD_RANG).happening.lines[0]
    )


def test_look__all_of_them_show_an_old_chain__it_says_that_it_may_be_blind(scene: GuardScene) -> None:
    scene.clock.ahead += 16 * 60
    scene.look(2)
    (kept,) = scene.kept()
    assert kept.happening.kind is Kind.BEHIND
    assert kept.happening.pages

    scene.clock.ahead = 0
    scene.look()
    assert scene.kept()[0].standing is Standing.RETRACTED


def test_look__bytes_missing_and_a_rule_about_any_danger__cannot_be_told_and_rings(scene: GuardScene) -> None:
    scene.use(
        GuardRule(
            name=Shown("danger"), is_veto=True, clause=AllOf(clauses=(FindingClause(least=Severity.DANGER),))
        )
    )
    operation = scene.big()
    for endpoint in scene.endpoints:
        withhold(endpoint)
    scene.look()
    scene.deliver()
    scene.look()

    assert scene.stage.status(operation) is Status.WAITING
    assert scene.kinds() == [Kind.GUARD_RANG]
