"""Answers that are made to hurt whoever reads them."""

from __future__ import annotations

import pytest

from tests.attacks.mocks import code_that_answers, code_that_returns, code_that_reverts, deploy_code
from tests.contracts.scene import STANDARD_CALL, Scene
from tests.stage import call
from verifier.errors.operations import CallFailed, CallReturnedFalse

MEBIBYTE = 1 << 20
MAX_REASON = 256
TRANSFER = bytes.fromhex("a9059cbb") + bytes(64)


def cost_of_memory(size: int) -> int:
    """Return what the bomb itself pays for so much memory."""
    words = size // 32
    return 3 * words + words * words // 512


def gas_of(scene: Scene, code: bytes, data: bytes, *, nth: int) -> int:
    target = deploy_code(scene.chain, code)
    operation = scene.ready("ann", [call(to=target, data=data)], nth=nth)
    return scene.must(scene.execute("bob", operation)).gas_used


@pytest.mark.parametrize("data", [b"boom", TRANSFER], ids=["any call", "a transfer"])
def test_execute__target_answers_with_a_mebibyte__costs_the_target_only(scene: Scene, data: bytes) -> None:
    """Copying the answer would cost the vault as much again, and quadratically more with its size."""
    answer = (1).to_bytes(32, "big")
    small = gas_of(scene, code_that_answers(answer), data, nth=0)
    bomb = bytes.fromhex("60015f52") + code_that_returns(MEBIBYTE)  # MSTORE true to 0 first
    large = gas_of(scene, bomb, data, nth=1)
    assert large - small < cost_of_memory(MEBIBYTE) + 1_000


@pytest.mark.parametrize("size", [MAX_REASON - 1, MAX_REASON, MAX_REASON + 1, MEBIBYTE])
def test_execute__target_fails_with_a_huge_reason__keeps_its_beginning(scene: Scene, size: int) -> None:
    target = deploy_code(scene.chain, code_that_reverts(size))
    operation = scene.ready("ann", [STANDARD_CALL, call(to=target, data=b"boom")])
    refusal = CallFailed(index=1, reason=bytes(min(size, MAX_REASON)))
    scene.refuses(refusal, lambda: scene.execute("bob", operation))
    assert scene.execute("bob", operation).gas_used < cost_of_memory(size) + 150_000
    # The neighbour: without the bomb the same vault pays.
    scene.must(scene.execute("bob", scene.ready("ann", [STANDARD_CALL], nth=1)))


def test_execute__target_burns_all_gas__fails_as_a_whole(scene: Scene) -> None:
    target = deploy_code(scene.chain, bytes.fromhex("5b5f56"))  # JUMPDEST PUSH0 JUMP: for ever
    operation = scene.ready("ann", [STANDARD_CALL, call(to=target, data=b"boom")])
    refusal = CallFailed(index=1, reason=b"")
    scene.refuses(refusal, lambda: scene.execute("bob", operation))
    # A veto needs no call, so whatever is in an operation, it can be stopped.
    scene.must(scene.send("eve", "veto", operation[1], scene.id_of(operation)))


def test_execute__reason_of_an_earlier_call__is_not_mistaken_for_the_answer_of_a_later_one(
    scene: Scene,
) -> None:
    """The answer lands in a scratch word: what an earlier call left there must not stand for a shorter answer."""
    says_true = deploy_code(scene.chain, code_that_answers((1).to_bytes(32, "big")))
    says_less = deploy_code(scene.chain, code_that_answers(bytes(31)))
    operation = scene.ready("ann", [call(to=says_true, data=TRANSFER), call(to=says_less, data=TRANSFER)])
    refusal = CallReturnedFalse(index=1, target=says_less)
    scene.refuses(refusal, lambda: scene.execute("bob", operation))
    honest = scene.ready("ann", [call(to=says_true, data=TRANSFER), call(to=says_true, data=TRANSFER)], nth=1)
    scene.must(scene.execute("bob", honest))
