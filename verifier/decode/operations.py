"""Operations and calls of the vault, to and from the bytes that travel.

What is read here is not believed: an operation from an event or a transaction counts only if it hashes to the id that
storage holds, which is for the reader to see to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from verifier.decode.plan import plan_of
from verifier.decode.signatures import interface
from verifier.errors import NumberOutOfRange
from verifier.model.address import Address
from verifier.model.call import AbiValue
from verifier.model.lane import Lane
from verifier.model.operation import Approval, Call, Operation
from verifier.model.units import LaneIndex, OperationId, Timestamp, Wei
from verifier.model.units import Sequence as SequenceNumber

_VAULT: Final = interface("vault")

PROPOSED_TOPIC: Final = _VAULT.events["Proposed"].topic
"""The first topic of the event that publishes an operation; the second one is its id."""


def read_proposed(data: bytes) -> Operation | None:
    """Return the operation in a `Proposed` event's data, or None where there is none to be read.

    Its sequence is in the state of the lane that the event carries.
    """
    values: Any = plan_of(_VAULT.events["Proposed"].data).decode(data).values
    if values is None:
        return None
    state, lane, approve_by, calls = values
    try:
        return _operation((calls, lane, Lane.unpack(state).sequence, approve_by))
    except NumberOutOfRange:  # the event has whole words, and an operation has not
        return None


def read_proposal(data: bytes) -> Operation | None:
    """Return the operation in the data of a transaction that calls `propose`, or None where there is none."""
    propose = _VAULT.function("propose")
    values = propose.plan.decode(data, 4).values if data[:4] == propose.selector else None
    return _operation(values[0]) if values else None


def encode_propose(operation: Operation, approvals: Sequence[Approval] = ()) -> bytes:
    """Return the data of a transaction that publishes an operation."""
    return encode_call("propose", abi_of(operation), tuple(abi_of_approval(a) for a in approvals))


def encode_approve(operation: Operation, approvals: Sequence[Approval]) -> bytes:
    return encode_call("approve", abi_of(operation), tuple(abi_of_approval(a) for a in approvals))


def encode_withdraw(operation: Operation) -> bytes:
    return encode_call("withdraw", abi_of(operation))


def encode_object(operation: Operation) -> bytes:
    return encode_call("object", abi_of(operation))


def encode_execute(operation: Operation) -> bytes:
    return encode_call("execute", abi_of(operation))


def encode_veto(lane: LaneIndex, operation_id: OperationId) -> bytes:
    return encode_call("veto", lane, operation_id)


def encode_cancel(lane: LaneIndex, operation_id: OperationId) -> bytes:
    return encode_call("cancel", lane, operation_id)


def encode_call(function: str, *arguments: AbiValue) -> bytes:
    """Return the data of a call of any function of the vault; words are given packed.

    :raises ValueUnfit: an argument's type cannot hold its value.
    """
    return _VAULT.function(function).encode(*arguments)


def abi_of(operation: Operation) -> AbiValue:
    """Return an operation as the vault's ABI takes it."""
    calls = tuple((call.target, call.value, call.data) for call in operation.calls)
    return calls, operation.lane, operation.sequence, operation.approve_by


def abi_of_approval(approval: Approval) -> AbiValue:
    """Return an approval as the vault's ABI takes it."""
    return approval.head, approval.signature.r, approval.signature.s


def _operation(value: Any) -> Operation:
    calls, lane, sequence, approve_by = value
    return Operation(
        calls=tuple(
            Call(target=Address(target), value=Wei(amount), data=data) for target, amount, data in calls
        ),
        lane=LaneIndex(lane),
        sequence=SequenceNumber(sequence),
        approve_by=Timestamp(approve_by),
    )
