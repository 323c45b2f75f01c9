"""Thefts by an order of somebody else that the vault fills, each next to the honest one that it looks like."""

from __future__ import annotations

from typing import Any

from tests.core.rules.cases import ALICE, MALLORY, PROTOCOL, ROUTER, TOKEN, call, calldata, severities
from tests.core.rules.test_rules_from_bytes import loud
from tests.core.rules.test_thefts_by_exchange import COIN, FAKE, LATER, case
from tests.desk.fakes import VAULT
from verifier.model.address import NOBODY, Address
from verifier.model.finding import Severity

GIVEN = "(uint8,address,uint256,uint256,uint256)"
ORDER = (
    f"((address,address,{GIVEN}[],(uint8,address,uint256,uint256,uint256,address)[],uint8,uint256,uint256,bytes32,"
    "uint256,bytes32,uint256),bytes)"
)
ROUTES = "(uint256,uint256)[]"
KEY = bytes(32)


def filled(offer: list[Any], asked: list[Any], offerer: Address = MALLORY) -> tuple[Any, ...]:
    return (offerer, NOBODY, offer, asked, 0, 0, LATER, KEY, 0, KEY, len(asked)), b""


def test_order_of_somebody__filled__who_is_paid_and_for_what() -> None:
    """Everything is in the order: its offerer gets the price, and anybody can make a collection."""
    signature = f"fulfillOrder({ORDER},bytes32)"
    price = (1, TOKEN, 0, 10**9, 10**9, MALLORY)

    def rung(*offer: Any) -> set[str]:
        return loud(case(call(PROTOCOL, signature, filled(list(offer), [price]), KEY)))

    assert rung((2, COIN, 7, 1, 1)) == {"counterparty-unknown"}
    assert rung((2, FAKE, 7, 1, 1)) == {"counterparty-unknown", "exchange-asset-unknown"}
    assert rung() == {"counterparty-unknown", "exchange-without-floor"}
    assert rung((1, COIN, 0, 0, 10**18)) == {"counterparty-unknown", "exchange-without-floor"}
    assert rung((1, COIN, 0, 10**18, 10**18)) == {"counterparty-unknown"}
    # The price comes back, a tenth of it or all.
    assert rung((1, TOKEN, 0, 10**8, 10**8)) == {"counterparty-unknown", "exchange-without-floor"}
    assert rung((1, TOKEN, 0, 10**9, 10**9)) == {"counterparty-unknown"}


def test_orders_matched__the_vaults_own_among_them__what_it_gives_is_told() -> None:
    """Whoever makes the call has signed his own orders by that."""
    signature = f"matchOrders({ORDER}[],({ROUTES},{ROUTES})[])"
    price = (1, TOKEN, 0, 10**9, 10**9)
    own = filled([price], [], VAULT)
    theirs = filled([], [(*price, MALLORY)])
    stolen = case(call(PROTOCOL, signature, [own, theirs], [([(0, 0)], [(1, 0)])]))
    assert loud(stolen) == {"counterparty-unknown", "exchange-without-floor"}
    assert str(MALLORY) in stolen.calls[0].sentence


def test_orders_of_somebody__paid_for_and_left_behind__warned() -> None:
    signature = f"fulfillAvailableOrders({ORDER}[],{ROUTES}[],{ROUTES}[],bytes32,uint256)"
    order = filled([(2, COIN, 7, 1, 1)], [(1, TOKEN, 0, 10**9, 10**9, ALICE)])
    for offered, expected in (([[(0, 0)]], []), ([], [Severity.WARNING])):
        found = case(call(PROTOCOL, signature, [order], offered, [[(0, 0)]], KEY, 1))
        assert severities(found, "exchange-without-floor") == expected


def test_order_of_1inch__without_a_limit__warned() -> None:
    """A contract that the order names tells the price; only what the filler asks for holds it."""
    signature = (
        "fillOrderArgs((uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256),bytes32,bytes32,uint256,"
        "uint256,bytes)"
    )
    accounts = [int.from_bytes(each, "big") for each in (MALLORY, NOBODY, COIN, TOKEN)]
    order = (1, *accounts, 10**18, 10**9, 0)

    told = sum(1 << 32 * field for field in range(2, 8)).to_bytes(32, "big") + b"\x05"
    length = len(told) << 224

    def rung(traits: int, rest: bytes = told) -> set[str]:
        found = case(call(ROUTER, signature, order, KEY, KEY, 10**9, traits, rest))
        return loud(found) - {"counterparty-unknown"}

    assert rung(length) == {"exchange-without-floor"}
    assert rung(length | 10**17) == set()
    assert rung(length | 1 << 255) == {"exchange-without-ceiling"}
    assert rung(length | 1 << 255 | 10**9) == set()
    assert rung(0, b"") == set()


def test_settler__without_a_price_or_with_a_share_for_a_stranger__warned() -> None:
    permit = "((address,uint256),uint256,uint256)"
    pull = calldata(f"TRANSFER_FROM(address,{permit},bytes)", ROUTER, ((TOKEN, 10**9), 0, LATER), b"")
    surplus = calldata("POSITIVE_SLIPPAGE(address,address,uint256,uint256)", MALLORY, COIN, 1, 10_000)

    def rung(*steps: bytes, least: int = 10**18, to: Address = VAULT, out: Address = COIN) -> set[str]:
        signature = "execute((address,address,uint256),bytes[],bytes32)"
        return loud(case(call(ROUTER, signature, (to, out, least), list(steps), KEY)))

    assert rung(pull, b"\xff" * 4) == set()
    assert rung(pull, least=0) == {"exchange-without-floor"}
    assert rung(pull, b"\xff" * 4, least=0) == {"exchange-without-floor", "calls-unopened"}
    assert rung(pull, surplus) == {"counterparty-unknown"}
    assert rung(pull, to=MALLORY) == {"counterparty-unknown"}
    assert rung(pull, out=FAKE) == {"exchange-asset-unknown"}


def test_unoswap__by_a_pool_that_nobody_knows__warned() -> None:
    pools = [int.from_bytes(ROUTER, "big"), int.from_bytes(FAKE, "big")]
    older = call(ROUTER, "unoswap(address,uint256,uint256,uint256[])", TOKEN, 10**9, 10**18, pools)
    newer = call(
        ROUTER,
        "unoswap2(uint256,uint256,uint256,uint256,uint256)",
        int.from_bytes(TOKEN, "big"),
        10**9,
        10**18,
        *pools,
    )
    for one in (older, newer):
        assert loud(case(one)) == {"exchange-pool-unknown"}
    known = call(ROUTER, "unoswap(address,uint256,uint256,uint256[])", TOKEN, 10**9, 10**18, pools[::-1])
    assert loud(case(known)) == set()


def test_order_of_the_vault__from_which_only_others_get_something__warned() -> None:
    """A known account is paid a little, and nothing comes to the vault for what it gives."""
    signature = f"validate({ORDER}[])"
    all_of_it = (1 << 256) - 1

    def rung(*asked: Any, most: int = 10**9) -> list[Severity]:
        given = (1, TOKEN, 0, most, most)
        found = case(call(PROTOCOL, signature, [filled([given], list(asked), VAULT)]))
        return severities(found, "exchange-without-floor")

    assert rung((1, COIN, 0, 10**18, 10**18, ROUTER)) == [Severity.WARNING]
    assert rung((2, COIN, 7, 1, 1, ROUTER)) == [Severity.WARNING]
    assert rung((1, COIN, 0, 10**18, 10**18, VAULT), (1, COIN, 0, 9, 9, ROUTER)) == []
    assert rung((2, COIN, 7, 1, 1, VAULT)) == []
    # A price in the very token that is given, and a fee in it.
    assert rung((1, TOKEN, 0, 10**8, 10**8, VAULT)) == [Severity.WARNING]
    assert rung((1, TOKEN, 0, 10**9, 10**9, VAULT)) == []
    assert rung((1, TOKEN, 0, 10**9, 10**9, VAULT), most=all_of_it) == [Severity.WARNING]
    assert rung((2, COIN, 7, 1, 1, VAULT), (1, TOKEN, 0, 9, 9, ROUTER)) == []


def test_older_order_of_1inch__somebody_called_in_between_sets_the_price__warned() -> None:
    older = "(uint256,address,address,address,address,address,uint256,uint256,uint256,bytes)"
    signature = f"fillOrderTo({older},bytes,bytes,uint256,uint256,uint256,address)"
    order = (1, COIN, TOKEN, PROTOCOL, NOBODY, NOBODY, 10**18, 10**9, 0, b"")
    for called, expected in ((bytes(MALLORY), [Severity.WARNING]), (b"", [])):
        found = case(call(ROUTER, signature, order, b"", called, 0, 10**9, 10**18, VAULT))
        assert severities(found, "exchange-without-ceiling") == expected
