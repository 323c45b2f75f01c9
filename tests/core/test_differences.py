"""What differs between a vault and its file: nothing where they are alike, and a sentence for each thing that does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.core.arrangements import ACCOUNTS, CHAIN, TOKENS, address_of, vault_files
from tests.core.played import VAULT
from tests.core.test_changing import vault
from tests.lifecycle.state import COMPANIONS
from verifier.assess.changing.differences import differences_between, show_strategy
from verifier.assess.changing.names import Names
from verifier.assess.changing.order import operations_between
from verifier.assess.changing.wanted import arrangement_of, labels_of, persons_of
from verifier.model.arrangement import Arrangement, Strategy
from verifier.model.asset import AssetTerms
from verifier.model.difference import Difference, Side
from verifier.model.member import MemberStatus
from verifier.model.text import Shown
from verifier.model.units import Units
from verifier.model.vault_file import VaultFile

NAMES = Names(companions=COMPANIONS)


def wanted(file: VaultFile) -> Arrangement:
    return arrangement_of(file, chain_id=CHAIN, companions=COMPANIONS)


@settings(max_examples=40)
@given(vault_files(), vault_files())
def test_differences__of_any_two_files__as_many_as_there_is_something_to_do(
    chain: VaultFile, file: VaultFile
) -> None:
    names = Names(companions=COMPANIONS, labels=labels_of(file), persons=persons_of(file))
    present, goal = wanted(chain), wanted(file)
    found = differences_between(present, goal, names)
    changes = operations_between(present, goal, vault=VAULT, companions=COMPANIONS).operations
    assert bool(found) is bool(changes)
    assert differences_between(goal, goal, names) == ()
    assert len(set(found)) == len(found)
    for each in found:
        assert each.sentence.isascii()
        assert each.sentence.endswith(".")
        assert "\n" not in each.sentence
    # Seen from the other side they are the same things, the other way round.
    back = differences_between(goal, present, names)
    turned = {Side.BEYOND: Side.LACKING, Side.LACKING: Side.BEYOND, Side.OTHER: Side.OTHER}
    assert sorted((each.rule, turned[each.side]) for each in back) == sorted((e.rule, e.side) for e in found)


def one(present: Arrangement, goal: Arrangement) -> Difference:
    (found,) = differences_between(present, goal, NAMES)
    return found


@pytest.fixture
def plain() -> Arrangement:
    return vault(1, 2, 3, 4)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (MemberStatus.SUSPENDED, "lapses"),
        (MemberStatus.CONFIRMED, "confirmed"),
        (MemberStatus.SELF_SUSPENDED, "by itself"),
    ],
)
def test_differences__member_suspended__how(plain: Arrangement, status: MemberStatus, words: str) -> None:
    account = address_of(4, 0)
    held = {**plain.members, account: replace(plain.members[account], status=status)}
    found = one(replace(plain, members=held), plain)
    assert (found.rule, found.side) == ("member-suspended", Side.OTHER)
    assert words in found.sentence


def test_differences__member_who_left_and_is_wanted__never_returns(plain: Arrangement) -> None:
    account = address_of(4, 0)
    rest = {each: sitting for each, sitting in plain.members.items() if each != account}
    found = one(replace(plain, members=rest, departed=frozenset({account})), plain)
    assert "never returns" in found.sentence


def test_differences__limits__in_whole_ones(plain: Arrangement) -> None:
    terms = AssetTerms(routine_limit=Units(1_500_000), high_value_from=Units(2_000_000_000), decimals=6)
    found = one(replace(plain, assets={TOKENS[0]: terms}), plain)
    assert "ROUTINE up to 1.5, HIGH_VALUE from 2_000, 6 decimals" in found.sentence


def test_differences__exclusion__said_once_for_both_sides(plain: Arrangement) -> None:
    found = one(replace(plain, exclusions={1: 2, 2: 1}), plain)
    assert (found.rule, found.side) == ("exclusion", Side.BEYOND)


def test_differences__strategy_that_lets_nothing_pass__is_none(plain: Arrangement) -> None:
    stopped = Strategy(position=0, order=0, risk=0, is_suspended=True)
    assert differences_between(replace(plain, strategies={b"a" * 32: stopped}), plain, NAMES) == ()


def test_differences__strategy_that_is_stopped__said(plain: Arrangement) -> None:
    trading = Strategy(position=1, order=1, risk=1)
    goal = replace(plain, strategies={b"a" * 32: trading})
    found = one(replace(plain, strategies={b"a" * 32: replace(trading, is_suspended=True)}), goal)
    assert found.rule == "strategy-suspended"
    assert operations_between(
        replace(plain, strategies={b"a" * 32: replace(trading, is_suspended=True)}),
        goal,
        vault=VAULT,
        companions=COMPANIONS,
        reinstates=True,
    ).operations


def test_differences__names_of_strategies__text_or_hex() -> None:
    assert show_strategy(b"basis".ljust(32, b"\0")) == "basis"
    assert show_strategy(b"\xff" * 32) == "0x" + "ff" * 32
    assert "\\u{" not in show_strategy(b"a\nb".ljust(32, b"\0"))


def test_differences__names__never_stand_alone() -> None:
    """Whatever an account is called, its address stands beside it."""
    account = ACCOUNTS[0]
    names = Names(companions=COMPANIONS, labels={account: Shown("Payroll")})
    assert names.account(account) == f"Payroll {account}"
    assert str(COMPANIONS.checks) in names.account(COMPANIONS.checks)
