"""Standing orders: what somebody else may take later, and for what."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.scene import Fields, Meant, Scene, Table, listed
from verifier.decode.tokens import limit_of
from verifier.model.address import Address
from verifier.model.effect import Allowance, Authority, AuthorityKind, Effect, Move
from verifier.model.text import show_bytes, show_moment
from verifier.model.units import Amount, Timestamp

# An order's number in CoW: a hash, who gives it, and until when.
_UID_BYTES: Final = 56


def _pre_sign(scene: Scene) -> Meant:
    a = scene.arguments
    uid: bytes = a["orderUid"]
    if not a["signed"]:
        return Meant(
            said=f"Takes back at {scene.here} that the order {show_bytes(uid)}{scene.of_caller} is signed."
        )
    whose, until = "", ""
    if len(uid) == _UID_BYTES:
        whose = f" of {scene.names.name(Address(uid[32:52]))}"
        until = f", good until {show_moment(int.from_bytes(uid[52:], 'big'))}"
    said = (
        f"Signs at {scene.here} an order{whose}{until}, of which only the hash is here: {show_bytes(uid[:32])}. What "
        "it sells, for how much, and who gets that, is not in this call."
    )
    effect = Authority(target=scene.caller, kind=AuthorityKind.SETTING, detail=uid[:32], where=a.where())
    return Meant(said=said, effects=(effect,))


def _validate(scene: Scene) -> Meant:
    orders = [order.struct("parameters") for order in scene.arguments.structs("orders")]
    effects = tuple(effect for order in orders for effect in _offered(scene, order))
    shown = listed(orders, lambda order: _show(scene, order), between="; ") or "nothing"
    return Meant(
        said=f"Makes orders at {scene.here} good for anybody to fill, without a signature: {shown}.",
        effects=effects,
    )


def _offered(scene: Scene, order: Fields) -> list[Effect]:
    effects: list[Effect] = [
        Allowance(
            token=item["token"],
            owner=order["offerer"],
            spender=scene.target,
            amount=limit_of(max(item["startAmount"], item["endAmount"])),
            until=Timestamp(order["endTime"]),
            where=item.where(),
        )
        for item in order.structs("offer")
    ]
    effects += [
        Move(
            token=item["token"],
            sender=scene.target,
            recipient=item["recipient"],
            amount=Amount(item["startAmount"]),
            where=item.where(),
        )
        for item in order.structs("consideration")
    ]
    return effects


def _show(scene: Scene, order: Fields) -> str:
    names = scene.names
    given = listed(
        list(order.structs("offer")), lambda item: names.amount(item["token"], item["startAmount"])
    )

    def show(item: Fields) -> str:
        return f"{names.amount(item['token'], item['startAmount'])} for {names.name(item['recipient'])}"

    got = listed(list(order.structs("consideration")), show)
    return f"{names.name(order['offerer'])} gives {given or 'nothing'} for {got or 'nothing'}"


def _create(scene: Scene) -> Meant:
    p = scene.arguments.struct("params")
    said = (
        f"Lets {scene.names.name(p['handler'])} make orders in the name of {scene.names.name(scene.caller)}, which "
        f"anybody may have filled through {scene.here}, again and again: its code says what they sell, for how much."
    )
    effect = Authority(
        target=scene.caller, kind=AuthorityKind.SIGNER_ADDED, account=p["handler"], where=p.where("handler")
    )
    return Meant(said=said, effects=(effect,))


def _set_root(scene: Scene) -> Meant:
    root: bytes = scene.arguments["root"]
    said = (
        f"Lets orders be made in the name of {scene.names.name(scene.caller)} through {scene.here}, of which only a "
        f"hash over all of them is here: {show_bytes(root)}."
    )
    effect = Authority(
        target=scene.caller, kind=AuthorityKind.SETTING, detail=root, where=scene.arguments.where()
    )
    return Meant(said=said, effects=(effect,))


MEANINGS: Final[Table] = {
    "setPreSignature": _pre_sign,
    "validate": _validate,
    "create": _create,
    "createWithContext": _create,
    "setRoot": _set_root,
}
