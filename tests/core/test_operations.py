"""Operations to and from the bytes that travel."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.core import strategies
from tests.core.events import event_data
from verifier.decode.operations import (
    abi_of,
    encode_approve,
    encode_propose,
    read_proposal,
    read_proposed,
)
from verifier.model.lane import Lane
from verifier.model.operation import Approval, Operation


@given(strategies.operations, st.lists(strategies.approvals, max_size=3))
def test_read_proposal__what_encode_propose_gave__the_operation(
    operation: Operation, approvals: list[Approval]
) -> None:
    data = encode_propose(operation, approvals)
    assert read_proposal(data) == operation
    assert read_proposal(encode_approve(operation, approvals)) is None


@given(strategies.operations, strategies.lanes)
def test_read_proposed__an_events_data__the_operation(operation: Operation, state: Lane) -> None:
    data = event_data(operation, replace(state, sequence=operation.sequence))
    assert read_proposed(data) == operation
    # A lane is 16 bits in an operation, and a word in the event.
    assert read_proposed(data[:32] + b"\x01" + data[33:]) is None


@given(strategies.operations, st.data())
def test_read_proposal__any_byte_changed__an_operation_or_none(
    operation: Operation, data: st.DataObject
) -> None:
    raw = bytearray(encode_propose(operation))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    found = read_proposal(bytes(raw))
    assert found is None or abi_of(found)
