"""Contracts that make many calls in one: Multicall, and contracts that call themselves."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.scene import Inner, Meant, Scene, Table, counted, inner_call
from verifier.model.operation import Call
from verifier.model.text import show_bytes, show_moment
from verifier.model.units import Wei


def _aggregate(scene: Scene) -> Meant:
    """Return calls that the target makes in its own name."""
    a = scene.arguments
    inner = tuple(
        inner_call(
            scene.target,
            call["target"],
            call.part("callData"),
            value=call.get("value", 0),
        )
        for call in a.structs("calls")
    )
    optional = sum(1 for call in a.structs("calls") if call.get("allowFailure"))
    if "requireSuccess" in a and not a["requireSuccess"]:
        optional = len(inner)
    said = f"Through {scene.here}, makes {counted(len(inner), 'call')} in its name."
    if optional:
        said += f" {optional} of them may fail without stopping the rest."
    return Meant(said=said, inner=inner)


def _multicall(scene: Scene) -> Meant:
    """Return calls that the target makes to itself, in the caller's name: a DELEGATECALL to its own code."""
    a = scene.arguments
    inner = tuple(
        Inner(
            # The value that was sent along is there for each of them, but only once: the outer call has it.
            call=Call(
                target=scene.target,
                value=Wei(0),
                data=item.value if isinstance(item.value, bytes) else b"",
            ),
            caller=scene.caller,
            where=item.where,
        )
        for item in a.items("data")
    )
    said = f"Makes {counted(len(inner), 'call')} to {scene.here} in one"
    if "deadline" in a:
        said += f", not after {show_moment(a['deadline'])}"
    if "previousBlockhash" in a:
        said += f", only on top of block {show_bytes(a['previousBlockhash'])}"
    return Meant(said=f"{said}.", inner=inner)


MEANINGS: Final[Table] = {
    "aggregate": _aggregate,
    "tryAggregate": _aggregate,
    "tryBlockAndAggregate": _aggregate,
    "blockAndAggregate": _aggregate,
    "aggregate3": _aggregate,
    "aggregate3Value": _aggregate,
    "multicall": _multicall,
}
