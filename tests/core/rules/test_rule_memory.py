"""What this client remembers: the last one of its kind, other code, another id under the same number."""

from __future__ import annotations

from dataclasses import replace

from tests.core.rules.cases import (
    ALICE,
    DAY,
    MALLORY,
    PLAYED,
    PROTOCOL,
    ROUTER,
    TOKEN,
    call,
    case_of,
    findings,
    severities,
    transfer,
)
from tests.desk.fakes import NOW, lane_of, operation
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.history import History, PastOperation
from verifier.model.operation import Call
from verifier.model.simulation import Touched
from verifier.model.units import OperationId, Timestamp

OTHER = OperationId(b"\x0d" * 32)


def past(*calls: Call, days: int = 30) -> PastOperation:
    one = operation(*calls)
    return PastOperation(operation_id=OTHER, operation=one, executed_at=Timestamp(NOW - days * DAY))


def said(now: Call, *before: PastOperation) -> str:
    case = case_of(now, history=History(executed=before))
    return " ".join(found.sentence for found in findings(case, "differs-from-last"))


def test_operation__as_the_last_one__nothing() -> None:
    assert said(transfer(), past(transfer())) == ""


def test_operation__larger_than_the_last_one__by_how_much() -> None:
    found = said(transfer(amount=4_000), past(transfer(amount=40)))
    assert "amount was 40 and is 4000 (100 times as much)" in found
    assert str(ALICE) not in found


def test_operation__to_another_one__both_are_named() -> None:
    found = said(transfer(MALLORY), past(transfer(ALICE)))
    assert f"to was {ALICE} and is {MALLORY}" in found


def test_operation__another_contract_or_function__is_not_of_its_kind() -> None:
    assert said(transfer(), past(call(TOKEN, "approve(address,uint256)", ALICE, 1))) == ""
    assert said(transfer(), past(call(PROTOCOL, "transfer(address,uint256)", MALLORY, 1))) == ""


def test_operation__several_before__the_latest_counts_and_its_nearest_call() -> None:
    batch = past(transfer(MALLORY, 1), transfer(ALICE, 40), days=1)
    assert said(transfer(ALICE, 40), batch, past(transfer(MALLORY, 7))) == ""
    assert "was 40 and is 41" in said(transfer(ALICE, 41), batch)


def test_operation__function_unknown__its_bytes_are_compared() -> None:
    assert "data was" in said(call(PROTOCOL, "go(uint8)", 1), past(call(PROTOCOL, "go(uint8)", 2)))
    assert said(call(PROTOCOL, "go(uint8)", 1), past(call(PROTOCOL, "go(uint8)", 1))) == ""


def test_value__other_than_the_last_one__said() -> None:
    assert "value was 1 and is 5" in said(call(ALICE, value=5), past(call(ALICE, value=1)))


def touched(address: Address, code: int = 1, implementation: Address | None = None) -> Touched:
    return Touched(address=address, code_hash=bytes([code]) * 32, implementation=implementation)


def changed(before: tuple[Touched, ...], now: tuple[Touched, ...] | None, rule: str) -> list[Severity]:
    one = operation(transfer())
    lane = lane_of(one, 1, 2, 3)
    history = History(touched_at_review={lane.operation_id: before} if before else {})
    simulation = replace(PLAYED, touched=now)
    return severities(case_of(one=one, lane=lane, history=history, simulation=simulation), rule)


def test_code__changed_since_review__danger() -> None:
    before = (touched(TOKEN), touched(ROUTER, implementation=ALICE))
    assert changed(before, before, "code-changed") == []
    assert changed(before, (touched(TOKEN, 2),), "code-changed") == [Severity.DANGER]
    swapped = (touched(TOKEN), touched(ROUTER, implementation=MALLORY))
    assert changed(before, swapped, "code-changed") == [Severity.DANGER]
    assert changed((), swapped, "code-changed") == []


def test_code__changed_since_signing_only__danger() -> None:
    one = operation(transfer())
    lane = lane_of(one, 1, 2, 3)
    history = History(
        touched_at_review={lane.operation_id: (touched(TOKEN, 2),)},
        touched_at_signing={lane.operation_id: (touched(TOKEN, 1),)},
    )
    (found,) = findings(
        case_of(
            one=one, lane=lane, history=history, simulation=replace(PLAYED, touched=(touched(TOKEN, 2),))
        ),
        "code-changed",
    )
    assert "when you signed this" in found.sentence


def test_path__reaches_others_than_at_review__noticed() -> None:
    before, more = (touched(TOKEN),), (touched(TOKEN), touched(ROUTER))
    assert changed(before, more, "path-changed") == [Severity.NOTICE]
    assert changed(more, before, "path-changed") == []
    assert changed((), more, "path-changed") == []


def test_code__reviewed_and_now_not_told__said_to_be_missing() -> None:
    case = case_of(transfer(), simulation=replace(PLAYED, touched=None))
    assert any("what it touches" in found.sentence for found in findings(case, "not-judged"))


def test_identity__another_one_under_this_number__danger() -> None:
    one = operation(transfer())
    lane = lane_of(one, 1, 2, 3)
    number = (int(one.lane), int(one.sequence))

    def case(*ids: OperationId, at: tuple[int, int] = number) -> list[Severity]:
        history = History(
            identities={at: frozenset(ids)}, identity_evidence=dict.fromkeys(ids, Evidence.AGREED)
        )
        found = findings(case_of(one=one, lane=lane, history=history), "identity-doubled")
        assert all(each.evidence is Evidence.AGREED for each in found)
        return [each.severity for each in found]

    assert case(lane.operation_id, OTHER) == [Severity.DANGER]
    assert case(OTHER) == [Severity.DANGER]
    assert case(lane.operation_id) == []
    assert case(OTHER, at=(number[0], number[1] - 1)) == []
