"""Orders of Seaport that are filled at once: what somebody asks for is paid, and what they give comes back for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from verifier.decode.meaning.scene import Fields, Meant, Scene, Table, counted, listed
from verifier.decode.meaning.seaport_basic import BASIC
from verifier.decode.meaning.seaport_items import (
    ASKED,
    COIN,
    COINS,
    OFFERED,
    Chosen,
    Item,
    Place,
    items_of,
    show_item,
)
from verifier.decode.meaning.seaport_matches import Traded, match_orders
from verifier.model.address import NOBODY, Address
from verifier.model.effect import Move
from verifier.model.text import show_moment
from verifier.model.units import Amount

# So many movements of one call are told.
_MOST: Final = 512
_ALL: Final = (1, 1)
_FIXED: Final = (0, 2)
"""ConsiderationEnums.sol: orders that are filled in whole or not at all."""
_BY_CODE: Final = 4
"""ConsiderationEnums.sol: an order that its offerer's code makes as it is filled, on no worse terms than these."""


def _traded(order: Fields, index: int, chosen: Chosen, around: Fields) -> Traded:
    """Return an order as it is filled: in whole, or as far as whoever fills it says."""
    over, under = around.get("numerator", 1), around.get("denominator", 1)
    is_sound = 0 < over <= under
    share = (over, under) if is_sound and order["orderType"] != _BY_CODE else _ALL
    return Traded(
        offerer=order["offerer"],
        until=order["endTime"],
        offered=items_of(order, OFFERED, index=index, chosen=chosen, share=share),
        asked=items_of(order, ASKED, index=index, chosen=chosen, share=share),
        share=share,
        is_by_code=order["orderType"] == _BY_CODE,
        is_fixed=order["orderType"] in _FIXED,
        is_sound=is_sound,
        where=order.where(),
    )


def _chosen(a: Fields) -> Chosen:
    if "resolvers" not in a:
        return {}
    return {
        (one["orderIndex"], one["side"], one["index"]): one["identifier"] for one in a.structs("resolvers")
    }


def _recipient(scene: Scene) -> Address:
    to: Address = scene.arguments.get("recipient", NOBODY)
    return scene.caller if to == NOBODY else to


def _fill(scene: Scene) -> Meant:
    around = scene.arguments.struct("order")
    order = _traded(around.struct("parameters"), 0, _chosen(scene.arguments), around)
    to = _recipient(scene)
    said = f"At {scene.here}, fills an order{_say(scene, order, to)}."
    moves = _moves(scene, order, to)
    return Meant(said=said, effects=tuple(moves[:_MOST]), unread=_unread([order], moves))


def _fill_available(scene: Scene) -> Meant:
    """Return the filling of those of many orders that can still be filled; what nothing asks for is left behind."""
    a = scene.arguments
    chosen = _chosen(a)
    orders = [
        _traded(around.struct("parameters"), i, chosen, around)
        for i, around in enumerate(a.structs("orders"))
    ]
    groups = [Fields(child.children) for group in a.items("offered") for child in group.children]
    taken = {(one["orderIndex"], one["itemIndex"]) for one in groups}
    to = _recipient(scene)
    moves = [
        move for i, order in enumerate(orders) for move in _moves(scene, order, to, taken=taken, index=i)
    ]
    shown = listed(orders, lambda order: _say(scene, order, to).removeprefix(" of "), between="; ") or "none"
    most = f", {a['most']} of them at most" if a["most"] < len(orders) else ""
    said = (
        f"At {scene.here}, fills those of {counted(len(orders), 'order')} that can be filled{most}: {shown}."
    )
    left = sum((i, j) not in taken for i, order in enumerate(orders) for j in range(len(order.offered)))
    if left:
        said += f" Of what they give, {left} of the items are left where they are."
    return Meant(said=said, effects=tuple(moves[:_MOST]), unread=_unread(orders, moves))


def _moves(
    scene: Scene,
    order: Traded,
    to: Address,
    *,
    taken: Collection[Place] | None = None,
    index: int = 0,
) -> list[Move]:
    """Return what is paid for an order, and what comes out of it.

    :param taken: which items are asked to come out; all, where nothing says so. Then the order may be left out, too
    """
    is_optional = taken is not None
    got = [item for j, item in enumerate(order.offered) if taken is None or (index, j) in taken]
    paid = [
        Move(
            token=item.token,
            # Coins are sent along with the call, whose value says so.
            sender=scene.target if item.kind == COIN else scene.caller,
            recipient=item.recipient or order.offerer,
            amount=Amount(item.most),
            token_id=item.number,
            where=item.where,
            is_optional=is_optional,
        )
        for item in order.asked
    ]
    out = [
        Move(
            token=item.token,
            sender=order.offerer,
            recipient=to,
            amount=None if item.kind in COINS else Amount(item.least),
            token_id=item.number,
            where=item.where,
            least=Amount(item.least) if item.kind in COINS else None,
            is_optional=is_optional,
        )
        for item in got
    ]
    if any(item.most for item in order.asked) and not any(item.least for item in got):
        out.append(_nothing(scene, order, order.asked, to))
    return [*paid, *out]


def _nothing(scene: Scene, order: Traded, given: Sequence[Item], to: Address) -> Move:
    """Return what comes back to who gives something for nothing: none of it, and that is enough."""
    return Move(
        token=given[0].token,
        sender=scene.target,
        recipient=to,
        amount=None,
        where=order.where,
        least=Amount(0),
    )


def _unread(orders: Sequence[Traded], moves: Sequence[Move]) -> int:
    strange = sum(not item.is_read for order in orders for item in (*order.offered, *order.asked))
    return strange + max(0, len(moves) - _MOST)


def _say(scene: Scene, order: Traded, to: Address) -> str:
    names = scene.names

    def show_paid(item: Item) -> str:
        most = "" if item.most == item.least else "up to "
        whom = names.name(item.recipient or order.offerer)
        return f"{most}{show_item(scene, item, item.most)} to {whom}"

    def show_got(item: Item) -> str:
        least = "" if item.most == item.least else "at least "
        return f"{least}{show_item(scene, item, item.least)}"

    paid = listed(order.asked, show_paid) or "nothing"
    got = listed(order.offered, show_got) or "nothing"
    part = "" if order.share == _ALL else f", {order.share[0]} of {order.share[1]} parts of it"
    part += "" if order.is_sound else ", by a part that no order takes"
    code = ", whose code says on which terms, no worse than these" if order.is_by_code else ""
    until = show_moment(order.until)
    return (
        f" of {names.name(order.offerer)}{code}{part}, good until {until}: pays {paid}{scene.of_caller} for {got}, "
        f"which goes to {names.name(to)}"
    )


def _match(scene: Scene) -> Meant:
    a = scene.arguments
    chosen = _chosen(a)
    orders = [
        _traded(around.struct("parameters"), i, chosen, around)
        for i, around in enumerate(a.structs("orders"))
    ]
    matched = match_orders(scene, orders, list(a.structs("fulfillments")), rest_to=_recipient(scene))
    own = [order for order in orders if order.offerer == scene.caller]
    said = f"At {scene.here}, matches {counted(len(orders), 'order')} with each other"
    if own:
        # Whoever calls has signed by that.
        said += f", {len(own)} of them {scene.callers} own, which no signature is needed for"
    said += (
        f": {listed(matched.moves, lambda move: _say_move(scene, move), between='; ') or 'nothing moves'}."
    )
    moves = [
        *matched.moves,
        *(_nothing(scene, one, one.offered, one.offerer) for one in own if one.is_for_nothing),
    ]
    unread = _unread(orders, moves) + matched.strange
    return Meant(said=said, effects=tuple(moves[:_MOST]), unread=unread)


def _say_move(scene: Scene, move: Move) -> str:
    names = scene.names
    what = f"number {move.token_id} of {names.name(move.token)}" if move.token_id is not None else ""
    if not what and move.amount is not None:
        what = f"up to {names.amount(move.token, move.amount)}"
    what = what or f"what is left of {names.name(move.token)}"
    return f"{what} from {names.name(move.sender)} to {names.name(move.recipient)}"


def _cancel(scene: Scene) -> Meant:
    orders = list(scene.arguments.structs("orders"))
    whose = list(dict.fromkeys(order["offerer"] for order in orders))
    shown = f" of {listed(whose, scene.names.name)}" if whose else ""
    return Meant(
        said=f"Cancels {counted(len(orders), 'order')}{shown} at {scene.here}; nobody can fill them then."
    )


def _cancel_all(scene: Scene) -> Meant:
    return Meant(said=f"Cancels all orders{scene.of_caller} at {scene.here} that are not filled by then.")


MEANINGS: Final[Table] = {
    **BASIC,
    "fulfillOrder": _fill,
    "fulfillAdvancedOrder": _fill,
    "fulfillAvailableOrders": _fill_available,
    "fulfillAvailableAdvancedOrders": _fill_available,
    "matchOrders": _match,
    "matchAdvancedOrders": _match,
    "cancel": _cancel,
    "incrementCounter": _cancel_all,
}
