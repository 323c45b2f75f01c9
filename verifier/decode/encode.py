"""Encoding, canonically: the opposite of decoding, for calls to be sent and for tests of both."""

from __future__ import annotations

from verifier.decode.types import AbiType, Array, Leaf, Tuple
from verifier.errors import ValueUnfit
from verifier.model.call import AbiValue


def encode(type_: AbiType, value: AbiValue) -> bytes:
    """Return the canonical encoding of a value: of a tuple, that of a list of arguments.

    :raises ValueUnfit: the type cannot hold the value.
    """
    match type_:
        case Leaf():
            return _encode_leaf(type_, value)
        case Array():
            items = _items(type_, value)
            if type_.length is not None and len(items) != type_.length:
                raise ValueUnfit(type=type_.text, value=f"{len(items)} items")
            frame = _encode_frame((type_.of,) * len(items), items)
            return frame if type_.length is not None else _word(len(items)) + frame
        case Tuple():
            items = _items(type_, value)
            if len(items) != len(type_.members):
                raise ValueUnfit(type=type_.text, value=f"{len(items)} items")
            return _encode_frame(type_.members, items)


def _encode_frame(types: tuple[AbiType, ...], values: tuple[AbiValue, ...]) -> bytes:
    heads, tails = [], []
    tail = sum(type_.head for type_ in types)
    for type_, value in zip(types, values, strict=True):
        encoded = encode(type_, value)
        if type_.is_dynamic:
            heads.append(_word(tail))
            tails.append(encoded)
            tail += len(encoded)
        else:
            heads.append(encoded)
    return b"".join(heads + tails)


def _encode_leaf(type_: Leaf, value: AbiValue) -> bytes:
    match type_.kind, value:
        case "uint", int() if not isinstance(value, bool) and 0 <= value < 1 << type_.width:
            return _word(value)
        case "int", int() if (
            not isinstance(value, bool) and -(limit := 1 << type_.width - 1) <= value < limit
        ):
            return value.to_bytes(32, "big", signed=True)
        case "bool", bool():
            return _word(value)
        case "address", bytes() if len(value) == 20:
            return value.rjust(32, b"\0")
        case "fixed" | "function", bytes() if len(value) == type_.width:
            return value.ljust(32, b"\0")
        case "bytes", bytes():
            return _blob(value)
        case "string", str():
            return _blob(value.encode("utf-8"))
        case _:
            raise ValueUnfit(type=type_.text, value=repr(value)[:200])


def _items(type_: AbiType, value: AbiValue) -> tuple[AbiValue, ...]:
    if not isinstance(value, tuple):
        raise ValueUnfit(type=type_.text, value=repr(value)[:200])
    return value


def _blob(content: bytes) -> bytes:
    return _word(len(content)) + content + bytes(-len(content) % 32)


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")
