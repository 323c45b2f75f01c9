"""Orders of 1inch: what filling one costs at most, who is paid, what comes out at the least, and to whom."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.meaning import (
    ANN,
    BOB,
    EVE,
    IT,
    LATER,
    NOBODY,
    UNLIMITED,
    USDC,
    VAULT,
    bare,
    data,
    decode,
    decoded,
    move,
)
from verifier.model.address import Address
from verifier.model.call import FaultKind

COIN = Address(b"\x77" * 20)
ORDER = "(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256)"
FILL = f"fillOrder({ORDER},bytes32,bytes32,uint256,uint256)"
FILL_ARGS = f"fillOrderArgs({ORDER},bytes32,bytes32,uint256,uint256,bytes)"
OLDER = "(uint256,address,address,address,address,address,uint256,uint256,uint256,bytes)"
QUOTE = "(uint256,address,address,address,address,uint256,uint256)"
KEY = bytes(32)
MAKING, TAKING = 3_000, 1_000
IS_MAKING, HAS_TARGET = 1 << 255, 1 << 251


def number(account: bytes, above: int = 0) -> int:
    return int.from_bytes(account, "big") | above << 160


def order(
    *, receiver: bytes = NOBODY, asset: int = number(COIN), traits: int = LATER << 80
) -> tuple[int, ...]:
    return 1, number(EVE), number(receiver), asset, number(USDC), MAKING, TAKING, traits


def out(least: int, to: Address = VAULT) -> dict[str, Any]:
    return move(to, None, token=COIN, sender=EVE, least=least)


def rest(*fields: bytes) -> bytes:
    """Return what stands behind an order: four bytes for the end of each field, and then all of them."""
    ends, size = 0, 0
    for i, field in enumerate(fields):
        size += len(field)
        ends |= size << 32 * i
    for i in range(len(fields), 8):
        ends |= size << 32 * i
    return ends.to_bytes(32, "big") + b"".join(fields)


@pytest.mark.parametrize(
    ("amount", "traits", "most", "least"),
    [
        # By the order's own proportion: of what it takes, and of what it gives, rounded against the filler.
        (500, 0, 500, 1_500),
        (1, 0, 1, 3),
        (500, IS_MAKING, 167, 500),
        # Never more than it has.
        (UNLIMITED >> 1, 0, TAKING, MAKING),
        (UNLIMITED >> 1, IS_MAKING, TAKING, MAKING),
        # The filler's own limit, where that is the stricter one.
        (500, 1_600, 500, 1_600),
        (500, 1, 500, 1_500),
        (500, IS_MAKING | 100, 100, 500),
        (500, IS_MAKING | 900, 167, 500),
    ],
)
def test_order__filled__at_most_and_at_least(amount: int, traits: int, most: int, least: int) -> None:
    found = decode(FILL, order(), KEY, KEY, amount, traits)
    assert bare(found.effects) == [move(EVE, most), out(least)]
    assert "good until Fri 2027-01-15 08:00:00 UTC" in found.sentence


def test_order__known_selectors__as_block_explorers_have_them() -> None:
    assert data(FILL, order(), KEY, KEY, 5, 0)[:4].hex() == "9fda64bd"
    assert data(FILL_ARGS, order(), KEY, KEY, 5, 0, b"")[:4].hex() == "f497df75"


def test_order__words() -> None:
    found = decode(FILL, order(receiver=BOB, traits=0), KEY, KEY, 500, 1 << 254)
    assert found.sentence == (
        f"At {IT}, fills an order of {EVE}: pays at most 0.000500 USDC (500) to {BOB} (Bob) for at least 1500 base "
        f"units of {COIN}, which go to {VAULT} (this vault), as coins where it is their wrapper."
    )


def test_order__paid_in_coins__they_are_sent_along() -> None:
    found = decode(FILL, order(), KEY, KEY, 500, 0, value=500)
    assert bare(found.effects) == [move(IT, 500, token=NOBODY), move(EVE, 500, sender=IT), out(1_500)]


@pytest.mark.parametrize(
    "signature", [FILL_ARGS, f"fillContractOrderArgs({ORDER},bytes,uint256,uint256,bytes)"]
)
def test_order__what_stands_behind__who_gets_it_and_who_is_called(signature: str) -> None:
    signed = (b"\x01",) if "Contract" in signature else (KEY, KEY)
    extension = rest(b"", b"", b"", b"", b"\x05")
    called = BOB + b"\x01\x02\x03"
    traits = HAS_TARGET | len(extension) << 224 | len(called) << 200
    found = decode(signature, order(), *signed, 500, traits, ANN + extension + called)
    assert bare(found.effects) == [move(EVE, 500), out(1_500, ANN)]
    assert f"In between, {BOB} (Bob) is called, with 3 bytes for it." in found.sentence


@pytest.mark.parametrize(
    ("fields", "traits", "most", "least", "is_opaque"),
    [
        # A contract tells the amounts: only the filler's own limit holds them.
        ((b"", b"", b"\x05"), 0, 500, 0, False),
        ((b"", b"", b"", b"\x05"), 1_600, 500, 1_600, False),
        ((b"", b"", b"\x05"), IS_MAKING, UNLIMITED, 500, False),
        ((b"", b"", b"\x05"), IS_MAKING | 900, 900, 500, False),
        # Bytes that only the asset's own code reads say what is paid.
        ((b"", b"\x05"), 0, 500, 1_500, True),
        # Of what comes out, they are its token's matter.
        ((b"\x05",), 0, 500, 1_500, False),
    ],
)
def test_order__with_more_in_it__what_still_holds(
    fields: tuple[bytes, ...], traits: int, most: int, least: int, is_opaque: bool
) -> None:
    extension = rest(*fields)
    found = decode(FILL_ARGS, order(), KEY, KEY, 500, traits | len(extension) << 224, extension)
    assert bare(found.effects) == [move(EVE, most), out(least)]
    assert (found.unopened > 0) is is_opaque
    assert ("whatever it costs" in found.sentence) is (most == UNLIMITED)


@pytest.mark.parametrize(
    ("args", "traits", "kind"),
    [
        (ANN[:19], HAS_TARGET, FaultKind.TRUNCATED),
        (b"", 1 << 224, FaultKind.TRUNCATED),
        (bytes(64), 0xFFFFFF << 224, FaultKind.TRUNCATED),
        (ANN + b"\x01", HAS_TARGET, FaultKind.TRAILING),
        (b"\x01", 0, FaultKind.TRAILING),
    ],
)
def test_order__lengths_that_do_not_fit__said(args: bytes, traits: int, kind: FaultKind) -> None:
    found = decoded(data(FILL_ARGS, order(), KEY, KEY, 500, traits, args))
    assert [fault.kind for fault in found.faults] == [kind]
    assert all(4 <= f.where.start <= f.where.stop <= len(found.call.data) for f in found.faults)


def test_order__bits_above_an_account__are_dirty() -> None:
    found = decoded(data(FILL, order(asset=number(COIN, 1)), KEY, KEY, 500, 0))
    assert [fault.kind for fault in found.faults] == [FaultKind.DIRTY]
    (where,) = [fault.where for fault in found.faults]
    assert found.call.data[where.start : where.stop] == number(COIN, 1).to_bytes(32, "big")


@pytest.mark.parametrize(
    ("making", "taking", "limit", "behind", "most", "least"),
    [
        (0, 500, 0, b"", 500, 1_500),
        (500, 0, 1 << 255, b"", 167, 500),
        (500, 0, 200, b"", 167, 500),
        (0, 500, 0, b"\x05", 500, 0),
        (0, 500, 1_600 | 1 << 255, b"\x05", 500, 1_600),
        (500, 0, 200, b"\x05", 200, 500),
    ],
)
def test_older_order__at_most_and_at_least(
    making: int, taking: int, limit: int, behind: bytes, most: int, least: int
) -> None:
    given = (1, COIN, USDC, EVE, NOBODY, NOBODY, MAKING, TAKING, 0, behind)
    signature = f"fillOrderTo({OLDER},bytes,bytes,uint256,uint256,uint256,address)"
    found = decode(signature, given, b"", b"", making, taking, limit, ANN)
    assert bare(found.effects) == [move(EVE, most), out(least, ANN)]


@pytest.mark.parametrize(
    ("flags", "most", "least"), [(0, TAKING, MAKING), (500, 500, 1_500), (IS_MAKING | 500, 167, 500)]
)
def test_quote__always_in_its_proportion(flags: int, most: int, least: int) -> None:
    given = (LATER << 64, COIN, USDC, EVE, NOBODY, MAKING, TAKING)
    found = decode(f"fillOrderRFQTo({QUOTE},bytes,uint256,address)", given, b"", flags, ANN)
    assert bare(found.effects) == [move(EVE, most), out(least, ANN)]
    assert "good until Fri 2027-01-15" in found.sentence


@pytest.mark.parametrize(
    ("signature", "values", "which"),
    [
        ("cancelOrder(uint256,bytes32)", (0, b"\x05" * 32), f"the order 0x{'05' * 32}"),
        ("cancelOrders(uint256[],bytes32[])", ([0, 0], [KEY, KEY]), "2 orders"),
        ("cancelOrderRFQ(uint256)", (7,), "an order"),
        ("increaseEpoch(uint96)", (7,), "all orders of the series 7"),
        ("bitsInvalidateForOrder(uint256,uint256)", (0, 3), "orders by their numbers"),
    ],
)
def test_orders__cancelled__nothing_moves(signature: str, values: tuple[Any, ...], which: str) -> None:
    found = decode(signature, *values)
    assert found.effects == ()
    assert found.sentence.startswith(f"Cancels {which}")


def test_order__after_a_permit__is_the_callers() -> None:
    inner = data(FILL, order(), KEY, KEY, 500, 0)
    found = decode("permitAndCall(bytes,bytes)", USDC + b"\x01", inner)
    assert bare(found.children[0].effects) == [move(EVE, 500), out(1_500)]
    assert found.children[0].caller == VAULT


def test_order__that_takes_or_gives_nothing__no_division_by_it() -> None:
    empty = (1, number(EVE), 0, number(COIN), number(USDC), 0, 0, 0)
    for traits in (0, IS_MAKING):
        assert decode(FILL, empty, KEY, KEY, 500, traits).effects


@pytest.mark.parametrize(
    ("amount", "traits", "most", "least"),
    [
        # The limit is a proportion to the amount: of less, it is less.
        (10 * TAKING, 40 * MAKING, 250, MAKING),
        (10 * TAKING, 5 * MAKING, TAKING, MAKING),
        (10 * MAKING, IS_MAKING | 10 * TAKING, TAKING, MAKING),
    ],
)
def test_order__limit_for_more_than_it_has__promises_no_more_than_it_has(
    amount: int, traits: int, most: int, least: int
) -> None:
    found = decode(FILL, order(), KEY, KEY, amount, traits)
    assert bare(found.effects) == [move(EVE, most), out(least)]


def test_order__priced_elsewhere__promises_no_more_than_it_has() -> None:
    told = rest(b"", b"", b"\x05")
    traits = len(told) << 224
    found = decode(FILL_ARGS, order(), KEY, KEY, 500, traits | 2 * MAKING, told)
    assert bare(found.effects) == [move(EVE, 250), out(MAKING)]
    found = decode(FILL_ARGS, order(), KEY, KEY, 2 * MAKING, traits | IS_MAKING | 500, told)
    assert bare(found.effects) == [move(EVE, 500), out(MAKING)]


def test_order__whose_target_is_nobody__goes_to_nobody() -> None:
    found = decode(FILL_ARGS, order(), KEY, KEY, 500, HAS_TARGET, bytes(20))
    assert bare(found.effects)[1] == out(1_500, NOBODY)


@pytest.mark.parametrize(
    ("ends", "stored", "interaction", "most", "unopened"),
    [
        (0, b"", BOB, UNLIMITED, 0),
        (0, b"", BOB[:19], 500, 0),
        # A function that tells an amount may be frozen: then nobody raises it.
        (sum(1 << 32 * field for field in range(2, 8)), b"x", BOB, 500, 0),
        (sum(1 << 32 * field for field in range(3, 8)), b"x", BOB, 500, 0),
        (sum(1 << 32 * field for field in range(4, 8)), b"x", BOB, UNLIMITED, 0),
        # What is paid, bytes say that only the asset's own code reads.
        (sum(1 << 32 * field for field in range(1, 8)), b"x", b"", 500, 1),
        (sum(1 << 32 * field for field in range(8)), b"x", b"", 500, 0),
    ],
)
def test_older_order__who_is_called_in_between__may_ask_for_more(
    ends: int, stored: bytes, interaction: bytes, most: int, unopened: int
) -> None:
    """The contract pays whatever the one in between asks for, if that is more than the order's own amount."""
    given = (1, COIN, USDC, EVE, NOBODY, NOBODY, MAKING, TAKING, ends, stored)
    signature = f"fillOrderTo({OLDER},bytes,bytes,uint256,uint256,uint256,address)"
    found = decode(signature, given, b"", interaction, 0, 500, 0, ANN)
    assert bare(found.effects)[0] == move(EVE, most)
    assert found.unopened == unopened
    assert ("may ask for more" in found.sentence) == (most == UNLIMITED)


def test_quote__taken_as_coins__said() -> None:
    given = (LATER << 64, COIN, USDC, EVE, NOBODY, MAKING, TAKING)
    for flags, is_said in ((1 << 252, True), (0, False)):
        found = decode(f"fillOrderRFQTo({QUOTE},bytes,uint256,address)", given, b"", flags, ANN)
        assert ("as coins where it is their wrapper" in found.sentence) == is_said
