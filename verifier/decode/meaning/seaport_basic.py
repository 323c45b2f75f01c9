"""Seaport's shorter form of an order: one item for one item, and what others get beside."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.scene import Fields, Meant, Scene, Table, listed
from verifier.decode.meaning.seaport_items import COIN, COINS, Item, show_item
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Effect, Move
from verifier.model.text import show_moment
from verifier.model.units import Amount

# ConsiderationEnums.sol: of each four types in a row, what is paid and what comes out.
_ROUTES: Final = ((0, 2), (0, 3), (1, 2), (1, 3), (2, 1), (3, 1))
_TYPES_A_ROUTE: Final = 4
# So many of those who get something beside become effects.
_MOST: Final = 512


def _fill(scene: Scene) -> Meant:
    p = scene.arguments.struct("parameters")
    route = p["basicOrderType"] // _TYPES_A_ROUTE
    if route >= len(_ROUTES):
        said = f"Fills an order at {scene.here} of a type that nothing here can read, {p['basicOrderType']}."
        return Meant(said=said, unread=1)
    paid_kind, got_kind = _ROUTES[route]
    beside = list(p.structs("additionalRecipients"))
    extra = sum(one["amount"] for one in beside)
    paid = _item(p, "consideration", paid_kind, p["offerer"])
    # What others get beside is of the coin of the two: on top of the price, or out of what is given for a unit.
    is_out_of_price = got_kind in COINS
    got = _item(p, "offer", got_kind, scene.caller, less=extra if is_out_of_price else 0)
    coin = got if is_out_of_price else paid
    payer = p["offerer"] if is_out_of_price else scene.caller
    effects: list[Effect] = [_pay(scene, paid, scene.caller)]
    effects += [
        Move(
            token=coin.token,
            sender=scene.target if coin.kind == COIN else payer,
            recipient=one["recipient"],
            amount=Amount(one["amount"]),
            where=one.where(),
        )
        for one in beside[:_MOST]
    ]
    effects.append(_get(scene, p, got, got_kind))
    names = scene.names
    fees = listed(
        beside, lambda one: f"{names.amount(coin.token, one['amount'])} to {names.name(one['recipient'])}"
    )
    which = "out of what it gives" if is_out_of_price else "and"
    said = (
        f"At {scene.here}, fills an order of {names.name(p['offerer'])}, good until {show_moment(p['endTime'])}: pays "
        f"{show_item(scene, paid, paid.most)}{scene.of_caller}{f', {which} {fees},' if fees else ''} for "
        f"{show_item(scene, got, got.least)}, which goes to {names.name(scene.caller)}."
    )
    return Meant(said=said, effects=tuple(effects), unread=max(0, len(beside) - _MOST))


def _item(p: Fields, side: str, kind: int, recipient: Address, *, less: int = 0) -> Item:
    amount = max(0, p[f"{side}Amount"] - less)
    return Item(
        kind=kind,
        token=NATIVE if kind == COIN else p[f"{side}Token"],
        number=None if kind in COINS else p[f"{side}Identifier"],
        most=amount,
        least=amount,
        recipient=recipient,
        where=p.where(f"{side}Token", f"{side}Amount"),
    )


def _pay(scene: Scene, item: Item, payer: Address) -> Move:
    return Move(
        token=item.token,
        sender=scene.target if item.kind == COIN else payer,
        recipient=item.recipient or scene.target,
        amount=Amount(item.most),
        token_id=item.number,
        where=item.where,
    )


def _get(scene: Scene, p: Fields, item: Item, kind: int) -> Move:
    is_coin = kind in COINS
    return Move(
        token=item.token,
        sender=p["offerer"],
        recipient=scene.caller,
        amount=None if is_coin else Amount(item.least),
        token_id=item.number,
        where=item.where,
        least=Amount(item.least) if is_coin else None,
    )


BASIC: Final[Table] = {
    "fulfillBasicOrder": _fill,
    "fulfillBasicOrder_efficient_6GL6yc": _fill,
}
