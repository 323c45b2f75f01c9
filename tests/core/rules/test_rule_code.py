"""What accounts are: young code, no code, a key's code; and what code can never do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.rules.cases import (
    ALICE,
    MALLORY,
    PROTOCOL,
    TOKEN,
    account,
    approve,
    call,
    case_of,
    findings,
    severities,
    transfer,
)
from verifier.assess.code import CALLS, SENDERS, instructions_of, keeps_for_ever
from verifier.model.account import DELEGATED_CODE
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity

SILENT = bytes.fromhex("6000600055")  # PUSH1 0 PUSH1 0 SSTORE
CALLER = bytes.fromhex("600060006000600060006000f1")
DIES = bytes.fromhex("33ff")


def test_code__had_it_a_delay_ago__not_young() -> None:
    young = case_of(transfer(), accounts=[account(TOKEN, had_code=False)])
    (found,) = findings(young, "code-young")
    assert (found.severity, found.evidence) == (Severity.WARNING, Evidence.AGREED)
    assert findings(case_of(transfer(), accounts=[account(TOKEN)]), "code-young") == []
    assert findings(case_of(transfer(), accounts=[account(ALICE, b"", had_code=False)]), "code-young") == []


def test_code__data_to_where_none_is__danger() -> None:
    data, value = call(PROTOCOL, "claim()"), call(PROTOCOL, value=1)
    empty = [account(PROTOCOL, b"")]
    assert severities(case_of(data, accounts=empty), "target-without-code") == [Severity.DANGER]
    assert severities(case_of(value, accounts=empty), "target-without-code") == []
    assert severities(case_of(data, accounts=[account(PROTOCOL)]), "target-without-code") == []
    # Of what nobody read, nothing is said but that.
    assert severities(case_of(data), "target-without-code") == []
    assert any("Nobody read" in found.sentence for found in findings(case_of(data), "not-judged"))


def test_account__key_that_runs_code_for_now__warned() -> None:
    delegated = [account(ALICE, DELEGATED_CODE + MALLORY)]
    warned = [Severity.WARNING]
    assert severities(case_of(approve(ALICE), accounts=delegated), "account-delegated") == warned
    assert severities(case_of(call(ALICE, "claim()"), accounts=delegated), "account-delegated") == warned
    owned = call(PROTOCOL, "transferOwnership(address)", ALICE)
    assert severities(case_of(owned, transfer(ALICE), accounts=delegated), "account-delegated") == warned
    assert severities(case_of(approve(ALICE), accounts=[account(ALICE, b"")]), "account-delegated") == []
    # Who is paid and does nothing else has a key as ever: no code of theirs is relied on.
    assert severities(case_of(transfer(ALICE), accounts=delegated), "account-delegated") == []


@pytest.mark.parametrize(
    ("code", "keeps_coin", "keeps_tokens"),
    [
        (SILENT, True, True),
        (CALLER, False, False),
        (DIES, False, True),
        # The byte of CALL, as what a PUSH takes: never an instruction.
        (bytes.fromhex("60f100"), True, True),
        (bytes.fromhex("7f") + b"\xf1" * 32, True, True),
        (bytes.fromhex("7f") + b"\xf1" * 33, False, False),
        # PUSH0 takes nothing.
        (bytes.fromhex("5ff1"), False, False),
        (b"", False, False),
        (DELEGATED_CODE + MALLORY, False, False),
    ],
)
def test_code__ways_out__only_instructions_count(code: bytes, keeps_coin: bool, keeps_tokens: bool) -> None:
    assert keeps_for_ever(code, SENDERS) is keeps_coin
    assert keeps_for_ever(code, CALLS) is keeps_tokens


@given(st.binary(max_size=200))
def test_instructions__any_code__every_jump_destination_is_among_them(code: bytes) -> None:
    """What the chain may jump to is what its own analysis finds: written here as its specification words it."""
    destinations, at = [], 0
    while at < len(code):
        if code[at] == 0x5B:
            destinations.append(at)
        at += 1 + (code[at] - 0x5F if 0x60 <= code[at] <= 0x7F else 0)
    assert list(instructions_of(code)).count(0x5B) == len(destinations)


def test_accounts__some_read_and_some_that_matter_not__warned() -> None:
    """Many names in front would otherwise take the looks that a spender without code should get."""
    some = case_of(approve(ALICE), accounts=[account(TOKEN)])
    (found,) = findings(some, "accounts-unread")
    assert found.severity is Severity.WARNING
    assert str(ALICE) in found.sentence
    whole = case_of(approve(ALICE), accounts=[account(TOKEN), account(ALICE)])
    assert findings(whole, "accounts-unread") == []
    # Where nobody was asked, that is said once, and is nothing that somebody hides.
    assert findings(case_of(approve(ALICE)), "accounts-unread") == []
