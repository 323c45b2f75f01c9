"""Reading a value as what a format needs, and comparing it with what a descriptor lists. Nothing is bent to fit."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.decode.content import Json, UnfitError, bytes_of, integer_of
from verifier.decode.descriptors.nodes import Node, constant
from verifier.errors import InputError
from verifier.model.address import Address
from verifier.model.text import sanitise


def integer(node: Node) -> int:
    """Return a number. Bytes are read as one, the first byte the highest.

    :raises UnfitError: it is none.
    """
    match node.value:
        case bool():
            pass
        case int():
            return node.value
        case Address():
            pass
        case bytes() if len(node.value) <= 32:
            return int.from_bytes(node.value, "big")
        case _:
            pass
    raise UnfitError(f"{_name(node)} is of the type {node.type}, and should be a number")


def address(node: Node) -> Address:
    """Return an address: one, or 20 bytes, or a number that fits into them.

    :raises UnfitError: it is none.
    """
    match node.value:
        case Address():
            return node.value
        case bytes() if len(node.value) == 20:
            return Address(node.value)
        case bool():
            pass
        case int() if 0 <= node.value < 1 << 160:
            return Address(node.value.to_bytes(20, "big"))
        case _:
            pass
    raise UnfitError(f"{_name(node)} is of the type {node.type}, and should be an address")


def data(node: Node) -> bytes:
    """:raises UnfitError: it is no `bytes`."""
    if node.type == "bytes" and isinstance(node.value, bytes):
        return node.value
    raise UnfitError(f"{_name(node)} is of the type {node.type}, and should be bytes")


def literal(content: Json) -> Node:
    """Return a constant of a descriptor as a value: an address or bytes where it is written as one.

    :raises UnfitError: it is a list or a table.
    """
    match content:
        case bool():
            return constant(content, "bool")
        case int():
            return constant(content, "int256")
        case float() if content.is_integer():
            return constant(int(content), "int256")
        case str():
            found = bytes_of(content)
            if found is not None and len(found) == 20:
                try:
                    return constant(Address.parse(content), "address")
                except InputError as exc:
                    raise UnfitError(exc.sentence().removesuffix(".")) from exc
            return constant(content, "string") if found is None else constant(found, "bytes")
        case _:
            raise UnfitError("a constant should be text, a whole number, true or false")


def is_same(listed: Json, node: Node) -> bool:
    """Whether a value is the one that a descriptor lists. Numbers may be written as text, bytes in hex."""
    match node.value:
        case bool():
            return listed is node.value or listed in (("true", "1") if node.value else ("false", "0"))
        case int():
            return integer_of(listed) == node.value
        case bytes():
            # Some bytes of a number may be listed as the number that they make.
            is_number = node.is_part and integer_of(listed) == int.from_bytes(node.value, "big")
            return is_number or bytes_of(listed) == node.value
        case str():
            return listed == node.value
        case tuple():
            return False


def lookup(table: Mapping[str, Json], node: Node) -> Json:
    """Return what a descriptor has under a value as its key; None where there is nothing."""
    return next((found for key, found in table.items() if is_same(key, node)), None)


def _name(node: Node) -> str:
    return sanitise(node.path, most=120) or "a constant"
