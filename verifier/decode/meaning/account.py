"""Accounts that are contracts: ERC-4337's entry point, and what accounts are told to do (ERC-7579, ERC-7821)."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.multisend import DELEGATE
from verifier.decode.meaning.scene import Fields, Inner, Meant, Scene, Table, counted, inner_call
from verifier.decode.meaning.timelock import lists_of_calls
from verifier.decode.plan import plan_of
from verifier.decode.types import parse_members
from verifier.model.address import NOBODY, Address
from verifier.model.call import Argument, Fault, FaultKind
from verifier.model.effect import Authority, AuthorityKind
from verifier.model.finding import ByteRange
from verifier.model.operation import Call
from verifier.model.text import show_bytes
from verifier.model.units import Wei

_TRY: Final = 0x01

_FORMS: Final = (bytes(4), bytes.fromhex("78210001"))
"""Forms of data that are read: the usual one, and with data for the account; not ERC-7821's batch of batches."""

_BATCHES: Final = (
    plan_of(parse_members("(address target, uint256 value, bytes data)[] calls")),
    # With data for the account itself (ERC-7821).
    plan_of(parse_members("(address target, uint256 value, bytes data)[] calls, bytes opData")),
)

_MODULES: Final = {1: "validator", 2: "executor", 3: "fallback handler", 4: "hook"}


def _handle_ops(scene: Scene) -> Meant:
    a = scene.arguments
    inner = tuple(
        Inner(
            call=Call(target=op["sender"], value=Wei(0), data=op["callData"]),
            caller=scene.target,
            where=op.part("callData").where,
        )
        for op in a.structs("ops")
    )
    made = sum(1 for op in a.structs("ops") if op["initCode"])
    said = (
        f"Hands {counted(len(inner), 'operation')} of other accounts to {scene.here}, each with a signature of its "
        f"own; the fees go to {scene.names.name(a['beneficiary'])}."
    )
    if made:
        said += f" {made} of the accounts first get their code."
    return Meant(said=said, inner=inner)


def _execute(scene: Scene) -> Meant:
    a = scene.arguments
    if "mode" in a:
        return _execute_by_mode(scene)
    if "calls" in a or "targets" in a:
        return _execute_batch(scene)
    operation = a.get("operation", 0)
    acts = "call" if operation == 0 else "run as its own the code of"
    if operation > DELEGATE:
        # ERC-725: 1 and 2 make contracts there. What else it is, nothing here knows.
        acts = f"do what has the number {operation} with"
    said = f"Makes the account {scene.here} {acts} {scene.names.name(a['target'])}."
    inner = inner_call(
        scene.target, a["target"], a.part("data"), value=a["value"], is_delegate=operation != 0
    )
    return Meant(said=said, inner=(inner,))


def _execute_batch(scene: Scene) -> Meant:
    a = scene.arguments
    remark, unread = "", 0
    if "calls" in a:
        inner = tuple(_one(scene, each) for each in a.structs("calls"))
    else:
        values = "values" if "values" in a else None
        inner, remark, unread = lists_of_calls(scene, scene.target, "targets", values, "datas")
    return Meant(
        said=f"Makes the account {scene.here} make {counted(len(inner), 'call')}.{remark}",
        inner=inner,
        unread=unread,
    )


def _one(scene: Scene, a: Fields) -> Inner:
    # The zero address is the account itself (ERC-7821).
    target = scene.target if a["target"] == NOBODY else a["target"]
    return inner_call(scene.target, target, a.part("data"), value=a["value"])


def _execute_by_mode(scene: Scene) -> Meant:
    mode: bytes = scene.arguments["mode"]
    part = scene.arguments.part("executionCalldata")
    match mode[0]:
        case _ if mode[6:10] not in _FORMS:
            said = (
                f"Makes the account {scene.here} act by data in a form that nothing here knows "
                f"({show_bytes(mode[6:10])}): {show_bytes(part_bytes(part))}."
            )
            return Meant(said=said, unread=1)
        case 0x00:
            meant = _single(scene, part)
        case 0x01:
            meant = _packed_batch(scene, part)
        case 0xFF:
            meant = _delegate(scene, part)
        case kind:
            said = (
                f"Makes the account {scene.here} act in a way that nothing here knows ({kind:#04x}): "
                f"{show_bytes(part_bytes(part))}."
            )
            return Meant(said=said, unread=1)
    if mode[1] == _TRY:
        return Meant(
            said=f"{meant.said} What fails does not stop the rest.", inner=meant.inner, faults=meant.faults
        )
    return meant


def part_bytes(part: Argument) -> bytes:
    return part.value if isinstance(part.value, bytes) else b""


def _single(scene: Scene, part: Argument) -> Meant:
    """Read 20 bytes of target, 32 of value, then data."""
    packed = part_bytes(part)
    if len(packed) < 52:
        return _cut(scene, part)
    target = Address(packed[:20])
    call = Call(target=target, value=Wei(int.from_bytes(packed[20:52], "big")), data=packed[52:])
    said = f"Makes the account {scene.here} call {scene.names.name(target)}."
    return Meant(said=said, inner=(Inner(call=call, caller=scene.target, where=_from(part, 52)),))


def _delegate(scene: Scene, part: Argument) -> Meant:
    """Read 20 bytes of target, then data."""
    packed = part_bytes(part)
    if len(packed) < 20:
        return _cut(scene, part)
    target = Address(packed[:20])
    call = Call(target=target, value=Wei(0), data=packed[20:])
    said = f"Makes the account {scene.here} run as its own the code of {scene.names.name(target)}."
    inner = Inner(call=call, caller=scene.target, is_delegate=True, where=_from(part, 20))
    return Meant(said=said, inner=(inner,))


def _from(part: Argument, start: int) -> ByteRange:
    return ByteRange(start=part.where.start + start, stop=part.where.stop)


def _cut(scene: Scene, part: Argument) -> Meant:
    fault = Fault(kind=FaultKind.TRUNCATED, where=part.where)
    return Meant(
        said=f"Makes the account {scene.here} do something that is cut off: {show_bytes(part_bytes(part))}.",
        faults=(fault,),
    )


def _packed_batch(scene: Scene, part: Argument) -> Meant:
    packed, shift = part_bytes(part), part.where.start
    plan = _BATCHES[0]
    decoded = plan.decode(packed)
    if not decoded.is_canonical and _BATCHES[1].decode(packed).is_canonical:
        plan = _BATCHES[1]
        decoded = plan.decode(packed)
    faults = tuple(
        Fault(
            kind=fault.kind,
            where=ByteRange(start=fault.where.start + shift, stop=fault.where.stop + shift),
        )
        for fault in decoded.faults
    )
    calls = plan.arguments_of(packed)
    inner = tuple(
        Inner(
            call=each.call,
            caller=each.caller,
            where=ByteRange(start=each.where.start + shift, stop=each.where.stop + shift),
        )
        for each in (_one(scene, Fields(item.children)) for item in (calls[0].children if calls else ()))
    )
    said = f"Makes the account {scene.here} make {counted(len(inner), 'call')}."
    if not calls:
        said = f"Makes the account {scene.here} make calls, but their list cannot be read."
    return Meant(said=said, inner=inner, faults=faults)


def _install(scene: Scene) -> Meant:
    a = scene.arguments
    what = _MODULES.get(a["moduleTypeId"], f"module of the type {a['moduleTypeId']}")
    is_on = "initData" in a
    said = (
        f"Makes {scene.names.name(a['module'])} a {what} of the account {scene.here}."
        if is_on
        else f"Takes the {what} {scene.names.name(a['module'])} from the account {scene.here}."
    )
    effect = Authority(
        target=scene.target,
        kind=AuthorityKind.MODULE,
        account=a["module"],
        detail=int(is_on),
        where=a.where("moduleTypeId", "module"),
    )
    return Meant(said=said, effects=(effect,))


MEANINGS: Final[Table] = {
    "handleOps": _handle_ops,
    "execute": _execute,
    "executeBatch": _execute_batch,
    "executeFromExecutor": _execute,
    "installModule": _install,
    "uninstallModule": _install,
}
