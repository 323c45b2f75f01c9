"""Permit2: allowances of its own, and signatures that move what was approved to it."""

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
    RAW,
    USDC,
    allowance,
    bare,
    data,
    decode,
    decoded,
    move,
)
from verifier.model.effect import Allowance, Move

DETAILS = (USDC, HALF_A_MILLION, LATER, 0)
ALL_OF_IT = (1 << 160) - 1


@pytest.mark.parametrize(
    ("signature", "values", "effects", "part"),
    [
        (
            "approve(address,address,uint160,uint48)",
            (USDC, ANN, ALL_OF_IT, LATER),
            [allowance(ANN, None, until=LATER)],
            "without limit of",
        ),
        (
            "approve(address,address,uint160,uint48)",
            (USDC, ANN, HALF_A_MILLION, 0),
            [allowance(ANN, HALF_A_MILLION, until=0)],
            "in the same block",
        ),
        (
            "permit(address,((address,uint160,uint48,uint48),address,uint256),bytes)",
            (BOB, (DETAILS, ANN, LATER), b"\x01" * 65),
            [allowance(ANN, HALF_A_MILLION, owner=BOB, until=LATER)],
            f"up to {RAW}, until Fri 2027-01-15",
        ),
        (
            "permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)",
            (BOB, ([DETAILS, (IT, 5, LATER, 1)], ANN, LATER), b"\x01" * 65),
            [
                allowance(ANN, HALF_A_MILLION, owner=BOB, until=LATER),
                allowance(ANN, 5, token=IT, owner=BOB, until=LATER),
            ],
            f"up to 5 base units of {IT}",
        ),
        (
            "transferFrom(address,address,uint160,address)",
            (BOB, ANN, HALF_A_MILLION, USDC),
            [move(ANN, HALF_A_MILLION, sender=BOB)],
            f"Moves through {IT} as through Permit2 {RAW} from",
        ),
        (
            "transferFrom((address,address,uint160,address)[])",
            ([(BOB, ANN, 5, USDC), (BOB, EVE, 6, IT)],),
            [move(ANN, 5, sender=BOB), move(EVE, 6, token=IT, sender=BOB)],
            str(EVE),
        ),
        (
            "permitTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes)",
            (((USDC, 9), 0, LATER), (ANN, 5), BOB, b"\x01" * 65),
            [move(ANN, 5, sender=BOB)],
            "Shows a signature of",
        ),
        (
            ("permitTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,bytes)"),
            (([(USDC, 9), (IT, 9)], 0, LATER), [(ANN, 5), (EVE, 6)], BOB, b"\x01" * 65),
            [move(ANN, 5, sender=BOB), move(EVE, 6, token=IT, sender=BOB)],
            "Shows a signature of",
        ),
        (
            "lockdown((address,address)[])",
            ([(USDC, ANN)],),
            [allowance(ANN, 0)],
            "Takes back",
        ),
    ],
)
def test_permit2__effects(
    signature: str, values: tuple[Any, ...], effects: list[dict[str, Any]], part: str
) -> None:
    found = decode(signature, *values)
    assert bare(found.effects) == effects
    assert part in found.sentence
    assert all(effect.where for effect in found.effects if isinstance(effect, Move | Allowance))


def test_permit2__each_of_a_batch__stands_in_its_own_bytes() -> None:
    call_data = data(
        "transferFrom((address,address,uint160,address)[])", [(BOB, ANN, 5, USDC), (BOB, EVE, 6, IT)]
    )
    first, second = (e.where for e in decoded(call_data).effects if isinstance(e, Move))
    assert first is not None
    assert second is not None
    assert int.from_bytes(first.of(call_data)[64:96], "big") == 5
    assert second.of(call_data)[-20:] == IT
