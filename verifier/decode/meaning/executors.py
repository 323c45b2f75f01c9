"""Contracts that make a call which they are handed: modules of accounts, and messengers to other chains."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from verifier.decode.meaning.multicall import MEANINGS as MULTICALL
from verifier.decode.meaning.multisend import DELEGATE
from verifier.decode.meaning.scene import Fields, Inner, Meant, Scene, Table, counted, inner_call, listed
from verifier.decode.signatures import interface
from verifier.decode.tokens import limit_of
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Allowance, Effect, Move
from verifier.model.operation import Call
from verifier.model.units import Amount, Wei

_REFUNDED: Final = ("excessFeeRefundAddress", "callValueRefundAddress", "refundRecipient")
_WAYS: Final = ("call", "run as its own the code of")


def _hand(scene: Scene) -> Meant:
    a = scene.arguments
    operation: int = a.get("operation", 0)
    way = _WAYS[operation] if operation <= DELEGATE else f"do what no Safe does (operation {operation}) with"
    said = f"Through {scene.here}, makes the account behind it {way} {scene.names.name(a['to'])}."
    inner = inner_call(
        scene.target, a["to"], a.part("data"), value=a["value"], is_delegate=operation == DELEGATE
    )
    return Meant(said=said, inner=(inner,), unread=int(operation > DELEGATE))


def _submit(scene: Scene) -> Meant:
    a = scene.arguments
    to = scene.names.name(a["to"])
    said = f"Proposes to the other owners of {scene.here} that it calls {to}, and consents to it."
    return Meant(said=said, inner=(inner_call(scene.target, a["to"], a.part("data"), value=a["value"]),))


def _numbered(says: str, scene: Scene) -> Meant:
    number = scene.arguments["transactionId"]
    return Meant(said=f"{says} number {number} of {scene.here}, of which nothing else is here.")


def _batch(scene: Scene) -> Meant:
    """Return calls that a connector makes in the name of accounts, or that a contract makes to itself."""
    a = scene.arguments
    if "items" not in a:
        meant = MULTICALL["multicall"](scene)
        optional = "" if a.get("revertOnFail", True) else " Any of them may fail without stopping the rest."
        return replace(meant, said=meant.said + optional)
    inner = tuple(_in_the_name_of(scene, item) for item in a.structs("items"))
    said = (
        f"Has {scene.here} make {counted(len(inner), 'call')}, each in the name of the account that it says."
    )
    return Meant(said=said, inner=inner)


def _in_the_name_of(scene: Scene, item: Fields) -> Inner:
    # Nobody's name stands for calls that the connector takes itself.
    whose = item["onBehalfOfAccount"] if item["onBehalfOfAccount"] != NOBODY else scene.caller
    return inner_call(whose, item["to"], item.part("data"), value=item["value"])


def _named(scene: Scene) -> Meant:
    inner = _in_the_name_of(scene, scene.arguments)
    said = f"Has {scene.here} make a call in the name of {scene.names.name(inner.caller)}."
    return Meant(said=said, inner=(inner,))


def _bundle(scene: Scene) -> Meant:
    calls = list(scene.arguments.structs("bundle"))
    inner = tuple(inner_call(scene.target, one["to"], one.part("data"), value=one["value"]) for one in calls)
    optional = sum(1 for one in calls if one["skipRevert"])
    said = f"Through {scene.here}, makes {counted(len(inner), 'call')} in its name."
    if optional:
        said += f" {optional} of them may fail without stopping the rest."
    return Meant(said=said, inner=inner)


@lru_cache(maxsize=1)
def _settlers() -> frozenset[bytes]:
    return frozenset(
        one.selector for one in interface("settler").functions if "payer" not in one.inputs.names
    )


def _exec(scene: Scene) -> Meant:
    """Return a call during which an operator may take an amount of what the caller allowed the holder to spend."""
    a, names = scene.arguments, scene.names
    said = (
        f"Lets {names.name(a['operator'])} take up to {names.amount(a['token'], a['amount'])}{scene.of_caller} through "
        f"{scene.here} while it calls {names.name(a['to'])}."
    )
    allowance = Allowance(
        token=a["token"],
        owner=scene.caller,
        spender=a["operator"],
        amount=limit_of(a["amount"]),
        where=a.where("operator", "amount"),
    )
    # It hands on who called, whom a Settler then takes for the one who pays.
    caller = scene.caller if a["data"][:4] in _settlers() else scene.target
    return Meant(said=said, effects=(allowance,), inner=(inner_call(caller, a["to"], a.part("data")),))


def _run_code(scene: Scene) -> Meant:
    said = (
        f"Makes a contract of {len(scene.arguments['code'])} bytes of code that nobody here reads, and has "
    )
    return Meant(said=f"{said}{scene.here} run it as its own.", unread=1)


def _on_another_chain(scene: Scene) -> Meant:
    """Return a call on another chain, which is opened as if it were here: what it does is what its bytes say."""
    a, names = scene.arguments, scene.names
    if a.get("isCreation"):
        said = f"Through {scene.here}, makes a new contract on another chain, of code that nobody here reads."
        return Meant(said=said, unread=1)
    value = a.get("value", a.get("l2CallValue", 0))
    to: Address = a["to"]
    refunds = list(dict.fromkeys(a[name] for name in _REFUNDED if name in a))
    said = f"Through {scene.here}, calls {names.name(to)} on another chain, in the name of {names.name(scene.caller)}"
    said += f"; what is too much goes to {' and '.join(map(names.name, refunds))} there" if refunds else ""
    effects: list[Effect] = []
    if value:
        effects.append(_sent(scene, to, Amount(value)))
    effects += [_sent(scene, refund, None) for refund in refunds]
    part = a.part("data")
    inner: tuple[Inner, ...] = ()
    if data := part.value if isinstance(part.value, bytes) else b"":
        inner = (Inner(call=Call(target=to, value=Wei(0), data=data), caller=scene.caller, where=part.where),)
    return Meant(said=f"{said}.", effects=tuple(effects), inner=inner)


def _execute(scene: Scene) -> Meant:
    if "request" in scene.arguments:
        return _forward(scene)
    return _run_code(scene) if "code" in scene.arguments else _numbered("Carries out the proposal", scene)


def _forward(scene: Scene) -> Meant:
    """Return calls that others signed, each in the name of who did, as those take it who believe the forwarder."""
    a, names = scene.arguments, scene.names
    requests = [a.struct("request")] if "request" in a else list(a.structs("requests"))
    inner = tuple(
        inner_call(one["from"], one["to"], one.part("data"), value=one["value"]) for one in requests
    )
    signers = listed(list(dict.fromkeys(one["from"] for one in requests)), names.name) or "nobody"
    said = (
        f"Through {scene.here}, makes {counted(len(inner), 'call')} in the name of who signed each: {signers}"
    )
    back: Address = a.get("refundReceiver", NOBODY)
    if back == NOBODY:
        return Meant(said=f"{said}.", inner=inner)
    said += f"; those that are not good are left out, and their coins go to {names.name(back)}"
    return Meant(said=f"{said}.", inner=inner, effects=(_sent(scene, back, None),))


def _sent(scene: Scene, recipient: Address, amount: Amount | None) -> Move:
    return Move(
        token=NATIVE, sender=scene.target, recipient=recipient, amount=amount, where=scene.arguments.where()
    )


MEANINGS: Final[Table] = {
    "execTransactionWithRole": _hand,
    "execTransactionWithRoleReturnData": _hand,
    "executeNextTx": _hand,
    "submitTransaction": _submit,
    "confirmTransaction": lambda scene: _numbered("Consents to the transaction", scene),
    "executeTransaction": lambda scene: _numbered("Makes the transaction", scene),
    "queue": lambda scene: _numbered("Has wait the proposal", scene),
    "execute": _execute,
    "executeBatch": _forward,
    "batch": _batch,
    "call": _named,
    "multicall": _bundle,
    "exec": _exec,
    "emergencyCommit": lambda scene: _numbered("Carries out at once the proposal", scene),
    "executeWithoutChainIdValidation": _batch,
    "depositTransaction": _on_another_chain,
    "sendMessage": _on_another_chain,
    "createRetryableTicket": _on_another_chain,
    "requestL2Transaction": _on_another_chain,
}
