"""Finding the bytes of an operation: an event, a transaction, or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.events import event_data
from tests.core.one_vault import (
    OPERATION,
    PUBLISHED_IN,
    STATE,
    node,
    reader,
)
from verifier.chain.reader import VaultReader
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.units import (
    Timestamp,
)


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
