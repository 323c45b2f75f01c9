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


def test_exchange__sentence__limits_and_recipient() -> None:
    found = decode(
        f"swap(address,{DESCRIPTION},bytes)", EVE, (USDC, COIN, EVE, EVE, HALF_A_MILLION, 9, 4), b""
    )
    assert found.sentence == (
        f"At {IT}, exchanges {RAW} for at least 9 base units of {COIN}, which go to {EVE}."
    )
