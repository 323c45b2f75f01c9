"""Finding the bytes of an operation: an event, a transaction, or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.events import event_data
from tests.core.one_vault import (
    APPROVALS,
    OPERATION,
    PUBLISHED_IN,
    SENT_AS,
    STATE,
    node,
    reader,
)
from tests.fakenode import FakeNode
from verifier.chain import finder
from verifier.chain.reader import VaultReader
from verifier.decode.operations import encode_propose, encode_veto
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.operation import Operation
from verifier.model.units import OperationId, Timestamp
from verifier.sign.typed import id_of


def find(source: VaultReader) -> Any:
    reading = source.read_vault()
    lane = reading.lane(OPERATION.lane)
    assert lane
    return source.find_operation(reading, lane)


def test_find_operation__event__its_bytes() -> None:
    found = find(reader(node("a"), node("b"), needed=2))
    assert found.operation == OPERATION
    assert found.evidence is Evidence.PROVEN
    assert found.findings == ()


def test_find_operation__event_dropped__from_the_transaction() -> None:
    one = node()
    one.logs.clear()
    assert find(reader(one)).operation == OPERATION


def test_find_operation__first_endpoint_has_nothing__from_the_next() -> None:
    empty = node("empty")
    empty.logs.clear()
    empty.transactions.clear()
    assert find(reader(empty, node("b"))).operation == OPERATION


@pytest.mark.parametrize("rubbish", ["0x", "0x00", "0xdeadbeef" + "ff" * 100, None, 5, [], {}, "zz"])
def test_find_operation__altered_or_rubbish_everywhere__danger_and_no_exception(rubbish: object) -> None:
    one = node()
    one.logs[PUBLISHED_IN][0]["data"] = rubbish
    one.transactions[PUBLISHED_IN][0]["input"] = rubbish
    found = find(reader(one))
    assert found.operation is None
    (finding,) = found.findings
    assert finding.severity is Severity.DANGER
    assert finding.rule == "operation-bytes-missing"
    assert "Veto" in finding.sentence


def test_find_operation__other_calldata_with_the_right_topics__not_believed() -> None:
    one = node()
    other = replace(OPERATION, approve_by=Timestamp(OPERATION.approve_by + 1))
    data = event_data(other, STATE)
    one.logs[PUBLISHED_IN][0]["data"] = "0x" + data.hex()
    one.transactions.clear()
    assert find(reader(one)).operation is None


# ---------------------------------------------------------------------------------------- Many at once, and who lied


def rules(found: Any) -> dict[str, Severity]:
    return {finding.rule: finding.severity for finding in found.findings}


def sentence(found: Any) -> str:
    (finding,) = found.findings
    assert isinstance(finding, Finding)
    return finding.sentence


def without_event(name: str) -> FakeNode:
    made = node(name)
    made.logs.clear()
    return made


def with_other_bytes(name: str) -> FakeNode:
    made = node(name)
    other = replace(OPERATION, approve_by=Timestamp(OPERATION.approve_by + 1))
    made.logs[PUBLISHED_IN][0]["data"] = "0x" + event_data(other, STATE).hex()
    return made


def test_find_operations__three_lanes__one_round_trip_for_all_events() -> None:
    one = node()
    source = reader(one)
    reading = source.read_vault()
    before, asked = one.round_trips, len(one.asked)
    found = source.find_operations(reading, reading.lanes.value)
    assert [each.operation for each in found] == [OPERATION, None, None]
    # Events, and then the block with its transactions for the two that have no event.
    assert one.round_trips - before == 2
    assert one.asked[asked:] == ["eth_getLogs"] * 3 + ["eth_getBlockByNumber"]


def test_find_operations__nothing_missing__no_other_endpoint_is_asked() -> None:
    first, second = node("a"), node("b")
    source = reader(first, second, needed=2)
    reading = source.read_vault()
    asked = len(second.asked)
    (found,) = source.find_operations(reading, reading.lanes.value[:1])
    assert found.operation == OPERATION
    assert len(second.asked) == asked


def test_find_operations__first_endpoint_has_nothing__the_next_is_asked_for_what_is_missing() -> None:
    first, second = without_event("a"), node("b")
    source = reader(first, second)
    reading = source.read_vault()
    asked = len(second.asked)
    (found,) = source.find_operations(reading, [source.read_vault().lanes.value[0]])
    assert found.operation == OPERATION
    assert second.asked[asked:].count("eth_getLogs") == 1


def test_find_operation__event_dropped_by_one__said_and_named() -> None:
    found = find(reader(without_event("dropper"), node("b"), needed=2))
    assert found.operation == OPERATION
    assert rules(found) == {"event-dropped": Severity.NOTICE}
    assert "dropper" in sentence(found)


def test_find_operation__altered_by_one__said_and_named() -> None:
    found = find(reader(with_other_bytes("liar"), node("b"), needed=2))
    assert found.operation == OPERATION
    assert rules(found) == {"operation-bytes-altered": Severity.WARNING}
    assert "liar" in sentence(found)


def test_find_operation__altered_by_all__missing_and_all_named() -> None:
    nodes = [with_other_bytes("x"), with_other_bytes("y")]
    for one in nodes:
        one.transactions.clear()
    found = find(reader(*nodes, needed=2))
    assert rules(found) == {"operation-bytes-missing": Severity.DANGER}
    assert "x, y gave other bytes" in sentence(found)


def test_find_operation__thousands_of_events__only_some_are_looked_at() -> None:
    one = with_other_bytes("a")
    one.logs[PUBLISHED_IN] = one.logs[PUBLISHED_IN] * 5_000
    one.transactions.clear()
    assert rules(find(reader(one))) == {"operation-bytes-missing": Severity.DANGER}


def test_find_operation__transaction__as_the_event_or_the_block_names_it() -> None:
    for one in (node("a"), without_event("a")):
        assert find(reader(one)).transaction == SENT_AS


# ------------------------------------------------------------------------------------------------ Published approvals


def test_read_approvals__publishing_transaction__its_approvals() -> None:
    source = reader(node("a"), node("b"), needed=2)
    reading = source.read_vault()
    found = source.find_operations(reading, reading.lanes.value)
    (approvals,) = source.read_approvals(reading, found).values()
    assert approvals.operation_id == id_of(OPERATION)
    assert approvals.approvals == APPROVALS
    assert (approvals.transaction, approvals.evidence) == (SENT_AS, Evidence.AGREED)


@pytest.mark.parametrize(
    "data", ["0x", "0xdeadbeef", "0x" + encode_veto(OPERATION.lane, id_of(OPERATION)).hex()]
)
def test_read_approvals__transaction_that_proposes_nothing__none(data: str) -> None:
    one = node()
    one.transactions[PUBLISHED_IN][0]["input"] = data
    source = reader(one)
    reading = source.read_vault()
    (approvals,) = source.read_approvals(
        reading, source.find_operations(reading, reading.lanes.value)
    ).values()
    assert approvals.approvals is None


def test_read_approvals__one_of_two_tells_other_ones__only_claimed() -> None:
    liar = node("b")
    liar.transactions[PUBLISHED_IN][0]["input"] = "0x" + encode_propose(OPERATION).hex()
    source = reader(node("a"), liar, needed=2)
    reading = source.read_vault()
    (approvals,) = source.read_approvals(
        reading, source.find_operations(reading, reading.lanes.value)
    ).values()
    assert approvals.evidence is Evidence.CLAIMED


def test_read_approvals__transaction_that_nobody_has__nothing() -> None:
    one = node()
    one.transactions.clear()
    source = reader(one)
    reading = source.read_vault()
    assert source.read_approvals(reading, source.find_operations(reading, reading.lanes.value)) == {}


def test_find_operations__block_of_made_up_proposals__looked_through_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed = 0

    def counted(operation: Operation) -> OperationId:
        nonlocal hashed
        hashed += 1
        return id_of(operation)

    monkeypatch.setattr(finder, "id_of", counted)
    one = without_event("liar")
    other = replace(OPERATION, approve_by=Timestamp(OPERATION.approve_by + 1))
    sent = {"input": "0x" + encode_propose(other).hex(), "hash": "0x" + SENT_AS.hex()}
    one.transactions[PUBLISHED_IN] = [sent] * 20_000
    source = reader(one)
    reading = source.read_vault()
    found = source.find_operations(reading, list(reading.lanes.value) * 50)
    assert {each.operation for each in found} == {None}
    assert hashed <= 1_000
