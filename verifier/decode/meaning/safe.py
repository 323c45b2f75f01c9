"""Safe accounts: transactions, modules, and who decides about an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from verifier.decode.meaning.multisend import DELEGATE, read_packed
from verifier.decode.meaning.scene import Inner, Meant, Scene, Table, counted, inner_call, listed
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Authority, AuthorityKind, Effect, Move
from verifier.model.text import show_bytes
from verifier.model.units import Amount

_ON: Final = 1
_OFF: Final = 0


def _exec_transaction(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    said = f"Makes {scene.here} {_act(a['operation'])} {names.name(a['to'])}."
    inner = inner_call(
        scene.target,
        a["to"],
        a.part("data"),
        value=a["value"],
        is_delegate=a["operation"] == DELEGATE,
    )
    effects: tuple[Effect, ...] = ()
    if a.get("gasPrice"):
        # A refund is how an account was robbed by a transaction that seems to do nothing.
        payee = a["refundReceiver"]
        effects = (
            Move(
                token=a["gasToken"],
                sender=scene.target,
                recipient=payee,
                amount=None,
                where=a.where("safeTxGas", "refundReceiver"),
            ),
        )
        coin = "coins" if a["gasToken"] == NATIVE else f"tokens of {names.name(a['gasToken'])}"
        to = "whoever sends it" if payee == NOBODY else names.name(payee)
        said += f" It pays {coin} for the gas to {to}, at a price of {a['gasPrice']} a unit."
    # What no Safe does, nobody knows.
    return Meant(said=said, effects=effects, inner=(inner,), unread=int(a["operation"] > DELEGATE))


def _act(operation: int) -> str:
    if operation == DELEGATE:
        return "run as its own the code of"
    return "call" if operation == 0 else f"do what no Safe does (operation {operation}) with"


def _multi_send(scene: Scene) -> Meant:
    part = scene.arguments.part("transactions")
    packed = part.value if isinstance(part.value, bytes) else b""
    inner, faults = read_packed(packed, part.where.start, scene.caller)
    said = f"Through {scene.here}, makes {counted(len(inner), 'call')}{scene.of_caller}, all or none."
    if faults:
        said += " Its list of calls is not as an honest encoder writes it."
    return Meant(said=said, inner=inner, faults=faults, is_library=True)


def _setup(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    effects: list[Effect] = [
        Authority(
            target=scene.target,
            kind=AuthorityKind.SIGNER_ADDED,
            account=Address(owner.value) if isinstance(owner.value, bytes) else None,
            where=owner.where,
        )
        for owner in a.items("owners")
    ]
    effects.append(_authority(scene, AuthorityKind.THRESHOLD, None, a["threshold"], "threshold"))
    owners = listed(a["owners"], names.name, most=10)
    said = f"Founds the account {scene.here} with {a['threshold']} of these owners: {owners or 'none'}."
    if a["fallbackHandler"] != NOBODY:
        effects.append(_authority(scene, AuthorityKind.MODULE, a["fallbackHandler"], _ON, "fallbackHandler"))
        said += f" Calls that it has no function for go to {names.name(a['fallbackHandler'])}."
    if a["payment"]:
        effects.append(
            Move(
                token=a["paymentToken"],
                sender=scene.target,
                recipient=a["paymentReceiver"],
                amount=Amount(a["payment"]),
                where=a.where("paymentToken", "paymentReceiver"),
            )
        )
        said += f" It pays {names.amount(a['paymentToken'], a['payment'])} for that."
    inner: tuple[Inner, ...] = ()
    if a["to"] != NOBODY:
        inner = (inner_call(scene.target, a["to"], a.part("data"), is_delegate=True),)
        said += f" It runs the code of {names.name(a['to'])} as its own."
    return Meant(said=said, effects=tuple(effects), inner=inner)


def _authority(
    scene: Scene, kind: AuthorityKind, account: Address | None, detail: int | bytes | None, *names: str
) -> Authority:
    return Authority(
        target=scene.target,
        kind=kind,
        account=account,
        detail=detail,
        where=scene.arguments.where(*names),
    )


def _threshold(scene: Scene) -> Authority:
    return _authority(scene, AuthorityKind.THRESHOLD, None, scene.arguments["threshold"], "threshold")


def _owners(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    effects: list[Effect] = []
    said = []
    old = a["oldOwner"] if "oldOwner" in a else a["owner"] if "prevOwner" in a else None
    new = a["newOwner"] if "newOwner" in a else a["owner"] if "prevOwner" not in a else None
    if old is not None:
        at = "oldOwner" if "oldOwner" in a else "owner"
        effects.append(_authority(scene, AuthorityKind.SIGNER_REMOVED, old, None, at))
        said.append(f"takes {names.name(old)} from the owners of {scene.here}")
    if new is not None:
        at = "newOwner" if "newOwner" in a else "owner"
        effects.append(_authority(scene, AuthorityKind.SIGNER_ADDED, new, None, at))
        said.append(f"makes {names.name(new)} an owner of {scene.here}")
    if "threshold" in a:
        effects.append(_threshold(scene))
        said.append(f"asks for {a['threshold']} of its owners from then on")
    text = " and ".join(said)
    return Meant(said=f"{text[0].upper()}{text[1:]}.", effects=tuple(effects))


def _change_threshold(scene: Scene) -> Meant:
    said = f"Asks for {counted(scene.arguments['threshold'], 'owner')} of {scene.here} from then on."
    return Meant(said=said, effects=(_threshold(scene),))


def _enable_module(scene: Scene) -> Meant:
    module = scene.arguments["module"]
    said = (
        f"Lets {scene.names.name(module)} act for {scene.here} as a module: alone, without any of its owners."
    )
    return Meant(said=said, effects=(_authority(scene, AuthorityKind.MODULE, module, _ON, "module"),))


def _disable_module(scene: Scene) -> Meant:
    module = scene.arguments["module"]
    said = f"Takes {scene.names.name(module)} from the modules of {scene.here}."
    return Meant(said=said, effects=(_authority(scene, AuthorityKind.MODULE, module, _OFF, "module"),))


def _guard(argument: str, what: str) -> Callable[[Scene], Meant]:
    def meaning(scene: Scene) -> Meant:
        guard = scene.arguments[argument]
        if guard == NOBODY:
            said = f"Takes the guard that checks {what} away from {scene.here}."
            return Meant(
                said=said, effects=(_authority(scene, AuthorityKind.CHECK_OFF, None, None, argument),)
            )
        said = f"Lets {scene.names.name(guard)} check {what} of {scene.here}, and stop any of them."
        return Meant(said=said, effects=(_authority(scene, AuthorityKind.GUARD, guard, None, argument),))

    return meaning


def _set_fallback_handler(scene: Scene) -> Meant:
    handler = scene.arguments["handler"]
    is_on = _OFF if handler == NOBODY else _ON
    said = (
        f"Hands calls that {scene.here} has no function for to {scene.names.name(handler)}, in the account's name, "
        "whoever makes them."
    )
    effect = _authority(scene, AuthorityKind.MODULE, handler, is_on, "handler")
    return Meant(said=said if is_on else f"Takes the fallback handler from {scene.here}.", effects=(effect,))


def _change_master_copy(scene: Scene) -> Meant:
    code = scene.arguments["masterCopy"]
    said = f"Makes {scene.here} run the code of {scene.names.name(code)} from then on."
    return Meant(said=said, effects=(_authority(scene, AuthorityKind.CODE, code, None, "masterCopy"),))


def _approve_hash(scene: Scene) -> Meant:
    digest: bytes = scene.arguments["hashToApprove"]
    said = (
        f"Consents{scene.of_caller} to a transaction of {scene.here} of which only the hash is here: "
        f"{show_bytes(digest)}."
    )
    effect = _authority(scene, AuthorityKind.SETTING, scene.caller, digest, "hashToApprove")
    return Meant(said=said, effects=(effect,))


def _sign_message(scene: Scene) -> Meant:
    said = f"Through {scene.here}, signs a message{scene.of_caller}: {show_bytes(scene.arguments['data'])}."
    effect = Authority(
        target=scene.caller,
        kind=AuthorityKind.SETTING,
        detail=scene.arguments["data"],
        where=scene.arguments.where(),
    )
    return Meant(said=said, effects=(effect,), is_library=True)


MEANINGS: Final[Table] = {
    "execTransaction": _exec_transaction,
    "execTransactionFromModule": _exec_transaction,
    "execTransactionFromModuleReturnData": _exec_transaction,
    "multiSend": _multi_send,
    "setup": _setup,
    "addOwnerWithThreshold": _owners,
    "removeOwner": _owners,
    "swapOwner": _owners,
    "changeThreshold": _change_threshold,
    "enableModule": _enable_module,
    "disableModule": _disable_module,
    "setGuard": _guard("guard", "the transactions"),
    "setModuleGuard": _guard("moduleGuard", "what modules do in the name"),
    "setFallbackHandler": _set_fallback_handler,
    "changeMasterCopy": _change_master_copy,
    "approveHash": _approve_hash,
    "signMessage": _sign_message,
}
