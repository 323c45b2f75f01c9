"""Tokens that do not do what they were asked, and say so in every wrong way."""

from __future__ import annotations

import pytest

from tests.attacks.mocks import TRUE, code_that_answers, deploy_code
from tests.contracts.scene import PAYEE, Scene
from tests.stage import call
from tests.tokens import compiled
from verifier.errors.operations import CallFailed, CallReturnedFalse

AMOUNT = (5).to_bytes(32, "big")
FUNCTIONS = {
    "transfer": bytes.fromhex("a9059cbb") + bytes(12) + PAYEE + AMOUNT,
    "transferFrom": bytes.fromhex("23b872dd") + bytes(64) + AMOUNT,
    "approve": bytes.fromhex("095ea7b3") + bytes(12) + PAYEE + AMOUNT,
    "increaseAllowance": bytes.fromhex("39509351") + bytes(12) + PAYEE + AMOUNT,
}
FALSE_ANSWERS = {
    "false": bytes(32),
    "one byte of one": b"\1",
    "31 bytes": b"\1" * 31,
    "31 bytes of zero": bytes(31),
    "two": (2).to_bytes(32, "big"),
    "highest bit": (1 << 255).to_bytes(32, "big"),
    "true and a dirty bit": (1 | 1 << 200).to_bytes(32, "big"),
    "all ones": b"\xff" * 32,
    "false and more": bytes(64),
    "one at the left": b"\1" + bytes(31),
}
TRUE_ANSWERS = {"nothing": b"", "true": TRUE, "33 bytes": TRUE + b"\0", "true and more": TRUE + bytes(32)}


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("answer", FALSE_ANSWERS)
def test_execute__token_answers_anything_but_true__is_refused(
    scene: Scene, function: str, answer: str
) -> None:
    token = deploy_code(scene.chain, code_that_answers(FALSE_ANSWERS[answer]))
    operation = scene.ready("ann", [call(to=PAYEE, value=1), call(to=token, data=FUNCTIONS[function])])
    refusal = CallReturnedFalse(index=1, target=token)
    scene.refuses(refusal, lambda: scene.execute("bob", operation))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("answer", TRUE_ANSWERS)
def test_execute__token_answers_true_or_nothing__is_taken(scene: Scene, function: str, answer: str) -> None:
    token = deploy_code(scene.chain, code_that_answers(TRUE_ANSWERS[answer]))
    operation = scene.ready("ann", [call(to=PAYEE, value=1), call(to=token, data=FUNCTIONS[function])])
    scene.must(scene.execute("bob", operation))
    assert scene.chain.balance(PAYEE) == 1


@pytest.mark.parametrize("answer", FALSE_ANSWERS)
def test_execute__false_from_what_is_no_token_function__is_an_answer_like_any_other(
    scene: Scene, answer: str
) -> None:
    target = deploy_code(scene.chain, code_that_answers(FALSE_ANSWERS[answer]))
    scene.must(scene.execute("bob", scene.ready("ann", [call(to=target, data=b"\xa9\x05\x9c\xbc")])))


def test_execute__token_that_reverts__gives_its_reason(scene: Scene) -> None:
    token = compiled.deploy(scene.chain, "Token", 6)
    data = compiled.data_of("Token", "transfer", PAYEE, 5)
    operation = scene.ready("ann", [call(to=token, data=data)])
    reason = bytes.fromhex("4e487b71") + (0x11).to_bytes(32, "big")
    scene.refuses(CallFailed(index=0, reason=reason), lambda: scene.execute("bob", operation))
    # The neighbour: with a balance the very same operation executes.
    scene.must(scene.chain.send(PAYEE, token, compiled.data_of("Token", "mint", scene.vault, 5)))
    scene.must(scene.execute("bob", operation))
    assert compiled.read(scene.chain, "Token", token, "balanceOf", PAYEE) == 5


def test_execute__one_lying_token_in_a_batch__undoes_the_honest_ones(scene: Scene) -> None:
    honest = compiled.deploy(scene.chain, "Token", 6)
    scene.must(scene.chain.send(PAYEE, honest, compiled.data_of("Token", "mint", scene.vault, 5)))
    liar = deploy_code(scene.chain, code_that_answers(bytes(32)))
    calls = [
        call(to=honest, data=compiled.data_of("Token", "transfer", PAYEE, 5)),
        call(to=liar, data=FUNCTIONS["transfer"]),
    ]
    operation = scene.ready("ann", calls)
    scene.refuses(CallReturnedFalse(index=1, target=liar), lambda: scene.execute("bob", operation))
    assert compiled.read(scene.chain, "Token", honest, "balanceOf", scene.vault) == 5
