"""Uniswap's version 4, in a router's commands and directly: who pays, what comes out, and to whom."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode

from tests.core.meaning import (
    ANN,
    EVE,
    HALF_A_MILLION,
    IT,
    LATER,
    NOBODY,
    RAW,
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
from verifier.model.call import DecodedCall, FaultKind
from verifier.model.finding import Severity

COIN = Address(b"\x77" * 20)
CALLER = Address((1).to_bytes(20, "big"))
ROUTER = Address((2).to_bytes(20, "big"))
ALL = 1 << 255
KEY = "(address,address,uint24,int24,address)"
STEP = "(address,uint24,int24,address,bytes)"
POOL = (COIN, USDC, 3_000, 60, NOBODY)
HOOKED = (COIN, USDC, 3_000, 60, EVE)
PATH = [(EVE, 500, 10, NOBODY, b""), (COIN, 3_000, 60, NOBODY, b"")]
# USDC is the second coin of the pool, so that it goes in where the direction is not from the first to the second.
SINGLE = encode([f"({KEY},bool,uint128,uint128,bytes)"], [(POOL, False, HALF_A_MILLION, 9, b"")])
SETTLED = encode(["address", "uint256"], [USDC, HALF_A_MILLION])
TAKEN = encode(["address", "uint256"], [COIN, 9])
SWAPPED = [
    move(IT, HALF_A_MILLION, sender=IT),
    move(IT, None, token=COIN, sender=IT, least=9),
]


def actions(kinds: bytes, *params: bytes) -> bytes:
    return encode(["bytes", "bytes[]"], [kinds, list(params)])


def run(commands: bytes, *inputs: bytes) -> bytes:
    return data("execute(bytes,bytes[],uint256)", commands, list(inputs), LATER)


def acted(kinds: bytes, *params: bytes) -> DecodedCall:
    return decoded(run(b"\x10", actions(kinds, *params)))


def test_v4_swap__exact_in_settle_take__paid_first_then_exchanged_then_taken() -> None:
    for kinds, params in (
        (b"\x06\x0c\x0f", (SINGLE, SETTLED, TAKEN)),
        # The order within the list changes nothing: all is settled at its end.
        (b"\x0f\x06\x0c", (TAKEN, SINGLE, SETTLED)),
    ):
        found = acted(kinds, *params)
        assert (found.faults, found.unopened) == ((), 0)
        assert bare(found.effects) == [
            move(IT, HALF_A_MILLION),
            *SWAPPED,
            move(VAULT, None, token=COIN, sender=IT, least=9),
        ]
    found = acted(b"\x06\x0c\x0f", SINGLE, SETTLED, TAKEN)
    assert found.sentence == (
        f"Has {IT} run 1 command: (1) in the pools of version 4 [(1) exchanges {RAW} for at least 9 base units of "
        f"{COIN}; (2) pays at most {RAW}; (3) takes all that came out of {COIN}, at least 9 base units of {COIN}, for "
        f"{VAULT} (this vault)]; not after Fri 2027-01-15 08:00:00 UTC."
    )


@pytest.mark.parametrize(
    ("kind", "given", "effects", "part"),
    [
        # The shapes of routers since version 2.1, which have a price for each pool more.
        (
            0x06,
            encode([f"({KEY},bool,uint128,uint128,uint256,bytes)"], [(POOL, False, HALF_A_MILLION, 9, 7, b"")]),
            SWAPPED,
            f"exchanges {RAW} for at least 9",
        ),
        (
            0x07,
            encode([f"(address,{STEP}[],uint256[],uint128,uint128)"], [(USDC, PATH, [], HALF_A_MILLION, 9)]),
            SWAPPED,
            f"exchanges {RAW} for at least 9",
        ),
        (
            0x07,
            encode([f"(address,{STEP}[],uint128,uint128)"], [(USDC, PATH, HALF_A_MILLION, 9)]),
            SWAPPED,
            f"exchanges {RAW} for at least 9",
        ),
        (
            0x06,
            encode([f"({KEY},bool,uint128,uint128,bytes)"], [(HOOKED, True, 0, 9, b"hook")]),
            [move(IT, None, token=COIN, sender=IT), move(IT, None, sender=IT, least=9)],
            f"exchanges all that is there of {COIN} for at least 0.000009 USDC (9), through {EVE}, whose code",
        ),
        (
            0x08,
            encode([f"({KEY},bool,uint128,uint128,bytes)"], [(POOL, False, 9, HALF_A_MILLION, b"")]),
            [move(IT, HALF_A_MILLION, sender=IT), move(IT, 9, token=COIN, sender=IT)],
            f"exchanges at most {RAW} for 9 base units",
        ),
        (
            # Along a path to an exact amount, the first step is where the coin comes from.
            0x09,
            encode(
                [f"(address,{STEP}[],uint128,uint128)"],
                [(COIN, [(USDC, 500, 10, NOBODY, b""), (EVE, 500, 10, ANN, b"")], 0, HALF_A_MILLION)],
            ),
            [move(IT, HALF_A_MILLION, sender=IT), move(IT, None, token=COIN, sender=IT)],
            f"for all that is owed of {COIN}, through {ANN} (Ann), whose code",
        ),
        (0x0B, encode(["address", "uint256", "bool"], [USDC, 5, True]), [move(IT, 5)], "pays 0.000005 USDC (5)"),
        (0x0B, encode(["address", "uint256", "bool"], [USDC, 0, True]), [move(IT, None)], "pays whatever is owed"),
        (0x0B, encode(["address", "uint256", "bool"], [USDC, ALL, False]), [], f"as {IT} holds, out of what {IT} has"),
        # Native coins are sent along with the call, whose value says so.
        (0x0B, encode(["address", "uint256", "bool"], [NOBODY, 5, True]), [], "pays 5 wei"),
        (0x0C, encode(["address", "uint256"], [USDC, (1 << 256) - 1]), [move(IT, None)], "pays whatever is owed"),
        (0x0D, encode(["address", "address"], [COIN, USDC]), [move(IT, None, token=COIN), move(IT, None)], "and of"),
        (0x0E, encode(["address", "address", "uint256"], [USDC, EVE, 5]), [move(EVE, 5, sender=IT)], str(EVE)),
        (0x0E, encode(["address", "address", "uint256"], [USDC, CALLER, 0]), [move(VAULT, None, sender=IT)], "all"),
        (0x0E, encode(["address", "address", "uint256"], [USDC, ROUTER, 0]), [move(IT, None, sender=IT)], str(IT)),
        (
            0x10,
            encode(["address", "address", "uint256"], [USDC, EVE, 30]),
            [move(EVE, None, sender=IT)],
            "takes 30 in 10,000 of what came out",
        ),
        (
            0x11,
            encode(["address", "address", "address"], [COIN, USDC, EVE]),
            [move(EVE, None, token=COIN, sender=IT), move(EVE, None, sender=IT)],
            str(EVE),
        ),
        (0x12, encode(["address"], [USDC]), [move(IT, None), move(VAULT, None, sender=IT)], "or takes what is left"),
        (0x13, encode(["address", "uint256"], [USDC, 5]), [move(VAULT, None, sender=IT)], "leaves what came out"),
        (0x14, encode(["address", "address"], [USDC, EVE]), [move(EVE, None, sender=IT)], "takes all of"),
        (0x15, encode(["uint256"], [5]), [], f"wraps 5 wei that {IT} holds"),
        (0x16, encode(["uint256"], [ALL]), [], f"unwraps all that {IT} holds"),
        (
            0x02,
            encode(
                [KEY, "int24", "int24", "uint256", "uint128", "uint128", "address", "bytes"],
                [HOOKED, -60, 60, 1, 3, 4, ANN, b""],
            ),
            [
                move(IT, 3, token=COIN, sender=IT),
                move(IT, 4, sender=IT),
                # What the hook keeps of it, its code says.
                move(EVE, None, token=COIN, sender=IT),
                move(EVE, None, sender=IT),
                move(ANN, 1, token=IT, sender=IT),
            ],
            f"which is {ANN} (Ann)'s, with the hook {EVE}",
        ),
        (0x01, encode(["uint256", "uint256", "uint128", "uint128", "bytes"], [7, 0, 0, 0, b""]), [], "number 7"),
        (
            # What comes out waits to be taken; out of its range a position holds one token only.
            0x01,
            encode(["uint256", "uint256", "uint128", "uint128", "bytes"], [7, 8, 0, 5, b""]),
            [move(IT, None, token=IT, sender=IT, least=5)],
            "takes 8 of the liquidity out of the position number 7",
        ),
        (
            0x03,
            encode(["uint256", "uint128", "uint128", "bytes"], [7, 6, 0, b""]),
            [move(IT, None, token=IT, sender=IT, least=6)],
            "for at least 6 and 0 base units of its two tokens, and ends it",
        ),
        (
            0x00,
            encode(["uint256", "uint256", "uint128", "uint128", "bytes"], [7, 8, 3, 4, b""]),
            [
                move(IT, None, token=IT, sender=IT, token_id=7),
                move(IT, 3, token=IT, sender=IT),
                move(IT, 4, token=IT, sender=IT),
            ],
            "puts up to 3 and 4 base units of its two tokens into the position number 7",
        ),
    ],
)  # fmt: skip
def test_v4_swap__one_action__effects_and_words(
    kind: int, given: bytes, effects: list[dict[str, Any]], part: str
) -> None:
    found = acted(bytes([kind]), given)
    assert (found.faults, found.unopened) == ((), 0)
    assert bare(found.effects) == effects
    assert part in found.sentence
    at = found.call.data.index(given)
    for effect in found.effects:
        where = getattr(effect, "where", None)
        assert where is not None
        assert at <= where.start < where.stop <= at + len(given)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (TAKEN[:12].replace(b"\0", b"\1", 1) + TAKEN[12:], FaultKind.DIRTY),
        (TAKEN[:40], FaultKind.TRUNCATED),
        (b"", FaultKind.TRUNCATED),
    ],
)
def test_v4_swap__an_action_that_nobody_honest_writes__danger_in_its_place(
    given: bytes, kind: FaultKind
) -> None:
    found = acted(b"\x0f", given)
    assert kind in [fault.kind for fault in found.faults]
    assert found.severity is Severity.DANGER
    assert all(found.call.data.index(given) <= fault.where.start for fault in found.faults)


def test_v4_swap__bytes_behind_an_action__notice_and_still_read() -> None:
    found = acted(b"\x0f", TAKEN + bytes(32))
    assert [fault.kind for fault in found.faults] == [FaultKind.TRAILING]
    assert bare(found.effects) == [move(VAULT, None, token=COIN, sender=IT, least=9)]


def test_v4_swap__lists_whose_parts_overlap_or_differ__not_opened() -> None:
    honest = actions(b"\x0f\x0f", TAKEN, TAKEN)
    # The second part's place is that of the first one.
    twisted = bytearray(honest)
    first, second = (honest.index((0x40 + i * 0x60).to_bytes(32, "big"), 0x80) for i in (0, 1))
    twisted[second : second + 32] = honest[first : first + 32]
    found = decoded(run(b"\x10", bytes(twisted)))
    assert (found.effects, found.unopened, found.severity) == ((), 1, Severity.DANGER)
    one_too_few = acted(b"\x0f\x0f", TAKEN)
    assert "differ in length" in one_too_few.sentence
    assert one_too_few.unopened == 1


def test_v4_swap__an_action_that_nothing_reads__opaque_and_the_others_told() -> None:
    found = acted(b"\x0a\x0f", b"", TAKEN)
    assert "(1) an action that nothing here can read, number 0x0a" in found.sentence
    assert found.unopened == 1
    assert bare(found.effects) == [move(VAULT, None, token=COIN, sender=IT, least=9)]


@pytest.mark.parametrize(
    ("coin", "amount", "is_double"),
    [
        (USDC, 1, True),
        (USDC, (1 << 17) - 1, True),
        (USDC, 1 << 17, False),
        # The whole open credit: at this place stands the coin, and only the native one looks like an empty list.
        (USDC, 0, False),
        (NOBODY, 0, True),
    ],
)
def test_v4_swap__a_path_that_a_later_router_reads_otherwise__not_believed(
    coin: Address, amount: int, is_double: bool
) -> None:
    """The later router takes the floor for the amount that goes in, and the number of pools for the floor."""
    older = encode([f"(address,{STEP}[],uint128,uint128)"], [(coin, PATH, amount, HALF_A_MILLION)])
    found = acted(b"\x07", older)
    assert found.faults == ()
    assert found.unopened == int(is_double)
    assert ("at a router of another version" in found.sentence) is is_double
    later = encode(
        [f"(address,{STEP}[],uint256[],uint128,uint128)"], [(coin, PATH, [], amount, HALF_A_MILLION)]
    )
    assert acted(b"\x07", later).unopened == 0


def test_sub_plan__inside_of_another__opened_and_what_may_fail_said() -> None:
    take = encode(["address", "address", "uint256"], [USDC, EVE, 5])
    inner = actions(b"\x05", take)
    for number in (0x20, 0x21):
        outer = actions(bytes([number | 0x80]), inner)
        found = decoded(run(bytes([number]), outer))
        assert (found.faults, found.unopened) == ((), 0)
        assert bare(found.effects) == [move(EVE, 5, sender=IT, is_optional=True)]
        assert "in a list of its own [1 command: (1) in a list of its own [" in found.sentence
        assert "(may fail without stopping the rest)" in found.sentence


def test_sub_plan__deeper_than_anybody_needs__not_opened() -> None:
    plan = actions(b"\x05", encode(["address", "address", "uint256"], [USDC, EVE, 5]))
    for _ in range(4):
        plan = actions(b"\x21", plan)
    found = decoded(run(b"\x21", plan))
    assert "too deep to be opened" in found.sentence
    assert (found.effects, found.unopened) == ((), 1)


def test_sub_plans__more_steps_than_are_read__counted() -> None:
    plan = actions(b"\x0f" * 64, *[TAKEN] * 64)
    found = decoded(run(b"\x10" * 8, *[plan] * 8))
    # Three lists whole, and sixty actions of the fourth one.
    assert (len(found.effects), found.unopened) == (3 * 64 + 60, 4 + 4)


@pytest.mark.parametrize(
    ("command", "given", "effects", "part"),
    [
        (
            0x11,
            data("permit(address,uint256,uint256,uint8,bytes32,bytes32)", EVE, 7, LATER, 27, bytes(32), bytes(32)),
            [allowance(EVE, 1, token=IT, token_id=7)],
            "to move the position number 7",
        ),
        (
            0x12,
            data("collect((uint256,address,uint128,uint128))", (7, EVE, 9, 9)),
            [move(EVE, None, token=IT, token_id=7)],
            "has earned out for",
        ),
        (0x12, data("burn(uint256)", 7), [], "Ends the empty position number 7"),
        (
            0x14,
            data(
                "modifyLiquidities(bytes,uint256)",
                actions(b"\x14", encode(["address", "address"], [USDC, EVE])),
                LATER,
            ),
            [move(EVE, None, sender=IT)],
            "has its contract of positions run [(1) takes all of",
        ),
        # There, who calls is the router.
        (
            0x14,
            data(
                "modifyLiquidities(bytes,uint256)",
                actions(b"\x14", encode(["address", "address"], [USDC, CALLER])),
                LATER,
            ),
            [move(IT, None, sender=IT)],
            str(IT),
        ),
        (0x13, encode([KEY, "uint160"], [HOOKED, 1 << 96]), [], f"opens a pool of {COIN} and {USDC} (USDC), with the"),
        (0x07, encode(["address", "address", "uint256"], [USDC, EVE, 9]), [move(EVE, None, sender=IT)], "9 in 10^18"),
        (0x0F, encode(["address", "uint256"], [EVE, 9]), [move(EVE, 9, token=NOBODY, sender=IT)], "unwraps 9 wei"),
        (
            0x00,
            encode(
                ["address", "uint256", "uint256", "bytes", "bool", "uint256[]"],
                [EVE, 5, 9, USDC + bytes(3) + COIN, True, [1]],
            ),
            [move(IT, 5), move(EVE, None, token=COIN, sender=IT, least=9)],
            "exchanges",
        ),
    ],
)  # fmt: skip
def test_command__of_the_later_routers__effects_and_words(
    command: int, given: bytes, effects: list[dict[str, Any]], part: str
) -> None:
    found = decoded(run(bytes([command]), given))
    assert (found.faults, found.unopened) == ((), 0)
    assert bare(found.effects) == effects
    assert part in found.sentence


@pytest.mark.parametrize(
    ("command", "given"),
    [
        (0x11, data("approve(address,uint256)", EVE, 7)),
        (0x12, data("transferFrom(address,address,uint256)", VAULT, EVE, 7)),
        (0x12, b""),
        (0x14, data("multicall(bytes[])", [])),
        # A market of version 1: a value, and calldata.
        (0x10, encode(["uint256", "bytes"], [1, b"\x01\x02\x03\x04"])),
        # A deposit for a bridge in one version, an exchange in another one.
        (0x40, encode(["address", "uint256", "uint256", "bytes", "bool"], [EVE, 5, 9, b"", True])),
    ],
)
def test_command__that_is_something_else_in_these_bytes__opaque(command: int, given: bytes) -> None:
    found = decoded(run(bytes([command]), given))
    assert found.effects == ()
    assert found.unopened == 1


def test_positions__changed_directly__the_vault_is_who_calls() -> None:
    found = decode(
        "modifyLiquidities(bytes,uint256)",
        actions(
            b"\x03\x11",
            encode(["uint256", "uint128", "uint128", "bytes"], [7, 0, 0, b""]),
            encode(["address", "address", "address"], [COIN, USDC, CALLER]),
        ),
        LATER,
    )
    assert bare(found.effects) == [
        move(IT, None, token=IT, sender=IT, least=0),
        move(VAULT, None, token=COIN, sender=IT),
        move(VAULT, None, sender=IT),
    ]
    assert found.sentence.startswith(f"Has {IT} change positions: (1) takes all out of the position number 7")
    without = decode(
        "modifyLiquiditiesWithoutUnlock(bytes,bytes[])",
        b"\x14",
        [encode(["address", "address"], [USDC, EVE])],
    )
    assert bare(without.effects) == [move(EVE, None, sender=IT)]


def test_execute_signed__the_same_commands__the_same_effects() -> None:
    found = decode(
        "executeSigned(bytes,bytes[],bytes32,bytes32,bool,bytes32,bytes,uint256)",
        b"\x10", [actions(b"\x0e", encode(["address", "address", "uint256"], [USDC, EVE, 5]))],
        bytes(32), bytes(32), True, bytes(32), b"", LATER,
    )  # fmt: skip
    assert bare(found.effects) == [move(EVE, 5, sender=IT)]
