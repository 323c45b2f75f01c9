"""Assets that are lost where they go."""

from __future__ import annotations

import pytest

from tests.core.rules.cases import (
    ALICE,
    MALLORY,
    TOKEN,
    account,
    call,
    case_of,
    findings,
    severities,
    transfer,
)
from tests.desk.fakes import VAULT
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Move
from verifier.model.finding import Severity
from verifier.model.units import Amount

SILENT = bytes.fromhex("6000600055")
DIES = bytes.fromhex("33ff")
DEAD = Address(bytes.fromhex("000000000000000000000000000000000000dead"))


def move(recipient: Address, *, token: Address = TOKEN, sender: Address = VAULT) -> Move:
    return Move(token=token, sender=sender, recipient=recipient, amount=Amount(5))


@pytest.mark.parametrize("recipient", [NOBODY, DEAD])
def test_recipient__nobody_has_the_key__danger(recipient: Address) -> None:
    assert severities(case_of(call(recipient, value=1)), "recipient-burnt") == [Severity.DANGER]
    assert severities(case_of(call(ALICE, value=1)), "recipient-burnt") == []
    sent = case_of(call(MALLORY, "pay()"), effects={0: [move(recipient)]})
    assert severities(sent, "recipient-burnt") == [Severity.DANGER]


def test_recipient__the_token_itself__danger() -> None:
    to_itself, to_alice = case_of(transfer(TOKEN)), case_of(transfer(ALICE))
    assert severities(to_itself, "recipient-token") == [Severity.DANGER]
    assert severities(to_alice, "recipient-token") == []


def test_recipient__token_that_is_redeemed__may_take_itself_back() -> None:
    redeemed = case_of(call(TOKEN, "withdraw(uint256)", 5), effects={0: [move(TOKEN)]})
    assert findings(redeemed, "recipient-token") == []


def test_recipient__the_vault_itself__noticed_unless_another_one_pays() -> None:
    assert severities(case_of(transfer(VAULT)), "recipient-vault") == [Severity.NOTICE]
    paid = case_of(call(TOKEN, "transferFrom(address,address,uint256)", ALICE, VAULT, 5))
    assert severities(paid, "recipient-vault") == []
    # Shares for an asset: the bytes name the shares alone.
    deposit = case_of(call(TOKEN, "deposit(uint256,address)", 5, VAULT))
    assert severities(deposit, "recipient-vault") == []


def test_value__to_code_that_can_send_nothing__danger() -> None:
    sent = call(ALICE, value=1)
    (stuck,) = findings(case_of(sent, accounts=[account(ALICE, SILENT)]), "value-stuck")
    assert stuck.severity is Severity.DANGER
    assert "the coin goes to" in stuck.sentence
    assert severities(case_of(sent, accounts=[account(ALICE, DIES)]), "value-stuck") == []
    assert severities(case_of(sent, accounts=[account(ALICE, b"")]), "value-stuck") == []
    assert severities(case_of(sent, accounts=[account(ALICE)]), "value-stuck") == []


def test_token__to_code_that_can_only_destroy_itself__danger() -> None:
    effects = {0: [move(ALICE)]}
    lost = case_of(call(MALLORY, "pay()"), effects=effects, accounts=[account(ALICE, DIES)])
    assert severities(lost, "value-stuck") == [Severity.DANGER]
    coin = {0: [move(ALICE, token=NATIVE)]}
    saved = case_of(call(MALLORY, "pay()"), effects=coin, accounts=[account(ALICE, DIES)])
    assert severities(saved, "value-stuck") == []


def test_value__to_a_clone__the_code_that_it_runs_decides() -> None:
    clone = bytes.fromhex("363d3d373d3d3d363d73") + MALLORY + bytes.fromhex("5af43d82803e903d91602b57fd5bf3")
    sent = call(ALICE, value=1)
    stuck = case_of(sent, accounts=[account(ALICE, clone, implementation_code=SILENT)])
    free = case_of(sent, accounts=[account(ALICE, clone, implementation_code=DIES)])
    unknown = case_of(sent, accounts=[account(ALICE, clone)])
    assert severities(stuck, "value-stuck") == [Severity.DANGER]
    assert severities(free, "value-stuck") == []
    assert severities(unknown, "value-stuck") == []
