"""Orders of Seaport: what leaves, who gets it, and what comes back, in each shape in which one is filled."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.meaning import (
    ANN,
    BOB,
    EVE,
    HALF_A_MILLION,
    IT,
    LATER,
    NOBODY,
    USDC,
    VAULT,
    bare,
    data,
    decode,
    decoded,
    move,
)
from verifier.model.address import Address

APES = Address(b"\x77" * 20)
GIVEN = "(uint8,address,uint256,uint256,uint256)"
ASKED = "(uint8,address,uint256,uint256,uint256,address)"
PARAMETERS = f"(address,address,{GIVEN}[],{ASKED}[],uint8,uint256,uint256,bytes32,uint256,bytes32,uint256)"
ORDER = f"({PARAMETERS},bytes)"
ADVANCED = f"({PARAMETERS},uint120,uint120,bytes,bytes)"
RESOLVERS = "(uint256,uint8,uint256,uint256,bytes32[])[]"
PLACES = "(uint256,uint256)[]"
FULFIL = f"fulfillOrder({ORDER},bytes32)"
FULFIL_ADVANCED = f"fulfillAdvancedOrder({ADVANCED},{RESOLVERS},bytes32,address)"
AVAILABLE = f"fulfillAvailableOrders({ORDER}[],{PLACES}[],{PLACES}[],bytes32,uint256)"
MATCH = f"matchOrders({ORDER}[],({PLACES},{PLACES})[])"
BASIC = (
    "fulfillBasicOrder((address,uint256,uint256,address,address,address,uint256,uint256,uint8,uint256,uint256,bytes32,"
    "uint256,bytes32,bytes32,uint256,(uint256,address)[],bytes))"
)
COIN, TOKEN, UNIT, UNITS, ANY_UNIT = range(5)
KEY = bytes(32)
FEE = 1_000


def parameters(
    offer: list[tuple[Any, ...]], asked: list[tuple[Any, ...]], *, offerer: Address = EVE, kind: int = 0
) -> tuple[Any, ...]:
    return offerer, NOBODY, offer, asked, kind, 0, LATER, KEY, 0, KEY, len(asked)


def order(*given: Any, **more: Any) -> tuple[Any, ...]:
    return parameters(*given, **more), b"\x01"


APE = (UNIT, APES, 7, 1, 1)
PRICE = (TOKEN, USDC, 0, HALF_A_MILLION, HALF_A_MILLION, EVE)
CUT = (TOKEN, USDC, 0, FEE, FEE, BOB)


def test_order__filled__what_is_paid_to_whom_and_what_comes_back() -> None:
    found = decode(FULFIL, order([APE], [PRICE, CUT]), KEY)
    assert bare(found.effects) == [
        move(EVE, HALF_A_MILLION),
        move(BOB, FEE),
        move(VAULT, 1, token=APES, sender=EVE, token_id=7),
    ]
    assert found.sentence == (
        f"At {IT}, fills an order of {EVE}, good until Fri 2027-01-15 08:00:00 UTC: pays 500,000.000000 USDC "
        f"(500000000000) to {EVE}, 0.001000 USDC (1000) to {BOB} (Bob) for number 7 of {APES}, which goes to "
        f"{VAULT} (this vault)."
    )


def test_order__whose_amounts_change_with_time__the_worst_of_them() -> None:
    falling = (TOKEN, USDC, 0, 9, 5, EVE)
    rising = (TOKEN, APES, 0, 3, 4)
    found = decode(FULFIL, order([rising], [falling]), KEY)
    assert bare(found.effects) == [move(EVE, 9), move(VAULT, None, token=APES, sender=EVE, least=3)]
    assert "pays up to" in found.sentence
    assert "for at least 3" in found.sentence


def test_order__that_gives_nothing__none_of_it_is_enough() -> None:
    found = decode(FULFIL, order([], [PRICE]), KEY)
    assert bare(found.effects) == [move(EVE, HALF_A_MILLION), move(VAULT, None, sender=IT, least=0)]
    assert "for nothing" in found.sentence


def test_order__paid_in_coins__they_are_sent_along() -> None:
    found = decode(FULFIL, order([APE], [(COIN, NOBODY, 0, 5, 5, EVE)]), KEY, value=5)
    assert bare(found.effects)[:2] == [move(IT, 5, token=NOBODY), move(EVE, 5, token=NOBODY, sender=IT)]


def test_order__for_one_of_a_set__which_one_the_caller_chose() -> None:
    asked = (ANY_UNIT, APES, 0, 1, 1, EVE)
    bid = (TOKEN, USDC, 0, HALF_A_MILLION, HALF_A_MILLION)
    given: Any = (parameters([bid], [asked]), 1, 1, b"", b"")
    found = decode(FULFIL_ADVANCED, given, [(0, 1, 0, 42, [])], KEY, ANN)
    assert bare(found.effects) == [
        move(EVE, 1, token=APES, token_id=42),
        move(ANN, None, sender=EVE, least=HALF_A_MILLION),
    ]
    assert "pays number 42 of" in found.sentence
    unresolved = decode(FULFIL_ADVANCED, given, [(0, 0, 0, 42, [])], KEY, ANN)
    assert "any of a set" in unresolved.sentence


@pytest.mark.parametrize(
    ("part", "kind", "paid", "got"),
    [
        # What is paid is rounded up, and what comes out is rounded down.
        ((1, 3), 1, 4, 3),
        ((3, 3), 1, 10, 10),
        # A part that is none, and one of an order whose code makes it, are read as the whole.
        ((0, 3), 1, 10, 10),
        ((4, 3), 1, 10, 10),
        ((1, 0), 1, 10, 10),
        ((1, 3), 4, 10, 10),
    ],
)
def test_order__filled_in_part__so_much_of_it(part: tuple[int, int], kind: int, paid: int, got: int) -> None:
    whole = parameters([(TOKEN, APES, 0, 10, 10)], [(TOKEN, USDC, 0, 10, 10, EVE)], kind=kind)
    found = decode(FULFIL_ADVANCED, (whole, *part, b"", b""), [], KEY, NOBODY)
    assert bare(found.effects) == [move(EVE, paid), move(VAULT, None, token=APES, sender=EVE, least=got)]
    assert ("by a part that no order takes" in found.sentence) is not (0 < part[0] <= part[1])


@pytest.mark.parametrize(
    ("kind", "paid", "value", "effects"),
    [
        (
            0,
            (NOBODY, 0, 5),
            6,
            [
                move(IT, 6, token=NOBODY),
                move(EVE, 5, token=NOBODY, sender=IT),
                move(BOB, FEE, token=NOBODY, sender=IT),
                move(VAULT, 1, token=APES, sender=EVE, token_id=7),
            ],
        ),
        (
            9,
            (USDC, 0, 5),
            0,
            [move(EVE, 5), move(BOB, FEE), move(VAULT, 1, token=APES, sender=EVE, token_id=7)],
        ),
    ],
)
def test_basic_order__of_a_unit_for_coins__fees_on_top(
    kind: int, paid: tuple[Any, ...], value: int, effects: list[dict[str, Any]]
) -> None:
    given = (*paid, EVE, NOBODY, APES, 7, 1, kind, 0, LATER, KEY, 0, KEY, KEY, 1, [(FEE, BOB)], b"\x01")
    assert bare(decode(BASIC, given, value=value).effects) == effects


def test_basic_order__of_coins_for_a_unit__fees_out_of_them() -> None:
    given = (
        APES,
        7,
        1,
        EVE,
        NOBODY,
        USDC,
        0,
        9_000,
        16,
        0,
        LATER,
        KEY,
        0,
        KEY,
        KEY,
        1,
        [(FEE, BOB)],
        b"\x01",
    )
    found = decode(BASIC, given)
    assert bare(found.effects) == [
        move(EVE, 1, token=APES, token_id=7),
        move(BOB, FEE, sender=EVE),
        move(VAULT, None, sender=EVE, least=8_000),
    ]


def test_basic_order__of_a_type_that_there_is_not__opaque() -> None:
    given: Any = (APES, 7, 1, EVE, NOBODY, USDC, 0, 9_000, 24, 0, LATER, KEY, 0, KEY, KEY, 0, [], b"\x01")
    found = decode(BASIC, given)
    assert (found.effects, found.unopened) == ((), 1)


def test_available_orders__items_that_nothing_asks_to_come_out__are_left_behind() -> None:
    """Who fills many orders says which items come out: what is not said stays, and is paid for all the same."""
    orders = [order([APE], [PRICE]), order([(UNIT, APES, 8, 1, 1)], [PRICE])]
    both = decode(AVAILABLE, orders, [[(0, 0)], [(1, 0)]], [[(0, 0), (1, 0)]], KEY, 2)
    assert bare(both.effects) == [
        move(EVE, HALF_A_MILLION, is_optional=True),
        move(VAULT, 1, token=APES, sender=EVE, token_id=7, is_optional=True),
        move(EVE, HALF_A_MILLION, is_optional=True),
        move(VAULT, 1, token=APES, sender=EVE, token_id=8, is_optional=True),
    ]
    one = decode(AVAILABLE, orders, [[(0, 0)]], [[(0, 0), (1, 0)]], KEY, 2)
    assert bare(one.effects)[2:] == [
        move(EVE, HALF_A_MILLION, is_optional=True),
        move(VAULT, None, sender=IT, least=0),
    ]
    assert "1 of the items are left where they are" in one.sentence


def test_matched_orders__the_callers_own__needs_no_signature() -> None:
    own = order([PRICE[:5]], [(*APE, VAULT)], offerer=VAULT)
    theirs = order([APE], [PRICE])
    found = decode(MATCH, [own, theirs], [([(0, 0)], [(1, 0)]), ([(1, 0)], [(0, 0)])])
    assert bare(found.effects) == [
        move(EVE, HALF_A_MILLION),
        move(VAULT, 1, token=APES, sender=EVE, token_id=7),
    ]
    assert "1 of them the vault's own, which no signature is needed for" in found.sentence


def test_matched_orders__what_nobody_asks_for__goes_to_the_caller_or_to_whom_it_says() -> None:
    own = order([PRICE[:5]], [], offerer=VAULT)
    theirs = order([], [(TOKEN, USDC, 0, FEE, FEE, EVE)])
    found = decode(MATCH, [own, theirs], [([(0, 0)], [(1, 0)])])
    assert bare(found.effects) == [
        move(EVE, FEE),
        move(VAULT, HALF_A_MILLION - FEE),
        # The vault gives something, and asks for nothing.
        move(VAULT, None, sender=IT, least=0),
    ]
    advanced = f"matchAdvancedOrders({ADVANCED}[],{RESOLVERS},({PLACES},{PLACES})[],address)"
    given: list[Any] = [(parameters([PRICE[:5]], [], offerer=VAULT), 1, 1, b"", b"")]
    assert bare(decode(advanced, given, [], [], BOB).effects)[0] == move(BOB, HALF_A_MILLION)


def test_matched_orders__places_that_no_order_has__opaque() -> None:
    found = decode(MATCH, [order([APE], [PRICE])], [([(0, 1)], [(1, 0)]), ([(1 << 200, 0)], [(0, 1 << 255)])])
    assert found.unopened == 4


def test_order__item_of_a_kind_that_there_is_not__opaque() -> None:
    found = decode(FULFIL, order([(6, APES, 7, 1, 1)], [PRICE]), KEY)
    assert found.unopened == 1


def test_orders__cancelled__nothing_moves() -> None:
    components = (
        f"(address,address,{GIVEN}[],{ASKED}[],uint8,uint256,uint256,bytes32,uint256,bytes32,uint256)"
    )
    found = decode(f"cancel({components}[])", [parameters([APE], [PRICE], offerer=VAULT)])
    assert found.effects == ()
    assert found.sentence == f"Cancels 1 order of {VAULT} (this vault) at {IT}; nobody can fill them then."
    assert decode("incrementCounter()").sentence == f"Cancels all orders at {IT} that are not filled by then."


@pytest.mark.parametrize("spoilt", [b"\x01", bytes(40)])
def test_order__bytes_behind_it__told(spoilt: bytes) -> None:
    found = decoded(data(FULFIL, order([APE], [PRICE]), KEY) + spoilt)
    assert [fault.kind.name for fault in found.faults] == ["TRAILING"]
    assert len(found.effects) == 2


@pytest.mark.parametrize(
    ("kind", "least", "rest"),
    [
        (0, HALF_A_MILLION, []),
        # It asks for less and less, or may be filled in part already, or says itself for how little.
        (0, FEE, [HALF_A_MILLION - FEE]),
        (1, HALF_A_MILLION, [HALF_A_MILLION]),
        (3, HALF_A_MILLION, [HALF_A_MILLION]),
        (4, HALF_A_MILLION, [HALF_A_MILLION]),
    ],
)
def test_matched_orders__that_may_ask_for_less_then__the_rest_goes_to_whom_it_says(
    kind: int, least: int, rest: list[int]
) -> None:
    own = (parameters([PRICE[:5]], [], offerer=VAULT), 1, 1, b"", b"")
    asked = (TOKEN, USDC, 0, HALF_A_MILLION, least, ANN)
    theirs = (parameters([], [asked], kind=kind), 1, 1, b"", b"")
    advanced = f"matchAdvancedOrders({ADVANCED}[],{RESOLVERS},({PLACES},{PLACES})[],address)"
    found = decode(advanced, [own, theirs], [], [([(0, 0)], [(1, 0)])], BOB)
    told = [move(ANN, HALF_A_MILLION), *(move(BOB, amount) for amount in rest)]
    assert bare(found.effects)[: 1 + len(rest)] == told
    # What comes back to the vault itself is no loss.
    found = decode(advanced, [own, theirs], [], [([(0, 0)], [(1, 0)])], NOBODY)
    assert move(BOB, HALF_A_MILLION) not in bare(found.effects)
