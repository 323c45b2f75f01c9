"""Thefts in the lists of actions of Uniswap's version 4, each next to the honest exchange that it looks like."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode

from tests.core.rules.cases import MALLORY, PROTOCOL, ROUTER, TOKEN, call, severities
from tests.core.rules.test_rules_from_bytes import loud
from tests.core.rules.test_thefts_by_exchange import COIN, FAKE, ITSELF, LATER, case, commands
from tests.desk.fakes import VAULT
from verifier.model.address import NOBODY, Address
from verifier.model.finding import Severity
from verifier.model.operation import Call

CALLER = Address((1).to_bytes(20, "big"))
PAID = 10**9
PRICE = 10**18
KEY = "(address,address,uint24,int24,address)"
SETTLED = encode(["address", "uint256"], [TOKEN, PAID])


def swap(out: Address = COIN, least: int = PRICE, hook: Address = NOBODY) -> bytes:
    pool = (TOKEN, out, 3_000, 60, hook)
    return encode([f"({KEY},bool,uint128,uint128,bytes)"], [(pool, True, PAID, least, b"")])


def take_all(least: int = PRICE, coin: Address = COIN) -> bytes:
    return encode(["address", "uint256"], [coin, least])


def take(to: Address, amount: int = 0) -> bytes:
    return encode(["address", "address", "uint256"], [COIN, to, amount])


def actions(kinds: bytes, *params: bytes) -> bytes:
    return encode(["bytes", "bytes[]"], [kinds, list(params)])


def acted(kinds: bytes, *params: bytes) -> Call:
    return commands(b"\x10", actions(kinds, *params))


@pytest.mark.parametrize(
    "honest",
    [
        acted(b"\x06\x0c\x0f", swap(), SETTLED, take_all()),
        acted(b"\x0f\x06\x0c", take_all(), swap(), SETTLED),
        acted(b"\x06\x0c\x0e", swap(), SETTLED, take(CALLER)),
        acted(b"\x06\x0c\x0e", swap(), SETTLED, take(VAULT)),
        # The floor may be where it leaves the router.
        acted(b"\x06\x0c\x0f", swap(least=0), SETTLED, take_all()),
        # Taken into the router, and swept out of it to the vault.
        commands(
            b"\x10\x04",
            actions(b"\x06\x0c\x0e", swap(), SETTLED, take(ITSELF)),
            encode(["address", "address", "uint256"], [COIN, VAULT, PRICE]),
        ),
        commands(b"\x21", actions(b"\x10", actions(b"\x06\x0c\x0f", swap(), SETTLED, take_all()))),
    ],
)
def test_v4__honest_exchange__nothing_to_say(honest: Call) -> None:
    assert loud(case(honest)) == set()


@pytest.mark.parametrize(
    ("theft", "rule"),
    [
        (acted(b"\x06\x0c\x0e", swap(), SETTLED, take(MALLORY)), "counterparty-unknown"),
        # Only a part, beside the honest rest.
        (acted(b"\x06\x0c\x10\x0f", swap(), SETTLED, take(MALLORY, 9_000), take_all(10**15)), "counterparty-unknown"),
        (acted(b"\x14", encode(["address", "address"], [COIN, MALLORY])), "counterparty-unknown"),
        (acted(b"\x06\x0c\x0f", swap(least=0), SETTLED, take_all(0)), "exchange-without-floor"),
        (acted(b"\x06\x0c\x0f", swap(FAKE), SETTLED, take_all(coin=FAKE)), "exchange-asset-unknown"),
        (acted(b"\x06\x0c\x0e", swap(), SETTLED, take(ITSELF)), "left-at-router"),
        # Paid, and nothing taken.
        (acted(b"\x0c", SETTLED), "left-at-router"),
        (acted(b"\x0a", b""), "calls-unopened"),
        (commands(b"\x21", actions(b"\x15", b"")), "calls-unopened"),
        (commands(b"\x14", b"\x01\x02\x03\x04"), "calls-unopened"),
    ],
)  # fmt: skip
def test_v4__theft__found(theft: Call, rule: str) -> None:
    assert loud(case(theft)) == {rule}


def test_v4__in_a_list_in_a_list__found_the_same() -> None:
    inner = actions(b"\x10", actions(b"\x06\x0c\x0e", swap(), SETTLED, take(MALLORY)))
    assert loud(case(commands(b"\x21", inner))) == {"counterparty-unknown"}


def test_v4_positions__whose_a_new_one_is__who_gains_by_it() -> None:
    def minted(owner: Address, *, other: Address = COIN) -> Call:
        types = [KEY, "int24", "int24", "uint256", "uint128", "uint128", "address", "bytes"]
        position = encode(types, [(TOKEN, other, 3_000, 60, NOBODY), -60, 60, 1, PAID, PAID, owner, b""])
        paid = encode(["address", "address"], [TOKEN, other])
        return call(PROTOCOL, "modifyLiquidities(bytes,uint256)", actions(b"\x02\x0d", position, paid), LATER)

    assert loud(case(minted(VAULT))) == loud(case(minted(CALLER))) == set()
    assert loud(case(minted(MALLORY))) == {"counterparty-unknown"}
    assert loud(case(minted(VAULT, other=FAKE))) == {"exchange-asset-unknown"}


def test_v4__a_path_with_two_readings__danger() -> None:
    """A later router would pay the floor's number of units, for no less than the number of pools."""
    step = "(address,uint24,int24,address,bytes)"
    path = [(COIN, 3_000, 60, NOBODY, b"")]
    two = encode([f"(address,{step}[],uint128,uint128)"], [(TOKEN, path, 1_000, PRICE)])
    open_debt = encode(["address", "uint256", "bool"], [TOKEN, 0, True])
    theft = case(acted(b"\x07\x0b\x0e", two, open_debt, take(CALLER)))
    assert severities(theft, "calls-unopened") == [Severity.DANGER]


def test_exchange__for_an_exact_amount_at_any_price__warned() -> None:
    def bought(most: int) -> list[Call]:
        pool = (TOKEN, COIN, 3_000, 60, NOBODY)
        exact = encode(
            [f"({KEY},bool,uint128,uint128,bytes)"], [(pool, True, PRICE, most & (1 << 128) - 1, b"")]
        )
        settle = encode(["address", "uint256", "bool"], [TOKEN, 0, True])
        return [
            acted(b"\x08\x0b\x0f", exact, settle, take_all()),
            call(ROUTER, "swapTokensForExactTokens(uint256,uint256,address[],address,uint256)",
                 PRICE, most, [TOKEN, COIN], VAULT, LATER),
        ]  # fmt: skip

    for any_price, limited in zip(bought((1 << 256) - 1), bought(PAID), strict=True):
        assert loud(case(any_price)) == {"exchange-without-ceiling"}
        assert loud(case(limited)) == set()
    # All that the router holds is a limit.
    all_of_it = encode(
        ["address", "uint256", "uint256", "bytes", "bool"],
        [VAULT, 1 << 255, PRICE, TOKEN + (3_000).to_bytes(3, "big") + COIN, False],
    )
    into = encode(["address", "address", "uint160"], [TOKEN, ITSELF, PAID])
    one = case(commands(b"\x02\x00", into, all_of_it))
    assert loud(one) == set()
    assert "exchanges all that" in one.calls[0].sentence
