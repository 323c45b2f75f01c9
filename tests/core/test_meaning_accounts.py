"""Accounts that are contracts and act for others: ERC-4337, ERC-7579, and vaults, this one and others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import encode

from tests.core.meaning import ANN, BOB, EVE, IT, NAMES, USDC, VAULT, bare, data, decode, decoded
from verifier.model.address import Address
from verifier.model.call import DecodedCall, Naming
from verifier.model.companions import Companions
from verifier.model.effect import Authority, AuthorityKind
from verifier.model.finding import Severity

TRANSFER = data("transfer(address,uint256)", ANN, 5)


def only_child(call: DecodedCall) -> DecodedCall:
    (child,) = call.children
    return child


CALLS = [(USDC, 1, TRANSFER), (BOB, 2, b"")]


@pytest.mark.parametrize(
    ("signature", "values"),
    [
        ("executeBatch((address,uint256,bytes)[])", (CALLS,)),
        ("execute((address,uint256,bytes)[])", (CALLS,)),
        ("executeBatch(address[],uint256[],bytes[])", ([USDC, BOB], [1, 2], [TRANSFER, b""])),
        (
            "execute(bytes32,bytes)",
            (b"\x01".ljust(32, b"\0"), encode(["(address,uint256,bytes)[]"], [CALLS])),
        ),
        (
            "executeFromExecutor(bytes32,bytes)",
            (b"\x01\x01".ljust(32, b"\0"), encode(["(address,uint256,bytes)[]", "bytes"], [CALLS, b"op"])),
        ),
    ],
)
def test_accounts__batches__calls_of_the_account(signature: str, values: tuple[Any, ...]) -> None:
    found = decode(signature, *values)
    first, second = found.children
    assert (first.caller, second.caller) == (IT, IT)
    assert first.where is not None
    assert first.where.of(found.call.data) == TRANSFER
    assert (first.call.value, second.call.value) == (1, 2)
    assert bare(second.effects)[0]["recipient"] == BOB


def test_accounts__batch_without_values__nothing_is_sent() -> None:
    found = decode("executeBatch(address[],bytes[])", [USDC, BOB], [TRANSFER, b""])
    assert [child.call.value for child in found.children] == [0, 0]
    assert "differ" in decode("executeBatch(address[],bytes[])", [USDC, BOB], [TRANSFER]).sentence


@pytest.mark.parametrize(
    ("mode", "calldata", "delegate"),
    [(b"\x00", USDC + (7).to_bytes(32, "big") + TRANSFER, False), (b"\xff", USDC + TRANSFER, True)],
)
def test_accounts__single_call_in_packed_form__opened(mode: bytes, calldata: bytes, delegate: bool) -> None:
    found = decode("execute(bytes32,bytes)", mode.ljust(32, b"\0"), calldata)
    child = only_child(found)
    assert (child.call.target, child.call.data, child.is_delegate) == (USDC, TRANSFER, delegate)
    assert child.where is not None
    assert child.where.of(found.call.data) == TRANSFER


@pytest.mark.parametrize(
    ("mode", "calldata", "part"),
    [
        (b"\x00", USDC + bytes(31), "cut off"),
        (b"\xff", USDC[:19], "cut off"),
        (b"\x01", b"\x01" * 64, "their list cannot be read"),
    ],
)
def test_accounts__packed_form_that_is_cut__danger(mode: bytes, calldata: bytes, part: str) -> None:
    found = decoded(data("execute(bytes32,bytes)", mode.ljust(32, b"\0"), calldata))
    assert part in found.sentence
    assert found.severity is Severity.DANGER
    assert all(0 < fault.where.start <= fault.where.stop <= len(found.call.data) for fault in found.faults)


def test_accounts__a_mode_that_nothing_knows__is_said() -> None:
    found = decode("execute(bytes32,bytes)", b"\x7f".ljust(32, b"\0"), b"\x01")
    assert "in a way that nothing here knows (0x7f)" in found.sentence
    assert (found.children, found.unopened) == ((), 1)


def test_entry_point__operations__go_to_their_accounts_and_on() -> None:
    inner = data("execute(address,uint256,bytes)", USDC, 0, TRANSFER)
    op = (BOB, 1, b"", inner, bytes(32), 1, bytes(32), b"", b"\x01" * 65)
    signature = "handleOps((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes)[],address)"
    outer = only_child(decode(signature, [op], ANN))
    assert (outer.call.target, outer.caller) == (BOB, IT)
    paid = only_child(outer)
    assert paid.caller == BOB
    assert bare(paid.effects) == [{"is": "Move", "token": USDC, "sender": BOB, "recipient": ANN, "amount": 5}]


OPERATION = "((address,uint256,bytes)[],uint16,uint32,uint40)"


@pytest.mark.parametrize(
    ("signature", "more"),
    [
        (f"propose({OPERATION},(uint256,bytes32,bytes32)[])", ([],)),
        (f"approve({OPERATION},(uint256,bytes32,bytes32)[])", ([],)),
        (f"execute({OPERATION})", ()),
        (f"expedite({OPERATION},(uint256,bytes32,bytes32)[])", ([],)),
    ],
)
def test_another_vault__its_operations__open_as_its_calls(signature: str, more: tuple[Any, ...]) -> None:
    found = decode(signature, ([(USDC, 0, TRANSFER)], 1, 2, 3), *more)
    assert found.naming is Naming.STANDARD
    assert "if that is a vault of this kind" in found.sentence
    child = only_child(found)
    assert child.caller == IT
    assert bare(child.effects)[0]["sender"] == IT


def test_this_vault__its_own_operations__have_no_use_inside_of_one() -> None:
    found = decode(f"execute({OPERATION})", ([(USDC, 0, TRANSFER)], 1, 2, 3), to=VAULT)
    assert "no operation has a use for" in found.sentence


@pytest.mark.parametrize(
    ("signature", "values", "kinds"),
    [
        ("removeMember(address)", (ANN,), [(AuthorityKind.SIGNER_REMOVED, ANN)]),
        (
            "replaceMember(address,address,uint256,uint256)",
            (ANN, EVE, 9, 0),
            [(AuthorityKind.SIGNER_REMOVED, ANN), (AuthorityKind.SIGNER_ADDED, EVE)],
        ),
        ("setRoles(address,uint256)", (ANN, 3), [(AuthorityKind.ROLE_GRANTED, ANN)]),
        (
            "setTiers(uint256[4],uint256)",
            ([0, 0, 0, 0], 4),
            [(AuthorityKind.THRESHOLD, None), (AuthorityKind.DELAY, None)],
        ),
        ("setCounterparty(address,uint256)", (EVE, 1), [(AuthorityKind.SETTING, EVE)]),
        ("setRegistry(address)", (EVE,), [(AuthorityKind.SETTING, EVE)]),
    ],
)
@pytest.mark.parametrize("vault", [VAULT, IT])
def test_vaults__what_changes_them__effects(
    signature: str, values: tuple[Any, ...], kinds: list[tuple[AuthorityKind, Address | None]], vault: Address
) -> None:
    found = decode(signature, *values, to=vault)
    told = [(effect.kind, effect.account) for effect in found.effects if isinstance(effect, Authority)]
    assert told == kinds
    assert all(isinstance(effect, Authority) and effect.target == vault for effect in found.effects)


DUTIES = Address(b"\xd2" * 20)
STRATEGIES = Address(b"\xd3" * 20)
CHECKS = Address(b"\xd1" * 20)
COMPANIONS = Companions(
    checks=CHECKS,
    duty_registry=DUTIES,
    strategy_limits=STRATEGIES,
    bypass_ledger=Address(b"\xd4" * 20),
    validation=Address(b"\xd5" * 20),
)


@pytest.mark.parametrize(
    ("companion", "signature", "values", "kinds"),
    [
        (DUTIES, "grant(uint256,uint256)", (5, 1), [(AuthorityKind.ROLE_GRANTED, None, 1)]),
        (DUTIES, "setConflicts(uint256,uint256)", (1, 2), [(AuthorityKind.SETTING, None, 2)]),
        (
            STRATEGIES,
            "setGuard(bytes32,address,bool)",
            (b"\x01" * 32, EVE, True),
            [(AuthorityKind.GUARD, EVE, True)],
        ),
        (CHECKS, "requireNotAfter(uint256)", (5,), []),
    ],
)
def test_companions__what_changes_them__effects(
    companion: Address,
    signature: str,
    values: tuple[Any, ...],
    kinds: list[tuple[AuthorityKind, Address | None, int]],
) -> None:
    names = replace(NAMES, companions=COMPANIONS)
    found = decode(signature, *values, to=companion, names=names)
    assert found.naming is Naming.OWN
    told = [(one.kind, one.account, one.detail) for one in found.effects if isinstance(one, Authority)]
    assert told == kinds
    # At another address nothing of this is known.
    assert decode(signature, *values, names=names).naming is Naming.NONE
