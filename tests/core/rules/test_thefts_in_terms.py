"""Thefts in the terms of an ordinary call: a price that falls, a token of the other side, a market's oracle."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode

from tests.core.rules.cases import (
    ALICE,
    MALLORY,
    PROTOCOL,
    TOKEN,
    account,
    call,
    calldata,
    case_of,
    findings,
    severities,
)
from tests.core.rules.test_rules_from_bytes import loud
from tests.core.rules.test_thefts_by_exchange import COIN, FAKE, ITSELF, commands
from tests.core.rules.test_thefts_by_incident import LABELS, LATER, MARKETS, ORDERS, POLICY, ROOT, said
from tests.core.rules.test_thefts_by_v4 import KEY, PAID, PRICE, actions
from tests.desk.fakes import VAULT
from verifier.assess.case import Case
from verifier.model.address import NOBODY, Address
from verifier.model.finding import Severity
from verifier.model.operation import Call


def case(one: Call) -> Case:
    return case_of(one, labels={**LABELS, COIN: "WETH"}, policy=POLICY)


def order(offered: list[Any], asked: list[Any]) -> Call:
    """Return what makes an order of the vault good for anybody to fill."""
    terms = (VAULT, NOBODY, offered, asked, 0, 0, LATER, ROOT, 0, ROOT, len(asked))
    return call(PROTOCOL, ORDERS, [(terms, b"")])


def coins(token: Address, first: int, last: int) -> tuple[Any, ...]:
    return (1, token, 0, first, last)


def test_order__at_one_price__nothing_to_say() -> None:
    fair = order([coins(TOKEN, PAID, PAID)], [(*coins(COIN, PRICE, PRICE), VAULT)])
    assert loud(case(fair)) == set()
    # What others get beside it may be small.
    taxed = order(
        [coins(TOKEN, PAID, PAID)], [(*coins(COIN, PRICE, PRICE), VAULT), (*coins(COIN, 1, 1), ALICE)]
    )
    assert loud(case(taxed)) == set()


@pytest.mark.parametrize(
    ("theft", "rule"),
    [
        # The price that is asked falls to nothing.
        (order([coins(TOKEN, PAID, PAID)], [(*coins(COIN, PRICE, 0), VAULT)]), "exchange-without-floor"),
        (order([coins(TOKEN, PAID, PAID)], []), "exchange-without-floor"),
        (order([coins(TOKEN, PAID, PAID)], [(*coins(COIN, 0, 0), ALICE)]), "exchange-without-floor"),
        (order([coins(TOKEN, PAID, PAID)], [(*coins(FAKE, PRICE, PRICE), VAULT)]), "exchange-asset-unknown"),
    ],
)
def test_order__for_nothing_in_the_end__warned(theft: Call, rule: str) -> None:
    assert loud(case(theft)) == {rule}


def test_order__whose_amounts_change__the_worst_of_them_is_told() -> None:
    rising = case(order([coins(TOKEN, 1, PAID)], [(*coins(COIN, PRICE, PRICE // 2), VAULT)]))
    sentence = said(rising)
    assert "gives up to 1,000.000000 USDC (1000000000)" in sentence.replace(f"{TOKEN} (USDC)", "USDC")
    assert f"for as little as {PRICE // 2} base units" in sentence
    (allowed,) = (effect for effect in rising.calls[0].effects if type(effect).__name__ == "Allowance")
    assert getattr(allowed, "amount", None) == PAID


@pytest.mark.parametrize("which", [1, 2, 3])
@pytest.mark.parametrize(
    "into",
    [
        lambda market: (f"supply({MARKETS},uint256,uint256,address,bytes)", market, PAID, 0, VAULT, b""),
        lambda market: (f"supplyCollateral({MARKETS},uint256,address,bytes)", market, PAID, VAULT, b""),
        lambda market: (f"borrow({MARKETS},uint256,uint256,address,address)", market, PAID, 0, VAULT, VAULT),
    ],
)
def test_market__that_somebody_made_up__warned_and_told(into: Any, which: int) -> None:
    honest = [TOKEN, TOKEN, PROTOCOL, PROTOCOL, 1]
    crooked = [*honest[:which], MALLORY, *honest[which + 1 :]]
    theft = case(call(PROTOCOL, *into(tuple(crooked))))
    (found,) = findings(theft, "market-of-stranger")
    assert (found.severity, str(MALLORY) in found.sentence) == (Severity.WARNING, True)
    assert str(MALLORY) in said(theft)
    assert loud(case(call(PROTOCOL, *into(tuple(honest))))) == set()
    out = f"withdraw({MARKETS},uint256,uint256,address,address)"
    assert loud(case(call(PROTOCOL, out, tuple(crooked), PAID, 0, VAULT, VAULT))) == set()


def test_v4_positions__of_somebody_or_with_somebodys_hook__warned() -> None:
    def changed(kind: bytes, position: bytes) -> Call:
        paid = encode(["address", "address"], [TOKEN, COIN])
        data = actions(kind + b"\x0d", position, paid)
        return call(PROTOCOL, "modifyLiquidities(bytes,uint256)", data, LATER)

    more = encode(["uint256", "uint256", "uint128", "uint128", "bytes"], [7, 1, PAID, PAID, b""])
    types = [KEY, "int24", "int24", "uint256", "uint128", "uint128", "address", "bytes"]

    def minted(hook: Address) -> bytes:
        return encode(types, [(TOKEN, COIN, 3_000, 60, hook), -60, 60, 1, PAID, PAID, VAULT, b""])

    assert loud(case(changed(b"\x00", more))) == {"position-of-whom"}
    assert loud(case(changed(b"\x02", minted(MALLORY)))) == {"counterparty-unknown"}
    assert (
        loud(case(changed(b"\x02", minted(NOBODY)))) == loud(case(changed(b"\x02", minted(ALICE)))) == set()
    )


def test_payouts__words__say_how_much_and_which_way() -> None:
    asked = case(call(PROTOCOL, "requestWithdrawals(uint256[],address)", [5, 7], VAULT))
    assert "Hands 12 base units of the token that" in said(asked)
    handed = case(call(PROTOCOL, "requestDeposit(uint256,address,address)", PAID, VAULT, VAULT))
    assert "Hands 1000000000 base units" in said(handed)
    assert "pay out" not in said(handed)
    rescued = case(call(PROTOCOL, "rescueERC20(address,address,uint256)", TOKEN, ALICE, 5))
    assert {getattr(effect, "sender", None) for effect in rescued.calls[0].effects} == {PROTOCOL}
    to_thief = case(call(PROTOCOL, "rescueERC20(address,address,uint256)", TOKEN, MALLORY, 5))
    assert severities(to_thief, "counterparty-unknown") == [Severity.WARNING]


LOAN = "flashLoan(address,address[],uint256[],uint256[],address,bytes,uint16)"


def test_flash_loan__that_somebody_may_keep__who_gains_and_who_owes() -> None:
    kept = case(call(PROTOCOL, LOAN, MALLORY, [TOKEN], [PAID], [2], VAULT, b"", 0))
    assert loud(kept) == {"counterparty-unknown"}
    assert f"owes to {PROTOCOL} (Pool) from then on" in said(kept)
    (moved,) = kept.calls[0].effects
    assert (getattr(moved, "sender", None), getattr(moved, "recipient", None)) == (VAULT, MALLORY)
    back = case(call(PROTOCOL, LOAN, ALICE, [TOKEN], [PAID], [0], VAULT, b"", 0))
    assert loud(back) == set()
    assert "back at once" in said(back)
    assert "owes" not in said(back)
    for signature, terms in (
        ("flashLoanSimple(address,address,uint256,bytes,uint16)", (MALLORY, TOKEN, PAID, b"", 0)),
        ("flashLoan(address,address[],uint256[],bytes)", (MALLORY, [TOKEN], [PAID], b"")),
        ("flashLoan(address,address,uint256,bytes)", (MALLORY, TOKEN, PAID, b"")),
    ):
        assert loud(case(call(PROTOCOL, signature, *terms))) == {"counterparty-unknown"}


def test_flash_loan__whose_lists_differ_in_length__not_all_of_it_read() -> None:
    lists = case(call(PROTOCOL, LOAN, ALICE, [TOKEN], [PAID], [0, 2], VAULT, b"", 0))
    assert "calls-unopened" in loud(lists)


def test_forwarder__what_others_signed__opened_in_their_name() -> None:
    inner = calldata("transfer(address,uint256)", MALLORY, 5)
    one = case(
        call(
            PROTOCOL,
            "execute((address,address,uint256,uint256,uint48,bytes,bytes))",
            (ALICE, TOKEN, 0, 1, LATER, inner, b""),
        )
    )
    (child,) = one.calls[0].children
    assert child.caller == ALICE
    assert loud(one) == {"counterparty-unknown"}
    many = case(
        call(
            PROTOCOL,
            "executeBatch((address,address,uint256,uint256,uint48,bytes,bytes)[],address)",
            [(ALICE, TOKEN, 0, 1, LATER, calldata("transfer(address,uint256)", ALICE, 5), b"")] * 2,
            MALLORY,
            value=5,
        )
    )
    assert loud(many) == {"counterparty-unknown"}
    assert f"their coins go to {MALLORY}" in said(many)


@pytest.mark.parametrize(
    ("signature", "arguments", "rule"),
    [
        ("setOperator(bytes19,address,uint256)", (VAULT[:19], MALLORY, 1), "allowance-to-stranger"),
        ("enableController(address,address)", (VAULT, MALLORY), "allowance-to-stranger"),
        ("setRootWithContext(bytes32,(uint256,bytes),address,bytes)", (ROOT, (0, b""), NOBODY, b""), "consent-unseen"),
        ("proxy__upgradeTo(address)", (MALLORY,), "authority-code"),
        ("proxy__upgradeToAndCall(address,bytes,bool)", (MALLORY, b"", False), "authority-code"),
        ("proxy__changeAdmin(address)", (MALLORY,), "authority-admin"),
        ("grantWithCondition(address,address,bytes32,address)", (PROTOCOL, MALLORY, ROOT, NOBODY), "authority-role"),
    ],
)  # fmt: skip
def test_power__by_less_known_functions__danger(
    signature: str, arguments: tuple[Any, ...], rule: str
) -> None:
    theft = case(call(PROTOCOL, signature, *arguments))
    assert Severity.DANGER in severities(theft, rule)


def test_operator_of_accounts__taken_back__nothing_to_say() -> None:
    assert loud(case(call(PROTOCOL, "setOperator(bytes19,address,uint256)", VAULT[:19], MALLORY, 0))) == set()


def test_flow__to_somebody_known__what_it_is_and_no_allowance() -> None:
    flow = case_of(
        call(PROTOCOL, "createFlow(address,address,address,int96,bytes)", TOKEN, VAULT, ALICE, 10, b""),
        labels=LABELS,
        policy=POLICY,
        accounts=[account(ALICE, b"")],
    )
    assert "allowance-without-code" not in loud(flow)
    (found,) = findings(flow, "allowance-unlimited")
    assert "by the second" in found.sentence
    assert "may spend" not in found.sentence


@pytest.mark.parametrize(
    ("way_out", "given"),
    [
        (b"\x04", lambda out: out),
        (b"\x21", lambda out: actions(b"\x04", out)),
    ],
)
def test_router__whose_way_out_may_fail__what_stays_there_is_warned_of(way_out: bytes, given: Any) -> None:
    """With the price moved, the last step fails, all goes on without it, and what came out lies at the router."""
    into = encode(
        ["address", "uint256", "uint256", "bytes", "bool"],
        [ITSELF, PAID, 0, TOKEN + (500).to_bytes(3, "big") + COIN, True],
    )
    out = given(encode(["address", "address", "uint256"], [COIN, VAULT, PRICE]))
    sure, optional = (commands(b"\x00" + bytes([way_out[0] | flag]), into, out) for flag in (0, 0x80))
    assert loud(case(sure)) == set()
    assert loud(case(optional)) == {"left-at-router", "exchange-without-floor"}
    assert "may fail without stopping the rest" in said(case(optional))
    # Another exchange that may fail as a whole takes nothing of it along.
    whole = encode(
        ["address", "uint256", "uint256", "bytes", "bool"],
        [VAULT, 1, PRICE, TOKEN + (500).to_bytes(3, "big") + COIN, True],
    )
    beside = commands(b"\x00\x80", into, whole)
    assert loud(case(beside)) == {"left-at-router", "exchange-without-floor"}
    assert loud(case(commands(b"\x80", whole))) == set()


def test_phrase__with_an_account_in_bytes__no_mark_after_a_comma() -> None:
    named = said(case(call(PROTOCOL, "setAddr(bytes32,uint256,bytes)", ROOT, 60, bytes(MALLORY))))
    assert f"which is {MALLORY}: whoever" in named


def test_order__by_a_strangers_code_in_the_vaults_name__danger() -> None:
    """What gives somebody a say over the vault itself is told of, too, where it is another contract that is called."""
    signature = "create((address,bytes32,bytes),bool)"
    theft = case(call(PROTOCOL, signature, (MALLORY, ROOT, b""), True))
    assert severities(theft, "authority-signer") == [Severity.DANGER]
    assert severities(case(call(PROTOCOL, signature, (ALICE, ROOT, b""), True)), "authority-signer") == [
        Severity.WARNING
    ]


def test_exchange__by_a_pool_that_a_thief_made__warned_and_named() -> None:
    def by(pool: Address) -> Case:
        packed = 1 << 253 | int.from_bytes(pool, "big")
        terms = int.from_bytes(TOKEN, "big"), PAID, PRICE, packed
        return case(call(PROTOCOL, "unoswap(uint256,uint256,uint256,uint256)", *terms))

    assert loud(by(MALLORY)) == {"exchange-pool-unknown"}
    assert str(MALLORY) in findings(by(MALLORY), "exchange-pool-unknown")[0].sentence
    assert f"what the pool {MALLORY} gives" in said(by(MALLORY))
    assert loud(by(ALICE)) == set()


def test_sweep__whichever_comes_first__who_may_gain_by_it() -> None:
    for first, second in ((MALLORY, TOKEN), (TOKEN, MALLORY)):
        theft = case(call(PROTOCOL, "sweep(address,address)", first, second))
        assert loud(theft) == {"counterparty-unknown"}
        assert str(MALLORY) in findings(theft, "counterparty-unknown")[0].sentence
    assert loud(case(call(PROTOCOL, "sweep(address,address)", TOKEN, VAULT))) == set()


def test_allowance__of_a_safes_delegate__renewed_and_not_without_limit() -> None:
    renewed = case(
        call(PROTOCOL, "setAllowance(address,address,uint96,uint16,uint32)", ALICE, TOKEN, PAID, 43_200, 0)
    )
    (found,) = findings(renewed, "allowance-unlimited")
    assert "again and again" in found.sentence
    assert "without any limit" not in found.sentence


def test_v4__what_comes_out_left_to_the_pools__danger_but_for_crumbs() -> None:
    def left(most: int) -> Case:
        less = encode(["uint256", "uint256", "uint128", "uint128", "bytes"], [7, PAID, 0, PAID, b""])
        clear = encode(["address", "uint256"], [TOKEN, most])
        data = actions(b"\x01\x13", less, clear)
        return case(call(PROTOCOL, "modifyLiquidities(bytes,uint256)", data, LATER))

    assert severities(left(1 << 200), "recipient-burnt") == [Severity.DANGER]
    assert loud(left(100)) == set()


def test_router__a_check_that_may_fail__is_told_as_no_condition() -> None:
    check = encode(["address", "address", "uint256"], [VAULT, TOKEN, PAID])
    assert "goes on only if" in said(case(commands(b"\x0e", check)))
    optional = said(case(commands(b"\x8e", check)))
    assert "goes on only if" not in optional
    assert "asks whether" in optional
    assert "may fail without stopping the rest" in optional


@pytest.mark.parametrize(
    "theft",
    [
        call(PROTOCOL, "transferShares(address,uint256)", MALLORY, PAID),
        call(PROTOCOL, "transferSharesFrom(address,address,uint256)", VAULT, MALLORY, PAID),
        call(PROTOCOL, "requestWithdrawals(uint256[],address)", [PAID], MALLORY),
        call(PROTOCOL, "requestWithdrawalsWstETH(uint256[],address)", [PAID], MALLORY),
        call(PROTOCOL, "claimWithdrawalsTo(uint256[],uint256[],address)", [7], [3], MALLORY),
        call(PROTOCOL, "submit(address)", MALLORY, value=PAID),
    ],
)
def test_lido__what_goes_to_a_stranger__who_gains_by_it(theft: Call) -> None:
    one = case(theft)
    assert loud(one) == {"counterparty-unknown"}
    assert str(MALLORY) in findings(one, "counterparty-unknown")[0].sentence
    assert str(MALLORY) in said(one)


def test_lido__shares__are_the_senders() -> None:
    for theft in (
        call(PROTOCOL, "transferShares(address,uint256)", MALLORY, PAID),
        call(PROTOCOL, "transferSharesFrom(address,address,uint256)", VAULT, MALLORY, PAID),
    ):
        assert {getattr(effect, "sender", None) for effect in case(theft).calls[0].effects} == {VAULT}


def test_order__of_numbered_units__their_numbers_are_told() -> None:
    sold = order([(2, COIN, 7, 1, 1)], [(*coins(TOKEN, PAID, PAID), VAULT)])
    assert f"gives number 7 of {COIN}" in said(case(sold))
    assert getattr(case(sold).calls[0].effects[0], "token_id", None) == 7
    assert loud(case(sold)) == set()
    for_next_to_nothing = order([(2, COIN, 7, 1, 1)], [(0, NOBODY, 0, 1, 1, VAULT)])
    assert loud(case(for_next_to_nothing)) == {"exchange-without-floor"}
    assert "any of a set of" in said(case(order([(4, COIN, 9, 1, 1)], [(*coins(TOKEN, PAID, PAID), VAULT)])))
