"""execute: the calls themselves. All of them or none, in order, and what a refusal tells."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.contracts.scene import (
    FUNDS,
    PAYEE,
    ROUTINE_CALL,
    STANDARD_CALL,
    Scene,
    data_of_error,
)
from tests.stage import ETHER, STRANGER, Call, call, data_of
from tests.tokens import compiled
from verifier.errors.members import MemberNotActive
from verifier.errors.operations import Busy, CallFailed, CallReturnedFalse, CallWithoutCode
from verifier.model.life import Status
from verifier.model.member import MemberStatus

TRUE = (1).to_bytes(32, "big")
FALSE = bytes(32)
TWO = (2).to_bytes(32, "big")

MOVES = {
    name: keccak(name.encode("ascii"))[:4]
    for name in (
        "transfer(address,uint256)",
        "transferFrom(address,address,uint256)",
        "approve(address,uint256)",
        "increaseAllowance(address,uint256)",
    )
}


@pytest.fixture
def target(scene: Scene) -> bytes:
    return compiled.deploy(scene.chain, "Answerer")


def tell(scene: Scene, target: bytes, *, fails: bool = False, answer: bytes = b"") -> None:
    """Let the target answer so from now on."""
    data = compiled.data_of("Answerer", "tell", fails, answer)
    scene.must(scene.chain.send(STRANGER, target, data))


# ------------------------------------------------------------------------------------------------------ All, in order


def test_execute__of_several_calls__makes_them_in_order_with_their_value(scene: Scene, target: bytes) -> None:
    made = [(1, b"one!"), (0, b"two and more"), (5, b""), (0, bytes(1000))]
    operation = scene.ready("ann", [call(to=target, value=value, data=data) for value, data in made])
    scene.must(scene.execute("ann", operation))
    heard = bytes(32)
    for value, data in made:
        heard = keccak(encode(["bytes32", "uint256", "bytes"], [heard, value, data]))
    assert compiled.read(scene.chain, "Answerer", target, "heard") == heard
    assert scene.chain.balance(target) == 6


@pytest.mark.parametrize("index", [0, 1, 31])
def test_execute__with_one_call_that_fails__undoes_all(scene: Scene, target: bytes, index: int) -> None:
    calls: list[Call] = [ROUTINE_CALL] * 32
    calls[index] = call(to=target, data=b"fail")
    operation = scene.ready("ann", calls)
    tell(scene, target, fails=True, answer=b"because")
    refusal = CallFailed(index=index, reason=b"because")
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    assert scene.status(operation) is Status.READY

    tell(scene, target)
    scene.must(scene.execute("ann", operation))
    assert scene.chain.balance(PAYEE) == 31 * ETHER


@pytest.mark.parametrize("length", [0, 1, 32, 255, 256, 257, 10_000])
def test_execute__of_a_call_that_fails__tells_at_most_256_bytes_of_its_reason(
    scene: Scene, target: bytes, length: int
) -> None:
    operation = scene.ready("ann", [call(to=target, data=b"fail")])
    reason = bytes(i % 251 for i in range(length))
    tell(scene, target, fails=True, answer=reason)
    scene.refuses(CallFailed(index=0, reason=reason[:256]), lambda: scene.execute("ann", operation))
    tell(scene, target, answer=reason)
    scene.must(scene.execute("ann", operation))


@pytest.mark.parametrize(("value", "is_enough"), [(FUNDS, True), (FUNDS + 1, False), (2**256 - 1, False)])
def test_execute__of_more_than_there_is__is_refused(scene: Scene, value: int, is_enough: bool) -> None:
    operation = scene.ready("ann", [call(to=PAYEE, value=value)])
    if is_enough:
        scene.must(scene.execute("ann", operation))
        assert scene.chain.balance(PAYEE) == FUNDS
    else:
        scene.refuses(CallFailed(index=0, reason=b""), lambda: scene.execute("ann", operation))


def test_execute__of_a_payment_that_the_recipient_refuses__is_refused(scene: Scene, target: bytes) -> None:
    operation = scene.ready("ann", [call(to=target, value=ETHER)])
    tell(scene, target, fails=True)
    scene.refuses(CallFailed(index=0, reason=b""), lambda: scene.execute("ann", operation))
    tell(scene, target)
    scene.must(scene.execute("ann", operation))
    assert scene.chain.balance(target) == ETHER


# ----------------------------------------------------------------------------------------------------- Without code


@pytest.mark.parametrize("account", [STRANGER, bytes(20), (1).to_bytes(20, "big"), (4).to_bytes(20, "big")])
def test_execute__of_data_to_an_account_without_code__is_refused(scene: Scene, account: bytes) -> None:
    """Such a call would succeed and do nothing; what is built into the chain has no code either."""
    operation = scene.ready("ann", [ROUTINE_CALL, call(to=account, value=1, data=b"\x00")])
    refusal = CallWithoutCode(index=1, target=account)
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    without_data = scene.ready("ann", [ROUTINE_CALL, call(to=account, value=1)], nth=1)
    scene.must(scene.execute("ann", without_data))
    assert scene.chain.balance(account) == 1


def test_execute__of_data_to_a_member__is_refused_unless_it_has_code(scene: Scene) -> None:
    dan = scene.address("dan")
    operation = scene.ready("ann", [call(to=dan, data=b"data")])
    refusal = CallWithoutCode(index=0, target=dan)
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    scene.chain.set_code(dan, bytes.fromhex("ef0100") + compiled.deploy(scene.chain, "Answerer"))
    scene.must(scene.execute("ann", operation))


# --------------------------------------------------------------------------------------------------- Not saying true


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize(
    "answer",
    [FALSE, TWO, TRUE[1:], TRUE[:31], b"\x01", TWO + TRUE, FALSE + TRUE, b"\xff" * 32],
    ids=["false", "two", "31 bytes", "31 zeros", "a byte", "two and true", "false and true", "ones"],
)
def test_execute__of_a_move_that_is_not_answered_by_true__is_refused(
    scene: Scene, target: bytes, move: str, answer: bytes
) -> None:
    operation = scene.ready("ann", [ROUTINE_CALL, call(to=target, data=MOVES[move] + bytes(64))])
    tell(scene, target, answer=answer)
    refusal = CallReturnedFalse(index=1, target=target)
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    tell(scene, target, answer=TRUE)
    scene.must(scene.execute("ann", operation))


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("answer", [b"", TRUE, TRUE + FALSE, TRUE + b"\x01"])
def test_execute__of_a_move_answered_by_nothing_or_true__is_possible(
    scene: Scene, target: bytes, move: str, answer: bytes
) -> None:
    operation = scene.ready("ann", [call(to=target, data=MOVES[move] + bytes(64))])
    tell(scene, target, answer=answer)
    scene.must(scene.execute("ann", operation))


@pytest.mark.parametrize("data", [b"", b"\xa9", MOVES["approve(address,uint256)"][:3], b"else"])
def test_execute__of_another_call_that_answers_false__is_possible(
    scene: Scene, target: bytes, data: bytes
) -> None:
    operation = scene.ready("ann", [call(to=target, data=data)])
    tell(scene, target, answer=FALSE)
    scene.must(scene.execute("ann", operation))


# -------------------------------------------------------------------------------------------------- Into the vault


OPERATION: Any = ([(PAYEE, 0, b"")], 8, 1, 1)
ENTRIES: dict[str, tuple[Any, ...]] = {
    "propose": (OPERATION, []),
    "approve": (OPERATION, []),
    "withdraw": (OPERATION,),
    "veto": (0, bytes(32)),
    "object": (OPERATION,),
    "cancel": (0, bytes(32)),
    "execute": (OPERATION,),
    "suspend": (PAYEE,),
    "lapse": (PAYEE,),
}


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("through", [False, True], ids=["directly", "through a contract"])
def test_execute__of_a_call_into_the_vault__is_refused(scene: Scene, entry: str, through: bool) -> None:
    caller = compiled.deploy(scene.chain, "Caller")
    data = data_of(entry, *ENTRIES[entry])
    calls = [
        call(to=caller, data=compiled.data_of("Caller", "pass", scene.vault, data))
        if through
        else call(to=scene.vault, data=data)
    ]
    operation = scene.ready("ann", calls)
    refusal = CallFailed(index=0, reason=data_of_error(Busy()))
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    # The lock was there for that transaction only: the next one is refused for its own reasons, or not at all.
    outcome = scene.send(STRANGER, entry, *ENTRIES[entry])
    assert outcome.revert_data != data_of_error(Busy())


def test_execute__of_a_view_of_the_vault__is_possible(scene: Scene) -> None:
    operation = scene.ready("ann", [call(to=scene.vault, data=data_of("roster"))])
    scene.must(scene.execute("ann", operation))


def test_execute__one_after_the_other_in_one_block__is_possible(scene: Scene) -> None:
    first = scene.waiting("ann", [STANDARD_CALL])
    second = scene.ready("ann", [STANDARD_CALL], nth=1)
    scene.in_one_block(("ann", "execute", (first,)), ("ann", "execute", (second,)))
    assert scene.chain.balance(PAYEE) == 4 * ETHER


def test_execute__of_a_change_that_the_vault_refuses__hands_on_its_reason(scene: Scene) -> None:
    operation = scene.ready("ann", [call(to=scene.vault, data=data_of("reinstateMember", STRANGER))])
    reason = data_of_error(MemberNotActive(member=STRANGER, status=MemberStatus.STRANGER))
    scene.refuses(CallFailed(index=0, reason=reason), lambda: scene.execute("ann", operation))
