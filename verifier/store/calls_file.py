"""A file of calls from which an operation is made: TOML, or JSON of the same shape. It has no place for a title.

    version = 1

    [[calls]]
    target = "0x..."                            whole, with its checksum
    value = "1000000000000000000"               in wei; none where it is left out
    function = "transfer(address,uint256)"      with `arguments`, or instead of both
    arguments = ["0x...", "40000000000000"]     `data = "0x..."`: the bytes as they are

Whole numbers beyond 2^53 are best written as text. A tuple or an array is a list.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, assert_never

from verifier.decode.content import (
    Json,
    UnfitError,
    parse_json,
    require_address,
    require_bytes,
    require_integer,
    require_list,
    require_text,
)
from verifier.decode.signatures import Function, parse_interface
from verifier.decode.types import AbiType, Array, Leaf, Tuple
from verifier.errors import CallsMalformed, CallsUnwritable, InputError
from verifier.model.call import AbiValue
from verifier.model.operation import Call
from verifier.model.units import Wei
from verifier.model.written_call import WrittenCall
from verifier.store.books import read_bounded
from verifier.store.new_file import require_none, write_new_file

VERSION: Final = 1
MOST_BYTES: Final = 1024 * 1024
_THERE: Final = "there is a file already, and nothing is written over"

_KEYS: Final = frozenset({"target", "value", "function", "arguments", "data"})


def read_calls(path: Path) -> tuple[Call, ...]:
    """Return the calls that a file lists, in its order.

    :raises CallsMalformed: it cannot be read, or something in it is not understood.
    """
    try:
        return parse_calls(read_bounded(path, MOST_BYTES))
    except UnfitError as exc:
        raise CallsMalformed(path=str(path), why=str(exc)) from exc


def parse_calls(content: bytes) -> tuple[Call, ...]:
    """Return the calls that the content of a file lists.

    :raises UnfitError: something in it is not understood.
    """
    return tuple(_call(each, f"call {i + 1}") for i, each in enumerate(_listed(content)))


def read_written(path: Path) -> tuple[WrittenCall, ...]:
    """Return the calls of a file as they are written there, to be changed by a person. All of them are understood.

    :raises CallsMalformed: as for `read_calls`.
    """
    try:
        content = read_bounded(path, MOST_BYTES)
        parse_calls(content)
        return tuple(_written(_table(each, "a call")) for each in _listed(content))
    except UnfitError as exc:
        raise CallsMalformed(path=str(path), why=str(exc)) from exc


def encode_written(calls: Sequence[WrittenCall]) -> tuple[Call, ...]:
    """Return calls that a person wrote as bytes.

    :raises CallsMalformed: something in them is not understood.
    """
    try:
        return tuple(_call(_table_of(each, i), f"call {i + 1}") for i, each in enumerate(calls))
    except UnfitError as exc:
        raise CallsMalformed(path="What you wrote", why=str(exc)) from exc


def require_no_calls(path: Path) -> None:
    """Look beforehand, so that nobody is asked for what could not be written afterwards.

    :raises CallsUnwritable: there is a file already.
    """
    try:
        require_none(path)
    except FileExistsError as exc:
        raise CallsUnwritable(path=str(path), why=_THERE) from exc


def write_calls(path: Path, calls: Sequence[WrittenCall]) -> None:
    """Write calls to a file where there is none yet, as JSON.

    :raises CallsMalformed: they are not understood, so that nobody could read them.
    :raises CallsUnwritable: there is a file already, or the disk does not let us.
    """
    encode_written(calls)
    content = {"version": VERSION, "calls": [_table_of(each, i) for i, each in enumerate(calls)]}
    try:
        write_new_file(path, (json.dumps(content, indent=2) + "\n").encode("ascii"))
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "its path is no path"
        if isinstance(exc, FileExistsError):
            why = _THERE
        raise CallsUnwritable(path=str(path), why=why) from exc


def _listed(content: bytes) -> list[Json]:
    found = _table(parse_json(content) if content.lstrip()[:1] == b"{" else _toml(content), "it")
    if found.get("version") != VERSION or isinstance(found["version"], bool):
        raise UnfitError(f"it should begin with `version = {VERSION}`, the only one that this release reads")
    if odd := sorted(set(found) - {"version", "calls"}):
        raise UnfitError(f"`{odd[0]}` is not understood; there is only `version` and `calls`")
    return require_list(found.get("calls"), "`calls`")


def _written(table: Mapping[str, Json]) -> WrittenCall:
    return WrittenCall(
        goes_to=str(table["target"]),
        wei=str(table.get("value", 0)),
        prototype=str(table.get("function", "")),
        listed=json.dumps(table.get("arguments", [])),
        data=str(table.get("data", "")),
    )


def _table_of(call: WrittenCall, nth: int) -> dict[str, Json]:
    """Return a call as a file has it. What was left empty is left out."""
    table: dict[str, Json] = {"target": call.goes_to, "value": call.wei or "0"}
    if call.prototype:
        try:
            table |= {"function": call.prototype, "arguments": parse_json((call.listed or "[]").encode())}
        except UnfitError as exc:
            raise UnfitError(
                f'call {nth + 1}: its arguments are no JSON list, such as ["0x...", "40"]'
            ) from exc
    if call.data:
        table["data"] = call.data
    return table


def _toml(content: bytes) -> Any:
    try:
        found = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise UnfitError(f"byte {exc.start} is no UTF-8") from exc
    except tomllib.TOMLDecodeError as exc:
        raise UnfitError(f"it is no TOML: {exc}") from exc
    except (RecursionError, ValueError) as exc:
        raise UnfitError("it is nested too deeply, or a number in it is too long") from exc
    return found


def _call(content: Json, where: str) -> Call:
    table = _table(content, where)
    if odd := sorted(set(table) - _KEYS):
        raise UnfitError(f"{where}: `{odd[0]}` is not understood")
    if "target" not in table:
        raise UnfitError(f"{where} has no `target`")
    value = _integer(table.get("value", 0), f"{where}: `value`")
    try:
        return Call(
            target=require_address(table["target"], f"{where}: `target`"),
            value=Wei(value),
            data=_data(table, where),
        )
    except InputError as exc:
        raise UnfitError(f"{where}: {exc.sentence().rstrip('.')}") from exc


def _data(table: Mapping[str, Json], where: str) -> bytes:
    if "data" in table:
        if "function" in table or "arguments" in table:
            raise UnfitError(f"{where} has both `data` and a `function`; one of them is enough")
        return require_bytes(table["data"], f"{where}: `data`")
    if "function" not in table:
        if "arguments" in table:
            raise UnfitError(f"{where} has `arguments` and no `function`")
        return b""
    function = _function(require_text(table["function"], f"{where}: `function`"))
    arguments = require_list(table.get("arguments"), f"{where}: `arguments`")
    return function.encode(*_values(function.inputs, arguments, where))


def _function(text: str) -> Function:
    """Return a function by its signature. Nothing else may stand in that text."""
    if "\n" in text or "#" in text:
        raise UnfitError("a `function` is one signature, such as `transfer(address,uint256)`")
    (function,) = parse_interface(f"function {text.strip()}").functions
    return function


def _values(type_: Tuple, arguments: list[Json], where: str) -> tuple[AbiValue, ...]:
    if len(arguments) != len(type_.members):
        raise UnfitError(
            f"{where}: {len(type_.members)} arguments are expected, and {len(arguments)} are given"
        )
    return tuple(
        _value(member, argument, f"{where}, argument {i + 1}")
        for i, (member, argument) in enumerate(zip(type_.members, arguments, strict=True))
    )


def _value(type_: AbiType, content: Json, where: str) -> AbiValue:
    match type_:
        case Leaf():
            return _leaf(type_, content, where)
        case Array():
            items = require_list(content, where)
            return tuple(_value(type_.of, item, f"{where}.{i + 1}") for i, item in enumerate(items))
        case Tuple():
            return _values(type_, require_list(content, where), where)
        case never:
            assert_never(never)


def _leaf(type_: Leaf, content: Json, where: str) -> AbiValue:
    match type_.kind:
        case "uint" | "int":
            return _integer(content, where)
        case "bool":
            if not isinstance(content, bool):
                raise UnfitError(f"{where} should be true or false")
            return content
        case "address":
            return require_address(content, where)
        case "string":
            text = require_text(content, where)
            if not text.isprintable() and any("\ud800" <= c <= "\udfff" for c in text):
                raise UnfitError(f"{where} holds half a character")
            return text
        case _:
            return require_bytes(content, where)


def _integer(content: Json, where: str) -> int:
    if isinstance(content, float):
        raise UnfitError(f"{where} should be a whole number, and is written as one with a fraction")
    return require_integer(content, where)


def _table(content: Any, where: str) -> Mapping[str, Json]:
    if not isinstance(content, dict):
        raise UnfitError(f"{where} should be a table")
    return content
