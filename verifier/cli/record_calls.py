"""A decoded call as `--json` prints it; `verifier.cli.record` says what its fields mean."""

from __future__ import annotations

import dataclasses
from typing import Any

from verifier.cli.record_parts import Record, hex_of, label_of, plain, range_of
from verifier.decode.lexicon import Lexicon
from verifier.model.address import Address
from verifier.model.call import AbiValue, Argument, DecodedCall, Fault
from verifier.model.effect import Effect
from verifier.model.text import sanitise


def call_part(lexicon: Lexicon, call: DecodedCall) -> Record:
    return {
        "target": str(call.call.target) if lexicon.is_known(call.call.target) else None,
        "label": label_of(lexicon.labels, call.call.target),
        "value": str(call.call.value),
        "data": hex_of(call.call.data),
        "function": call.function,
        "named_by": call.naming.name.lower(),
        "candidates": list(call.candidates),
        "delegate": call.is_delegate,
        "caller": str(call.caller) if call.caller else None,
        "within": range_of(call.where) if call.where else None,
        "sentence": call.sentence,
        "evidence": call.evidence.name.lower(),
        "arguments": [_argument(argument) for argument in call.arguments],
        "faults": [_fault(fault) for fault in call.faults],
        "effects": [_effect(lexicon, effect) for effect in call.effects],
        "children": [call_part(lexicon, child) for child in call.children],
    }


def _fault(fault: Fault) -> Record:
    return {
        "kind": fault.kind.name.lower(),
        "severity": fault.severity.name.lower(),
        "bytes": range_of(fault.where),
    }


def _effect(lexicon: Lexicon, effect: Effect) -> Record:
    """Return an effect as its fields are: all of them are facts of the bytes. An account may not be known."""
    values = {each.name: getattr(effect, each.name) for each in dataclasses.fields(effect)}
    fields = {
        name: None if isinstance(value, Address) and not lexicon.is_known(value) else plain(value)
        for name, value in values.items()
    }
    return {"effect": type(effect).__name__.lower(), **fields}


def _argument(argument: Argument) -> Record:
    return {
        "name": argument.name,
        "type": argument.type,
        "word": argument.word,
        "value": None if argument.children else _value(argument.value),
        "bytes": range_of(argument.where),
        "children": [_argument(child) for child in argument.children],
    }


def _value(value: AbiValue) -> Any:
    match value:
        case bool():
            return value
        case int():
            return str(value)
        case Address():
            return str(value)
        case bytes():
            return hex_of(value)
        case str():
            return sanitise(value, most=max(len(value), 1) * 10)
        case tuple():
            return [_value(item) for item in value]
