"""From calls to a tier: every rule and its neighbour."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core import strategies
from tests.core.release import abi_entries, signature_type
from verifier.assess.policy import (
    APPROVE,
    INCREASE_ALLOWANCE,
    SEAT_FUNCTIONS,
    TRANSFER,
    TRANSFER_FROM,
    PolicyBook,
    judge,
    tier_of,
)
from verifier.decode.operations import encode_call
from verifier.decode.signatures import interface
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE, AssetTerms, Use
from verifier.model.operation import Call
from verifier.model.tier import Tier
from verifier.model.units import Units, Wei

VAULT = Address(b"\x11" * 20)
TOKEN = Address(b"\x22" * 20)
OTHER_TOKEN = Address(b"\x33" * 20)
FRIEND = Address(b"\x44" * 20)
SPENDER = Address(b"\x55" * 20)
STRANGER = Address(b"\x66" * 20)
MEMBER = Address(b"\x77" * 20)
WHOLE = 10**18
BOOK = PolicyBook(
    assets={
        TOKEN: AssetTerms(routine_limit=Units(1_000), high_value_from=Units(2_000), decimals=6),
        NATIVE: AssetTerms(routine_limit=Units(1_000_000), high_value_from=Units(2_000_000), decimals=18),
    },
    counterparties={FRIEND: Use.RECIPIENT, SPENDER: Use.SPENDER},
)


def word(value: int | bytes) -> bytes:
    return value.to_bytes(32, "big") if isinstance(value, int) else value.rjust(32, b"\0")


def call(data: bytes = b"", *, to: Address = TOKEN, value: int = 0) -> Call:
    return Call(target=to, value=Wei(value), data=data)


def tier(*calls: Call) -> Tier:
    return tier_of(calls, vault=VAULT, book=BOOK, known={MEMBER})


@pytest.mark.parametrize(
    ("account", "amount", "expected"),
    [
        (FRIEND, 0, Tier.ROUTINE),
        (FRIEND, 1_000, Tier.ROUTINE),
        (FRIEND, 1_001, Tier.STANDARD),
        (FRIEND, 1_999, Tier.STANDARD),
        (FRIEND, 2_000, Tier.HIGH_VALUE),
        (FRIEND, (1 << 256) - 1, Tier.HIGH_VALUE),
        (STRANGER, 0, Tier.HIGH_VALUE),
        (SPENDER, 1, Tier.HIGH_VALUE),
        (MEMBER, 1, Tier.HIGH_VALUE),
    ],
)
def test_transfer__by_amount_and_recipient(account: Address, amount: int, expected: Tier) -> None:
    arguments = word(account) + word(amount)
    assert tier(call(TRANSFER + arguments)) == expected
    assert tier(call(TRANSFER_FROM + word(VAULT) + arguments)) == expected


@pytest.mark.parametrize("selector", [APPROVE, INCREASE_ALLOWANCE])
@pytest.mark.parametrize(
    ("account", "amount", "expected"),
    [
        (SPENDER, 1_000, Tier.ROUTINE),
        (SPENDER, 1_001, Tier.STANDARD),
        (SPENDER, 2_000, Tier.HIGH_VALUE),
        (FRIEND, 1, Tier.HIGH_VALUE),
        (STRANGER, 1, Tier.HIGH_VALUE),
    ],
)
def test_allowance__by_amount_and_spender(
    selector: bytes, account: Address, amount: int, expected: Tier
) -> None:
    assert tier(call(selector + word(account) + word(amount))) == expected


def test_approve_nothing__to_anyone__routine() -> None:
    assert tier(call(APPROVE + word(STRANGER) + word(0))) == Tier.ROUTINE
    assert tier(call(INCREASE_ALLOWANCE + word(STRANGER) + word(0))) == Tier.HIGH_VALUE
    assert tier(call(APPROVE + word(STRANGER) + word(0), to=OTHER_TOKEN)) == Tier.CUSTODY


@pytest.mark.parametrize(
    ("value", "to", "expected"),
    [
        (WHOLE, FRIEND, Tier.ROUTINE),
        (WHOLE + 1, FRIEND, Tier.STANDARD),
        (2 * WHOLE - 10**12, FRIEND, Tier.STANDARD),
        (2 * WHOLE - 10**12 + 1, FRIEND, Tier.HIGH_VALUE),  # a part of a unit is never free
        (2 * WHOLE, FRIEND, Tier.HIGH_VALUE),
        (1, STRANGER, Tier.HIGH_VALUE),
        (1, MEMBER, Tier.CUSTODY),
        (1, VAULT, Tier.CUSTODY),
    ],
)
def test_native_value__by_amount_and_recipient(value: int, to: Address, expected: Tier) -> None:
    assert tier(call(to=to, value=value)) == expected


@pytest.mark.parametrize(
    "data",
    [
        TRANSFER + word(FRIEND) + word(1) + b"\0",
        TRANSFER + word(FRIEND) + word(1)[:-1],
        TRANSFER + b"\x01" + word(FRIEND)[1:] + word(1),
        TRANSFER,
        TRANSFER[:3],
        TRANSFER_FROM + word(FRIEND) + word(FRIEND) + word(1),
        TRANSFER_FROM + b"\x01" + word(VAULT)[1:] + word(FRIEND) + word(1),
        b"\x00\x00\x00\x00" + word(FRIEND) + word(1),
    ],
)
def test_token_call__not_canonical_or_not_known__custody(data: bytes) -> None:
    assert tier(call(data)) == Tier.CUSTODY


def test_token_call__with_value_or_of_an_unlisted_token__custody() -> None:
    data = TRANSFER + word(FRIEND) + word(1)
    assert tier(call(data)) == Tier.ROUTINE
    assert tier(call(data, value=1)) == Tier.CUSTODY
    assert tier(call(data, to=OTHER_TOKEN)) == Tier.CUSTODY
    assert tier(call(data, to=VAULT)) == Tier.CUSTODY


def test_native_value__coin_not_listed__custody() -> None:
    book = replace(BOOK, assets={})
    assert tier_of((call(to=FRIEND, value=1),), vault=VAULT, book=book, known=()) == Tier.CUSTODY


@given(st.lists(strategies.calls, max_size=4))
def test_tier_of__a_batch__the_highest_of_its_calls(calls: list[Call]) -> None:
    assert tier(*calls) == max((tier(one) for one in calls), default=Tier.ROUTINE)


@given(strategies.calls)
def test_tier_of__any_bytes__some_tier(one: Call) -> None:
    assert tier(one) in Tier


def test_seat_functions__of_the_compiled_vault__those_that_name_a_member_first_and_only_the_vault_calls() -> (
    None
):
    named = {"addMember", "removeMember", "replaceMember", "reinstateMember"}
    named |= {"confirmSuspension", "setRoles", "setAttributes"}
    selectors = {interface("vault").function(name).selector for name in named}
    assert selectors == SEAT_FUNCTIONS
    for entry in abi_entries("function"):
        if entry["name"] in named:
            assert signature_type(entry["inputs"][0]) == "address"


@pytest.mark.parametrize("to", [VAULT, TOKEN])
def test_judge__one_call_about_a_member__a_seat_operation_of_the_vault_only(to: Address) -> None:
    data = encode_call("removeMember", MEMBER)
    judged = judge((call(data, to=to),), vault=VAULT, book=BOOK, known={MEMBER})
    assert judged.tier == Tier.CUSTODY
    assert judged.is_seat_operation is (to == VAULT)
    assert judged.subject == (MEMBER if to == VAULT else NOBODY)


def test_judge__two_calls_or_another_function__no_seat_operation() -> None:
    remove = call(encode_call("removeMember", MEMBER), to=VAULT)
    asset = call(encode_call("setAsset", TOKEN, 0), to=VAULT)
    for calls in ((remove, remove), (asset,), (call(remove.data[:35], to=VAULT),), ()):
        assert not judge(calls, vault=VAULT, book=BOOK, known={MEMBER}).is_seat_operation
    # A dirty first word names the member that its low bytes name, as the contract reads it.
    dirty = call(remove.data[:4] + b"\xff" + remove.data[5:], to=VAULT)
    assert judge((dirty,), vault=VAULT, book=BOOK, known={MEMBER}).subject == MEMBER
