"""Contracts that wait before they call: OpenZeppelin's TimelockController and Compound's Timelock."""

from __future__ import annotations

from typing import Final

from eth_hash.auto import keccak

from verifier.decode.meaning.scene import Inner, Meant, Scene, Table, counted, inner_call
from verifier.model.address import Address
from verifier.model.effect import Authority, AuthorityKind
from verifier.model.operation import Call
from verifier.model.quotes import quoted
from verifier.model.text import sanitise, show_bytes, show_duration, show_moment
from verifier.model.units import Wei


def _schedule(scene: Scene) -> Meant:
    a = scene.arguments
    inner, remark, unread = _calls(scene)
    said = (
        f"Has {scene.here} wait at least {show_duration(a['delay'])}, after which {_many(len(inner))} in its name may "
        f"be made.{remark}"
    )
    return Meant(said=said, inner=inner, unread=unread)


def _execute(scene: Scene) -> Meant:
    inner, remark, unread = _calls(scene)
    said = f"Has {scene.here} make {_many(len(inner))} that waited.{remark}"
    return Meant(said=said, inner=inner, unread=unread)


def _many(count: int) -> str:
    return "the call" if count == 1 else counted(count, "call")


def _calls(scene: Scene) -> tuple[tuple[Inner, ...], str, int]:
    a = scene.arguments
    if "target" in a:
        data = a.part("data" if "data" in a else "payload")
        return (inner_call(scene.target, a["target"], data, value=a["value"]),), "", 0
    return lists_of_calls(scene, scene.target, "targets", "values", "payloads")


def lists_of_calls(
    scene: Scene, caller: Address, targets: str, values: str | None, datas: str
) -> tuple[tuple[Inner, ...], str, int]:
    """Return the calls that stand in three lists; where these differ in length a remark, and how many are cut off."""
    a = scene.arguments
    accounts, amounts = a[targets], a[values] if values else ()
    inner = tuple(
        inner_call(caller, Address(account), data, value=amounts[i] if i < len(amounts) else 0)
        for i, (account, data) in enumerate(zip(accounts, a.items(datas), strict=False))
    )
    # Some accounts take an empty list for nothing but zeros.
    lengths = {len(accounts), len(a[datas]), len(amounts) or len(accounts)}
    remark = "" if len(lengths) == 1 else " Its lists differ in length, which no honest contract takes."
    return inner, remark, max(lengths) - len(inner)


def _cancel(scene: Scene) -> Meant:
    return Meant(said=f"Cancels what waits at {scene.here} as {show_bytes(scene.arguments['id'])}.")


def _set_delay(scene: Scene) -> Meant:
    delay = scene.arguments["newDelay"]
    effect = Authority(
        target=scene.target, kind=AuthorityKind.DELAY, detail=delay, where=scene.arguments.where()
    )
    said = f"Makes {scene.here} wait {show_duration(delay)} from then on."
    return Meant(said=said, effects=(effect,))


def _transaction(scene: Scene) -> Inner:
    """Return a call whose selector is told by a signature as text, where there is one."""
    a = scene.arguments
    signature = a["signature"]
    text = signature if isinstance(signature, bytes) else signature.encode("utf-8")
    data = a["data"] if not text else keccak(text)[:4] + a["data"]
    return Inner(
        call=Call(target=a["target"], value=Wei(a["value"]), data=data),
        caller=scene.target,
        where=a.part("data").where,
    )


def _queue(scene: Scene) -> Meant:
    a = scene.arguments
    said = (
        f"Has {scene.here} wait until {show_moment(a['eta'])}, from when a call{_by_text(scene)} in its name may be "
        "made."
    )
    return Meant(said=said, inner=(_transaction(scene),))


def _execute_transaction(scene: Scene) -> Meant:
    said = f"Has {scene.here} make the call{_by_text(scene)} that waited."
    return Meant(said=said, inner=(_transaction(scene),))


def _cancel_transaction(scene: Scene) -> Meant:
    a = scene.arguments
    return Meant(
        said=f"Cancels a call{_by_text(scene)} to {scene.names.name(a['target'])} that waits at {scene.here}."
    )


def _by_text(scene: Scene) -> str:
    signature = scene.arguments["signature"]
    return f" of {quoted(sanitise(signature, most=80))}" if signature else ""


MEANINGS: Final[Table] = {
    "schedule": _schedule,
    "scheduleBatch": _schedule,
    "execute": _execute,
    "executeBatch": _execute,
    "cancel": _cancel,
    "updateDelay": _set_delay,
    "setDelay": _set_delay,
    "queueTransaction": _queue,
    "cancelTransaction": _cancel_transaction,
    "executeTransaction": _execute_transaction,
}
