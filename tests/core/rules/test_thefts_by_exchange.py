"""Thefts that go through an exchange that everybody knows, each next to the honest call that it looks like."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode

from tests.core.rules.cases import (
    ALICE,
    MALLORY,
    PROTOCOL,
    ROUTER,
    TOKEN,
    account,
    call,
    calldata,
    case_of,
    policy,
    severities,
    token,
)
from tests.core.rules.test_rules_from_bytes import LISTED, loud
from tests.desk.fakes import VAULT
from verifier.assess.case import Case
from verifier.model.address import NOBODY, Address
from verifier.model.asset import Use
from verifier.model.finding import Severity
from verifier.model.operation import Call

LATER = 1_900_000_000
COIN = Address(b"\x88" * 20)
FAKE = Address(b"\x66" * 20)
ITSELF = Address((2).to_bytes(20, "big"))
LABELS = {COIN: "WETH", PROTOCOL: "Positions", ROUTER: "Router"}
POLICY = policy(
    assets={TOKEN: LISTED},
    uses={ROUTER: Use.SPENDER | Use.RECIPIENT, PROTOCOL: Use.SPENDER | Use.RECIPIENT},
)
V2 = "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)"
SINGLE = "exactInputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))"
SINGLE_OUT = "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))"
PATH = TOKEN + (3_000).to_bytes(3, "big") + COIN


def case(*calls: Call, **more: Any) -> Case:
    return case_of(*calls, labels=LABELS, policy=POLICY, **more)


def swap(out: Address = COIN, least: int = 10**18, to: Address = VAULT) -> Call:
    return call(ROUTER, V2, 10**9, least, [TOKEN, out], to, LATER)


def single(to: Address = VAULT, *, least: int = 10**18, value: int = 0) -> bytes:
    return calldata(SINGLE, (TOKEN if not value else COIN, COIN, 3_000, to, LATER, 10**9, least, 0))


def router(*steps: bytes, value: int = 0) -> Call:
    """Return a call of a router that makes these calls of itself; one alone is made directly."""
    data = steps[0] if len(steps) == 1 else calldata("multicall(bytes[])", list(steps))
    return Call(target=ROUTER, value=value, data=data)  # type: ignore[arg-type]  # in wei


def commands(which: bytes, *inputs: bytes) -> Call:
    return call(ROUTER, "execute(bytes,bytes[],uint256)", which, list(inputs), LATER)


def command_swap(to: Address, least: int) -> bytes:
    return encode(["address", "uint256", "uint256", "bytes", "bool"], [to, 10**9, least, PATH, True])


def swept(least: int) -> bytes:
    return encode(["address", "address", "uint256"], [COIN, VAULT, least])


def test_swap__for_a_token_of_the_thiefs_own__warned() -> None:
    assert loud(case(swap(FAKE))) == {"exchange-asset-unknown"}
    assert loud(case(swap())) == set()


def test_position__with_a_token_of_the_thiefs_own__warned() -> None:
    """One that holds the listed token only, until somebody pays for all of it in the other one."""
    signature = "mint((address,address,uint24,int24,int24,uint256,uint256,uint256,uint256,address,uint256))"
    for other, expected in ((FAKE, {"exchange-asset-unknown"}), (COIN, set())):
        opened = call(PROTOCOL, signature, (TOKEN, other, 3_000, -60, 60, 10**9, 0, 0, 0, VAULT, LATER))
        assert loud(case(opened)) == expected


def test_position__of_somebody_whom_the_bytes_do_not_name__warned() -> None:
    more = call(
        PROTOCOL,
        "increaseLiquidity((uint256,uint256,uint256,uint256,uint256,uint256))",
        (7, 10**9, 10**9, 10**9, 10**9, LATER),
    )
    assert loud(case(more)) == {"position-of-whom"}


@pytest.mark.parametrize(
    ("least", "decimals", "is_floor"),
    [
        (0, None, False),
        (1_000, None, False),
        (1_001, None, True),
        # A hundred-thousandth of a whole one, where it is known what that is.
        (10**13 - 1, 18, False),
        (10**13, 18, True),
        (9, 6, False),
        (10, 6, True),
    ],
)
def test_swap__that_takes_any_price__warned(least: int, decimals: int | None, is_floor: bool) -> None:
    told = token(decimals=decimals) if decimals else None
    found = case(swap(least=least), accounts=[account(COIN, token=told)])
    assert severities(found, "exchange-without-floor") == ([] if is_floor else [Severity.WARNING])


def test_shares_of_a_pool__for_whatever_they_give__warned() -> None:
    signature = "removeLiquidity(address,address,uint256,uint256,uint256,address,uint256)"
    given, kept = (
        case(call(ROUTER, signature, TOKEN, COIN, 10**18, least, 10**18, VAULT, LATER))
        for least in (0, 10**9)
    )
    assert severities(given, "exchange-without-floor") == [Severity.WARNING]
    assert severities(kept, "exchange-without-floor") == []


def test_swap__floor_where_it_leaves_the_router__is_one() -> None:
    def sold(at_the_end: int) -> Case:
        out = calldata("unwrapWETH9(uint256,address)", at_the_end, VAULT)
        paid = calldata("sweepToken(address,uint256,address)", COIN, at_the_end, VAULT)
        return case(router(single(ITSELF, least=0), paid), router(single(ITSELF, least=0), out))

    # What leaves at once has its price by then, also where the last step takes whatever is there.
    priced = commands(b"\x00\x04", command_swap(ITSELF, 10**18), swept(0))
    assert severities(case(priced), "exchange-without-floor") == []
    for least, expected in ((10**18, []), (0, [Severity.WARNING])):
        unpriced = commands(b"\x00\x04", command_swap(ITSELF, 0), swept(least))
        assert severities(case(unpriced), "exchange-without-floor") == expected
    assert severities(sold(10**18), "exchange-without-floor") == []
    # The second one's is of the native coin, and comes after both.
    assert severities(sold(0), "exchange-without-floor") == [Severity.WARNING] * 2
    # What leaves at once has no later floor.
    early = case(
        router(single(least=0), calldata("sweepToken(address,uint256,address)", COIN, 10**18, VAULT))
    )
    assert severities(early, "exchange-without-floor") == [Severity.WARNING]


@pytest.mark.parametrize(
    "theft",
    [
        # The zero address and 2 are the router itself.
        router(single(NOBODY)),
        router(single(ITSELF)),
        router(calldata("pull(address,uint256)", TOKEN, 10**9)),
        router(calldata("sweepToken(address,uint256,address)", TOKEN, 5, VAULT), single(ITSELF)),
        call(
            PROTOCOL,
            "collect((uint256,address,uint128,uint128))",
            (7, NOBODY, (1 << 128) - 1, (1 << 128) - 1),
        ),
        commands(b"\x00", command_swap(ITSELF, 10**18)),
        commands(b"\x02", encode(["address", "address", "uint160"], [TOKEN, ITSELF, 10**9])),
        # Coins for no step at all: the next one who asks for a refund has them.
        Call(target=ROUTER, value=10**18, data=calldata("multicall(bytes[])", [])),  # type: ignore[arg-type]
        router(single(value=1), single(value=1), value=3 * 10**9),
        # More coins than it takes, and nobody asks for the rest.
        Call(target=ROUTER, value=10**20, data=single(value=1)),  # type: ignore[arg-type]
        call(ROUTER, SINGLE_OUT, (COIN, COIN, 3_000, VAULT, LATER, 5, 10**9, 0), value=10**9),
    ],
)
def test_router__keeps_what_nobody_takes_out__warned(theft: Call) -> None:
    assert loud(case(theft)) == {"left-at-router"}


@pytest.mark.parametrize(
    "honest",
    [
        router(single()),
        router(single(ITSELF), calldata("unwrapWETH9(uint256,address)", 10**18, VAULT)),
        router(
            calldata("pull(address,uint256)", TOKEN, 5), calldata("sweepToken(address,uint256)", TOKEN, 5)
        ),
        commands(
            b"\x00\x0c",
            command_swap(ITSELF, 10**18),
            encode(["address", "uint256"], [VAULT, 10**18]),
        ),
        Call(target=ROUTER, value=10**9, data=single(value=1)),  # type: ignore[arg-type]
        router(single(value=1), single(value=1), value=2 * 10**9),
        router(
            calldata(SINGLE_OUT, (COIN, COIN, 3_000, VAULT, LATER, 5, 10**9, 0)),
            calldata("refundETH()"),
            value=10**9,
        ),
    ],
)
def test_router__gives_out_what_it_gets__nothing_to_say(honest: Call) -> None:
    assert loud(case(honest)) == set()


def test_universal_router__command_of_a_later_version__not_read_as_another_one() -> None:
    """In version 2.1 the seventh bit is part of the command: 0x40 is a bridge there, and was a swap before."""
    for which in (b"\x40", b"\xc0", b"\x44"):
        assert "calls-unopened" in loud(case(commands(which, command_swap(VAULT, 10**18))))
    assert loud(case(commands(b"\x80", command_swap(VAULT, 10**18)))) == set()


def test_lending__pays_the_debt_of_somebody_else__who_gains_by_it() -> None:
    signature = "repay(address,uint256,uint256,address)"
    assert loud(case(call(PROTOCOL, signature, TOKEN, 10**9, 2, MALLORY))) == {"counterparty-unknown"}
    assert loud(case(call(PROTOCOL, signature, TOKEN, 10**9, 2, VAULT))) == set()


def test_swap__to_somebody_else__who_gains_by_it() -> None:
    assert loud(case(swap(to=ALICE))) == {"counterparty-unknown"}


def test_exchange__for_far_less_of_the_same_token__warned() -> None:
    """What goes round in a circle comes back smaller, and whoever made the pools on its way keeps the difference."""
    circle = [TOKEN, COIN, TOKEN]
    exact_out = "swapTokensForExactTokens(uint256,uint256,address[],address,uint256)"
    packed = TOKEN + bytes(3) + COIN + bytes(3) + TOKEN
    along = "exactInput((bytes,address,uint256,uint256,uint256))"
    permit = "((address,uint256),uint256,uint256)"
    pull = calldata(f"TRANSFER_FROM(address,{permit},bytes)", ROUTER, ((TOKEN, 10**9), 0, LATER), b"")
    fee = calldata("POSITIVE_SLIPPAGE(address,address,uint256,uint256)", ROUTER, TOKEN, 1, 10_000)
    settle = "execute((address,address,uint256),bytes[],bytes32)"
    for back, expected in ((10**9 // 10 * 9 - 1, [Severity.WARNING]), (10**9 // 10 * 9, [])):
        for one in (
            call(ROUTER, V2, 10**9, back, circle, VAULT, LATER),
            call(ROUTER, exact_out, back, 10**9, circle, VAULT, LATER),
            call(ROUTER, along, (packed, VAULT, LATER, 10**9, back)),
            call(ROUTER, settle, (VAULT, TOKEN, back), [pull, fee], bytes(32)),
        ):
            assert severities(case(one), "exchange-without-floor") == expected
    part = calldata(
        f"TRANSFER_FROM(address,{permit},bytes)", ROUTER, ((TOKEN, (1 << 256) - 1), 0, LATER), b""
    )
    found = case(call(ROUTER, settle, (VAULT, TOKEN, 10**9), [part], bytes(32)))
    assert severities(found, "exchange-without-floor") == [Severity.WARNING]
