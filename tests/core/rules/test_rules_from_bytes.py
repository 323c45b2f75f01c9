"""Findings from nothing but bytes, as an honest encoder writes them, through all layers that wrap them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.rules.cases import (
    ALICE,
    MALLORY,
    PROTOCOL,
    ROUTER,
    SAFE,
    TOKEN,
    account,
    approve,
    call,
    calldata,
    case_of,
    findings,
    policy,
    severities,
    token,
    transfer,
)
from tests.desk.fakes import VAULT
from verifier.assess.case import Case
from verifier.assess.rules.delegate_call import BATCHERS
from verifier.assess.rules.table import judge_case
from verifier.model.account import AccountReading
from verifier.model.address import NOBODY, Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.call import Fault, FaultKind
from verifier.model.evidence import Evidence
from verifier.model.finding import ByteRange, Severity
from verifier.model.operation import Call
from verifier.model.units import Units

EXEC = "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)"
MULTISEND = Address(bytes.fromhex("38869bf66a61cf6bdb996a6ae40d5853fd43b526"))
LISTED = AssetTerms(routine_limit=Units(100), high_value_from=Units(1_000), decimals=6)
KNOWN = {SAFE: "Safe", PROTOCOL: "Pool", ROUTER: "Router", TOKEN: "USDC"}


def through_safe(target: Address, data: bytes, *, operation: int = 0, value: int = 0) -> Call:
    return call(SAFE, EXEC, target, value, data, operation, 0, 0, 0, NOBODY, NOBODY, b"")


def packed(*calls: Call) -> bytes:
    """Return the data of MultiSend: operation, target, value and length, one behind the other."""
    parts = (
        b"\0" + each.target + each.value.to_bytes(32, "big") + len(each.data).to_bytes(32, "big") + each.data
        for each in calls
    )
    return calldata("multiSend(bytes)", b"".join(parts))


def loud(case: Case) -> set[str]:
    """Return what is found with a warning or more."""
    return {finding.rule for finding in judge_case(case) if finding.severity >= Severity.WARNING}


@pytest.mark.parametrize(
    ("signature", "arguments", "rule"),
    [
        ("transferOwnership(address)", (MALLORY,), "authority-owner"),
        ("renounceOwnership()", (), "authority-owner"),
        ("grantRole(bytes32,address)", (bytes(32), MALLORY), "authority-admin"),
        ("grantRole(bytes32,address)", (b"\x01" * 32, MALLORY), "authority-role"),
        ("upgradeTo(address)", (MALLORY,), "authority-code"),
        ("upgradeToAndCall(address,bytes)", (MALLORY, b""), "authority-code"),
        ("changeAdmin(address)", (MALLORY,), "authority-admin"),
        ("enableModule(address)", (MALLORY,), "authority-module"),
        ("setGuard(address)", (NOBODY,), "authority-check-off"),
        ("setGuard(address)", (MALLORY,), "authority-guard"),
        ("changeThreshold(uint256)", (1,), "authority-alone"),
        ("changeThreshold(uint256)", (2,), "authority-threshold"),
        ("addOwnerWithThreshold(address,uint256)", (MALLORY, 1), "authority-signer"),
        ("updateDelay(uint256)", (0,), "authority-undelayed"),
        ("updateDelay(uint256)", (86_400,), "authority-delay"),
        ("setOracle(address)", (MALLORY,), "authority-trusted"),
        ("setPauser(address)", (MALLORY,), "authority-stopper"),
        ("setPoolImpl(address)", (MALLORY,), "authority-code"),
        ("approveHash(bytes32)", (b"\x01" * 32,), "consent-unseen"),
        ("setApprovalForAll(address,bool)", (MALLORY, True), "allowance-for-all"),
    ],
)
@pytest.mark.parametrize("is_wrapped", [False, True])
def test_bytes__dangerous_function__found_in_plain_sight_and_inside(
    signature: str, arguments: tuple[Any, ...], rule: str, is_wrapped: bool
) -> None:
    inner = call(PROTOCOL, signature, *arguments)
    outer = through_safe(PROTOCOL, inner.data) if is_wrapped else inner
    (found,) = findings(case_of(outer, labels=KNOWN), rule)
    assert found.path == ((0,) if is_wrapped else ())
    assert found.severity >= Severity.WARNING
    assert found.sentence.startswith("Call 1.1:" if is_wrapped else "Call 1:")


@pytest.mark.parametrize(
    "quiet",
    [
        call(PROTOCOL, "setApprovalForAll(address,bool)", MALLORY, False),
        call(PROTOCOL, "acceptOwnership()"),
        call(PROTOCOL, "revokeRole(bytes32,address)", bytes(32), MALLORY),
        call(PROTOCOL, "disableModule(address,address)", ALICE, MALLORY),
        call(PROTOCOL, "transferOwnership(address)", VAULT),
    ],
)
def test_bytes__the_harmless_neighbour__at_most_a_notice(quiet: Call) -> None:
    assert loud(case_of(quiet, labels=KNOWN)) == set()


ROUTINE_POLICY = policy(
    assets={TOKEN: LISTED}, uses={ALICE: Use.RECIPIENT, ROUTER: Use.SPENDER | Use.RECIPIENT}
)


@pytest.mark.parametrize(
    "business",
    [
        (transfer(),),
        (transfer(amount=1), transfer(amount=2)),
        (approve(ROUTER, 40),),
        (approve(MALLORY, 0),),
        (call(TOKEN, "transferFrom(address,address,uint256)", VAULT, ALICE, 40),),
        (call(ALICE, value=10),),
    ],
)
def test_ordinary_business__listed_assets_and_known_counterparties__no_warning(
    business: tuple[Call, ...],
) -> None:
    accounts = [account(TOKEN, token=token()), account(ALICE, b""), account(ROUTER)]
    assert loud(case_of(*business, policy=ROUTINE_POLICY, accounts=accounts)) == set()


def batch_of_two(
    *, code_hash: bytes = min(BATCHERS), evidence: Evidence = Evidence.PROVEN, data: bytes | None = None
) -> Case:
    batcher: AccountReading = replace(account(MULTISEND), code_hash=code_hash, evidence=evidence)
    data = data or packed(transfer(ALICE, 1), transfer(ALICE, 2))
    return case_of(through_safe(MULTISEND, data, operation=1), labels=KNOWN, accounts=[batcher])


def test_delegate_call__proven_batcher_with_an_open_list__no_danger() -> None:
    assert findings(batch_of_two(), "delegate-call") == []


def test_delegate_call__anything_else_about_it_is_otherwise__danger() -> None:
    for case in (
        batch_of_two(code_hash=bytes(32)),
        batch_of_two(evidence=Evidence.AGREED),
        batch_of_two(data=calldata("transfer(address,uint256)", ALICE, 1)),
        case_of(through_safe(MULTISEND, packed(transfer()), operation=1), labels=KNOWN),
    ):
        assert severities(case, "delegate-call") == [Severity.DANGER]
    plain = case_of(through_safe(TOKEN, transfer().data), labels=KNOWN)
    assert findings(plain, "delegate-call") == []


def test_delegate_call__harmless_name__the_sentence_goes_by_the_code() -> None:
    """A `transfer` that is run as the account's own code: the theft of February 2025."""
    case = case_of(through_safe(MALLORY, transfer(MALLORY, 0).data, operation=1), labels=KNOWN)
    (found,) = findings(case, "delegate-call")
    assert str(MALLORY) in found.sentence
    assert found.severity is Severity.DANGER


def test_unlimited_allowance__deep_inside__found_with_the_way_to_it() -> None:
    case = batch_of_two(data=packed(transfer(), approve(ALICE, (1 << 256) - 1)))
    (found,) = findings(case, "allowance-unlimited")
    assert found.path == (0, 1)
    assert found.sentence.startswith("Call 1.1.2:")


def test_dirty_bytes__inside_of_a_call__as_outside() -> None:
    data = bytearray(transfer().data)
    data[4] = 1
    case = case_of(through_safe(TOKEN, bytes(data)), labels=KNOWN)
    (found,) = findings(case, "encoding-dirty")
    assert (found.severity, found.path) == (Severity.DANGER, (0,))
    assert findings(case_of(through_safe(TOKEN, transfer().data), labels=KNOWN), "encoding-dirty") == []


@pytest.mark.parametrize("kind", list(FaultKind))
def test_fault__of_every_kind__its_own_finding(kind: FaultKind) -> None:
    case = case_of(transfer())
    fault = Fault(kind=kind, where=ByteRange(start=4, stop=36))
    faulty = replace(case, calls=(replace(case.calls[0], faults=(fault,)),))
    (found,) = [one for one in judge_case(faulty) if one.rule.startswith("encoding-")]
    assert (found.rule, found.severity) == (f"encoding-{kind.name.lower()}", fault.severity)
    assert found.where == fault.where


def test_names__several_fit__noticed_unless_it_is_known_which_token_it_is() -> None:
    assert severities(case_of(approve()), "function-ambiguous") == [Severity.NOTICE]
    listed = case_of(approve(), policy=policy(assets={TOKEN: LISTED}))
    assert severities(listed, "function-ambiguous") == []


def test_nesting__without_end__said_to_be_unopened() -> None:
    inner = transfer().data
    for _ in range(12):
        inner = through_safe(SAFE, inner).data
    deep = case_of(Call(target=SAFE, value=transfer().value, data=inner), labels=KNOWN)
    assert severities(deep, "calls-unopened") == [Severity.DANGER]
    assert severities(case_of(through_safe(SAFE, transfer().data), labels=KNOWN), "calls-unopened") == []
