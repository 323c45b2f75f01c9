"""Calls from what a person types: amounts to the last unit, accounts by their labels, and nothing guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.fakes import TOKEN
from verifier.desk.building import (
    Transfer,
    read_account,
    read_amount,
    transfer_in,
    write_amount,
    write_transfer,
)
from verifier.errors import AddressMalformed, ValueUnfit
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.written_call import WrittenCall

PAYROLL = Address(bytes.fromhex("beef" * 10))
LABELS = {PAYROLL: "Payroll", TOKEN: "USDC"}
DECIMALS = {NATIVE: 18, TOKEN: 6}


@pytest.mark.parametrize(
    ("text", "decimals", "amount"),
    [("40", 6, 40_000_000), ("1.5", 6, 1_500_000), (" 0.000001 ", 6, 1), ("7", 0, 7), ("0", 18, 0)],
)
def test_amount__digits_and_a_point__exactly_so_many_units(text: str, decimals: int, amount: int) -> None:
    assert read_amount(text, decimals) == amount


@pytest.mark.parametrize(
    ("text", "decimals"),
    [
        ("1,5", 6),
        ("1,500.25", 6),
        ("0.0000001", 6),
        ("1.0", 0),
        ("-1", 6),
        ("1e6", 6),
        (".5", 6),
        ("5.", 6),
        ("", 6),
        ("\u0661", 6),
        ("0x10", 6),
        ("1 000", 6),
    ],
)
def test_amount__anything_else__refused(text: str, decimals: int) -> None:
    with pytest.raises(ValueUnfit):
        read_amount(text, decimals)


@given(st.integers(0, 2**256 - 1), st.integers(0, 36))
def test_amount__written_and_read__is_the_same(amount: int, decimals: int) -> None:
    assert read_amount(write_amount(amount, decimals), decimals) == amount


def test_account__label_or_address__in_groups_too() -> None:
    assert read_account("payroll", LABELS) == PAYROLL
    assert read_account(str(PAYROLL), {}) == PAYROLL
    assert read_account("0xBEeF beef bEef beEF beEf bEEf BEeF beEf BeEf Beef", {}) == PAYROLL


def test_account__nobody_or_two__refused() -> None:
    with pytest.raises(AddressMalformed):
        read_account("Payrol", LABELS)
    with pytest.raises(AddressMalformed):
        read_account(str(PAYROLL).replace("B", "b", 1), LABELS)
    with pytest.raises(ValueUnfit, match="several"):
        read_account("Payroll", {PAYROLL: "Payroll", TOKEN: "payroll"})


@pytest.mark.parametrize("asset", DECIMALS)
def test_transfer__written_and_read__is_the_same(asset: Address) -> None:
    wanted = Transfer(asset=asset, to="Payroll", amount="1500.25")
    call = write_transfer(wanted, decimals=DECIMALS[asset], labels=LABELS)
    assert call == (
        WrittenCall(goes_to=str(PAYROLL), wei="1500250000000000000000")
        if asset == NATIVE
        else WrittenCall(
            goes_to=str(TOKEN),
            prototype="transfer(address,uint256)",
            listed=f'["{PAYROLL}", "1500250000"]',
        )
    )
    assert transfer_in(call, DECIMALS) == Transfer(asset=asset, to=str(PAYROLL), amount="1500.25")


def test_transfer__of_nothing__refused() -> None:
    with pytest.raises(ValueUnfit, match="moves anything"):
        write_transfer(Transfer(asset=TOKEN, to="Payroll", amount="0"), decimals=6, labels=LABELS)


@pytest.mark.parametrize(
    "call",
    [
        WrittenCall(goes_to=str(PAYROLL)),
        WrittenCall(goes_to=str(PAYROLL), wei="1", data="0x01"),
        WrittenCall(goes_to=str(PAYROLL), prototype="transfer(address,uint256)", listed=f'["{TOKEN}", 1]'),
        WrittenCall(goes_to=str(TOKEN), prototype="approve(address,uint256)", listed=f'["{PAYROLL}", 1]'),
        WrittenCall(goes_to=str(TOKEN), wei="1", prototype="transfer(address,uint256)", listed="[]"),
        WrittenCall(goes_to=str(TOKEN), prototype="transfer(address,uint256)", listed="[1]"),
        WrittenCall(goes_to="nobody", wei="x"),
    ],
)
def test_transfer__call_that_is_none__is_not_taken_for_one(call: WrittenCall) -> None:
    assert transfer_in(call, DECIMALS) is None
