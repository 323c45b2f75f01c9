"""Thefts by bridges: what comes out in a thief's token, waits for the thief, or pays the thief beside."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.rules.cases import (
    ALICE,
    MALLORY,
    PROTOCOL,
    TOKEN,
    call,
    case_of,
    findings,
    severities,
)
from tests.core.rules.test_rules_from_bytes import loud
from tests.core.rules.test_thefts_by_exchange import COIN
from tests.core.rules.test_thefts_by_incident import LABELS, LATER, POLICY, said
from tests.core.rules.test_thefts_by_v4 import PAID
from tests.desk.fakes import VAULT
from verifier.assess.case import Case
from verifier.model.address import NOBODY
from verifier.model.finding import Severity
from verifier.model.operation import Call

FAR = bytes(12) + MALLORY
ACROSS = (
    "depositV3(address,address,address,address,uint256,uint256,uint256,address,uint32,uint32,uint32,bytes)"
)
ACROSS_32 = (
    "deposit(bytes32,bytes32,bytes32,bytes32,uint256,uint256,uint256,bytes32,uint32,uint32,uint32,bytes)"
)


def case(one: Call) -> Case:
    return case_of(one, labels={**LABELS, COIN: "WETH"}, policy=POLICY)


@pytest.mark.parametrize(
    ("signature", "terms"),
    [
        (ACROSS, lambda token: (VAULT, ALICE, TOKEN, token, PAID, PAID, 10, NOBODY, 0, LATER, 0, b"")),
        (
            ACROSS_32,
            lambda token: (
                bytes(12) + VAULT, bytes(12) + ALICE, bytes(12) + TOKEN, bytes(12) + token, PAID, PAID, 10, bytes(32),
                0, LATER, 0, b"",
            ),
        ),
        (
            "bridgeERC20To(address,address,address,uint256,uint32,bytes)",
            lambda token: (TOKEN, token, ALICE, PAID, 200_000, b""),
        ),
        (
            "depositERC20To(address,address,address,uint256,uint32,bytes)",
            lambda token: (TOKEN, token, ALICE, PAID, 200_000, b""),
        ),
    ],
)  # fmt: skip
def test_bridge__that_pays_out_in_a_thiefs_token__warned_and_told(signature: str, terms: Any) -> None:
    theft = case(call(PROTOCOL, signature, *terms(MALLORY)))
    assert loud(theft) == {"bridge-token-unknown"}
    assert str(MALLORY) in findings(theft, "bridge-token-unknown")[0].sentence
    assert f"of the token {MALLORY}" in said(theft)
    assert loud(case(call(PROTOCOL, signature, *terms(TOKEN)))) == set()
    # Nobody stands for the token that the bridge itself pairs with it.
    assert loud(case(call(PROTOCOL, signature, *terms(NOBODY)))) == set()


def test_bridge__that_one_account_alone_lets_out__warned_and_told() -> None:
    with_caller = "depositForBurnWithCaller(uint256,uint32,bytes32,address,bytes32)"
    second = "depositForBurn(uint256,uint32,bytes32,address,bytes32,uint256,uint32)"
    to = bytes(12) + ALICE
    for theft in (
        call(PROTOCOL, with_caller, PAID, 3, to, TOKEN, FAR),
        call(PROTOCOL, second, PAID, 3, to, TOKEN, FAR, 0, 2_000),
    ):
        assert loud(case(theft)) == {"bridge-delivery"}
        assert f"nobody but {MALLORY}" in said(case(theft))
    assert loud(case(call(PROTOCOL, second, PAID, 3, to, TOKEN, bytes(32), 0, 2_000))) == set()
    assert loud(case(call(PROTOCOL, with_caller, PAID, 3, to, TOKEN, to))) == set()


FAR_COINS = 10**18
OPTION_GAS = bytes.fromhex("010011 01") + (200_000).to_bytes(16, "big")
OPTION_DROP = bytes.fromhex("010031 02") + FAR_COINS.to_bytes(16, "big")


def sent_by_oft(options: bytes) -> Call:
    signature = "send((uint32,bytes32,uint256,uint256,bytes,bytes,bytes),(uint256,uint256),address)"
    return call(
        PROTOCOL,
        signature,
        (30_101, bytes(12) + VAULT, PAID, PAID, options, b"", b""),
        (1, 0),
        VAULT,
        value=1,
    )


def stargate(amount: int, to: bytes) -> Call:
    signature = "swap(uint16,uint256,uint256,address,uint256,uint256,(uint256,uint256,bytes),bytes,bytes)"
    return call(
        PROTOCOL, signature, 101, 1, 1, VAULT, PAID, PAID, (0, amount, to), bytes(VAULT), b"", value=1
    )


@pytest.mark.parametrize(
    ("theft", "honest"),
    [
        (sent_by_oft(b"\x00\x03" + OPTION_GAS + OPTION_DROP + FAR), sent_by_oft(b"\x00\x03" + OPTION_GAS)),
        (
            sent_by_oft(b"\x00\x02" + bytes(32) + FAR_COINS.to_bytes(32, "big") + MALLORY),
            sent_by_oft(b"\x00\x01" + bytes(32)),
        ),
        (stargate(FAR_COINS, bytes(MALLORY)), stargate(0, b"")),
    ],
)
def test_bridge__that_pays_coins_to_a_stranger_beside__who_gains_by_it(theft: Call, honest: Call) -> None:
    assert loud(case(theft)) == {"counterparty-unknown"}
    assert f"{FAR_COINS} base units of the coin there go to" in said(case(theft))
    assert str(MALLORY) in said(case(theft))
    assert loud(case(honest)) == set()


@pytest.mark.parametrize(
    "options",
    [b"\x00\x04", b"\x00", b"\x00\x03\x01\x00\x00", b"\x00\x03\x01\xff\xff\x02",
     b"\x00\x03" + (OPTION_DROP + FAR) * 2_000],
)  # fmt: skip
def test_bridge__options_that_nobody_honest_writes__danger_and_bounded(options: bytes) -> None:
    one = case(sent_by_oft(options))
    assert Severity.DANGER in severities(one, "calls-unopened")
    assert len(one.calls[0].effects) < 32


def test_bridge__to_the_vaults_own_address__said_that_nobody_knows_who_has_it() -> None:
    signature = "depositForBurn(uint256,uint32,bytes32,address)"
    own, others = (call(PROTOCOL, signature, PAID, 3, bytes(12) + to, TOKEN) for to in (VAULT, ALICE))
    assert severities(case(own), "bridge-own-address") == [Severity.NOTICE]
    assert "nothing here knows who has that address" in said(case(own))
    assert severities(case(others), "bridge-own-address") == []
    assert "nothing here knows" not in said(case(others))
    refunded = call(PROTOCOL, ACROSS, VAULT, ALICE, TOKEN, TOKEN, PAID, PAID, 10, NOBODY, 0, LATER, 0, b"")
    assert severities(case(refunded), "bridge-own-address") == []
