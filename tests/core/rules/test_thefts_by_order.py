"""Thefts by an order of somebody else that the vault fills, each next to the honest one that it looks like."""

from __future__ import annotations

from typing import Any

from tests.core.rules.cases import ALICE, MALLORY, PROTOCOL, TOKEN, call, severities
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
