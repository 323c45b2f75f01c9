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
# Seaport, ConsiderationEnums.sol: the native coin, or a token with one kind of unit.
_COINS: Final = (0, 1)
# One unit of a collection, by its number; behind these come those of which a set is told by its hash.
_NUMBERED: Final = (2, 3)


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
    offered, asked = list(order.structs("offer")), list(order.structs("consideration"))
    effects: list[Effect] = [
        Allowance(
            token=item["token"],
            owner=order["offerer"],
            spender=scene.target,
            amount=limit_of(_most(item)),
            token_id=_number(item),
            until=Timestamp(order["endTime"]),
            where=item.where(),
        )
        for item in offered
    ]
    effects += [
        Move(
            token=item["token"],
            sender=scene.target,
            recipient=item["recipient"],
            amount=Amount(_least(item)),
            token_id=_number(item),
            where=item.where(),
            # What others get beside the one who gives is a fee, and may be small.
            least=Amount(_least(item)) if _is_price(item, order["offerer"]) else None,
        )
        for item in asked
    ]
    if any(map(_most, offered)) and not any(
        _least(item) or _is_price(item, order["offerer"]) for item in asked
    ):
        effects.append(_nothing(scene, order, offered[0]["token"]))
    return effects


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


def _is_price(item: Fields, offerer: Address) -> bool:
    return item["recipient"] == offerer and item["itemType"] in _COINS


def _most(item: Fields) -> int:
    """Return the most that may be given of it: an amount may change with the time, from the first to the second."""
    most: int = max(item["startAmount"], item["endAmount"])
    return most


def _least(item: Fields) -> int:
    least: int = min(item["startAmount"], item["endAmount"])
    return least


def _number(item: Fields) -> int | None:
    """Return the number of a unit that is like no other; None where any of a set will do, or all are alike."""
    number: int = item["identifier"]
    return number if item["itemType"] in _NUMBERED else None


def _show_item(scene: Scene, item: Fields, amount: int) -> str:
    names = scene.names
    if item["itemType"] in _COINS:
        return names.amount(item["token"], amount)
    number = _number(item)
    which = "any of a set" if number is None else f"number {number}"
    return f"{which} of {names.name(item['token'])}{'' if amount == 1 else f', {amount} times'}"


def _show(scene: Scene, order: Fields) -> str:
    names = scene.names

    def show_given(item: Fields) -> str:
        most = "" if _most(item) == _least(item) else "up to "
        return f"{most}{_show_item(scene, item, _most(item))}"

    def show_asked(item: Fields) -> str:
        least = "" if _most(item) == _least(item) else "as little as "
        return f"{least}{_show_item(scene, item, _least(item))} to {names.name(item['recipient'])}"

    given = listed(list(order.structs("offer")), show_given)
    got = listed(list(order.structs("consideration")), show_asked)
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
