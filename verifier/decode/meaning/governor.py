"""Proposals: calls that a contract makes in its own name once enough have voted for them, and what it waits for."""

from __future__ import annotations

from typing import Final

from eth_hash.auto import keccak

from verifier.decode.meaning.scene import Inner, Meant, Scene, Table, counted, inner_call
from verifier.decode.meaning.timelock import lists_of_calls
from verifier.model.address import Address
from verifier.model.operation import Call
from verifier.model.text import show_moment
from verifier.model.units import Wei


def _does(does: str, scene: Scene) -> Meant:
    a = scene.arguments
    if "signatures" in a:
        return _by_signature(does, scene)
    inner, remark, unread = lists_of_calls(scene, scene.target, "targets", "values", "payloads")
    said = f"{does.format(here=scene.here)} {counted(len(inner), 'call')}.{remark}"
    return Meant(said=said, inner=inner, unread=unread)


def _by_signature(does: str, scene: Scene) -> Meant:
    """Return calls whose selectors are told by signatures as text; an empty one stands for data that is whole."""
    a = scene.arguments
    lists = a["targets"], a["values"], a["signatures"], a["payloads"]
    inner = tuple(
        Inner(
            call=Call(target=Address(target), value=Wei(value), data=_data(signature, payload.value)),
            caller=scene.target,
            where=payload.where,
        )
        for target, value, signature, payload in zip(*lists[:3], a.items("payloads"), strict=False)
    )
    remark = (
        ""
        if len(set(map(len, lists))) == 1
        else " Its lists differ in length, which no honest contract takes."
    )
    said = f"{does.format(here=scene.here)} {counted(len(inner), 'call')}.{remark}"
    return Meant(said=said, inner=inner, unread=max(map(len, lists)) - len(inner))


def _data(signature: str | bytes, payload: object) -> bytes:
    text = signature if isinstance(signature, bytes) else signature.encode("utf-8")
    data = payload if isinstance(payload, bytes) else b""
    return data if not text else keccak(text)[:4] + data


def _execute(scene: Scene) -> Meant:
    a = scene.arguments
    if "actions" not in a:
        return _does("Has {here} make what was voted for:", scene)
    inner = tuple(
        inner_call(scene.target, one["to"], one.part("data"), value=one["value"])
        for one in a.structs("actions")
    )
    may_fail = " Some of them may fail without stopping the rest." if a["allowFailureMap"] else ""
    return Meant(
        said=f"Has {scene.here} make {counted(len(inner), 'call')} in its name.{may_fail}", inner=inner
    )


def _relay(scene: Scene) -> Meant:
    a = scene.arguments
    inner = inner_call(scene.target, a["target"], a.part("data"), value=a["value"])
    return Meant(said=f"Has {scene.here} make a call in its own name.", inner=(inner,))


def _paused(does: str, scene: Scene) -> Meant:
    """Return code that a pause runs as that of its own proxy, which is what all it governs obeys."""
    a = scene.arguments
    code, since = scene.names.name(a["usr"]), show_moment(a["eta"])
    said = f"{does.format(here=scene.here)} the code of {code} as its own, from {since} on."
    return Meant(said=said, inner=(inner_call(scene.target, a["usr"], a.part("fax"), is_delegate=True),))


MEANINGS: Final[Table] = {
    "propose": lambda scene: _does("Proposes that {here} makes, if it is voted for,", scene),
    "queue": lambda scene: _does("Has {here} wait, since it was voted for, to make", scene),
    "execute": _execute,
    "relay": _relay,
    "plot": lambda scene: _paused("Has {here} wait to run", scene),
    "exec": lambda scene: _paused("Has {here} run", scene),
}
