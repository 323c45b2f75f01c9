"""Thefts by a pool that takes or gives at any price, each next to the honest call that it looks like."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode

from tests.core.rules.cases import PROTOCOL, ROUTER, TOKEN, account, call, calldata, severities, token
from tests.core.rules.test_thefts_by_exchange import COIN, LATER, case, router
from tests.desk.fakes import VAULT
from verifier.model.address import NOBODY
from verifier.model.finding import Severity
from verifier.model.operation import Call

PUT_2 = "addLiquidity(address,address,uint256,uint256,uint256,uint256,address,uint256)"
PUT_COINS = "addLiquidityETH(address,uint256,uint256,uint256,address,uint256)"
MINT = "mint((address,address,uint24,int24,int24,uint256,uint256,uint256,uint256,address,uint256))"
MORE = "increaseLiquidity((uint256,uint256,uint256,uint256,uint256,uint256))"
LESS = "decreaseLiquidity((uint256,uint128,uint256,uint256,uint256))"
EXIT = "exitPool(bytes32,address,address,(address[],uint256[],bytes,bool))"
ACTIONS = "modifyLiquidities(bytes,uint256)"
OFFERED = 10**9


def minted(first: int, second: int, *floors: int, ticks: int = 60_000) -> Call:
    return call(PROTOCOL, MINT, (TOKEN, COIN, 500, -ticks, ticks, first, second, *floors, VAULT, LATER))


def acted(kind: int, types: list[str], *values: Any) -> Call:
    parts = [encode(types, values), encode(["address", "address", "address"], [TOKEN, COIN, VAULT])]
    data = encode(["bytes", "bytes[]"], [bytes([kind, 0x11]), parts])
    return call(PROTOCOL, ACTIONS, data, LATER)


def burnt(*floors: int) -> Call:
    return acted(0x03, ["uint256", "uint128", "uint128", "bytes"], 7, *floors, b"")


@pytest.mark.parametrize(
    ("any_price", "a_floor"),
    [
        (
            call(ROUTER, PUT_2, TOKEN, COIN, OFFERED, OFFERED, 0, 0, VAULT, LATER),
            call(ROUTER, PUT_2, TOKEN, COIN, OFFERED, OFFERED, OFFERED // 2, OFFERED // 2, VAULT, LATER),
        ),
        (
            # One of two is no floor: the price is what there is of one for the other.
            call(ROUTER, PUT_2, TOKEN, COIN, OFFERED, OFFERED, OFFERED, OFFERED // 10 - 1, VAULT, LATER),
            call(ROUTER, PUT_2, TOKEN, COIN, OFFERED, OFFERED, OFFERED, OFFERED // 10, VAULT, LATER),
        ),
        (
            call(ROUTER, PUT_COINS, TOKEN, OFFERED, OFFERED, 0, VAULT, LATER, value=OFFERED),
            call(ROUTER, PUT_COINS, TOKEN, OFFERED, OFFERED, OFFERED, VAULT, LATER, value=OFFERED),
        ),
        (minted(OFFERED, OFFERED, 0, OFFERED), minted(OFFERED, OFFERED, OFFERED, OFFERED)),
        # One token alone goes in at prices that the bytes say; so do both where these are close to each other.
        (minted(OFFERED, OFFERED, 0, 0), minted(OFFERED, 0, 0, 0)),
        (minted(OFFERED, OFFERED, 0, 0, ticks=101), minted(OFFERED, OFFERED, 0, 0, ticks=100)),
        (
            call(PROTOCOL, MORE, (7, OFFERED, OFFERED, 0, 0, LATER)),
            call(PROTOCOL, MORE, (7, OFFERED, OFFERED, OFFERED, OFFERED, LATER)),
        ),
        (
            call(PROTOCOL, LESS, (7, OFFERED, 0, 0, LATER)),
            # Out of its range a position holds one token only.
            call(PROTOCOL, LESS, (7, OFFERED, 0, OFFERED, LATER)),
        ),
        (
            call(PROTOCOL, LESS, (7, 1, 1_000, 1_000, LATER)),
            # Nothing comes out: it is how one asks for what it has earned.
            call(PROTOCOL, LESS, (7, 0, 0, 0, LATER)),
        ),
        (burnt(0, 0), burnt(OFFERED, 0)),
        (
            call(ROUTER, "removeLiquidityETHSupportingFeeOnTransferTokens(address,uint256,uint256,uint256,address,"
                 "uint256)", TOKEN, OFFERED, 10**6, 0, VAULT, LATER),
            call(ROUTER, "removeLiquidityETHSupportingFeeOnTransferTokens(address,uint256,uint256,uint256,address,"
                 "uint256)", TOKEN, OFFERED, 10**6, 10**6, VAULT, LATER),
        ),
        (
            call(PROTOCOL, "add_liquidity(uint256[2],uint256)", [OFFERED, 0], 0),
            call(PROTOCOL, "add_liquidity(uint256[2],uint256)", [OFFERED, 0], OFFERED),
        ),
        (
            call(PROTOCOL, "remove_liquidity(uint256,uint256[3])", OFFERED, [0, 0, 1]),
            call(PROTOCOL, "remove_liquidity(uint256,uint256[3])", OFFERED, [0, 0, OFFERED]),
        ),
        (
            call(PROTOCOL, "remove_liquidity_one_coin(uint256,int128,uint256)", OFFERED, 1, 0),
            call(PROTOCOL, "remove_liquidity_one_coin(uint256,int128,uint256)", OFFERED, 1, OFFERED),
        ),
        (
            # Who takes one token out of many asks for nothing of the others.
            call(PROTOCOL, EXIT, bytes(32), VAULT, VAULT, ([TOKEN, COIN], [0, 0], b"", False)),
            call(PROTOCOL, EXIT, bytes(32), VAULT, VAULT, ([TOKEN, COIN], [0, OFFERED], b"", False)),
        ),
    ],
)  # fmt: skip
def test_pool__takes_or_gives_at_any_price__warned(any_price: Call, a_floor: Call) -> None:
    assert set(severities(case(any_price), "exchange-without-floor")) == {Severity.WARNING}
    assert severities(case(a_floor), "exchange-without-floor") == []


def test_position__more_of_it_for_as_much_as_there_is__warned() -> None:
    """Version 4 is told how much liquidity it is to be: what that costs has to be held instead."""
    types = ["uint256", "uint256", "uint128", "uint128", "bytes"]
    most = (1 << 128) - 1
    for ceiling, expected in ((most, [Severity.WARNING]), (OFFERED, [])):
        found = case(acted(0x00, types, 7, OFFERED, OFFERED, ceiling, b""))
        assert severities(found, "exchange-without-ceiling") == expected


def test_pool__exact_amounts_out_for_as_many_shares_as_there_are__warned() -> None:
    signature = "remove_liquidity_imbalance(uint256[2],uint256)"
    for most, expected in (((1 << 256) - 1, [Severity.WARNING]), (OFFERED, [])):
        found = case(call(PROTOCOL, signature, [OFFERED, 0], most))
        assert severities(found, "exchange-without-ceiling") == expected


def test_position__what_comes_out_is_held_where_it_leaves__no_warning() -> None:
    out = calldata("collect((uint256,address,uint128,uint128))", (7, NOBODY, 1 << 100, 1 << 100))
    for least, expected in ((0, [Severity.WARNING]), (10**18, [])):
        swept_out = calldata("sweepToken(address,uint256,address)", COIN, least, VAULT)
        found = case(router(calldata(LESS, (7, OFFERED, 0, 0, LATER)), out, swept_out))
        assert severities(found, "exchange-without-floor") == expected


def test_pool__coins_out_of_one_whose_shares_have_more_decimals__floor_is_in_coins() -> None:
    """The bytes do not name the coin; five millions of one with six decimals are next to nothing of the shares."""
    readings = [account(PROTOCOL, token=token(decimals=18))]
    signature = "remove_liquidity_one_coin(uint256,int128,uint256)"
    for least, expected in ((5 * 10**12, []), (1_000, [Severity.WARNING])):
        found = case(call(PROTOCOL, signature, OFFERED, 1, least), accounts=readings)
        assert severities(found, "exchange-without-floor") == expected


def test_pool__floors_of_tokens_with_many_decimals__are_judged_by_these() -> None:
    readings = [account(COIN, token=token(decimals=18))]
    for floors, expected in (([0, 10**13 - 1], [Severity.WARNING]), ([0, 10**13], []), ([10**4, 0], [])):
        exit_all = call(PROTOCOL, EXIT, bytes(32), VAULT, VAULT, ([TOKEN, COIN], floors, b"", False))
        assert severities(case(exit_all, accounts=readings), "exchange-without-floor") == expected
