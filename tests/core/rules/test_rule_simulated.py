"""What a simulation shows that the bytes do not say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.rules.cases import (
    ALICE,
    MALLORY,
    PLAYED,
    PROTOCOL,
    ROUTER,
    TOKEN,
    call,
    case_of,
    findings,
    severities,
)
from tests.desk.fakes import VAULT
from verifier.assess.case import Case
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.operation import Call
from verifier.model.simulation import AllowanceChange, Delta, Outcome
from verifier.model.text import Shown
from verifier.model.units import Amount

PAYS = call(TOKEN, "transfer(address,uint256)", ALICE, 1_000)
UNKNOWN = call(PROTOCOL, "pay()")


def played(*deltas: Delta, one: Call = PAYS, allowances: tuple[AllowanceChange, ...] = ()) -> Case:
    return case_of(one, simulation=replace(PLAYED, deltas=deltas, allowances=allowances))


def delta(amount: int, *, token: Address = TOKEN, account: Address = VAULT) -> Delta:
    return Delta(token=token, account=account, amount=amount)


@pytest.mark.parametrize(
    ("lost", "is_found"),
    [(delta(-1_000), False), (delta(-1_010), False), (delta(-1_011), True), (delta(5), False)],
)
def test_loss__more_than_the_bytes_say__danger(lost: Delta, is_found: bool) -> None:
    assert severities(played(lost), "loss-contrary") == ([Severity.DANGER] if is_found else [])
    assert severities(played(lost), "loss-unnamed") == []


def test_loss__of_another_asset__danger_and_a_claim() -> None:
    (found,) = findings(played(delta(-1, token=ROUTER)), "loss-contrary")
    assert (found.severity, found.evidence) == (Severity.DANGER, Evidence.CLAIMED)
    assert "name nothing of it" in found.sentence


def test_loss__of_another_account__not_the_vaults() -> None:
    assert findings(played(delta(-5_000, account=MALLORY)), "loss-contrary") == []


def test_loss__by_a_function_that_nothing_knows__warned() -> None:
    case = played(delta(-1), one=UNKNOWN)
    assert severities(case, "loss-unnamed") == [Severity.WARNING]
    assert severities(case, "loss-contrary") == []


def test_loss__of_what_shares_stand_for__the_bytes_do_not_name_it() -> None:
    deposit = call(PROTOCOL, "deposit(uint256,address)", 1_000, VAULT)
    assert severities(played(delta(-1_000), one=deposit), "loss-unnamed") == [Severity.WARNING]
    assert severities(played(delta(-1_000), one=deposit), "loss-contrary") == []


def test_loss__inside_of_a_batch__named_by_the_call_inside() -> None:
    inner = [(TOKEN, PAYS.data)]
    batch = call(PROTOCOL, "aggregate((address,bytes)[])", inner)
    # Multicall moves what it holds itself: what the vault loses is another thing.
    assert severities(played(delta(-1_000), one=batch), "loss-contrary") == [Severity.DANGER]
    assert severities(played(one=batch), "loss-contrary") == []


def test_loss__by_code_that_runs_as_somebody_elses_own__is_not_told_by_a_name() -> None:
    case = played(delta(-1_000_000))
    own = replace(case.calls[0], is_delegate=True)
    unopened = replace(case.calls[0], unopened=1)
    for call_ in (own, unopened):
        changed = replace(case, calls=(call_,))
        assert severities(changed, "loss-unnamed") == [Severity.WARNING]
        assert severities(changed, "loss-contrary") == []
    assert severities(case, "loss-contrary") == [Severity.DANGER]


def test_loss__said__of_coins_in_wei_and_of_tokens_by_name() -> None:
    (coins,) = findings(played(delta(-7, token=NATIVE)), "loss-contrary")
    assert "7 wei of the native coin" in coins.sentence
    (tokens,) = findings(played(delta(-7, token=ROUTER)), "loss-contrary")
    assert f"7 of the token {ROUTER}" in tokens.sentence


def test_loss__value_of_the_call__is_named_by_it() -> None:
    sent = call(ALICE, value=7)
    assert findings(played(delta(-7, token=NATIVE), one=sent), "loss-contrary") == []
    assert findings(played(delta(-700, token=NATIVE), one=sent), "loss-contrary")
    assert findings(played(delta(-700, token=NATIVE)), "loss-contrary")


def change(amount: int | None, *, owner: Address = VAULT, spender: Address = MALLORY) -> AllowanceChange:
    return AllowanceChange(
        token=TOKEN, owner=owner, spender=spender, amount=None if amount is None else Amount(amount)
    )


def test_allowance__no_call_says_so__warned() -> None:
    rule = "allowance-unnamed"

    def given(amount: int) -> Call:
        return call(TOKEN, "approve(address,uint256)", MALLORY, amount)

    assert severities(played(allowances=(change(50),)), rule) == [Severity.WARNING]
    assert severities(played(allowances=(change(None),)), rule) == [Severity.WARNING]
    assert severities(played(allowances=(change(0),)), rule) == []
    assert severities(played(allowances=(change(50, owner=ALICE),)), rule) == []
    assert severities(played(one=given(50), allowances=(change(50),)), rule) == []
    assert severities(played(one=given(50), allowances=(change(51),)), rule) == [Severity.WARNING]
    assert severities(played(one=given((1 << 256) - 1), allowances=(change(None),)), rule) == []


def test_operation__would_fail__warned_with_the_reason() -> None:
    failed = replace(PLAYED, outcome=Outcome.REVERTED, why=Shown("Paused."), deltas=None, allowances=None)
    (found,) = findings(case_of(call(ALICE, value=1), simulation=failed), "will-revert")
    assert found.severity is Severity.WARNING
    assert "Paused." in found.sentence
    assert findings(case_of(call(ALICE, value=1), simulation=PLAYED), "will-revert") == []


def test_operation__could_not_be_played__said_by_whom_and_why() -> None:
    unknown = replace(PLAYED, outcome=Outcome.UNKNOWN, why=Shown("It has no such method."))
    found = findings(case_of(call(ALICE, value=1), simulation=unknown), "not-judged")
    assert any("no such method" in each.sentence and "loss-contrary" in each.sentence for each in found)
    played_well = findings(case_of(call(ALICE, value=1), simulation=PLAYED), "not-judged")
    assert not any("loss-contrary" in each.sentence for each in played_well)


def test_events__not_as_the_balance__warned() -> None:
    assert severities(played(replace(delta(-990), said=-1_000)), "events-untrue") == [Severity.WARNING]
    assert severities(played(replace(delta(-990), said=-990)), "events-untrue") == []
    assert severities(played(delta(-990)), "events-untrue") == []


def test_endpoints__play_it_differently__warned() -> None:
    case = case_of(call(ALICE, value=1), simulation=replace(PLAYED, disagreeing=("two.example",)))
    assert severities(case, "simulation-disagreed") == [Severity.WARNING]
    assert severities(case_of(call(ALICE, value=1), simulation=PLAYED), "simulation-disagreed") == []
