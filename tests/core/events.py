"""Events of the vault as a node gives them."""

from __future__ import annotations

from verifier.decode.encode import encode
from verifier.decode.signatures import interface
from verifier.model.lane import Lane
from verifier.model.operation import Operation


def event_data(operation: Operation, state: Lane) -> bytes:
    """Return the data of the `Proposed` event by which an operation is published."""
    calls = tuple((call.target, call.value, call.data) for call in operation.calls)
    values = (state.pack(), operation.lane, operation.approve_by, calls)
    return encode(interface("vault").events["Proposed"].data, values)
