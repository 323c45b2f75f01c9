"""Liquidity of Curve's pools, whose coins have numbers and no names: what is asked for at the least, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from verifier.decode.meaning.scene import Meant, Scene, Table, listed
from verifier.model.address import Address
from verifier.model.effect import Move
from verifier.model.units import Amount


def _add(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    to: Address = a.get("recipient", scene.caller)
    least: int = a["amountOutMin"]
    said = (
        f"Puts {_coins(a['amounts'])}{scene.of_caller} into the pool {scene.here} for at least {least} of its shares, "
        f"which go to {names.name(to)}."
    )
    return Meant(said=said, effects=(_out(scene, to, least),))


def _remove(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    to: Address = a.get("recipient", scene.caller)
    if "amountsMin" in a:
        floors: Sequence[int] = a["amountsMin"]
        least, shown = max(floors, default=0), _coins(floors)
    else:
        least = a["amountOutMin"]
        shown = f"{least} base units of its coin number {a['i']}"
    said = (
        f"Gives {a['shares']} shares{scene.of_caller} of the pool {scene.here} back for at least {shown}, which go to "
        f"{names.name(to)}."
    )
    return Meant(said=said, effects=(_shares(scene, a["shares"]), _out(scene, to, least)))


def _remove_exactly(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    said = (
        f"Takes {_coins(a['amounts'])} out of the pool {scene.here} for at most {a['sharesMax']} shares"
        f"{scene.of_caller}; they go to {names.name(scene.caller)}."
    )
    return Meant(said=said, effects=(_shares(scene, a["sharesMax"]),))


def _coins(amounts: Sequence[int]) -> str:
    """Return so much of each coin, by its number."""
    shown = [f"{amount} base units of its coin number {i}" for i, amount in enumerate(amounts) if amount]
    return listed(shown, str) or "nothing"


def _shares(scene: Scene, amount: int) -> Move:
    """Return the shares that are given back. Their token is the pool itself, or one that the bytes do not name."""
    return Move(
        token=scene.target,
        sender=scene.caller,
        recipient=scene.target,
        amount=Amount(amount),
        where=scene.arguments.where(),
    )


def _out(scene: Scene, to: Address, least: int) -> Move:
    """Return what comes out, of which at least one coin is asked for in such an amount."""
    return Move(
        token=scene.target,
        sender=scene.target,
        recipient=to,
        amount=None,
        where=scene.arguments.where(),
        least=Amount(least),
    )


MEANINGS: Final[Table] = {
    "add_liquidity": _add,
    "remove_liquidity": _remove,
    "remove_liquidity_one_coin": _remove,
    "remove_liquidity_imbalance": _remove_exactly,
}
