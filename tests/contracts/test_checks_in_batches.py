"""Checks in an operation: they change nothing of its tier, and where one does not hold, nothing of it happens."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.companions import abi_of
from tests.contracts.scene import HIGH_VALUE_CALL, PAYEE, ROUTINE_CALL, STANDARD_CALL, Scene
from tests.stage import ETHER, STRANGER, Call, Operation, call, companion, type_text
from tests.tokens import compiled
from verifier.errors import VaultError
from verifier.errors.checks import (
    CheckBalanceTooHigh,
    CheckCodeHashUnexpected,
    CheckImplementationUnexpected,
    CheckTooLate,
)
from verifier.errors.operations import CallFailed
from verifier.model.life import Status
from verifier.model.tier import Tier

CHECKS: Final = companion("checks")


def check(function: str, *arguments: Any, value: int = 0) -> Call:
    """Return a call of the checks."""
    (entry,) = (e for e in abi_of("checks") if e["type"] == "function" and e["name"] == function)
    types = [type_text(part) for part in entry["inputs"]]
    selector = keccak(f"{function}({','.join(types)})".encode("ascii"))[:4]
    return call(to=CHECKS, value=value, data=selector + encode(types, arguments))


def reason_of(error: VaultError) -> bytes:
    """Return what the checks revert with."""
    (entry,) = (e for e in abi_of("checks") if e["type"] == "error" and e["name"] == type(error).__name__)
    types = [type_text(part) for part in entry["inputs"]]
    values = [getattr(error, field.name) for field in fields(error)]
    return keccak(f"{entry['name']}({','.join(types)})".encode("ascii"))[:4] + encode(types, values)


def refuses_to_execute(scene: Scene, operation: Operation, index: int, because: VaultError) -> None:
    """Fail unless the call at an index fails for this reason, and the operation stays READY."""
    failed = CallFailed(index=index, reason=reason_of(because))
    scene.refuses(failed, lambda: scene.execute("ann", operation))
    assert scene.status(operation) is Status.READY


# ---------------------------------------------------------------------------------------------------------------- Tiers

HOLDS: Final = check("requireBalanceAtMost", PAYEE, 2**256 - 1)


@pytest.mark.parametrize("tier", Tier)
def test_tier__of_a_batch_with_checks__is_that_of_the_rest(scene: Scene, tier: Tier) -> None:
    one = (ROUTINE_CALL, STANDARD_CALL, HIGH_VALUE_CALL, scene.custody_call())[tier]
    for calls in ([one], [HOLDS, one], [HOLDS, HOLDS, one], [one, HOLDS], [HOLDS, one, HOLDS]):
        assert scene.tier_of(calls) is tier
    operation = scene.published("ann", [HOLDS, one])
    assert scene.lane(0)[1].tier is tier
    scene.give(operation, "bob", "cat", "dan")
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))


def test_tier__of_checks_alone__is_routine(scene: Scene) -> None:
    assert scene.tier_of([HOLDS]) is Tier.ROUTINE
    assert scene.tier_of([HOLDS] * 32) is Tier.ROUTINE


def test_tier__of_a_check_with_value__is_custody(scene: Scene) -> None:
    """The checks take no ether, and the vault does not rely on that."""
    assert scene.tier_of([check("requireBalanceAtMost", PAYEE, 1, value=1)]) is Tier.CUSTODY
    assert scene.tier_of([check("requireBalanceAtMost", PAYEE, 1)]) is Tier.ROUTINE


def test_tier__of_value_to_the_checks__is_that_of_value_to_anybody(scene: Scene) -> None:
    assert scene.tier_of([call(to=CHECKS, value=1)]) is Tier.HIGH_VALUE
    assert scene.tier_of([call(to=CHECKS)]) is Tier.HIGH_VALUE


def test_tier__of_the_same_call_to_another_address__is_custody(scene: Scene) -> None:
    _, _, data = HOLDS
    assert scene.tier_of([call(to=CHECKS, data=data)]) is Tier.ROUTINE
    assert scene.tier_of([call(to=CHECKS[:-1] + b"\0", data=data)]) is Tier.CUSTODY
    assert scene.tier_of([call(to=companion("validation"), data=data)]) is Tier.CUSTODY


# ------------------------------------------------------------------------------------------------------------ Execution


@pytest.mark.parametrize("index", [0, 1, 2])
def test_execute__with_a_check_that_does_not_hold__moves_nothing_wherever_it_stands(
    scene: Scene, index: int
) -> None:
    calls = [call(to=PAYEE, value=1), call(to=PAYEE, value=2)]
    calls.insert(index, check("requireBalanceAtMost", STRANGER, 4))
    operation = scene.ready("ann", calls)
    scene.chain.set_balance(STRANGER, 5)
    too_high = CheckBalanceTooHigh(account=STRANGER, maximum=4, actual=5)
    refuses_to_execute(scene, operation, index, too_high)
    # As soon as it holds, the same operation is carried out.
    scene.chain.set_balance(STRANGER, 4)
    scene.must(scene.execute("ann", operation))
    assert scene.chain.balance(PAYEE) == 3


def test_execute__between_checks_about_what_it_moves__is_held_to_both(scene: Scene) -> None:
    """One before the payment, one behind it: the second sees what the first could not."""
    before = check("requireBalanceAtMost", PAYEE, 0)
    behind = check("requireBalanceAtMost", PAYEE, ETHER - 1)
    bad = scene.ready("ann", [before, ROUTINE_CALL, behind], nth=0)
    refuses_to_execute(scene, bad, 2, CheckBalanceTooHigh(account=PAYEE, maximum=ETHER - 1, actual=ETHER))
    behind = check("requireBalanceAtMost", PAYEE, ETHER)
    good = scene.ready("ann", [before, ROUTINE_CALL, behind], nth=1)
    scene.must(scene.execute("ann", good))
    # And it is not done twice.
    again = scene.ready("ann", [before, ROUTINE_CALL, behind], nth=2)
    refuses_to_execute(scene, again, 0, CheckBalanceTooHigh(account=PAYEE, maximum=0, actual=ETHER))


def test_execute__after_code_was_swapped__is_refused_by_the_check_that_pins_it(scene: Scene) -> None:
    token = compiled.deploy(scene.chain, "Token", 6)
    code = scene.chain.code(token)
    pinned = check("requireCodeHash", token, keccak(code))
    operation = scene.ready("ann", [pinned, call(to=token, data=compiled.data_of("Token", "mint", PAYEE, 1))])
    other = code + b"\0"
    scene.chain.set_code(token, other)
    unexpected = CheckCodeHashUnexpected(account=token, expected=keccak(code), actual=keccak(other))
    refuses_to_execute(scene, operation, 0, unexpected)
    scene.chain.set_code(token, code)
    scene.must(scene.execute("ann", operation))
    assert compiled.read(scene.chain, "Token", token, "balanceOf", PAYEE) == 1


def test_execute__after_a_proxy_was_led_elsewhere__is_refused_by_the_check_that_pins_it(scene: Scene) -> None:
    proxy, good, bad = b"\xbe" * 20, b"\x60" * 20, b"\x0b" * 20

    def lead_to(account: bytes) -> None:
        # PUSH20 account, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN: it answers with it.
        scene.chain.set_code(proxy, b"\x73" + account + bytes.fromhex("5f5260205ff3"))

    lead_to(good)
    operation = scene.ready("ann", [check("requireImplementation", proxy, good), ROUTINE_CALL])
    lead_to(bad)
    unexpected = CheckImplementationUnexpected(proxy=proxy, expected=good, actual=bad)
    refuses_to_execute(scene, operation, 0, unexpected)
    lead_to(good)
    scene.must(scene.execute("ann", operation))


def test_execute__after_the_last_moment_that_a_check_allows__is_refused(scene: Scene) -> None:
    last = scene.next_time() + 50 * 3600
    operation = scene.ready("ann", [check("requireNotAfter", last), STANDARD_CALL])
    with scene.chain.isolate():
        scene.at(last, lambda: scene.execute("ann", operation))
    scene.chain.set_next_time(last + 1)
    refuses_to_execute(scene, operation, 0, CheckTooLate(not_after=last, now_=last + 1))
