"""The functions of the vault and its companions: their arguments as the ABI wants them, and as the model has them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Final

from eth_abi.abi import decode, encode
from eth_hash.auto import keccak

from tests.lifecycle.slots import VAULT
from tests.stage import RELEASE, type_text
from verifier.model.address import Address
from verifier.model.operation import Approval, Operation, Publication, Signature
from verifier.model.units import MemberIndex, OperationId
from verifier.sign import typed

GROUP_ACTS: Final = ("vetoAsGroup", "withdrawAsGroup", "suspendAsGroup")
ACTS: Final = (
    "propose",
    "approve",
    "withdraw",
    "veto",
    "object",
    "cancel",
    "execute",
    "expedite",
    *GROUP_ACTS,
    "suspend",
    "lapse",
)
"""What people do."""

SEAT_OPERATIONS: Final = (
    "addMember",
    "addGroup",
    "setHolders",
    "removeMember",
    "replaceMember",
    "reinstateMember",
    "confirmSuspension",
    "setRoles",
    "setAttributes",
)
SETTERS: Final = ("setTiers", "setAsset", "setCounterparty", "setRule", "setRegistry")
GOVERNING: Final = SEAT_OPERATIONS + SETTERS
"""What the vault alone may do."""

KEEPING: Final = ("review", "revoke")
"""What people do at the companions."""

APPROVAL_TYPE: Final = "(uint256,bytes32,bytes32)"


def plain(argument: Any) -> Any:
    """Return an argument as eth-abi takes it."""
    match argument:
        case Operation():
            calls = [(call.target, call.value, call.data) for call in argument.calls]
            return (calls, argument.lane, argument.sequence, argument.approve_by)
        case Approval():
            return (argument.head, argument.signature.r, argument.signature.s)
        case list() | tuple():
            return [plain(part) for part in argument]
        case _:
            return argument


def data_of(function: str, arguments: Sequence[Any], contract: str = VAULT) -> bytes:
    """Return calldata for a function."""
    selector, types = _by_name(contract)[function]
    return selector + encode(types, [plain(argument) for argument in arguments])


@lru_cache(maxsize=10_000)
def id_of(operation: Operation) -> OperationId:
    """Return an operation's id, computed once."""
    return typed.id_of(operation)


@cache
def _by_name(contract: str) -> dict[str, tuple[bytes, list[str]]]:
    file = contract.removeprefix("other ")
    functions = {}
    for entry in json.loads((RELEASE / f"{file}.abi.json").read_text("utf-8")):
        if entry["type"] == "function":
            types = [type_text(part) for part in entry["inputs"]]
            selector = keccak(f"{entry['name']}({','.join(types)})".encode("ascii"))[:4]
            functions[entry["name"]] = (selector, types)
    return functions


@cache
def _by_selector(contract: str) -> dict[bytes, str]:
    return {selector: name for name, (selector, _) in _by_name(contract).items()}


def name_in(contract: str, selector: bytes) -> str | None:
    """Return which function of a contract a selector names."""
    return _by_selector(contract).get(selector)


def function_of(data: bytes) -> str | None:
    """Return which function of the vault some calldata calls."""
    return name_in(VAULT, data[:4])


def arguments_of(function: str, data: bytes) -> list[Any]:
    """Return the arguments in calldata of a governing function; those of the others need nobody's look."""
    return _arguments(VAULT, function, data) if function in GOVERNING else []


def companion_call(contract: str, data: bytes) -> tuple[str, list[Any]]:
    """Return the function of a companion, and its arguments, that some calldata calls."""
    name = name_in(contract, data[:4])
    assert name is not None, "the stories call no function that is not there"
    return name, _arguments(contract, name, data)


def _arguments(contract: str, function: str, data: bytes) -> list[Any]:
    types = _by_name(contract)[function][1]
    return [_read(kind, value) for kind, value in zip(types, decode(types, data[4:]), strict=True)]


def _read(kind: str, value: Any) -> Any:
    if kind == "address":
        return Address(bytes.fromhex(value[2:]))
    if kind == APPROVAL_TYPE:
        head, r, s = value
        return Approval(
            seat=MemberIndex(head >> 8 & 0xFF),
            publication=Publication.unpack(head >> 16),
            signature=Signature(r=r, s=s, v=head & 0xFF),
        )
    return value
