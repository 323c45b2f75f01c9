"""Thefts behind harmless names, each next to the honest call that it looks like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import encode

from tests.core.rules.cases import (
    ALICE,
    MALLORY,
    PROTOCOL,
    SAFE,
    TOKEN,
    account,
    approve,
    call,
    calldata,
    case_of,
    findings,
    policy,
    severities,
    transfer,
)
from tests.core.rules.test_rules_from_bytes import EXEC, KNOWN, LISTED, loud
from tests.desk.fakes import COMPANIONS, VAULT
from verifier.assess.case import Case
from verifier.decode.calls import decode_operation
from verifier.decode.lexicon import Lexicon
from verifier.decode.signatures import parse_interface
from verifier.model.address import NOBODY, Address
from verifier.model.asset import Use
from verifier.model.finding import Severity
from verifier.model.operation import Call
from verifier.model.rule import Rule

MULTICALL3 = Address.parse("0xcA11bde05977b3631167028862bE2a173976CA11")
POLICY = policy(assets={TOKEN: LISTED}, uses={ALICE: Use.RECIPIENT})
# Its ends are those of Alice.
IMPOSTOR = Address(ALICE[:2] + b"\x55" * 16 + ALICE[-2:])
ONE = "bridge(address,uint256)"
PADDED = "burnFor(uint256,uint32,bytes32,address)"
PACKED = "exchange(uint256,uint256)"
RAW = "send(uint16,bytes,uint256)"
WRITTEN = "withdraw(string,uint256)"


def booked(
    *calls: Call, signatures: tuple[str, ...] = (ONE, PADDED, PACKED, RAW, WRITTEN), **more: Any
) -> Case:
    """Return a case in which this signer's own interfaces name functions of which nothing else knows."""
    case = case_of(*calls, **{"labels": KNOWN, "policy": POLICY, **more})
    book = parse_interface("\n".join(f"function {each}" for each in signatures))
    lexicon = Lexicon(
        vault=VAULT,
        companions=COMPANIONS,
        labels=case.labels,
        assets=case.policy.assets,
        books={None: book},
    )
    assert case.operation is not None
    return replace(case, calls=decode_operation(case.operation, lexicon))


@pytest.mark.parametrize(
    "theft",
    [
        call(PROTOCOL, ONE, MALLORY, 5),
        # As bridges write accounts of other chains.
        call(PROTOCOL, PADDED, 5, 3, bytes(12) + MALLORY, TOKEN),
        call(PROTOCOL, RAW, 3, bytes(MALLORY), 5),
        call(PROTOCOL, RAW, 3, encode(["uint256", "address"], [5, MALLORY]), 5),
        # A call of a token that somebody else's code makes, with the vault's allowance for it.
        call(PROTOCOL, RAW, 3, calldata("transferFrom(address,address,uint256)", VAULT, MALLORY, 5), 5),
        call(PROTOCOL, WRITTEN, str(MALLORY), 5),
        call(MALLORY, ONE, ALICE, 5),
    ],
)
def test_named_function__for_somebody_whom_nobody_knows__warned(theft: Call) -> None:
    (found,) = findings(booked(theft), "function-not-understood")
    assert found.severity is Severity.WARNING
    assert str(MALLORY) in found.sentence


def test_named_function__everybody_known__nothing_to_say() -> None:
    honest = (
        call(PROTOCOL, ONE, ALICE, 5),
        call(PROTOCOL, PADDED, 5, 3, bytes(12) + ALICE, TOKEN),
        call(PROTOCOL, ONE, NOBODY, 5),
        call(PROTOCOL, RAW, 3, encode(["uint256", "address"], [5, ALICE]), 5),
        call(PROTOCOL, WRITTEN, str(ALICE), 5),
        call(PROTOCOL, PACKED, 1 << 100, 5),
    )
    assert loud(booked(*honest)) == set()
    # A rule of the vault is about this very function.
    ruled = policy(assets={TOKEN: LISTED}, rules={(MALLORY, call(MALLORY, ONE, ALICE, 5).data[:4]): Rule()})
    assert severities(booked(call(MALLORY, ONE, VAULT, 5), policy=ruled), "function-not-understood") == []


@pytest.mark.parametrize(
    "theft",
    [
        call(PROTOCOL, ONE, IMPOSTOR, 5),
        call(PROTOCOL, PADDED, 5, 3, bytes(12) + IMPOSTOR, TOKEN),
        call(PROTOCOL, RAW, 3, bytes(IMPOSTOR), 5),
        call(PROTOCOL, PACKED, int.from_bytes(IMPOSTOR, "big"), 5),
        call(PROTOCOL, WRITTEN, str(IMPOSTOR), 5),
        # A function that nothing names.
        call(PROTOCOL, "thisIsNowhere(uint256,address)", 5, IMPOSTOR),
    ],
)
def test_look_alike__anywhere_in_the_arguments__danger(theft: Call) -> None:
    assert severities(booked(theft), "counterparty-look-alike") == [Severity.DANGER]


def test_look_alike__a_token_on_the_way__danger() -> None:
    path = [TOKEN, Address(TOKEN[:2] + b"\x55" * 16 + TOKEN[-2:])]
    swap = "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)"
    found = case_of(call(PROTOCOL, swap, 5, 10**18, path, VAULT, 1_900_000_000), labels=KNOWN, policy=POLICY)
    assert severities(found, "counterparty-look-alike") == [Severity.DANGER]


@pytest.mark.parametrize(
    "theft",
    [
        approve(MULTICALL3),
        transfer(MULTICALL3),
        call(MULTICALL3, value=5),
        call(MULTICALL3, "aggregate3((address,bool,bytes)[])", [(ALICE, False, b"")], value=5),
    ],
)
def test_multicall__holds_or_may_spend_something__danger_whatever_its_label(theft: Call) -> None:
    labels = {**KNOWN, MULTICALL3: "Multicall3", ALICE: "Alice"}
    assert severities(case_of(theft, labels=labels), "open-to-anyone") == [Severity.DANGER]


def test_multicall__by_its_code__the_same() -> None:
    twin = account(PROTOCOL, b"\x63" + bytes.fromhex("82ad56cb") + b"\xf1")
    assert severities(case_of(approve(PROTOCOL), labels=KNOWN, accounts=[twin]), "open-to-anyone") == [
        Severity.DANGER
    ]
    assert (
        severities(case_of(approve(PROTOCOL), labels=KNOWN, accounts=[account(PROTOCOL)]), "open-to-anyone")
        == []
    )


def test_multicall__passes_the_value_on__no_danger() -> None:
    pays = [(ALICE, False, 2, b""), (ALICE, False, 3, b"")]
    passed = call(MULTICALL3, "aggregate3Value((address,bool,uint256,bytes)[])", pays, value=5)
    labels = {MULTICALL3: "Multicall3", ALICE: "Alice"}
    assert loud(case_of(passed, labels=labels)) == set()


@pytest.mark.parametrize("payee", [NOBODY, ALICE])
def test_safe__pays_for_gas__warned_and_nothing_is_called_lost(payee: Address) -> None:
    """The zero address stands for whoever sends the transaction: it burns nothing."""

    def paying(price: int) -> Case:
        refund = call(SAFE, EXEC, PROTOCOL, 0, b"", 0, 0, 10**9, price, TOKEN, payee, b"")
        return case_of(refund, labels=KNOWN, policy=POLICY)

    (found,) = findings(paying(10**6), "gas-refund")
    assert ("whoever sends" in found.sentence) is (payee == NOBODY)
    assert loud(paying(10**6)) == {"gas-refund"}
    assert loud(paying(0)) == set()


@pytest.mark.parametrize(
    ("signature", "arguments"),
    [
        ("executeBatch(address[],bytes[])", ([PROTOCOL, PROTOCOL], [b""])),
        ("executeBatch(address[],uint256[],bytes[])", ([PROTOCOL], [0], [b"", b""])),
        (
            "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)",
            ([PROTOCOL], [0, 0], [b""], bytes(32), bytes(32), 86_400),
        ),
        (
            "executeBatch(address[],uint256[],bytes[],bytes32,bytes32)",
            ([PROTOCOL, PROTOCOL], [0], [b""], bytes(32), bytes(32)),
        ),
        (
            "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
            (VAULT, PROTOCOL, [1, 2], [5], b""),
        ),
        # A batch of batches, which is as good an encoding of calls to nowhere.
        ("execute(bytes32,bytes)", (bytes.fromhex("01000000000078210002") + bytes(22), b"")),
    ],
)
def test_lists__what_was_cut_off__is_said_not_to_be_opened(
    signature: str, arguments: tuple[Any, ...]
) -> None:
    found = case_of(call(SAFE, signature, *arguments), labels=KNOWN)
    assert severities(found, "calls-unopened") == [Severity.DANGER]
    assert found.calls[0].unopened == 1


@pytest.mark.parametrize(
    ("signature", "before"),
    [
        ("transferAndCall(address,uint256,bytes)", (PROTOCOL, 5)),
        ("approveAndCall(address,uint256,bytes)", (PROTOCOL, 5)),
        ("safeTransferFrom(address,address,uint256,bytes)", (VAULT, PROTOCOL, 5)),
    ],
)
def test_token__data_for_a_bridge_names_a_stranger__warned(signature: str, before: tuple[Any, ...]) -> None:
    """The bridge is known; for whom it gets the token stands in data that its code alone reads."""
    for account_there, expected in ((MALLORY, [Severity.WARNING]), (ALICE, [])):
        given = call(TOKEN, signature, *before, encode(["address"], [account_there]))
        found = case_of(given, labels={**KNOWN, ALICE: "Alice"}, policy=POLICY)
        assert severities(found, "function-not-understood") == expected


def test_safe__operation_that_no_safe_knows__not_opened() -> None:
    found = case_of(call(SAFE, EXEC, PROTOCOL, 0, b"", 2, 0, 0, 0, NOBODY, NOBODY, b""), labels=KNOWN)
    assert severities(found, "calls-unopened") == [Severity.DANGER]
