"""Orders of Seaport that are matched with each other: whatever one gives goes to whom another one says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from verifier.decode.meaning.scene import Fields, Scene
from verifier.decode.meaning.seaport_items import COIN, Item, Place
from verifier.model.address import Address
from verifier.model.effect import Move
from verifier.model.finding import ByteRange
from verifier.model.units import Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """An order as it is filled."""

    offerer: Address
    until: int
    offered: list[Item]
    asked: list[Item]
    # So many of so many parts.
    share: tuple[int, int]
    # Whether its offerer's code makes it as it is filled.
    is_by_code: bool
    # Whether that is the part, and these the amounts: others may have filled some of it, and then it is less.
    is_fixed: bool
    # Whether the part is one that an order can be filled to.
    is_sound: bool
    where: ByteRange | None

    @property
    def is_for_nothing(self) -> bool:
        """Whether something is given, and nothing asked for."""
        gives = any(item.most for item in self.offered)
        gets = any(item.least for item in self.asked if item.recipient == self.offerer)
        return gives and not gets


@dataclass(slots=True)
class Matched:
    """What moves where orders are matched."""

    moves: list[Move] = field(default_factory=list)
    # How many places are named that no order has.
    strange: int = 0


def match_orders(
    scene: Scene, orders: Sequence[Traded], fulfillments: Sequence[Fields], *, rest_to: Address
) -> Matched:
    """Return who gives what to whom.

    :param rest_to: who gets what the orders give and none of them asks for
    """
    matched = Matched()
    left = {(i, j): item.most for i, order in enumerate(orders) for j, item in enumerate(order.offered)}
    for one in fulfillments:
        given = _places(one, "offerComponents")
        asked = _places(one, "considerationComponents")
        known = [place for place in given if place in left]
        places = [(i, j) for i, j in asked if i < len(orders) and j < len(orders[i].asked)]
        wanted = [orders[i].asked[j] for i, j in places]
        matched.strange += len(given) - len(known) + len(asked) - len(wanted)
        if not known or not wanted:
            continue
        amount = sum(item.most for item in wanted)
        first = orders[known[0][0]]
        item = first.offered[known[0][1]]
        to = wanted[0].recipient or first.offerer
        matched.moves.append(_move(scene, first, item, to, Amount(amount)))
        if rest_to != scene.caller:
            # Who gets the rest may wait until less is asked for.
            amount = sum(orders[i].asked[j].least for i, j in places if orders[i].is_fixed)
        for place in known:
            used = min(left[place], amount)
            left[place] -= used
            amount -= used
    for (i, j), rest in left.items():
        if rest:
            matched.moves.append(_move(scene, orders[i], orders[i].offered[j], rest_to, Amount(rest)))
    return matched


def _places(one: Fields, name: str) -> list[Place]:
    return [(part["orderIndex"], part["itemIndex"]) for part in one.structs(name)]


def _move(scene: Scene, order: Traded, item: Item, to: Address, amount: Amount) -> Move:
    return Move(
        token=item.token,
        # Coins are sent along with the call, whose value says so.
        sender=scene.target if item.kind == COIN else order.offerer,
        recipient=to,
        amount=amount,
        token_id=item.number,
        where=item.where,
    )
