"""Exchanges by way of whoever is cheapest, and pools that have no names for their coins."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.meaning import EVE, HALF_A_MILLION, IT, LATER, NOBODY, RAW, USDC, VAULT, bare, decode, move
from verifier.model.address import Address

COIN = Address(b"\x77" * 20)
NATIVE = Address(b"\xee" * 20)
DESCRIPTION = "(address,address,address,address,uint256,uint256,uint256)"
SINGLE = "swap((bytes32,uint8,address,address,uint256,bytes),(address,bool,address,bool),uint256,uint256)"


def number(account: bytes, flags: int = 0) -> int:
    return int.from_bytes(account, "big") | flags << 160


@pytest.mark.parametrize(
    ("signature", "values", "effects"),
    [
        (
            f"swap(address,{DESCRIPTION},bytes)",
            (EVE, (USDC, COIN, EVE, EVE, HALF_A_MILLION, 9, 4), b""),
            [move(IT, HALF_A_MILLION), move(EVE, None, token=COIN, sender=IT, least=9)],
        ),
        (
            # Nobody stands for who calls; the older shape has a permit.
            f"swap(address,{DESCRIPTION},bytes,bytes)",
            (EVE, (USDC, NATIVE, EVE, NOBODY, HALF_A_MILLION, 9, 4), b"", b""),
            [move(IT, HALF_A_MILLION), move(VAULT, None, token=NOBODY, sender=IT, least=9)],
        ),
        (
            "transformERC20(address,address,uint256,uint256,(uint32,bytes)[])",
            (USDC, COIN, HALF_A_MILLION, 9, []),
            [move(IT, HALF_A_MILLION), move(VAULT, None, token=COIN, sender=IT, least=9)],
        ),
        (
            # Accounts as numbers, with flags above them.
            "unoswapTo(uint256,uint256,uint256,uint256,uint256)",
            (number(EVE, 3), number(USDC, 1), HALF_A_MILLION, 9, 0),
            [move(IT, HALF_A_MILLION), move(EVE, None, token=IT, sender=IT, least=9)],
        ),
        (
            "unoswapTo3(uint256,uint256,uint256,uint256,uint256,uint256,uint256)",
            (number(EVE), number(USDC), HALF_A_MILLION, 9, 1, 2, number(COIN, 5)),
            [move(IT, HALF_A_MILLION), move(EVE, None, token=IT, sender=IT, least=9)],
        ),
        (
            "ethUnoswap2(uint256,uint256,uint256)",
            (9, 1, number(COIN)),
            [move(VAULT, None, token=IT, sender=IT, least=9)],
        ),
        (
            "unoswapTo(address,address,uint256,uint256,uint256[])",
            (EVE, USDC, HALF_A_MILLION, 9, [1, number(COIN, 5)]),
            [move(IT, HALF_A_MILLION), move(EVE, None, token=IT, sender=IT, least=9)],
        ),
        (
            # Nobody stands for the coins that are sent along; there may be no pool at all.
            "unoswap(address,uint256,uint256,uint256[])",
            (NOBODY, HALF_A_MILLION, 9, []),
            [move(VAULT, None, token=IT, sender=IT, least=9)],
        ),
        (
            "uniswapV3SwapTo(address,uint256,uint256,uint256[])",
            (EVE, HALF_A_MILLION, 9, [number(COIN)]),
            [move(EVE, None, token=IT, sender=IT, least=9)],
        ),
        (
            "ethUnoswapTo(uint256,uint256,uint256)",
            (number(EVE), 9, 0),
            [move(EVE, None, token=IT, sender=IT, least=9)],
        ),
        (
            "exchange(int128,int128,uint256,uint256,address)",
            (0, 1, HALF_A_MILLION, 9, EVE),
            [move(EVE, None, token=IT, sender=IT, least=9)],
        ),
        (
            "exchange(uint256,uint256,uint256,uint256)",
            (0, 1, HALF_A_MILLION, 9),
            [move(VAULT, None, token=IT, sender=IT, least=9)],
        ),
        (
            SINGLE,
            ((bytes(32), 0, USDC, COIN, HALF_A_MILLION, b""), (VAULT, False, EVE, False), 9, LATER),
            [move(IT, HALF_A_MILLION), move(EVE, None, token=COIN, sender=IT, least=9)],
        ),
        (
            SINGLE,
            ((bytes(32), 1, USDC, COIN, 9, b""), (VAULT, False, VAULT, False), HALF_A_MILLION, LATER),
            [move(IT, HALF_A_MILLION), move(VAULT, 9, token=COIN, sender=IT)],
        ),
    ],
)
def test_exchange__effects(signature: str, values: tuple[Any, ...], effects: list[dict[str, Any]]) -> None:
    found = decode(signature, *values)
    assert bare(found.effects) == effects
    assert str(effects[-1]["recipient"]) in found.sentence


@pytest.mark.parametrize(
    ("signature", "values", "effects", "part"),
    [
        (
            "add_liquidity(uint256[3],uint256)",
            ([5, 0, 7], 9),
            [move(VAULT, None, token=IT, sender=IT, least=9)],
            "Puts 5 base units of its coin number 0, 7 base units of its coin number 2 into the pool",
        ),
        (
            "add_liquidity(uint256[],uint256,address)",
            ([5], 9, EVE),
            [move(EVE, None, token=IT, sender=IT, least=9)],
            f"which go to {EVE}",
        ),
        (
            "remove_liquidity(uint256,uint256[2])",
            (9, [0, 4]),
            [move(IT, 9, token=IT), move(VAULT, None, token=IT, sender=IT, least=4)],
            "back for at least 4 base units of its coin number 1",
        ),
        (
            "remove_liquidity(uint256,uint256[])",
            (9, []),
            [move(IT, 9, token=IT), move(VAULT, None, token=IT, sender=IT, least=0)],
            "back for at least nothing",
        ),
        (
            "remove_liquidity_one_coin(uint256,int128,uint256,address)",
            (9, 1, 4, EVE),
            [move(IT, 9, token=IT), move(EVE, None, token=IT, sender=IT, least=4)],
            "4 base units of its coin number 1",
        ),
        (
            "remove_liquidity_imbalance(uint256[2],uint256)",
            ([5, 0], 9),
            [move(IT, 9, token=IT)],
            "for at most 9 shares",
        ),
    ],
)
def test_liquidity__of_pools_without_names__what_is_asked_for(
    signature: str, values: tuple[Any, ...], effects: list[dict[str, Any]], part: str
) -> None:
    found = decode(signature, *values)
    assert bare(found.effects) == effects
    assert part in found.sentence


def test_exchange__by_pools__the_last_one_gives() -> None:
    found = decode("uniswapV3SwapTo(address,uint256,uint256,uint256[])", EVE, 5, 9, [1, number(COIN, 5)])
    assert f"base units of what the pool {COIN} gives" in found.sentence
    assert "exchanges 5 base units of what its first pool takes" in found.sentence


def test_exchange__that_may_be_done_in_part__said() -> None:
    for flags, is_said in ((1, True), (4, False)):
        given = (USDC, COIN, EVE, EVE, HALF_A_MILLION, 9, flags)
        found = decode(f"swap(address,{DESCRIPTION},bytes)", EVE, given, b"")
        assert ("It may be done in part" in found.sentence) is is_said


def test_exchange__sentence__limits_and_recipient() -> None:
    found = decode(
        f"swap(address,{DESCRIPTION},bytes)", EVE, (USDC, COIN, EVE, EVE, HALF_A_MILLION, 9, 4), b""
    )
    assert found.sentence == (
        f"At {IT}, exchanges {RAW} for at least 9 base units of {COIN}, which go to {EVE}. What goes in goes to "
        f"{EVE} first."
    )
