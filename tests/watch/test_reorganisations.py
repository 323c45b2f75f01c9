"""Chains that take blocks back: what is not so any more is retracted, and what is so again says nothing new."""

from __future__ import annotations

import time
from dataclasses import replace

from tests.anvil import Anvil
from tests.cli.liars import Request, Response
from tests.stage import STRANGER, Operation
from tests.watch.scene import PACE, Scene
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.watching import Kind, Standing

FETCHING = {"eth_getBlockByNumber", "eth_getLogs"}


def replay(chain: Anvil, block: int, *, depth: int) -> None:
    """Replace the newest blocks by others with the same transactions, each one block later."""
    taken = [
        chain.rpc("eth_getBlockByNumber", [hex(n), True])["transactions"] for n in range(block, block + depth)
    ]
    again = [
        [{**_plain(sent)}, place + 1]
        for place, sent_in in enumerate(taken)
        for sent in sent_in
        if place + 1 < depth
    ]
    chain.rpc("anvil_reorg", [depth, again])


def _plain(sent: dict[str, str]) -> dict[str, str]:
    return {
        "from": sent["from"], "to": sent["to"], "data": sent["input"], "value": sent["value"], "gas": sent["gas"],
        "gasPrice": "0x0", "nonce": sent["nonce"],
    }  # fmt: skip


def standings(scene: Scene, operation: Operation) -> dict[Kind, Standing]:
    wanted = scene.stage.id_of(operation)
    return {
        each.happening.kind: each.standing for each in scene.kept() if each.happening.operation_id == wanted
    }


def test_reorganise__a_step_is_undone__retracted_and_true(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    scene.look()
    scene.veto(operation)
    scene.look()
    scene.reorganise(1)
    scene.look()
    assert standings(scene, operation) == {
        Kind.PROPOSED: Standing.UNCONFIRMED, Kind.VETOED: Standing.RETRACTED
    }  # fmt: skip
    scene.assert_true()


def test_reorganise__same_step_in_another_block__nothing_new_is_said(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    scene.veto(operation)
    veto_at = scene.head()
    scene.chain.mine(2)
    scene.look()
    before = [(each.number, each.happening.key) for each in scene.kept(Kind.PROPOSED, Kind.VETOED)]
    replay(scene.chain, veto_at, depth=3)
    scene.look()
    assert scene.stage.lane(operation[1])[2].name == "VETOED"
    after = [(each.number, each.happening.key) for each in scene.kept(Kind.PROPOSED, Kind.VETOED)]
    assert after == before
    assert standings(scene, operation)[Kind.VETOED] is Standing.UNCONFIRMED
    assert max(each.happening.block for each in scene.kept(Kind.VETOED)) == veto_at + 1
    scene.assert_true()


def test_reorganise__head_is_beyond_the_old_one__found(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    scene.look()
    scene.reorganise(1)
    scene.chain.mine(5)
    scene.look()
    assert standings(scene, operation) == {Kind.PROPOSED: Standing.RETRACTED}
    (told,) = scene.kept(Kind.REORGANISED)
    assert told.happening.severity is Severity.INFO
    scene.assert_true()


def test_reorganise__deeper_than_blocks_since__what_was_before_stands(scene: Scene) -> None:
    scene.look()
    first = scene.propose(scene.payment())
    scene.look()
    scene.chain.mine(3)
    second = scene.propose(scene.payment(nth=1))
    third = scene.propose(scene.payment(nth=2))
    scene.look()
    scene.chain.mine(2)
    scene.look()
    scene.reorganise(4)
    scene.look()
    assert standings(scene, first) == {Kind.PROPOSED: Standing.UNCONFIRMED}
    assert standings(scene, second) == standings(scene, third) == {Kind.PROPOSED: Standing.RETRACTED}
    scene.assert_true()


def test_reorganise__twice_in_a_row__the_last_branch_counts(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    scene.look()
    scene.reorganise(1)
    scene.look()
    again = scene.propose(scene.payment())
    assert scene.stage.id_of(again) != scene.stage.id_of(operation) or again == operation
    scene.look()
    scene.reorganise(2)
    scene.look()
    assert scene.stage.lane(operation[1])[0] == bytes(32)
    assert all(each.standing is Standing.RETRACTED for each in scene.kept(Kind.PROPOSED))
    assert len(scene.kept(Kind.REORGANISED)) == 2
    scene.assert_true()


def test_reorganise__undone_and_done_again__told_again_once(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    scene.look()
    scene.reorganise(1)
    scene.look()
    assert standings(scene, operation) == {Kind.PROPOSED: Standing.RETRACTED}
    scene.stage.must(scene.stage.propose("ann", operation))
    scene.look()
    assert standings(scene, operation) == {Kind.PROPOSED: Standing.UNCONFIRMED}
    assert len(scene.kept(Kind.PROPOSED)) == 1
    scene.assert_true()


def test_reorganise__800_ms_apart_while_looking__comes_to_rest(scene: Scene) -> None:
    scene.look()
    scene.propose(scene.payment())
    scene.look()
    for _ in range(2):
        scene.reorganise(1)
        until = time.monotonic() + 0.8
        while time.monotonic() < until:
            scene.follower.look()
    scene.look()
    assert all(each.standing is Standing.RETRACTED for each in scene.kept(Kind.PROPOSED))
    scene.assert_true()


def test_reorganise__between_two_questions_of_one_look__never_half_a_branch(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    asked: list[Request] = []

    def edit(request: Request, response: Response) -> Response:
        # The chain changes just after the new block was given, and before its logs are asked for.
        if request["method"] == "eth_getLogs" and not asked:
            asked.append(request)
            scene.chain.rpc("anvil_reorg", [1, []])
        return response

    scene.endpoints[0].edit(edit)
    scene.look()
    assert asked
    assert Kind.PROPOSED not in scene.about(operation)
    scene.assert_true()


def test_reorganise__while_the_watcher_was_down__retracted_when_it_starts(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    scene.look()
    scene.reorganise(1)
    scene.chain.mine(3)
    scene.restart()
    scene.look()
    assert standings(scene, operation) == {Kind.PROPOSED: Standing.RETRACTED}
    scene.assert_true()


def test_reorganise__deeper_than_final__danger_and_everything_is_read(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    scene.look()
    scene.chain.mine(80)
    scene.look()
    assert standings(scene, operation) == {Kind.PROPOSED: Standing.CONFIRMED}
    asked = scene.endpoints[0].asked.get("eth_getProof", 0)
    scene.reorganise(81)
    scene.chain.mine(2)
    scene.look()
    (told,) = scene.kept(Kind.REORGANISED)
    assert told.happening.severity is Severity.DANGER
    assert standings(scene, operation) == {Kind.PROPOSED: Standing.RETRACTED}
    assert scene.endpoints[0].asked["eth_getProof"] > asked
    scene.assert_true()


def test_reorganise__deeper_than_all_that_is_kept__danger_and_true(scene: Scene) -> None:
    # The watching begins here, with so many blocks from before.
    scene.chain.mine(40)
    scene.look()
    operation = scene.propose(scene.payment())
    scene.look()
    sent = {"from": "0x" + STRANGER.hex(), "to": "0x" + STRANGER.hex(), "gas": "0x5208", "gasPrice": "0x0"}
    scene.chain.rpc("anvil_reorg", [40, [[sent, 0]]])
    scene.chain.mine(2)
    scene.look()
    (told,) = scene.kept(Kind.REORGANISED)
    assert told.happening.severity is Severity.DANGER
    assert standings(scene, operation) == {Kind.PROPOSED: Standing.RETRACTED}
    scene.assert_true()


def test_reorganise__shorter_for_a_moment__followed_and_completed(scene: Scene) -> None:
    scene.look()
    first = scene.propose(scene.payment())
    scene.look()
    scene.chain.mine(3)
    scene.look()
    scene.reorganise(4)
    # Both endpoints know only a part of the new branch yet.
    for endpoint in scene.endpoints:
        endpoint.stand_at(scene.head() - 2)
    scene.look()
    for endpoint in scene.endpoints:
        endpoint.heal()
    scene.look()
    assert standings(scene, first) == {Kind.PROPOSED: Standing.RETRACTED}
    assert scene.follower.status.checkpoint == scene.head()
    scene.assert_true()


def test_reorganise__only_one_endpoint_says_so__nothing_is_retracted(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    head = scene.head()
    scene.look()
    # One stays on the branch that was, the other one goes on: nobody can tell which is right.
    scene.endpoints[0].stay_on_branch(head - 1, head)
    scene.reorganise(1)
    for _ in range(3):
        scene.follower.look()
    assert standings(scene, operation) == {Kind.PROPOSED: Standing.UNCONFIRMED}
    assert Kind.DISAGREEMENT not in scene.kinds()
    scene.pace = replace(PACE, patience_seconds=0)
    scene.clock.ahead += PACE.patience_seconds + 1
    scene.follower.look()
    assert Kind.DISAGREEMENT in scene.kinds()
    scene.endpoints[0].heal()
    scene.look()
    assert Kind.DISAGREEMENT not in scene.kinds()
    assert standings(scene, operation) == {Kind.PROPOSED: Standing.RETRACTED}


def test_reorganise__vault_cannot_be_read_meanwhile__nothing_is_retracted_in_haste(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    scene.look()
    vault = str(Address(scene.stage.vault))

    def edit(request: Request, response: Response) -> Response:
        if request["method"] in FETCHING:
            return response
        error = {"code": -32000, "message": f"no state of {vault}"}
        return {"jsonrpc": "2.0", "id": request["id"], "error": error}

    chain_id = scene.chain.rpc("eth_chainId")
    for endpoint in scene.endpoints:
        endpoint.edit(edit)
        endpoint.edit(
            lambda request, response: (
                {"jsonrpc": "2.0", "id": request["id"], "result": chain_id}
                if request["method"] == "eth_chainId"
                else response
            )
        )
    block = scene.head()
    scene.chain.mine()
    replay(scene.chain, block, depth=2)
    for _ in range(8):
        scene.follower.look()
    assert standings(scene, operation) == {Kind.PROPOSED: Standing.UNCONFIRMED}
    for endpoint in scene.endpoints:
        endpoint.heal()
    scene.clock.ahead += 2
    scene.look()
    assert standings(scene, operation) == {Kind.PROPOSED: Standing.UNCONFIRMED}
    assert len(scene.kept(Kind.PROPOSED)) == 1
    scene.assert_true()
