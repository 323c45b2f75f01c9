"""Exchanges and lending: what goes in, what comes out, and to whom."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode

from tests.core.meaning import (
    ANN,
    BOB,
    EVE,
    HALF_A_MILLION,
    IT,
    LATER,
    NOBODY,
    RAW,
    UNLIMITED,
    USDC,
    VAULT,
    allowance,
    bare,
    data,
    decode,
    decoded,
    move,
)
from verifier.model.address import Address
from verifier.model.call import FaultKind
from verifier.model.finding import Severity

COIN = Address(b"\x77" * 20)
PATH = USDC + (3_000).to_bytes(3, "big") + COIN
LONG_PATH = USDC + (500).to_bytes(3, "big") + EVE + (3_000).to_bytes(3, "big") + COIN
# What Uniswap's routers take for their caller and for themselves.
CALLER = Address((1).to_bytes(20, "big"))
ROUTER = Address((2).to_bytes(20, "big"))


@pytest.mark.parametrize(
    ("signature", "values", "value", "effects"),
    [
        (
            "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)",
            (HALF_A_MILLION, 9, [USDC, EVE, COIN], ANN, LATER),
            0,
            [move(IT, HALF_A_MILLION), move(ANN, None, token=COIN, sender=IT, least=9)],
        ),
        (
            "swapTokensForExactTokens(uint256,uint256,address[],address,uint256)",
            (9, HALF_A_MILLION, [USDC, COIN], ANN, LATER),
            0,
            [move(IT, HALF_A_MILLION), move(ANN, 9, token=COIN, sender=IT)],
        ),
        (
            "swapExactETHForTokens(uint256,address[],address,uint256)",
            (9, [COIN, USDC], ANN, LATER),
            7,
            [move(IT, 7, token=NOBODY), move(ANN, None, sender=IT, least=9)],
        ),
        (
            "swapExactTokensForETH(uint256,uint256,address[],address,uint256)",
            (HALF_A_MILLION, 9, [USDC, COIN], ANN, LATER),
            0,
            [move(IT, HALF_A_MILLION), move(ANN, None, token=NOBODY, sender=IT, least=9)],
        ),
        (
            "exactInputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))",
            ((USDC, COIN, 3_000, ANN, LATER, HALF_A_MILLION, 9, 0),),
            0,
            [move(IT, HALF_A_MILLION), move(ANN, None, token=COIN, sender=IT, least=9)],
        ),
        (
            "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint160))",
            ((USDC, COIN, 3_000, ANN, 9, HALF_A_MILLION, 0),),
            0,
            [move(IT, HALF_A_MILLION), move(ANN, 9, token=COIN, sender=IT)],
        ),
        (
            "exactInput((bytes,address,uint256,uint256,uint256))",
            ((LONG_PATH, ANN, LATER, HALF_A_MILLION, 9),),
            0,
            [move(IT, HALF_A_MILLION), move(ANN, None, token=COIN, sender=IT, least=9)],
        ),
        (
            # Of an exact output the path stands the other way round.
            "exactOutput((bytes,address,uint256,uint256))",
            ((COIN + (3_000).to_bytes(3, "big") + USDC, ANN, 9, HALF_A_MILLION),),
            0,
            [move(IT, HALF_A_MILLION), move(ANN, 9, token=COIN, sender=IT)],
        ),
        (
            "exactInput((bytes,address,uint256,uint256))",
            ((PATH, CALLER, HALF_A_MILLION, 9),),
            0,
            [move(IT, HALF_A_MILLION), move(VAULT, None, token=COIN, sender=IT, least=9)],
        ),
        (
            "exactInput((bytes,address,uint256,uint256))",
            ((PATH, ROUTER, HALF_A_MILLION, 9),),
            0,
            [move(IT, HALF_A_MILLION), move(IT, None, token=COIN, sender=IT, least=9)],
        ),
        (
            "sweepToken(address,uint256,address)",
            (USDC, 9, ANN),
            0,
            [move(ANN, None, sender=IT, least=9)],
        ),
        ("unwrapWETH9(uint256,address)", (9, ANN), 0, [move(ANN, None, token=NOBODY, sender=IT, least=9)]),
        ("unwrapWETH9(uint256)", (9,), 0, [move(VAULT, None, token=NOBODY, sender=IT, least=9)]),
        (
            "unwrapWETH9WithFee(uint256,address,uint256,address)",
            (9, ANN, 30, EVE),
            0,
            [move(ANN, None, token=NOBODY, sender=IT, least=9), move(EVE, None, token=NOBODY, sender=IT)],
        ),
        ("refundETH()", (), 0, [move(VAULT, None, token=NOBODY, sender=IT)]),
        ("pull(address,uint256)", (USDC, 9), 0, [move(IT, 9)]),
        (
            "selfPermit(address,uint256,uint256,uint8,bytes32,bytes32)",
            (USDC, 9, LATER, 27, bytes(32), bytes(32)),
            0,
            [allowance(IT, 9)],
        ),
        (
            "selfPermitAllowed(address,uint256,uint256,uint8,bytes32,bytes32)",
            (USDC, 0, LATER, 27, bytes(32), bytes(32)),
            0,
            [allowance(IT, None)],
        ),
        (
            "collect((uint256,address,uint128,uint128))",
            ((5, ANN, 9, 9),),
            0,
            [move(ANN, None, token=IT, token_id=5)],
        ),
        (
            "addLiquidityETH(address,uint256,uint256,uint256,address,uint256)",
            (USDC, HALF_A_MILLION, 1, 1, ANN, LATER),
            7,
            [move(IT, 7, token=NOBODY), move(IT, HALF_A_MILLION), move(ANN, None, sender=IT)],
        ),
        (
            "removeLiquidityETH(address,uint256,uint256,uint256,address,uint256)",
            (USDC, 5, 1, 1, ANN, LATER),
            0,
            [move(ANN, None, sender=IT, least=1), move(ANN, None, token=NOBODY, sender=IT, least=1)],
        ),
    ],
)
def test_routers__effects(
    signature: str, values: tuple[Any, ...], value: int, effects: list[dict[str, Any]]
) -> None:
    assert bare(decode(signature, *values, value=value).effects) == effects


def test_swap__sentence__limits_recipient_and_until_when() -> None:
    found = decode(
        "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)",
        HALF_A_MILLION, 9, [USDC, COIN], ANN, LATER,
    )  # fmt: skip
    assert found.sentence == (
        f"At {IT}, exchanges {RAW} for at least 9 base units of {COIN}, which go to {ANN} (Ann), not after Fri "
        "2027-01-15 08:00:00 UTC."
    )
    exact_out = decode(
        "swapTokensForExactTokens(uint256,uint256,address[],address,uint256)",
        9, HALF_A_MILLION, [USDC, COIN], ANN, LATER,
    )  # fmt: skip
    assert f"exchanges at most {RAW} for 9 base units of {COIN}" in exact_out.sentence


@pytest.mark.parametrize("path", [b"", USDC, USDC + b"\x00\x0b", PATH + b"\0"])
def test_swap__a_path_that_is_none__said_and_nothing_is_guessed(path: bytes) -> None:
    found = decode("exactInput((bytes,address,uint256,uint256,uint256))", (path, ANN, LATER, 5, 6))
    assert "a list of tokens that is none" in found.sentence
    assert (found.effects, found.unopened) == ((), 1)
    short = decode(
        "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)", 5, 6, [USDC], ANN, 7
    )
    assert (short.effects, short.unopened) == ((), 1)


def swap_input(recipient: bytes, payer_is_user: bool, path: bytes = PATH) -> bytes:
    types = ["address", "uint256", "uint256", "bytes", "bool"]
    return encode(types, [recipient, HALF_A_MILLION, 9, path, payer_is_user])


def run(commands: bytes, *inputs: bytes) -> bytes:
    return data("execute(bytes,bytes[],uint256)", commands, list(inputs), LATER)


@pytest.mark.parametrize(
    ("command", "given", "effects", "part"),
    [
        (
            0x00,
            swap_input(CALLER, True),
            [move(IT, HALF_A_MILLION), move(VAULT, None, token=COIN, sender=IT, least=9)],
            f"exchanges {RAW} for at least 9",
        ),
        (
            0x00,
            swap_input(ANN, False),
            [move(IT, HALF_A_MILLION, sender=IT), move(ANN, None, token=COIN, sender=IT, least=9)],
            "(Ann)",
        ),
        (
            0x01,
            swap_input(ANN, True, COIN + (3_000).to_bytes(3, "big") + USDC),
            [move(IT, 9), move(ANN, HALF_A_MILLION, token=COIN, sender=IT)],
            "at most",
        ),
        (
            0x08,
            encode(["address", "uint256", "uint256", "address[]", "bool"], [ANN, 5, 6, [USDC, COIN], True]),
            [move(IT, 5), move(ANN, None, token=COIN, sender=IT, least=6)],
            "exchanges",
        ),
        (
            0x02,
            encode(["address", "address", "uint160"], [USDC, ANN, 5]),
            [move(ANN, 5)],
            "sends 0.000005 USDC (5)",
        ),
        (
            0x04,
            encode(["address", "address", "uint256"], [USDC, ANN, 5]),
            [move(ANN, None, sender=IT, least=5)],
            "takes all",
        ),
        (
            0x05,
            encode(["address", "address", "uint256"], [USDC, ANN, 5]),
            [move(ANN, 5, sender=IT)],
            "sends 0.000005",
        ),
        (
            0x05,
            encode(["address", "address", "uint256"], [USDC, ANN, 1 << 255]),
            [move(ANN, None, sender=IT)],
            "sends all of",
        ),
        (
            0x06,
            encode(["address", "address", "uint256"], [USDC, ANN, 30]),
            [move(ANN, None, sender=IT)],
            "pays 30 in 10,000",
        ),
        (
            0x0A,
            encode(
                ["((address,uint160,uint48,uint48),address,uint256)", "bytes"],
                [((USDC, (1 << 160) - 1, LATER, 0), EVE, LATER), b"\x01" * 65],
            ),
            [allowance(EVE, None, until=LATER)],
            "shows a signature",
        ),
        (0x0B, encode(["address", "uint256"], [ROUTER, 5]), [], "wraps 5 wei"),
        (
            0x0C,
            encode(["address", "uint256"], [ANN, 5]),
            [move(ANN, None, token=NOBODY, sender=IT, least=5)],
            "unwraps all",
        ),
        (
            0x0D,
            encode(["(address,address,uint160,address)[]"], [[(VAULT, ANN, 5, USDC)]]),
            [move(ANN, 5)],
            "moves through Permit2",
        ),
        (0x0E, encode(["address", "address", "uint256"], [ANN, USDC, 5]), [], "goes on only if"),
    ],
)
def test_universal_router__one_command__effects_and_words(
    command: int, given: bytes, effects: list[dict[str, Any]], part: str
) -> None:
    found = decoded(run(bytes([command]), given))
    assert (found.faults, found.unopened) == ((), 0)
    assert bare(found.effects) == effects
    assert part in found.sentence
    assert f"Has {IT} run 1 command: (1) " in found.sentence
    for effect in found.effects:
        where = getattr(effect, "where", None)
        assert where is not None
        # Its bytes stand in those of the command.
        at = found.call.data.index(given)
        assert at <= where.start < where.stop <= at + len(given)


def test_universal_router__commands_that_nothing_reads__said_one_by_one() -> None:
    found = decoded(
        run(b"\x95\x05\x05", b"\x01", b"\x02", encode(["address", "address", "uint256"], [USDC, ANN, 5]))
    )
    assert (
        "(1) a command that nothing here can read, number 0x15 (may fail without stopping the rest)"
        in found.sentence
    )
    assert found.unopened == 2
    assert "(2) TRANSFER, whose data cannot be read" in found.sentence
    assert "(3) sends" in found.sentence
    assert bare(found.effects) == [move(ANN, 5, sender=IT)]
    assert [fault.kind for fault in found.faults] == [FaultKind.TRUNCATED]
    assert found.severity is Severity.DANGER


def test_universal_router__lists_that_differ_and_many_commands__said() -> None:
    one_too_few = decoded(run(b"\x05\x05", encode(["address", "address", "uint256"], [USDC, ANN, 5])))
    assert "differ in length" in one_too_few.sentence
    one = encode(["address", "address", "uint256"], [USDC, ANN, 5])
    many = decoded(run(b"\x05" * 70, *[one] * 70))
    assert "and 62 more" in many.sentence
    assert "of which 6 were not read" in many.sentence
    assert (one_too_few.unopened, many.unopened) == (1, 6)
    assert len(many.effects) == 64


@pytest.mark.parametrize(
    ("signature", "values", "effects"),
    [
        ("supply(address,uint256,address,uint16)", (USDC, 5, VAULT, 0), [move(IT, 5)]),
        # To somebody else's credit it is theirs.
        ("supply(address,uint256,address,uint16)", (USDC, 5, ANN, 0), [move(ANN, 5)]),
        ("withdraw(address,uint256,address)", (USDC, UNLIMITED, VAULT), [move(VAULT, None, sender=IT)]),
        ("withdraw(address,uint256,address)", (USDC, 5, ANN), [move(ANN, 5)]),
        (
            "borrow(address,uint256,uint256,uint16,address)",
            (USDC, 5, 2, 0, VAULT),
            [move(VAULT, 5, sender=IT)],
        ),
        ("repay(address,uint256,uint256,address)", (USDC, 5, 2, VAULT), [move(IT, 5)]),
        # Who is rid of a debt gains what was paid for it.
        ("repay(address,uint256,uint256,address)", (USDC, 5, 2, BOB), [move(BOB, 5)]),
        ("repayWithATokens(address,uint256,uint256)", (USDC, 5, 2), [move(IT, 5)]),
        ("approveDelegation(address,uint256)", (EVE, UNLIMITED), [allowance(EVE, None, token=IT)]),
    ],
)
def test_lending__effects(signature: str, values: tuple[Any, ...], effects: list[dict[str, Any]]) -> None:
    found = decode(signature, *values)
    assert bare(found.effects) == effects
    assert str(IT) in found.sentence
