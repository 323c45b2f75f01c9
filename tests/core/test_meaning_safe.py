"""Safe accounts: their transactions, their packed batches, and who decides about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.meaning import (
    ANN,
    BOB,
    EVE,
    IT,
    NAMES,
    NOBODY,
    USDC,
    VAULT,
    account,
    bare,
    data,
    decode,
    decoded,
)
from verifier.decode.meaning.multisend import read_packed
from verifier.model.address import Address
from verifier.model.call import DecodedCall, FaultKind
from verifier.model.effect import Authority, AuthorityKind, Delegation
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity

EXEC = "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)"
LIBRARY = Address.parse("0x9641d764fc13c8B624c04430C7356C1C7C8102e2")
# Of MultiSendCallOnly 1.4.1.
LIBRARY_HASH = bytes.fromhex("ecd5bd14a08c5d2122379900b2f272bdf107a7e92423c10dd5fe3254386c9939")
TRANSFER = data("transfer(address,uint256)", ANN, 5)


def packed(target: bytes, call_data: bytes, *, value: int = 0, operation: int = 0) -> bytes:
    """Return a call as MultiSend takes it."""
    size = len(call_data).to_bytes(32, "big")
    return bytes([operation]) + target + value.to_bytes(32, "big") + size + call_data


def exec_transaction(
    to: Address, call_data: bytes, *, operation: int = 0, value: int = 0, **more: Any
) -> bytes:
    price, token, payee = more.get("price", 0), more.get("token", NOBODY), more.get("payee", NOBODY)
    return data(EXEC, to, value, call_data, operation, 0, 0, price, token, payee, b"\x01" * 65)


def only_child(call: DecodedCall) -> DecodedCall:
    (child,) = call.children
    return child


def test_safe__a_plain_call__is_the_accounts() -> None:
    found = decoded(exec_transaction(USDC, TRANSFER, value=3))
    assert found.effects == ()
    child = only_child(found)
    assert (child.caller, child.is_delegate, child.call.value) == (IT, False, 3)
    assert child.where is not None
    assert child.where.of(found.call.data) == TRANSFER == child.call.data
    assert child.sentence == f"Sends 3 wei along. Sends 0.000005 USDC (5) of {IT} to {ANN} (Ann)."
    assert [effect["sender"] for effect in bare(child.effects)] == [IT, IT]


def test_safe__a_delegated_call__can_do_anything_whatever_its_name_is() -> None:
    child = only_child(decoded(exec_transaction(USDC, TRANSFER, operation=1)))
    assert child.is_delegate
    # A transfer's name moves nothing here: the code does what it likes.
    assert child.effects == (Delegation(account=IT, code=USDC),)
    assert f"Runs the code of {USDC} (USDC) as if it were that of {IT}." in child.sentence
    assert "It can do anything that this account can, whatever it is called" in child.sentence


def test_safe__an_operation_that_there_is_not__is_said() -> None:
    assert (
        "do what no Safe does (operation 2) with"
        in decoded(exec_transaction(USDC, TRANSFER, operation=2)).sentence
    )


def test_safe__a_refund__is_money_that_leaves() -> None:
    found = decoded(exec_transaction(ANN, b"", price=1, token=USDC, payee=EVE))
    assert bare(found.effects) == [{"is": "Move", "token": USDC, "sender": IT, "recipient": EVE}]
    assert f"pays tokens of {USDC} (USDC) for the gas to {EVE}" in found.sentence
    assert decoded(exec_transaction(ANN, b"", token=USDC, payee=EVE)).effects == ()


@pytest.mark.parametrize("name", ["execTransactionFromModule", "execTransactionFromModuleReturnData"])
def test_safe__a_modules_call__opens_too(name: str) -> None:
    found = decode(f"{name}(address,uint256,bytes,uint8)", USDC, 0, TRANSFER, 0)
    assert bare(only_child(found).effects)[0]["recipient"] == ANN


def batch(*calls: bytes) -> bytes:
    return exec_transaction(LIBRARY, data("multiSend(bytes)", b"".join(calls)), operation=1)


def test_multi_send__through_a_safe__calls_of_the_safe_in_their_bytes() -> None:
    found = decoded(batch(packed(USDC, TRANSFER), packed(BOB, b"", value=7)))
    library = only_child(found)
    assert library.effects == (Delegation(account=IT, code=LIBRARY),)
    first, second = library.children
    assert (first.caller, second.caller) == (IT, IT)
    assert first.where is not None
    assert first.where.of(library.call.data) == TRANSFER
    assert bare(second.effects) == [
        {"is": "Move", "token": NOBODY, "sender": IT, "recipient": BOB, "amount": 7}
    ]
    assert library.faults == ()


def test_multi_send__library_proven_by_its_code__is_no_delegation_to_fear() -> None:
    good = replace(account(LIBRARY), code_hash=LIBRARY_HASH)
    found = only_child(decoded(batch(packed(USDC, TRANSFER)), names=replace(NAMES, accounts={LIBRARY: good})))
    assert found.effects == ()
    assert "That is Safe's MultiSendCallOnly 1.4.1, by its code." in found.sentence
    for other in (replace(good, evidence=Evidence.AGREED), replace(good, code_hash=bytes(32))):
        names = replace(NAMES, accounts={LIBRARY: other})
        doubted = only_child(decoded(batch(packed(USDC, TRANSFER)), names=names))
        assert doubted.effects == (Delegation(account=IT, code=LIBRARY),)
    # Its code may be the library's, and its function another one.
    names = replace(NAMES, accounts={LIBRARY: good})
    other_call = only_child(decoded(exec_transaction(LIBRARY, TRANSFER, operation=1), names=names))
    assert other_call.effects == (Delegation(account=IT, code=LIBRARY),)


def test_multi_send__a_delegated_call_inside__is_one() -> None:
    library = only_child(decoded(batch(packed(EVE, b"", operation=1))))
    assert only_child(library).effects == (Delegation(account=IT, code=EVE),)


@pytest.mark.parametrize(
    ("bytes_", "kind", "calls"),
    [
        (packed(USDC, TRANSFER)[:-1], FaultKind.TRUNCATED, 0),
        (packed(USDC, TRANSFER) + b"\0", FaultKind.TRUNCATED, 1),
        (packed(USDC, TRANSFER) + bytes(84), FaultKind.TRUNCATED, 1),
        (packed(USDC, TRANSFER, operation=2), FaultKind.DIRTY, 1),
        (b"\0" + USDC + bytes(32) + b"\xff" * 32, FaultKind.TRUNCATED, 0),
    ],
)
def test_multi_send__bytes_that_do_not_fit__danger_and_what_could_be_read(
    bytes_: bytes, kind: FaultKind, calls: int
) -> None:
    found = only_child(decoded(batch(bytes_)))
    assert [fault.kind for fault in found.faults] == [kind]
    assert found.severity is Severity.DANGER
    assert len(found.children) == calls
    assert "not as an honest encoder writes it" in found.sentence


def test_read_packed__nothing_and_the_zero_address__no_call_and_the_account_itself() -> None:
    assert read_packed(b"", 0, IT) == ((), ())
    (own,), faults = read_packed(packed(NOBODY, b"\x01"), 68, IT)
    assert (own.call.target, faults) == (IT, ())
    assert (own.where.start, own.where.stop) == (68 + 85, 68 + 86)


def authority(
    kind: AuthorityKind, who: Address | None = None, detail: int | bytes | None = None
) -> dict[str, Any]:
    told: dict[str, Any] = {"is": "Authority", "target": IT, "kind": kind}
    if who is not None:
        told["account"] = who
    if detail is not None:
        told["detail"] = detail
    return told


@pytest.mark.parametrize(
    ("signature", "values", "effects"),
    [
        (
            "addOwnerWithThreshold(address,uint256)",
            (ANN, 3),
            [authority(AuthorityKind.SIGNER_ADDED, ANN), authority(AuthorityKind.THRESHOLD, detail=3)],
        ),
        (
            "removeOwner(address,address,uint256)",
            (BOB, ANN, 1),
            [authority(AuthorityKind.SIGNER_REMOVED, ANN), authority(AuthorityKind.THRESHOLD, detail=1)],
        ),
        (
            "swapOwner(address,address,address)",
            (BOB, ANN, EVE),
            [authority(AuthorityKind.SIGNER_REMOVED, ANN), authority(AuthorityKind.SIGNER_ADDED, EVE)],
        ),
        ("changeThreshold(uint256)", (1,), [authority(AuthorityKind.THRESHOLD, detail=1)]),
        ("enableModule(address)", (EVE,), [authority(AuthorityKind.MODULE, EVE, 1)]),
        ("disableModule(address,address)", (BOB, EVE), [authority(AuthorityKind.MODULE, EVE, 0)]),
        ("setGuard(address)", (EVE,), [authority(AuthorityKind.GUARD, EVE)]),
        ("setGuard(address)", (NOBODY,), [authority(AuthorityKind.CHECK_OFF)]),
        ("setModuleGuard(address)", (NOBODY,), [authority(AuthorityKind.CHECK_OFF)]),
        ("setFallbackHandler(address)", (EVE,), [authority(AuthorityKind.MODULE, EVE, 1)]),
        ("changeMasterCopy(address)", (EVE,), [authority(AuthorityKind.CODE, EVE)]),
        ("approveHash(bytes32)", (b"\xab" * 32,), [authority(AuthorityKind.SETTING, VAULT, b"\xab" * 32)]),
        (
            "setup(address[],uint256,address,bytes,address,address,uint256,address)",
            ([ANN, BOB], 2, NOBODY, b"", NOBODY, NOBODY, 0, NOBODY),
            [
                authority(AuthorityKind.SIGNER_ADDED, ANN),
                authority(AuthorityKind.SIGNER_ADDED, BOB),
                authority(AuthorityKind.THRESHOLD, detail=2),
            ],
        ),
        ("installModule(uint256,address,bytes)", (2, EVE, b""), [authority(AuthorityKind.MODULE, EVE, 1)]),
        ("uninstallModule(uint256,address,bytes)", (2, EVE, b""), [authority(AuthorityKind.MODULE, EVE, 0)]),
    ],
)
def test_accounts__who_decides__effects(
    signature: str, values: tuple[Any, ...], effects: list[dict[str, Any]]
) -> None:
    found = decode(signature, *values)
    assert bare(found.effects) == effects
    assert all(isinstance(effect, Authority) and effect.where for effect in found.effects)


def test_setup__code_that_is_run_at_once__is_a_delegated_call() -> None:
    found = decode(
        "setup(address[],uint256,address,bytes,address,address,uint256,address)",
        [ANN], 1, EVE, b"\xde\xad\xbe\xef", BOB, USDC, 7, EVE,
    )  # fmt: skip
    assert Delegation(account=IT, code=EVE) in only_child(found).effects
    told = bare(found.effects)
    assert authority(AuthorityKind.MODULE, BOB, 1) in told
    assert {"is": "Move", "token": USDC, "sender": IT, "recipient": EVE, "amount": 7} in told
