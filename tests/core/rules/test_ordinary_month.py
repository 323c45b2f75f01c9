"""What a treasury does in a month: each call has its words, and nothing is rung for that is not to be asked about."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode

from tests.core.rules.cases import (
    ALICE,
    SAFE,
    TOKEN,
    account,
    call,
    calldata,
    case_of,
    policy,
    token,
)
from tests.core.rules.test_rules_from_bytes import LISTED
from tests.core.rules.test_thefts_by_v4 import KEY, actions
from tests.desk.fakes import NOW, VAULT
from verifier.assess.case import Case
from verifier.assess.rules.table import judge_case
from verifier.model.address import NOBODY, Address
from verifier.model.finding import Severity
from verifier.model.operation import Call

NAMES = (
    "WETH", "DAI", "Permit2", "Universal Router", "Router 2", "Router 3", "Router 02", "Aave", "stETH", "wstETH",
    "Lido queue", "sDAI", "Positions 4", "CCTP", "Bridge", "Across", "Timelock", "USDC on Optimism",
    "Positions 3", "AllowanceHolder", "Settler", "Router 6", "Seaport",
)  # fmt: skip
(
    WETH, DAI, PERMIT2, ROUTER, TWO, THREE, ROUTER_02, AAVE, STETH, WSTETH, QUEUE, SDAI, POSITIONS, CCTP, BRIDGE,
    ACROSS, TIMELOCK, FAR_USDC, POSITIONS_3, HOLDER, SETTLER, ROUTER_6, SEAPORT,
) = (Address((0xC0FFEE << 136 | 1 + i).to_bytes(20, "big")) for i in range(len(NAMES)))  # fmt: skip
LABELS = {
    TOKEN: "USDC",
    ALICE: "Alice",
    SAFE: "Our Safe",
    **{Address((0xC0FFEE << 136 | 1 + i).to_bytes(20, "big")): name for i, name in enumerate(NAMES)},
}
LATER = NOW + 3_600
PAID, PRICE, COIN = 1_000 * 10**6, 10**17, 10**18
ALL = (1 << 256) - 1
ME, ITSELF = Address((1).to_bytes(20, "big")), Address((2).to_bytes(20, "big"))
MINE = bytes(12) + VAULT
PATH = TOKEN + (500).to_bytes(3, "big") + WETH
POOL = (TOKEN, WETH, 500, 10, NOBODY)
SIGNED = MINE + bytes(32) + b"\x01"
V3 = ["address", "uint256", "uint256", "bytes", "bool"]
SINGLE = "(address,address,uint24,address,uint256,uint256,uint256,uint160)"
SINGLE_02 = "(address,address,uint24,address,uint256,uint256,uint160)"
# Of an exchange that somebody else found: nobody labels it.
POOL_ACCOUNT = Address(b"\x5a" * 20)
BASIC = (
    "fulfillBasicOrder((address,uint256,uint256,address,address,address,uint256,uint256,uint8,uint256,uint256,bytes32,"
    "uint256,bytes32,bytes32,uint256,(uint256,address)[],bytes))"
)
ACROSS_V3 = (
    "depositV3(address,address,address,address,uint256,uint256,uint256,address,uint32,uint32,uint32,bytes)"
)


def allow(spender: Address, amount: int, asset: Address = TOKEN) -> Call:
    return call(asset, "approve(address,uint256)", spender, amount)


def routed(commands: bytes, *inputs: bytes, value: int = 0) -> Call:
    return call(ROUTER, "execute(bytes,bytes[],uint256)", commands, list(inputs), LATER, value=value)


def swap_4(pool: tuple[Any, ...], paid: int, least: int) -> bytes:
    return encode([f"({KEY},bool,uint128,uint128,bytes)"], [(pool, True, paid, least, b"")])


def pair(account: Address, amount: int) -> bytes:
    return encode(["address", "uint256"], [account, amount])


def by_safe(to: Address, data: bytes) -> Call:
    signature = "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)"
    return call(SAFE, signature, to, 0, data, 0, 0, 0, 0, NOBODY, NOBODY, SIGNED)


PAY_ALICE = calldata("transfer(address,uint256)", ALICE, 5)
MONTH: dict[str, list[Call]] = {
    "a payment": [call(TOKEN, "transfer(address,uint256)", ALICE, PAID)],
    "a payment of coins": [call(ALICE, value=COIN)],
    "coins wrapped": [call(WETH, "deposit()", value=COIN), call(WETH, "withdraw(uint256)", COIN)],
    "an exchange by version 2": [
        allow(TWO, PAID),
        call(TWO, "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)",
             PAID, PRICE, [TOKEN, WETH], VAULT, LATER),
    ],
    "coins exchanged by version 2": [
        call(TWO, "swapExactETHForTokens(uint256,address[],address,uint256)", PAID, [WETH, TOKEN], VAULT, LATER,
             value=COIN),
    ],
    "an exchange by version 3": [
        allow(THREE, PAID),
        call(THREE, f"exactInputSingle({SINGLE})", (TOKEN, WETH, 500, VAULT, LATER, PAID, PRICE, 0)),
    ],
    "an exact amount out, the rest of the allowance taken back": [
        allow(THREE, PAID),
        call(THREE, f"exactOutputSingle({SINGLE})", (TOKEN, WETH, 500, VAULT, LATER, PRICE, PAID, 0)),
        allow(THREE, 0),
    ],
    "an exchange for coins by the newer router": [
        allow(ROUTER_02, PAID),
        call(ROUTER_02, "multicall(uint256,bytes[])", LATER, [
            calldata(f"exactInputSingle({SINGLE_02})", (TOKEN, WETH, 500, ITSELF, PAID, PRICE, 0)),
            calldata("unwrapWETH9(uint256,address)", PRICE, VAULT),
        ]),
    ],
    "an exact allowance by Permit2 for a day": [
        allow(PERMIT2, PAID),
        call(PERMIT2, "approve(address,address,uint160,uint48)", TOKEN, ROUTER, PAID, NOW + 86_400),
    ],
    "version 3 by the Universal Router": [routed(b"\x00", encode(V3, [ME, PAID, PRICE, PATH, True]))],
    "version 2 by the Universal Router": [
        routed(b"\x08", encode(["address", "uint256", "uint256", "address[]", "bool"],
                               [VAULT, PAID, PRICE, [TOKEN, WETH], True])),
    ],
    "for coins by the Universal Router": [
        routed(b"\x00\x0c", encode(V3, [ITSELF, PAID, PRICE, PATH, True]), pair(VAULT, PRICE)),
    ],
    "coins by the Universal Router": [
        routed(
            b"\x0b\x00", pair(ITSELF, COIN),
            encode(V3, [VAULT, COIN, PAID, WETH + (500).to_bytes(3, "big") + TOKEN, False]), value=COIN,
        ),
    ],
    "version 4 by the Universal Router": [
        routed(b"\x10", actions(b"\x06\x0c\x0f", swap_4(POOL, PAID, PRICE), pair(TOKEN, PAID), pair(WETH, PRICE))),
    ],
    "coins by version 4": [
        routed(
            b"\x10",
            actions(
                b"\x06\x0c\x0f", swap_4((NOBODY, TOKEN, 500, 10, NOBODY), COIN, PAID), pair(NOBODY, COIN),
                pair(TOKEN, PAID),
            ),
            value=COIN,
        ),
    ],
    "into a pool of version 2, and out of it": [
        allow(TWO, PAID),
        allow(TWO, COIN, WETH),
        call(TWO, "addLiquidity(address,address,uint256,uint256,uint256,uint256,address,uint256)",
             TOKEN, WETH, PAID, COIN, PAID * 99 // 100, COIN * 99 // 100, VAULT, LATER),
        call(TWO, "removeLiquidity(address,address,uint256,uint256,uint256,address,uint256)",
             TOKEN, WETH, COIN, PAID * 99 // 100, COIN * 99 // 100, VAULT, LATER),
    ],
    "a position of version 3, and out of it": [
        allow(POSITIONS_3, PAID),
        call(POSITIONS_3, "mint((address,address,uint24,int24,int24,uint256,uint256,uint256,uint256,address,uint256))",
             (TOKEN, WETH, 500, -6_000, 6_000, PAID, COIN, PAID // 2, COIN // 2, VAULT, LATER)),
        call(POSITIONS_3, "multicall(bytes[])", [
            calldata("decreaseLiquidity((uint256,uint128,uint256,uint256,uint256))", (7, COIN, PAID, 0, LATER)),
            calldata("collect((uint256,address,uint128,uint128))", (7, VAULT, 1 << 100, 1 << 100)),
        ]),
    ],
    "an exchange by 0x": [
        allow(HOLDER, PAID),
        call(HOLDER, "exec(address,address,uint256,address,bytes)", SETTLER, TOKEN, PAID, SETTLER, calldata(
            "execute((address,address,uint256),bytes[],bytes32)", (VAULT, WETH, PRICE), [
                calldata("TRANSFER_FROM(address,((address,uint256),uint256,uint256),bytes)", POOL_ACCOUNT,
                         ((TOKEN, PAID), 0, LATER), b""),
                calldata("UNISWAPV2(address,address,uint256,address,uint24,uint256)", SETTLER, TOKEN, 0, POOL_ACCOUNT,
                         1, 0),
                calldata("BASIC(address,uint256,address,uint256,bytes)", WETH, 10_000, POOL_ACCOUNT, 36, b"\x01" * 68),
            ], bytes(32))),
    ],
    "an exchange by 1inch": [
        allow(ROUTER_6, PAID),
        call(ROUTER_6, "swap(address,(address,address,address,address,uint256,uint256,uint256),bytes)", POOL_ACCOUNT,
             (TOKEN, WETH, POOL_ACCOUNT, VAULT, PAID, PRICE, 4), b"\x01" * 40),
    ],
    "an order of a marketplace, for a collection that is known": [
        call(SEAPORT, BASIC, (
            NOBODY, 0, COIN, ALICE, NOBODY, WSTETH, 7, 1, 0, 0, LATER, bytes(32), 0, bytes(32), bytes(32), 0, [],
            b"\x01",
        ), value=COIN),
        call(SEAPORT, "incrementCounter()"),
    ],
    "into and out of Aave": [
        allow(AAVE, PAID),
        call(AAVE, "supply(address,uint256,address,uint16)", TOKEN, PAID, VAULT, 0),
        call(AAVE, "withdraw(address,uint256,address)", TOKEN, ALL, VAULT),
    ],
    "a loan of Aave": [
        call(AAVE, "borrow(address,uint256,uint256,uint16,address)", TOKEN, PAID, 2, 0, VAULT),
        allow(AAVE, PAID),
        call(AAVE, "repay(address,uint256,uint256,address)", TOKEN, PAID, 2, VAULT),
    ],
    "into and out of ERC-4626": [
        allow(SDAI, COIN, DAI),
        call(SDAI, "deposit(uint256,address)", COIN, VAULT),
        call(SDAI, "redeem(uint256,address,address)", COIN, VAULT, VAULT),
    ],
    "into Lido": [call(STETH, "submit(address)", NOBODY, value=COIN)],
    "Lido's token wrapped and unwrapped": [
        allow(WSTETH, COIN, STETH),
        call(WSTETH, "wrap(uint256)", COIN),
        call(WSTETH, "unwrap(uint256)", COIN),
    ],
    "out of Lido": [
        allow(QUEUE, COIN, STETH),
        call(QUEUE, "requestWithdrawals(uint256[],address)", [COIN], VAULT),
        call(QUEUE, "claimWithdrawals(uint256[],uint256[])", [7], [3]),
        call(QUEUE, "claimWithdrawalsTo(uint256[],uint256[],address)", [8], [3], VAULT),
    ],
    "a payment of the Safe": [by_safe(TOKEN, PAY_ALICE)],
    "a payment by the time-lock": [
        call(TIMELOCK, "schedule(address,uint256,bytes,bytes32,bytes32,uint256)",
             TOKEN, 0, PAY_ALICE, bytes(32), bytes(32), 172_800),
    ],
    "to itself on another chain, by Circle": [
        allow(CCTP, PAID),
        call(CCTP, "depositForBurn(uint256,uint32,bytes32,address,bytes32,uint256,uint32)",
             PAID, 2, MINE, TOKEN, bytes(32), 0, 2_000),
    ],
    "to itself on Optimism": [
        call(BRIDGE, "depositETHTo(address,uint32,bytes)", VAULT, 200_000, b"", value=COIN),
        allow(BRIDGE, PAID),
        call(BRIDGE, "depositERC20To(address,address,address,uint256,uint32,bytes)",
             TOKEN, FAR_USDC, VAULT, PAID, 200_000, b""),
    ],
    "to itself by Across": [
        allow(ACROSS, PAID),
        call(ACROSS, ACROSS_V3, VAULT, VAULT, TOKEN, FAR_USDC, PAID, PAID - 10**6, 10, NOBODY, NOW, LATER, 0, b""),
    ],
    "a position of version 4, and what it earned": [
        call(POSITIONS, "modifyLiquidities(bytes,uint256)", actions(
            b"\x02\x0d",
            encode([KEY, "int24", "int24", "uint256", "uint128", "uint128", "address", "bytes"],
                   [POOL, -60, 60, 1, PAID, COIN, VAULT, b""]),
            encode(["address", "address"], [TOKEN, WETH]),
        ), LATER),
        call(POSITIONS, "modifyLiquidities(bytes,uint256)", actions(
            b"\x01\x11", encode(["uint256", "uint256", "uint128", "uint128", "bytes"], [7, 0, 0, 0, b""]),
            encode(["address", "address", "address"], [TOKEN, WETH, VAULT]),
        ), LATER),
    ],
}  # fmt: skip
"""By what it is: the calls of one operation."""

ASKED: dict[str, tuple[list[Call], set[str]]] = {
    "an allowance without limit": ([allow(PERMIT2, ALL)], {"allowance-unlimited"}),
    "another owner of the Safe": (
        [by_safe(SAFE, calldata("addOwnerWithThreshold(address,uint256)", ALICE, 3))],
        {"authority-signer", "authority-threshold"},
    ),
}
"""Of a month's calls those that have to be asked about, and by which findings."""


def month_case(calls: list[Call]) -> Case:
    read = token(supply=10**30, balance=10**27, decimals=None)
    accounts = [account(each, b"" if each == ALICE else b"\x60\x00\xf1", token=read) for each in LABELS]
    return case_of(*calls, labels=LABELS, policy=policy(assets={TOKEN: LISTED}), accounts=accounts)


def rung(one: Case) -> set[str]:
    found = {finding.rule for finding in judge_case(one) if finding.severity >= Severity.WARNING}
    return found - {"accounts-unread"}


@pytest.mark.parametrize("what", MONTH)
def test_month__an_ordinary_operation__nothing_is_rung_for(what: str) -> None:
    one = month_case(MONTH[what])
    assert rung(one) == set()
    for site in one.sites():
        assert "nothing here can" not in site.call.sentence
        assert "cannot be read" not in site.call.sentence


@pytest.mark.parametrize("what", ASKED)
def test_month__what_is_to_be_asked_about__a_warning_and_no_danger(what: str) -> None:
    calls, rules = ASKED[what]
    one = month_case(calls)
    assert rung(one) == rules
    assert Severity.DANGER not in {finding.severity for finding in judge_case(one)}
