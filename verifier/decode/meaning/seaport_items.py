"""What Seaport's orders give and ask for: a coin or a token, so much or so little of it, or one unit by its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from verifier.decode.meaning.scene import Fields, Scene
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.finding import ByteRange

# ConsiderationEnums.sol: the native coin, a token, or one unit of a collection; of the last two, one of a set.
COIN: Final = 0
COINS: Final = (0, 1)
NUMBERED: Final = (2, 3)
OF_A_SET: Final = (4, 5)
# What resolvers call the two lists of an order.
OFFERED, ASKED = 0, 1

Place = tuple[int, int]
"""Which order, and which item of one of its lists."""
Chosen = Mapping[tuple[int, int, int], int]
"""Which unit of a set it is, by order, list and item: whoever fills an order chooses that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that an order gives or asks for."""

    kind: int
    token: Address
    # Of a unit that is like no other; None where any of a set will do, or all are alike.
    number: int | None
    # An amount may change with the time, from the one to the other.
    most: int
    least: int
    # Who gets it, of what is asked for.
    recipient: Address | None
    where: ByteRange | None

    @property
    def is_read(self) -> bool:
        return self.kind in (*COINS, *NUMBERED, *OF_A_SET)


def items_of(order: Fields, side: int, *, index: int, chosen: Chosen, share: tuple[int, int]) -> list[Item]:
    """Return what an order gives or asks for.

    :param side: which of the two lists
    :param share: what part of the order is filled: so many of so many
    """
    over, under = share
    found = []
    for i, fields in enumerate(order.structs("offer" if side == OFFERED else "consideration")):
        kind: int = fields["itemType"]
        number = fields["identifier"] if kind in NUMBERED else None
        if kind in OF_A_SET and (index, side, i) in chosen:
            kind, number = kind - 2, chosen[index, side, i]
        amounts = fields["startAmount"], fields["endAmount"]
        found.append(
            Item(
                kind=kind,
                token=NATIVE if kind == COIN else fields["token"],
                number=number,
                most=-(-max(amounts) * over // under),
                least=min(amounts) * over // under,
                recipient=fields.get("recipient"),
                where=fields.where(),
            )
        )
    return found


def show_item(scene: Scene, item: Item, amount: int) -> str:
    names = scene.names
    if item.kind in COINS:
        return names.amount(item.token, amount)
    if not item.is_read:
        return f"something of {names.name(item.token)} that nothing here can read"
    which = "any of a set" if item.number is None else f"number {item.number}"
    return f"{which} of {names.name(item.token)}{'' if amount == 1 else f', {amount} times'}"
