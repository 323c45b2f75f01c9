"""Typed data (EIP-712) as wallets take it, read strictly: its type, its domain, and its message as named values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from eth_hash.auto import keccak

from verifier.decode.content import (
    Json,
    UnfitError,
    require_address,
    require_bytes,
    require_integer,
    require_list,
    require_table,
    require_text,
)
from verifier.decode.descriptors.document import Document, read_structs
from verifier.decode.descriptors.keys import MOST_STRUCTS, MessageType, message_type
from verifier.decode.descriptors.nodes import Node
from verifier.decode.types import AbiType, Leaf, Tuple
from verifier.model.address import Address
from verifier.model.call import AbiValue
from verifier.model.text import sanitise
from verifier.model.units import ChainId

MOST_VALUES: Final = 10_000

# EIP-712's own list of what a domain may say, in its order.
_DOMAIN: Final = (
    ("name", "string"),
    ("version", "string"),
    ("chainId", "uint256"),
    ("verifyingContract", "address"),
    ("salt", "bytes32"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Typed data."""

    type: MessageType
    domain: Mapping[str, Json]
    content: Json

    @property
    def chain_id(self) -> ChainId | None:
        chain = self.domain.get("chainId")
        return None if chain is None else ChainId(require_integer(chain, "the chainId of the domain"))

    @property
    def contract(self) -> Address | None:
        """Who verifies the message."""
        contract = self.domain.get("verifyingContract")
        return None if contract is None else require_address(contract, "the verifyingContract of the domain")


def read_message(content: Json) -> Message:
    """Return what typed data says.

    :raises UnfitError: it is not written as `eth_signTypedData_v4` takes it.
    """
    table = require_table(content, "typed data", {"types", "primaryType", "domain", "message"})
    structs = read_structs(table.get("types"))
    if len(structs) > MOST_STRUCTS:
        raise UnfitError(f"typed data has more than {MOST_STRUCTS} types")
    primary = require_text(table.get("primaryType"), "primaryType")
    domain = require_table(table.get("domain"), "the domain", [name for name, _ in _DOMAIN])
    declared = structs.get("EIP712Domain")
    kinds = dict(_DOMAIN)
    if declared is not None and [name for _, name in declared] != [n for n, _ in _DOMAIN if n in domain]:
        raise UnfitError("the domain is not of the type EIP712Domain")
    for kind, name in declared or ():
        if kinds[name] != kind:
            raise UnfitError(f"the {name} of the domain should be of the type {kinds[name]}")
    return Message(type=message_type(primary, structs), domain=domain, content=table.get("message"))


def is_of_domain(document: Document, message: Message) -> bool:
    """Whether the domain of a message says everything that a descriptor wants it to say, places aside.

    :raises UnfitError: the domain cannot be read.
    """
    if document.separator is not None and domain_separator(message.domain) != document.separator:
        return False
    return all(
        name in message.domain and _is_same(name, wanted, message.domain[name])
        for name, wanted in document.domain.items()
    )


def domain_separator(domain: Mapping[str, Json]) -> bytes:
    """Return the hash of a domain of the members that it has, in the order of EIP-712.

    :raises UnfitError: a member is no value of its type.
    """
    present = [(name, kind) for name, kind in _DOMAIN if name in domain]
    text = f"EIP712Domain({','.join(f'{kind} {name}' for name, kind in present)})"
    parts = [keccak(text.encode("ascii"))]
    for name, kind in present:
        node = _Reader().value(domain[name], _TYPES[kind], name, name)
        match node.value:
            case str():
                parts.append(keccak(node.value.encode("utf-8")))
            case int():
                parts.append(node.value.to_bytes(32, "big"))
            case bytes():
                parts.append(bytes(node.value).rjust(32, b"\0"))
            case tuple():
                raise UnfitError(f"the {name} of the domain is none")
    return keccak(b"".join(parts))


def root_of_message(message: Message) -> Node:
    """Return the values of a message by the names that its type has for them.

    :raises UnfitError: a value is missing, or none of its type, or one is there that the type does not have.
    """
    children = _Reader().members(message.content, message.type.members, "")
    values = tuple(child.value for child in children)
    return Node(path="", name="", type="()", value=values, where=None, children=children)


def _is_same(name: str, wanted: Json, found: Json) -> bool:
    match name:
        case "chainId":
            return require_integer(wanted, name) == require_integer(found, name)
        case "verifyingContract":
            return require_address(wanted, name) == require_address(found, name)
        case _:
            return wanted == found


class _Reader:
    """Counts the values while it reads them."""

    def __init__(self) -> None:
        self._count = 0

    def members(self, content: Json, type_: Tuple, path: str) -> tuple[Node, ...]:
        where = sanitise(path, most=120) or "the message"
        table = require_table(content, where)
        if missing := [name for name in type_.names if name not in table]:
            raise UnfitError(f"{where} has no {sanitise(missing[0], most=60)}")
        if unknown := [name for name in table if name not in type_.names]:
            raise UnfitError(f"{where} has {sanitise(unknown[0], most=60)}, which its type has not")
        return tuple(
            self.value(table[name], member, name, f"{path}.{name}" if path else name)
            for name, member in zip(type_.names, type_.members, strict=True)
        )

    def value(self, content: Json, type_: AbiType, name: str, path: str) -> Node:
        self._count += 1
        if self._count > MOST_VALUES:
            raise UnfitError(f"the message has more than {MOST_VALUES} values")
        if isinstance(type_, Leaf):
            leaf = _leaf(content, type_, sanitise(path, most=120))
            return Node(path=path, name=name, type=type_.text, value=leaf, where=None)
        if isinstance(type_, Tuple):
            children = self.members(content, type_, path)
        else:
            items = require_list(content, sanitise(path, most=120))
            if type_.length is not None and len(items) != type_.length:
                raise UnfitError(f"{sanitise(path, most=120)} should have {type_.length} elements")
            children = tuple(
                self.value(item, type_.of, f"[{i}]", f"{path}.[{i}]") for i, item in enumerate(items)
            )
        value = tuple(child.value for child in children)
        return Node(path=path, name=name, type=type_.text, value=value, where=None, children=children)


def _leaf(content: Json, type_: Leaf, where: str) -> AbiValue:
    match type_.kind:
        case "uint" | "int":
            number = require_integer(content, where)
            low, high = (0, 1 << type_.width) if type_.kind == "uint" else _signed(type_.width)
            if not low <= number < high:
                raise UnfitError(f"{where} is no {type_.text}")
            return number
        case "bool" if isinstance(content, bool):
            return content
        case "address":
            return require_address(content, where)
        case "string":
            return require_text(content, where)
        case "bytes":
            return require_bytes(content, where)
        case "fixed" if len(found := require_bytes(content, where)) == type_.width:
            return found
        case _:
            raise UnfitError(f"{where} is no {type_.text}")


def _signed(width: int) -> tuple[int, int]:
    return -(1 << width - 1), 1 << width - 1


_TYPES: Final[Mapping[str, Leaf]] = {
    "string": Leaf(kind="string"),
    "uint256": Leaf(kind="uint", width=256),
    "address": Leaf(kind="address"),
    "bytes32": Leaf(kind="fixed", width=32),
}
