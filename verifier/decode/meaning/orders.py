"""Standing orders: what somebody else may take later, and for what."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.scene import Fields, Meant, Scene, Table, listed
from verifier.decode.meaning.seaport_items import ASKED, COINS, OFFERED, Item, items_of, show_item
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
    offered, asked = _items(order, OFFERED), _items(order, ASKED)
    effects: list[Effect] = [
        Allowance(
            token=item.token,
            owner=order["offerer"],
            spender=scene.target,
            amount=limit_of(item.most),
            token_id=item.number,
            until=Timestamp(order["endTime"]),
            where=item.where,
        )
        for item in offered
    ]
    effects += [
        Move(
            token=item.token,
            sender=scene.target,
            recipient=item.recipient or scene.target,
            amount=Amount(item.least),
            token_id=item.number,
            where=item.where,
            # What others get beside the one who gives is a fee, and may be small.
            least=Amount(item.least) if _is_price(item, order["offerer"]) else None,
        )
        for item in asked
    ]
    is_given = any(item.most for item in offered)
    # What only others get is no price, however much it is.
    own = [item for item in asked if item.recipient == order["offerer"]]
    if is_given and not any(item.least or item.kind in COINS for item in own):
        effects.append(_nothing(scene, order, offered[0].token))
    return effects


def _items(order: Fields, side: int) -> list[Item]:
    return items_of(order, side, index=0, chosen={}, share=(1, 1))


def _nothing(scene: Scene, order: Fields, token: Address) -> Move:
    """Return what comes back to who gives something and asks for nothing: none of it, and that is enough."""
    return Move(
        token=token,
        sender=scene.target,
        recipient=order["offerer"],
        amount=Amount(0),
        where=order.where("offer"),
        least=Amount(0),
    )


def _is_price(item: Item, offerer: Address) -> bool:
    return item.recipient == offerer and item.kind in COINS


def _show(scene: Scene, order: Fields) -> str:
    names = scene.names

    def show_given(item: Item) -> str:
        most = "" if item.most == item.least else "up to "
        return f"{most}{show_item(scene, item, item.most)}"

    def show_asked(item: Item) -> str:
        least = "" if item.most == item.least else "as little as "
        return f"{least}{show_item(scene, item, item.least)} to {names.name(item.recipient or scene.target)}"

    given = listed(_items(order, OFFERED), show_given)
    got = listed(_items(order, ASKED), show_asked)
    until = show_moment(order["endTime"])
    return f"{names.name(order['offerer'])} gives {given or 'nothing'} for {got or 'nothing'}, until {until}"


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
    "setRootWithContext": _set_root,
}
