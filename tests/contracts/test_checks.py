"""The checks at the head of a batch: each side of each boundary, and nothing changed by any of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from eth_hash.auto import keccak

from tests.anvil import CHAIN_ID, Anvil
from tests.companions import Companion, assert_complete, deployed
from tests.contracts.scene import Scene, world_of
from tests.stage import ETHER, STRANGER, call, refusal
from tests.tokens import compiled
from verifier.errors import RevertedSilently, from_revert
from verifier.errors.checks import (
    CheckAllowanceTooHigh,
    CheckAllowanceUnexpected,
    CheckAnswerUnexpected,
    CheckBalanceTooHigh,
    CheckBalanceTooLow,
    CheckChainUnexpected,
    CheckCodeHashUnexpected,
    CheckImplementationUnexpected,
    CheckTokenBalanceTooHigh,
    CheckTokenBalanceTooLow,
    CheckTooEarly,
    CheckTooLate,
    CheckUnanswered,
)
from verifier.errors.operations import CallFailed

HOLDER = bytes.fromhex("ab" * 20)
SPENDER = bytes.fromhex("5e" * 20)
SOMEWHERE = bytes.fromhex("c0de" * 10)
LOGIC = bytes.fromhex("10" * 20)
NOTHING = keccak(b"")
IMPLEMENTATION = keccak(b"implementation()")[:4]
BALANCE_OF = keccak(b"balanceOf(address)")[:4]
ALLOWANCE = keccak(b"allowance(address,address)")[:4]
# 20 bytes behind 12 zeros.
LOGIC_WORD = bytes(12) + LOGIC


@pytest.fixture
def checks(anvil: Anvil) -> Companion:
    return deployed(anvil, "checks")


def answering(chain: Anvil, answer: bytes, *, fails: bool = False, at: bytes = SOMEWHERE) -> bytes:
    """Return an address whose code answers everything with these bytes, or reverts with them."""
    # PUSH2 length, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN or REVERT
    head = b"\x61" + len(answer).to_bytes(2, "big") + bytes.fromhex("80600a5f395f")
    chain.set_code(at, head + (b"\xfd" if fails else b"\xf3") + answer)
    return at


def passes(checks: Companion, function: str, *arguments: Any) -> None:
    """Fail unless a check holds, sent as an operation sends it, and leaves the world as it was."""
    before = world_of(checks.chain)
    assert not checks.must(STRANGER, function, *arguments).receipt["logs"]
    assert world_of(checks.chain) == before
    assert checks.call(function, *arguments).data == b""


# -------------------------------------------------------------------------------------------------------------- Code


def test_code_hash__of_a_contract__its_own_and_no_other(checks: Companion) -> None:
    code_hash = keccak(checks.chain.code(checks.address))
    passes(checks, "requireCodeHash", checks.address, code_hash)
    other = keccak(code_hash)
    because = CheckCodeHashUnexpected(account=checks.address, expected=other, actual=code_hash)
    checks.refuses(because, lambda: checks.send(STRANGER, "requireCodeHash", checks.address, other))


@pytest.mark.parametrize("wei", [0, 1])
def test_code_hash__of_an_account_without_code__that_of_nothing_used_or_not(
    checks: Companion, wei: int
) -> None:
    checks.chain.set_balance(HOLDER, wei)
    passes(checks, "requireCodeHash", HOLDER, NOTHING)
    because = CheckCodeHashUnexpected(account=HOLDER, expected=bytes(32), actual=NOTHING)
    checks.refuses(because, lambda: checks.send(STRANGER, "requireCodeHash", HOLDER, bytes(32)))


def test_code_hash__of_an_account_that_delegates__tells_to_whom(checks: Companion) -> None:
    delegation = b"\xef\x01\x00" + LOGIC
    checks.chain.set_code(HOLDER, delegation)
    passes(checks, "requireCodeHash", HOLDER, keccak(delegation))
    checks.chain.set_code(HOLDER, b"\xef\x01\x00" + SPENDER)
    because = CheckCodeHashUnexpected(
        account=HOLDER, expected=keccak(delegation), actual=keccak(b"\xef\x01\x00" + SPENDER)
    )
    checks.refuses(because, lambda: checks.send(STRANGER, "requireCodeHash", HOLDER, keccak(delegation)))


def test_implementation__of_a_proxy_that_tells_it__that_one_and_no_other(checks: Companion) -> None:
    proxy = answering(checks.chain, LOGIC_WORD)
    passes(checks, "requireImplementation", proxy, LOGIC)
    because = CheckImplementationUnexpected(proxy=proxy, expected=SPENDER, actual=LOGIC)
    checks.refuses(because, lambda: checks.send(STRANGER, "requireImplementation", proxy, SPENDER))


def test_implementation__of_a_beacon__is_asked_by_its_selector_alone(checks: Companion) -> None:
    """Whoever answers with what it was asked shows what that was."""
    beacon = SOMEWHERE
    # CALLDATASIZE, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN: the length of the question
    checks.chain.set_code(beacon, bytes.fromhex("365f5260205ff3"))
    passes(checks, "requireImplementation", beacon, (4).to_bytes(20, "big"))
    # PUSH0, CALLDATALOAD, PUSH1 224, SHR, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN: its first four bytes
    checks.chain.set_code(beacon, bytes.fromhex("5f3560e01c5f5260205ff3"))
    passes(checks, "requireImplementation", beacon, IMPLEMENTATION.rjust(20, b"\0"))


# ---------------------------------------------------------------------------------------------------------- Balances


def test_balance__at_its_minimum__passes_and_one_wei_less_is_refused(checks: Companion) -> None:
    checks.chain.set_balance(HOLDER, ETHER)
    passes(checks, "requireBalanceAtLeast", HOLDER, ETHER)
    passes(checks, "requireBalanceAtLeast", HOLDER, 0)
    because = CheckBalanceTooLow(account=HOLDER, minimum=ETHER + 1, actual=ETHER)
    checks.refuses(because, lambda: checks.send(STRANGER, "requireBalanceAtLeast", HOLDER, ETHER + 1))


def test_balance__at_its_maximum__passes_and_one_wei_more_is_refused(checks: Companion) -> None:
    checks.chain.set_balance(HOLDER, ETHER)
    passes(checks, "requireBalanceAtMost", HOLDER, ETHER)
    passes(checks, "requireBalanceAtMost", HOLDER, 2**256 - 1)
    because = CheckBalanceTooHigh(account=HOLDER, maximum=ETHER - 1, actual=ETHER)
    checks.refuses(because, lambda: checks.send(STRANGER, "requireBalanceAtMost", HOLDER, ETHER - 1))


@pytest.fixture
def token(checks: Companion) -> bytes:
    """A token of which the holder has 1,000, and of whose coins the spender may take 500."""
    token = compiled.deploy(checks.chain, "Token", 6)
    checks.chain.send(STRANGER, token, compiled.data_of("Token", "mint", HOLDER, 1_000))
    checks.chain.send(HOLDER, token, compiled.data_of("Token", "approve", SPENDER, 500))
    return token


def test_token_balance__at_its_minimum__passes_and_one_more_is_refused(
    checks: Companion, token: bytes
) -> None:
    passes(checks, "requireTokenBalanceAtLeast", token, HOLDER, 1_000)
    because = CheckTokenBalanceTooLow(token=token, account=HOLDER, minimum=1_001, actual=1_000)
    checks.refuses(because, lambda: checks.send(STRANGER, "requireTokenBalanceAtLeast", token, HOLDER, 1_001))


def test_token_balance__at_its_maximum__passes_and_one_less_is_refused(
    checks: Companion, token: bytes
) -> None:
    passes(checks, "requireTokenBalanceAtMost", token, HOLDER, 1_000)
    because = CheckTokenBalanceTooHigh(token=token, account=HOLDER, maximum=999, actual=1_000)
    checks.refuses(because, lambda: checks.send(STRANGER, "requireTokenBalanceAtMost", token, HOLDER, 999))


@pytest.mark.parametrize("other", [499, 501])
def test_allowance__that_is_expected__passes_and_one_beside_it_is_refused(
    checks: Companion, token: bytes, other: int
) -> None:
    passes(checks, "requireAllowance", token, HOLDER, SPENDER, 500)
    because = CheckAllowanceUnexpected(token=token, owner=HOLDER, spender=SPENDER, expected=other, actual=500)
    checks.refuses(because, lambda: checks.send(STRANGER, "requireAllowance", token, HOLDER, SPENDER, other))
    # Owner and spender are not confused.
    passes(checks, "requireAllowance", token, SPENDER, HOLDER, 0)


def test_allowance__at_its_maximum__passes_and_one_less_is_refused(checks: Companion, token: bytes) -> None:
    passes(checks, "requireAllowanceAtMost", token, HOLDER, SPENDER, 500)
    passes(checks, "requireAllowanceAtMost", token, HOLDER, SPENDER, 2**256 - 1)
    because = CheckAllowanceTooHigh(token=token, owner=HOLDER, spender=SPENDER, maximum=499, actual=500)
    checks.refuses(
        because, lambda: checks.send(STRANGER, "requireAllowanceAtMost", token, HOLDER, SPENDER, 499)
    )


# ----------------------------------------------------------------------------------------------------- Time and place


def test_not_after__the_moment_itself__passes_and_a_second_later_is_refused(checks: Companion) -> None:
    moment = checks.chain.now() + 100
    checks.chain.set_next_time(moment)
    assert checks.send(STRANGER, "requireNotAfter", moment).succeeded
    because = CheckTooLate(not_after=moment, now_=moment + 1)
    checks.refuses_at(moment + 1, because, lambda: checks.send(STRANGER, "requireNotAfter", moment))


def test_not_before__a_second_early__is_refused_and_the_moment_itself_passes(checks: Companion) -> None:
    moment = checks.chain.now() + 100
    because = CheckTooEarly(not_before=moment, now_=moment - 1)
    checks.refuses_at(moment - 1, because, lambda: checks.send(STRANGER, "requireNotBefore", moment))
    checks.chain.set_next_time(moment)
    assert checks.send(STRANGER, "requireNotBefore", moment).succeeded


def test_chain__this_one__passes_and_another_is_refused(checks: Companion) -> None:
    passes(checks, "requireChain", CHAIN_ID)
    because = CheckChainUnexpected(expected=1, actual=CHAIN_ID)
    checks.refuses(because, lambda: checks.send(STRANGER, "requireChain", 1))


# ----------------------------------------------------------------------------------------------------------- Anything


@pytest.mark.parametrize("answer", [b"", b"a", b"word".ljust(32, b"\0"), bytes(1_000)])
def test_answer__of_a_contract__has_the_hash_that_was_expected(checks: Companion, answer: bytes) -> None:
    target = answering(checks.chain, answer)
    passes(checks, "requireAnswer", target, b"question", keccak(answer))
    because = CheckAnswerUnexpected(
        target=target, selector=b"ques", expected=bytes(32), actual=keccak(answer)
    )
    checks.refuses(because, lambda: checks.send(STRANGER, "requireAnswer", target, b"question", bytes(32)))


def test_answer__to_a_question_of_two_bytes__is_asked_and_told_as_they_are(checks: Companion) -> None:
    # CALLDATASIZE, PUSH0, PUSH0, CALLDATACOPY, CALLDATASIZE, PUSH0, RETURN: the question itself
    checks.chain.set_code(SOMEWHERE, bytes.fromhex("365f5f37365ff3"))
    passes(checks, "requireAnswer", SOMEWHERE, b"hi", keccak(b"hi"))
    because = CheckAnswerUnexpected(
        target=SOMEWHERE, selector=b"hi\0\0", expected=NOTHING, actual=keccak(b"hi")
    )
    checks.refuses(because, lambda: checks.send(STRANGER, "requireAnswer", SOMEWHERE, b"hi", NOTHING))


def test_answer__of_a_contract_that_would_write__is_refused(checks: Companion) -> None:
    """The Answerer remembers its calls, which a STATICCALL does not allow; and by a real call it does."""
    target = compiled.deploy(checks.chain, "Answerer")
    because = CheckUnanswered(target=target, selector=b"ques")
    checks.refuses(because, lambda: checks.send(STRANGER, "requireAnswer", target, b"question", NOTHING))
    assert checks.chain.send(STRANGER, target, b"question").succeeded


# ------------------------------------------------------------------------------------------------- No proper answer

ASKING: dict[str, tuple[bytes, Callable[[bytes], tuple[Any, ...]]]] = {
    "requireImplementation": (IMPLEMENTATION, lambda target: (target, LOGIC)),
    "requireTokenBalanceAtLeast": (BALANCE_OF, lambda target: (target, HOLDER, 0)),
    "requireTokenBalanceAtMost": (BALANCE_OF, lambda target: (target, HOLDER, 2**256 - 1)),
    "requireAllowance": (ALLOWANCE, lambda target: (target, HOLDER, SPENDER, int.from_bytes(LOGIC))),
    "requireAllowanceAtMost": (ALLOWANCE, lambda target: (target, HOLDER, SPENDER, 2**256 - 1)),
}


@pytest.mark.parametrize("function", ASKING)
@pytest.mark.parametrize("answer", [b"", LOGIC_WORD[:31], LOGIC_WORD + b"\0", LOGIC_WORD + bytes(32)])
def test_answer__that_is_not_one_word__is_none(checks: Companion, function: str, answer: bytes) -> None:
    selector, arguments = ASKING[function]
    target = answering(checks.chain, answer)
    because = CheckUnanswered(target=target, selector=selector)
    checks.refuses(because, lambda: checks.send(STRANGER, function, *arguments(target)))
    answering(checks.chain, LOGIC_WORD)
    passes(checks, function, *arguments(target))


@pytest.mark.parametrize("function", ASKING)
def test_refusal__of_who_was_asked__is_no_answer(checks: Companion, function: str) -> None:
    selector, arguments = ASKING[function]
    target = answering(checks.chain, LOGIC_WORD, fails=True)
    because = CheckUnanswered(target=target, selector=selector)
    checks.refuses(because, lambda: checks.send(STRANGER, function, *arguments(target)))


@pytest.mark.parametrize("function", ASKING)
def test_account_without_code__asked__gives_no_answer(checks: Companion, function: str) -> None:
    selector, arguments = ASKING[function]
    because = CheckUnanswered(target=HOLDER, selector=selector)
    checks.refuses(because, lambda: checks.send(STRANGER, function, *arguments(HOLDER)))


def test_answer__of_an_account_without_code__is_none_though_nothing_was_expected(checks: Companion) -> None:
    because = CheckUnanswered(target=HOLDER, selector=b"ques")
    checks.refuses(because, lambda: checks.send(STRANGER, "requireAnswer", HOLDER, b"question", NOTHING))
    answering(checks.chain, b"", at=HOLDER)
    passes(checks, "requireAnswer", HOLDER, b"question", NOTHING)


def test_implementation__that_is_no_address__is_no_answer(checks: Companion) -> None:
    target = answering(checks.chain, b"\1".rjust(12, b"\0") + LOGIC)
    because = CheckUnanswered(target=target, selector=IMPLEMENTATION)
    checks.refuses(because, lambda: checks.send(STRANGER, "requireImplementation", target, LOGIC))
    last = b"\xff" * 20
    answering(checks.chain, bytes(12) + last)
    passes(checks, "requireImplementation", target, last)


# ------------------------------------------------------------------------------------------------------ As a whole


@pytest.mark.parametrize("data", [b"", b"\xde\xad\xbe\xef"])
@pytest.mark.parametrize("value", [0, 1])
def test_anything_else__sent_to_the_checks__is_refused(checks: Companion, data: bytes, value: int) -> None:
    before = world_of(checks.chain)
    checks.chain.set_balance(STRANGER, ETHER)
    outcome = checks.chain.send(STRANGER, checks.address, data, value=value)
    assert isinstance(refusal(outcome), RevertedSilently)
    checks.chain.set_balance(STRANGER, 0)
    assert world_of(checks.chain) == before


def test_ether__sent_with_a_check_that_holds__is_refused(checks: Companion) -> None:
    checks.chain.set_balance(STRANGER, ETHER)
    assert isinstance(refusal(checks.send(STRANGER, "requireChain", CHAIN_ID, value=1)), RevertedSilently)
    assert checks.chain.balance(checks.address) == 0
    assert checks.send(STRANGER, "requireChain", CHAIN_ID).succeeded


def test_batch__whose_check_does_not_hold__moves_nothing_and_tells_why(scene: Scene) -> None:
    checks = deployed(scene.chain, "checks")
    payee = HOLDER
    data = checks.data_of("requireBalanceAtMost", payee, 4)
    operation = scene.ready("ann", [call(to=checks.address, data=data), call(to=payee, value=5)])
    scene.chain.set_balance(payee, 5)
    inner = checks.data_of_error(CheckBalanceTooHigh(account=payee, maximum=4, actual=5))
    scene.refuses(CallFailed(index=0, reason=inner), lambda: scene.execute("ann", operation))
    assert from_revert(inner).sentence()
    scene.chain.set_balance(payee, 4)
    scene.must(scene.execute("ann", operation))
    assert scene.chain.balance(payee) == 9


def test_everything__that_the_checks_can_do_and_refuse__was_tried(request: pytest.FixtureRequest) -> None:
    assert_complete("checks", request, always_pass=frozenset())
