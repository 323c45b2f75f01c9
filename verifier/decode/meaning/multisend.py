"""The packed form of Safe's MultiSend: calls one behind the other, without padding.

One byte for the operation, 20 for the target, 32 for the value, 32 for the length of the data, then the data.
"""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.scene import Inner
from verifier.model.address import NOBODY, Address
from verifier.model.call import Fault, FaultKind
from verifier.model.finding import ByteRange
from verifier.model.operation import Call
from verifier.model.units import Wei

DELEGATE: Final = 1
"""The operation that runs the target's code as the account's own."""

MULTI_SEND: Final = bytes.fromhex("8d80ff0a")
"""The selector of `multiSend(bytes)`."""

_HEAD: Final = 85


def read_packed(packed: bytes, at: int, account: Address) -> tuple[tuple[Inner, ...], tuple[Fault, ...]]:
    """Return the calls, up to the first that does not fit, and what is wrong with the bytes.

    :param at: where the packed bytes stand in the call's data; ranges count from its start
    :param account: whose calls these are
    """
    calls: list[Inner] = []
    faults: list[Fault] = []

    def fault(kind: FaultKind, start: int, stop: int) -> None:
        faults.append(Fault(kind=kind, where=ByteRange(start=at + start, stop=at + stop)))

    position, size = 0, len(packed)
    while position < size:
        begin = position + _HEAD
        length = int.from_bytes(packed[position + 53 : begin], "big") if begin <= size else size
        if begin + length > size:
            fault(FaultKind.TRUNCATED, position, size)
            break
        operation = packed[position]
        if operation > DELEGATE:
            # No Safe makes such a call: it stops there.
            fault(FaultKind.DIRTY, position, position + 1)
        target = Address(packed[position + 1 : position + 21])
        value = int.from_bytes(packed[position + 21 : position + 53], "big")
        calls.append(
            Inner(
                # From version 1.5 on the zero address is the account itself.
                call=Call(
                    target=account if target == NOBODY else target,
                    value=Wei(value),
                    data=packed[begin : begin + length],
                ),
                caller=account,
                is_delegate=operation == DELEGATE,
                where=ByteRange(start=at + begin, stop=at + begin + length),
            )
        )
        position = begin + length
    return tuple(calls), tuple(faults)
