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
from verifier.model.companions import Companions
from verifier.model.operation import Call
from verifier.model.rule import Measure, Rule
from verifier.model.tier import Tier
from verifier.model.units import Timestamp, Units, Wei

VAULT = Address(b"\x11" * 20)
TOKEN = Address(b"\x22" * 20)
OTHER_TOKEN = Address(b"\x33" * 20)
FRIEND = Address(b"\x44" * 20)
SPENDER = Address(b"\x55" * 20)
STRANGER = Address(b"\x66" * 20)
MEMBER = Address(b"\x77" * 20)
REGISTRY = Address(b"\x88" * 20)
DESK = Address(b"\x99" * 20)
COMPANIONS = Companions(
    checks=Address(b"\xa1" * 20),
    duty_registry=Address(b"\xa2" * 20),
    strategy_limits=Address(b"\xa3" * 20),
    bypass_ledger=Address(b"\xa4" * 20),
    validation=Address(b"\xa5" * 20),
)
NOW = Timestamp(1_700_000_000)
WHOLE = 10**18
BOOK = PolicyBook(
    companions=COMPANIONS,
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
    return tier_of(calls, vault=VAULT, book=BOOK, known={MEMBER}, now=NOW)


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
    assert tier_of((call(to=FRIEND, value=1),), vault=VAULT, book=book, known=(), now=NOW) == Tier.CUSTODY


@given(st.lists(strategies.calls, max_size=4))
def test_tier_of__a_batch__at_least_the_highest_of_its_calls(calls: list[Call]) -> None:
    assert tier(*calls) >= max((tier(one) for one in calls), default=Tier.ROUTINE)


@given(strategies.calls)
def test_tier_of__any_bytes__some_tier(one: Call) -> None:
    assert tier(one) in Tier


def test_seat_functions__of_the_compiled_vault__those_that_name_a_member_first_and_only_the_vault_calls() -> (
    None
):
    named = {"addMember", "addGroup", "removeMember", "replaceMember", "reinstateMember"}
    named |= {"confirmSuspension", "setRoles", "setAttributes", "setHolders"}
    selectors = {interface("vault").function(name).selector for name in named}
    assert selectors == SEAT_FUNCTIONS
    for entry in abi_entries("function"):
        if entry["name"] in named:
            assert signature_type(entry["inputs"][0]) == "address"


@pytest.mark.parametrize("to", [VAULT, TOKEN])
def test_judge__one_call_about_a_member__a_seat_operation_of_the_vault_only(to: Address) -> None:
    data = encode_call("removeMember", MEMBER)
    judged = judge((call(data, to=to),), vault=VAULT, book=BOOK, known={MEMBER}, now=NOW)
    assert judged.tier == Tier.CUSTODY
    assert judged.is_seat_operation is (to == VAULT)
    assert judged.subject == (MEMBER if to == VAULT else NOBODY)


def test_judge__two_calls_or_another_function__no_seat_operation() -> None:
    remove = call(encode_call("removeMember", MEMBER), to=VAULT)
    asset = call(encode_call("setAsset", TOKEN, 0), to=VAULT)
    for calls in ((remove, remove), (asset,), (call(remove.data[:35], to=VAULT),), ()):
        assert not judge(calls, vault=VAULT, book=BOOK, known={MEMBER}, now=NOW).is_seat_operation
    # A dirty first word names the member that its low bytes name, as the contract reads it.
    dirty = call(remove.data[:4] + b"\xff" + remove.data[5:], to=VAULT)
    assert judge((dirty,), vault=VAULT, book=BOOK, known={MEMBER}, now=NOW).subject == MEMBER


def spending(
    *calls: Call, book: PolicyBook = BOOK, now: Timestamp = NOW, with_levels: bool = True
) -> tuple[Tier, dict[Address, AssetTerms]]:
    judged = judge(calls, vault=VAULT, book=book, known={MEMBER}, now=now, with_levels=with_levels)
    return judged.tier, dict(judged.spending)


def pay(amount: int, to: Address = FRIEND) -> Call:
    return call(TRANSFER + word(to) + word(amount))


def filled(level: int, at: Timestamp = NOW) -> PolicyBook:
    return replace(BOOK, assets={**BOOK.assets, TOKEN: BOOK.assets[TOKEN].filled_to(Units(level), at)})


@pytest.mark.parametrize(
    ("amounts", "expected", "level"),
    [
        ([400, 600], Tier.ROUTINE, 1_000),
        ([400, 601], Tier.STANDARD, 1_001),
        ([1_000, 999], Tier.STANDARD, 1_999),
        ([1_000, 1_000], Tier.HIGH_VALUE, None),
    ],
)
def test_batch__amounts_of_one_asset__add_up(amounts: list[int], expected: Tier, level: int | None) -> None:
    for with_levels in (True, False):
        found, moved = spending(*map(pay, amounts), with_levels=with_levels)
        assert found == expected
        if level is not None:
            assert moved == {TOKEN: BOOK.assets[TOKEN].filled_to(Units(level), NOW)}


def test_batch__two_assets__each_has_its_own_bucket_in_the_order_of_the_calls() -> None:
    found, moved = spending(call(to=FRIEND, value=WHOLE), pay(1_000), call(to=FRIEND, value=1))
    # A part of a unit counts as a whole one.
    assert found == Tier.STANDARD
    assert [(asset, terms.level) for asset, terms in moved.items()] == [(NATIVE, 1_000_001), (TOKEN, 1_000)]


@pytest.mark.parametrize(
    ("level", "hours", "amount", "expected"),
    [
        (500, 0, 500, Tier.ROUTINE),
        (501, 0, 500, Tier.STANDARD),
        (1_500, 0, 499, Tier.STANDARD),
        (1_500, 0, 500, Tier.HIGH_VALUE),
        (1_500, 12, 500, Tier.ROUTINE),  # half of high_value_from has gone by then
        (1_999, 24, 1_000, Tier.ROUTINE),
    ],
)
def test_bucket__what_moved_before__counts_till_it_has_gone(
    level: int, hours: int, amount: int, expected: Tier
) -> None:
    book, now = filled(level), Timestamp(NOW + 3_600 * hours)
    assert spending(pay(amount), book=book, now=now)[0] == expected
    # At a recount it was added before.
    alone = spending(pay(amount), now=now)
    assert spending(pay(amount), book=book, now=now, with_levels=False) == alone


def test_bucket__nothing_and_high_value__fill_nothing() -> None:
    nothing = call(APPROVE + word(STRANGER) + word(0))
    assert spending(nothing, pay(0), book=filled(1_999)) == (Tier.ROUTINE, {})
    assert spending(pay(2_000)) == (Tier.HIGH_VALUE, {})
    assert spending(pay(1, to=STRANGER)) == (Tier.HIGH_VALUE, {})


@given(st.lists(st.integers(0, 2_500), max_size=6), st.integers(0, 1_999), st.integers(0, 90_000))
def test_bucket__any_batch__as_its_sum_says(amounts: list[int], level: int, seconds: int) -> None:
    left = max(0, level - 2_000 * seconds // 86_400)
    found, moved = spending(*map(pay, amounts), book=filled(level), now=Timestamp(NOW + seconds))
    total = left + sum(amounts)
    if not any(amounts):
        assert (found, moved) == (Tier.ROUTINE, {})
    elif total >= 2_000:
        assert found == Tier.HIGH_VALUE
    else:
        assert found == (Tier.STANDARD if total > 1_000 else Tier.ROUTINE)
        assert moved[TOKEN].level == total


SUPPLY = b"\x01\x02\x03\x04"
OPAQUE = b"\x05\x06\x07\x08"
MEASURE = Measure(asset=TOKEN, amount_at=0, counterparty_at=2, words=3, uses=Use.RECIPIENT)
RULED = replace(
    BOOK,
    registry=REGISTRY,
    rules={(DESK, SUPPLY): Rule(measure=MEASURE), (DESK, OPAQUE): Rule()},
)


def supply(amount: int, to: Address = FRIEND, *, target: Address = DESK, value: int = 0) -> Call:
    return call(SUPPLY + word(amount) + word(7) + word(to), to=target, value=value)


def ruled(*calls: Call, book: PolicyBook = RULED) -> Tier:
    return tier_of(calls, vault=VAULT, book=book, known={MEMBER}, now=NOW)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (supply(1_000), Tier.ROUTINE),
        (supply(1_001), Tier.STANDARD),
        (supply(2_000), Tier.HIGH_VALUE),
        (supply(1, STRANGER), Tier.HIGH_VALUE),
        (supply(1, SPENDER), Tier.HIGH_VALUE),
        (replace(supply(1), data=supply(1).data + b"\0"), Tier.CUSTODY),
        (replace(supply(1), data=supply(1).data[:-1]), Tier.CUSTODY),
        (call(SUPPLY + word(1) + word(7) + b"\x01" + word(FRIEND)[1:], to=DESK), Tier.CUSTODY),
        (supply(1, target=STRANGER), Tier.CUSTODY),
        # Value goes to the target, which nobody allowed to receive.
        (supply(1, value=1), Tier.HIGH_VALUE),
        (call(OPAQUE, to=DESK), Tier.HIGH_VALUE),
        (call(OPAQUE + b"anything", to=DESK, value=1), Tier.HIGH_VALUE),
        (call(OPAQUE[:3], to=DESK), Tier.CUSTODY),
        (call(b"\x09" * 4, to=DESK), Tier.CUSTODY),
    ],
)
def test_rule__by_what_it_measures(one: Call, expected: Tier) -> None:
    assert ruled(one) == expected


def test_rule__value_to_an_allowed_target__is_a_move_of_its_own() -> None:
    book = replace(RULED, counterparties={**BOOK.counterparties, DESK: Use.RECIPIENT})
    assert ruled(supply(1, value=WHOLE), book=book) == Tier.ROUTINE
    assert ruled(supply(1, value=WHOLE + 1), book=book) == Tier.STANDARD
    assert ruled(supply(1, value=2 * WHOLE), book=book) == Tier.HIGH_VALUE
    assert (
        ruled(supply(1), call(to=FRIEND, value=WHOLE), supply(1, value=WHOLE), book=book) == Tier.HIGH_VALUE
    )
    found, moved = spending(supply(300, value=WHOLE), pay(200), book=book)
    assert (found, moved[TOKEN].level, moved[NATIVE].level) == (Tier.ROUTINE, 500, 1_000_000)


@pytest.mark.parametrize(
    "target",
    [VAULT, MEMBER, REGISTRY, COMPANIONS.duty_registry, COMPANIONS.strategy_limits, COMPANIONS.bypass_ledger],
)
def test_rule__about_what_the_vault_governs_or_a_member__makes_nothing_less(target: Address) -> None:
    rules = {(target, SUPPLY): Rule(measure=MEASURE), (STRANGER, SUPPLY): Rule(measure=MEASURE)}
    book = replace(RULED, rules=rules)
    assert ruled(supply(1, target=target), book=book) == Tier.CUSTODY
    assert ruled(supply(1, target=STRANGER), book=book) == Tier.ROUTINE


def test_rule__about_a_listed_token__its_own_movers_come_first() -> None:
    transfer = Rule(
        measure=Measure(asset=NATIVE, amount_at=1, counterparty_at=0, words=2, uses=Use.RECIPIENT)
    )
    book = replace(RULED, rules={(TOKEN, TRANSFER): transfer, (OTHER_TOKEN, TRANSFER): transfer})
    assert ruled(pay(1_001), book=book) == Tier.STANDARD
    assert ruled(replace(pay(1_001), target=OTHER_TOKEN), book=book) == Tier.ROUTINE


def test_checks__without_value__routine_whatever_they_say() -> None:
    check = call(b"\xff" * 7, to=COMPANIONS.checks)
    assert ruled(check) == Tier.ROUTINE
    assert ruled(replace(check, value=Wei(1))) == Tier.CUSTODY
    # Without data it is value for somebody.
    assert ruled(call(to=COMPANIONS.checks, value=1)) == Tier.HIGH_VALUE
    assert ruled(replace(check, target=COMPANIONS.validation)) == Tier.CUSTODY
