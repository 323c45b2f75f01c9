"""The functions of the vault and their arguments: as the ABI wants them, and as the model has them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Final

from eth_abi.abi import decode
from eth_hash.auto import keccak

from tests import stage
from verifier.model.address import Address
from verifier.model.operation import Approval, Operation
from verifier.model.units import OperationId
from verifier.sign import typed

ACTS: Final = (
    "propose",
    "approve",
    "withdraw",
    "veto",
    "object",
    "cancel",
    "execute",
    "suspend",
    "lapse",
)
"""What people do."""

SEAT_OPERATIONS: Final = (
    "addMember",
    "removeMember",
    "replaceMember",
    "reinstateMember",
    "confirmSuspension",
    "setRoles",
    "setAttributes",
)
SETTERS: Final = ("setTiers", "setAsset", "setCounterparty")
GOVERNING: Final = SEAT_OPERATIONS + SETTERS
"""What the vault alone may do."""


def plain(argument: Any) -> Any:
    """Return an argument as the stage takes it."""
    match argument:
        case Operation():
            calls = [(call.target, call.value, call.data) for call in argument.calls]
            return (calls, argument.lane, argument.sequence, argument.approve_by)
        case Approval():
            signature = argument.signature
            words = (signature.r, signature.s, signature.v.to_bytes(32, "big"))
            return (argument.seat, argument.publication.pack(), words)
        case list() | tuple():
            return [plain(part) for part in argument]
        case _:
            return argument


def data_of(function: str, arguments: Sequence[Any]) -> bytes:
    return stage.data_of(function, *(plain(argument) for argument in arguments))


@lru_cache(maxsize=10_000)
def id_of(operation: Operation) -> OperationId:
    """Return an operation's id, computed once."""
    return typed.id_of(operation)


@cache
def _functions() -> dict[bytes, tuple[str, list[str]]]:
    functions = {}
    for entry in stage.abi():
        if entry["type"] == "function":
            types = [stage.type_text(part) for part in entry["inputs"]]
            selector = keccak(f"{entry['name']}({','.join(types)})".encode("ascii"))[:4]
            functions[selector] = (entry["name"], types)
    return functions


def function_of(data: bytes) -> str | None:
    """Return which function of the vault some calldata calls."""
    found = _functions().get(data[:4])
    return found[0] if found else None


def arguments_of(function: str, data: bytes) -> list[Any]:
    """Return the arguments in calldata of a governing function; those of the others need nobody's look."""
    if function not in GOVERNING:
        return []
    values = decode(_functions()[data[:4]][1], data[4:])
    return [Address(bytes.fromhex(v[2:])) if isinstance(v, str) else v for v in values]
