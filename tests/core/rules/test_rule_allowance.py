"""Allowances: without limit, above the balance, for whom, and their neighbours."""

from __future__ import annotations

import pytest

from tests.core.rules.cases import (
    ALICE,
    MALLORY,
    ROUTER,
    TOKEN,
    account,
    call,
    case_of,
    findings,
    policy,
    severities,
    token,
)
from tests.desk.fakes import VAULT
from verifier.assess.case import Case
from verifier.model.account import DELEGATED_CODE, AccountReading
from verifier.model.address import Address
from verifier.model.asset import Use
from verifier.model.effect import Allowance
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.units import Amount

SUPPLY, BALANCE = 10**12, 10**9


def allowing(
    amount: int | None,
    *,
    spender: Address = ROUTER,
    owner: Address = VAULT,
    accounts: tuple[AccountReading, ...] = (account(TOKEN, token=token(supply=SUPPLY, balance=BALANCE)),),
    labels: dict[Address, str] | None = None,
    uses: dict[Address, Use] | None = None,
) -> Case:
    """Return the case of an operation that allows something, by an effect that no standard's bytes have."""
    effect = Allowance(
        token=TOKEN, owner=owner, spender=spender, amount=None if amount is None else Amount(amount)
    )
    return case_of(
        call(MALLORY, "lend()"),
        effects={0: [effect]},
        accounts=accounts,
        labels=labels,
        policy=policy(uses=uses),
    )


@pytest.mark.parametrize(
    ("amount", "is_unlimited"),
    [
        (None, True),
        ((1 << 256) - 1, True),
        ((1 << 160) - 1, True),
        ((1 << 96) - 1, True),
        (SUPPLY, True),
        (SUPPLY - 1, False),
        (1, False),
    ],
)
def test_allowance__against_the_supply__unlimited_from_there(amount: int | None, is_unlimited: bool) -> None:
    found = severities(allowing(amount), "allowance-unlimited")
    assert found == ([Severity.WARNING] if is_unlimited else [])


def test_allowance__supply_unknown__only_what_no_token_has_is_unlimited() -> None:
    assert findings(allowing(SUPPLY, accounts=()), "allowance-unlimited") == []
    assert findings(allowing((1 << 256) - 1, accounts=()), "allowance-unlimited")


def test_allowance__taken_back__nothing() -> None:
    rules = ("allowance-unlimited", "allowance-above-balance", "allowance-for-all")
    assert not any(findings(allowing(0), rule) for rule in rules)


def test_allowance__above_the_balance__noticed_on_the_tokens_own_word() -> None:
    (found,) = findings(allowing(BALANCE + 1), "allowance-above-balance")
    assert (found.severity, found.evidence) == (Severity.NOTICE, Evidence.AGREED)
    assert str(BALANCE) in found.sentence
    assert findings(allowing(BALANCE), "allowance-above-balance") == []


def test_allowance__of_another_owner__not_held_against_the_vaults_balance() -> None:
    assert findings(allowing(BALANCE + 1, owner=ALICE), "allowance-above-balance") == []


def test_allowance__of_a_whole_collection__warned_and_not_as_of_a_token() -> None:
    for_all = case_of(call(TOKEN, "setApprovalForAll(address,bool)", ROUTER, True))
    assert severities(for_all, "allowance-for-all") == [Severity.WARNING]
    assert findings(for_all, "allowance-unlimited") == []
    assert findings(allowing(None), "allowance-for-all") == []


def test_allowance__to_a_plain_account__danger_and_less_with_a_label() -> None:
    rule, plain, contract = "allowance-without-code", account(ROUTER, b""), account(ROUTER)
    assert severities(allowing(5, accounts=(plain,)), rule) == [Severity.DANGER]
    assert severities(allowing(5, accounts=(plain,), labels={ROUTER: "Desk"}), rule) == [Severity.WARNING]
    assert severities(allowing(5, accounts=(contract,)), rule) == []


def test_allowance__to_a_key_that_runs_code_for_now__as_to_a_plain_account() -> None:
    delegated = account(ROUTER, DELEGATED_CODE + ALICE)
    assert severities(allowing(5, accounts=(delegated,)), "allowance-without-code") == [Severity.DANGER]


@pytest.mark.parametrize(
    ("uses", "is_found"),
    [(Use.RECIPIENT, True), (Use.SPENDER, False), (Use.RECIPIENT | Use.SPENDER, False), (Use(0), False)],
)
def test_allowance__to_a_mere_recipient__warned(uses: Use, is_found: bool) -> None:
    found = severities(allowing(5, uses={ROUTER: uses}), "allowance-to-recipient")
    assert found == ([Severity.WARNING] if is_found else [])


def test_allowance__token_tells_nothing__said_that_it_was_not_measured() -> None:
    def is_said(*accounts: AccountReading) -> bool:
        found = findings(allowing(5, accounts=accounts), "not-judged")
        return any("allowance-above-balance" in each.sentence for each in found)

    assert is_said()
    assert is_said(account(TOKEN, token=token(balance=None)))
    assert is_said(account(TOKEN, token=token(supply=None)))
    assert not is_said(account(TOKEN, token=token()))


def test_allowance__to_a_recipient_by_a_claim__is_a_claim() -> None:
    effect = Allowance(token=TOKEN, owner=VAULT, spender=ROUTER, amount=Amount(5))
    claimed = policy(uses={ROUTER: Use.RECIPIENT}, evidence=Evidence.CLAIMED)
    (found,) = findings(
        case_of(call(MALLORY, "lend()"), effects={0: [effect]}, policy=claimed), "allowance-to-recipient"
    )
    assert found.evidence is Evidence.CLAIMED
