"""ABIs as compilers write them: JSON, a list of functions, events and more, plain or under the key `abi`.

Where the format is described: https://docs.soliditylang.org/en/latest/abi-spec.html#json
"""

from __future__ import annotations

import re
from typing import Final

from verifier.decode.content import (
    Json,
    UnfitError,
    require_list,
    require_table,
    require_text,
)
from verifier.decode.signatures import Event, Function, Interface
from verifier.decode.types import MOST_NESTING, AbiType, Array, Tuple, parse_type
from verifier.errors import AbiMalformed
from verifier.model.text import sanitise

MOST_ENTRIES: Final = 5_000
"""So many entries a list may have. No contract of 24,576 bytes has a tenth of them."""

_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,255}")
_ARRAY: Final = re.compile(r"tuple((?:\[[0-9]{0,9}\])*)")
# They say nothing about a call's data.
_OTHERS: Final = frozenset({"constructor", "error", "fallback", "receive"})


def parse_json_abi(content: Json) -> Interface:
    """Return what a JSON ABI says of functions and events.

    :raises UnfitError: it is no such list, or an entry cannot be read, or two functions have one selector.
    """
    entries = content.get("abi") if isinstance(content, dict) else content
    if not isinstance(entries, list):
        raise UnfitError("it should be a list of functions, or a table with such a list under `abi`")
    if len(entries) > MOST_ENTRIES:
        raise UnfitError(f"it has more than {MOST_ENTRIES} entries")
    functions: dict[bytes, Function] = {}
    events: dict[str, Event] = {}
    for i, raw in enumerate(entries):
        if isinstance(raw, str):
            raise UnfitError(f"entry {i} is text: put such lines into a file that ends in .abi")
        entry = require_table(raw, f"entry {i}")
        kind = require_text(entry.get("type", "function"), f"the type of entry {i}")
        if kind == "function":
            function = _function(entry, f"entry {i}")
            if function.selector in functions:
                raise UnfitError(
                    f"{functions[function.selector].signature} and {function.signature} have one selector"
                )
            functions[function.selector] = function
        elif kind == "event":
            event = _event(entry, f"entry {i}")
            # Events may share a name; the first keeps it.
            key = event.name if event.name not in events else event.name + event.arguments.text
            events[key] = event
        elif kind not in _OTHERS:
            raise UnfitError(f"entry {i} is of the type `{sanitise(kind, most=40)}`, which there is not")
    return Interface(types={}, events=events, functions=tuple(functions.values()))


def _function(entry: dict[str, Json], where: str) -> Function:
    return Function(
        name=_name(entry, where),
        inputs=members_of(entry.get("inputs", []), f"the inputs of {where}"),
        outputs=members_of(entry.get("outputs", []), f"the outputs of {where}"),
    )


def _event(entry: dict[str, Json], where: str) -> Event:
    inputs = require_list(entry.get("inputs", []), f"the inputs of {where}")
    indexed = []
    for part in inputs:
        is_indexed = require_table(part, f"an input of {where}").get("indexed", False)
        if not isinstance(is_indexed, bool):
            raise UnfitError(f"`indexed` in {where} should be true or false")
        indexed.append(is_indexed)
    arguments = members_of(inputs, f"the inputs of {where}")
    return Event(name=_name(entry, where), arguments=arguments, indexed=tuple(indexed))


def _name(entry: dict[str, Json], where: str) -> str:
    name = require_text(entry.get("name"), f"the name of {where}")
    if not _NAME.fullmatch(name):
        raise UnfitError(f"`{sanitise(name, most=60)}` in {where} is no name")
    return name


def members_of(content: Json, where: str, depth: int = 0) -> Tuple:
    """Return the tuple of a list of parameters, each with `type`, `name` and, for tuples, `components`.

    :raises UnfitError: one cannot be read.
    """
    if depth > MOST_NESTING:
        raise UnfitError(f"{where} are nested deeper than {MOST_NESTING} levels")
    members: list[AbiType] = []
    names: list[str] = []
    for raw in require_list(content, where):
        part = require_table(raw, f"one of {where}")
        name = require_text(part.get("name", ""), f"a name in {where}")
        if name and not _NAME.fullmatch(name):
            raise UnfitError(f"`{sanitise(name, most=60)}` in {where} is no name")
        members.append(_type(part, where, depth))
        names.append(name)
    return Tuple(members=tuple(members), names=tuple(names))


def _type(part: dict[str, Json], where: str, depth: int) -> AbiType:
    text = require_text(part.get("type"), f"a type in {where}")
    found = _ARRAY.fullmatch(text)
    try:
        if not found:
            return parse_type(text, depth=depth)
        type_: AbiType = members_of(part.get("components"), f"the components of {where}", depth + 1)
        if isinstance(type_, Tuple) and not type_.members:
            raise UnfitError(f"a tuple in {where} holds nothing")
        lengths = re.findall(r"\[([0-9]*)\]", found[1])
        if depth + len(lengths) > MOST_NESTING:
            raise UnfitError(f"{where} are nested deeper than {MOST_NESTING} levels")
        for length in lengths:
            if length and int(length) == 0:
                raise UnfitError(f"an array of length 0 in {where} holds nothing")
            type_ = Array(of=type_, length=int(length) if length else None)
        return type_
    except AbiMalformed as exc:
        raise UnfitError(f"{where}: {exc.sentence().removesuffix('.')}") from exc
