"""Contracts that make a call which they are handed: modules of accounts, and messengers to other chains."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.multicall import MEANINGS as MULTICALL
from verifier.decode.meaning.multisend import DELEGATE
from verifier.decode.meaning.scene import Inner, Meant, Scene, Table, inner_call
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Effect, Move
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


def _without_chain(scene: Scene) -> Meant:
    """Return what an account does to itself, in the same way on every chain."""
    return MULTICALL["multicall"](scene)


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
    "execute": lambda scene: _numbered("Carries out the proposal", scene),
    "emergencyCommit": lambda scene: _numbered("Carries out at once the proposal", scene),
    "executeWithoutChainIdValidation": _without_chain,
    "depositTransaction": _on_another_chain,
    "sendMessage": _on_another_chain,
    "createRetryableTicket": _on_another_chain,
    "requestL2Transaction": _on_another_chain,
}
