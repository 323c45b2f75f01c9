"""Steps as sentences, so that a failing run reads as a story."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.lifecycle.refusals import facts_of
from tests.lifecycle.vocabulary import GOVERNING, arguments_of, function_of
from verifier.assess.policy import MOVERS
from verifier.errors.operations import CallFailed
from verifier.errors.revert import from_revert
from verifier.errors.tree import VaultError
from verifier.model.operation import UNPUBLISHED, Approval, Call, Operation
from verifier.model.units import Timestamp

Names = Callable[[bytes], str]
"""From an address to who it is."""


def tell(
    names: Names,
    time: Timestamp,
    sender: bytes,
    function: str,
    arguments: Sequence[Any],
    refused: VaultError | None,
) -> str:
    """Return who does what when, and what comes of it."""
    said = ", ".join(_shown(names, argument) for argument in arguments)
    when = datetime.fromtimestamp(time, UTC).strftime("%d %b %H:%M:%S")
    return f"{when}  {names(sender)}: {function}({said}){_outcome(names, refused)}"


def _outcome(names: Names, refused: VaultError | None) -> str:
    if refused is None:
        return ""
    name, facts = facts_of(refused)
    shown = f" -> {name}(" + ", ".join(_shown(names, fact) for fact in facts) + ")"
    if isinstance(refused, CallFailed):
        shown += _outcome(names, from_revert(refused.reason))
    return shown


def _shown(names: Names, argument: Any) -> str:
    match argument:
        case Operation():
            calls = "; ".join(_call(names, call) for call in argument.calls)
            return f"lane {argument.lane} #{argument.sequence} [{calls}]"
        case Approval():
            kind = "own" if argument.is_own_transaction else "signed"
            bound = "blank" if argument.publication == UNPUBLISHED else str(argument.publication)
            return f"{kind} by seat {argument.seat} ({bound})"
        case list() | tuple():
            return "[" + ", ".join(_shown(names, part) for part in argument) + "]"
        case bytes():
            return names(argument) if len(argument) == 20 else "0x" + argument.hex()[:8]
        case int():
            return str(int(argument)) if argument < 1 << 64 else f"{argument:#x}"
        case _:
            return str(argument)


def _call(names: Names, call: Call) -> str:
    function = function_of(call.data)
    if function in GOVERNING:
        said = ", ".join(_shown(names, argument) for argument in arguments_of(function, call.data))
        return f"{function}({said})"
    if call.data[:4] in MOVERS:
        words = [call.data[at : at + 32] for at in range(4, len(call.data), 32)]
        said = ", ".join(
            names(word[12:]) if any(word[12:24]) else str(int.from_bytes(word, "big")) for word in words
        )
        return f"{call.data.hex()[:8]}({said}) of {names(call.target)}"
    data = f" {call.data.hex()[:8]}..{len(call.data)}" if call.data else ""
    return f"{call.value} to {names(call.target)}{data}"
