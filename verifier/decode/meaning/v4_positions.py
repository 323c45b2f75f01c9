"""Positions in the pools of Uniswap's version 4: what is put in, taken out, and whose a new one is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from verifier.decode.meaning.scene import Fields, Scene
from verifier.decode.meaning.steps import Step, to_whom
from verifier.decode.meaning.swaps import out_of_position
from verifier.model.address import NOBODY
from verifier.model.effect import Move
from verifier.model.units import Amount


def _mint(scene: Scene, a: Fields) -> Step:
    key, names = a.struct("poolKey"), scene.names
    owner = to_whom(scene, a["owner"])
    shown = " and ".join(f"up to {names.amount(key[f'currency{i}'], a[f'amount{i}Max'])}" for i in (0, 1))
    made = Move(
        token=scene.target, sender=scene.target, recipient=owner, amount=Amount(1), where=a.where("owner")
    )
    # What goes in is a part of the same bytes, so that a token of a thief's is seen with it.
    put = tuple(
        Move(
            token=key[f"currency{i}"],
            sender=scene.target,
            recipient=scene.target,
            amount=Amount(a[f"amount{i}Max"]),
            where=a.where("poolKey", f"amount{i}Max"),
        )
        for i in (0, 1)
    )
    hook = "" if key["hooks"] == NOBODY else f", with the hook {names.name(key['hooks'])}, whose code is run"
    prices = f", between the prices of tick {a['tickLower']} and tick {a['tickUpper']}"
    said = f"puts {shown} into a new position, which is {names.name(owner)}'s{hook}{prices}"
    return Step(said=said, effects=(*put, *_to_hook(scene, a, key), made))


def _to_hook(scene: Scene, a: Fields, key: Fields) -> tuple[Move, ...]:
    """Return what the hook of a pool may keep of what is put in, or not give back: how much, its code says."""
    if key["hooks"] == NOBODY:
        return ()
    return tuple(
        Move(
            token=key[name],
            sender=scene.target,
            recipient=key["hooks"],
            amount=None,
            where=a.where("poolKey"),
        )
        for name in ("currency0", "currency1")
    )


def _increase(scene: Scene, a: Fields) -> Step:
    number = a["tokenId"]
    put = Move(
        token=scene.target,
        sender=scene.target,
        recipient=scene.target,
        amount=None,
        token_id=number,
        where=a.where("tokenId"),
    )
    # Which tokens these are, the bytes do not say.
    most = tuple(
        Move(
            token=scene.target,
            sender=scene.target,
            recipient=scene.target,
            amount=Amount(a[name]),
            where=a.where(name),
        )
        for name in ("amount0Max", "amount1Max")
    )
    said = (
        f"puts up to {a['amount0Max']} and {a['amount1Max']} base units of its two tokens into the position number "
        f"{number} of {scene.here}, whoever has that"
    )
    return Step(said=said, effects=(put, *most))


def _decrease(scene: Scene, a: Fields) -> Step:
    # Nothing of the liquidity is how one asks for what it has earned.
    if "liquidity" in a and not a["liquidity"]:
        return Step(
            said=f"takes what it has earned out of the position number {a['tokenId']} of {scene.here}"
        )
    what = f"{a['liquidity']} of the liquidity" if "liquidity" in a else "all"
    end = "" if "liquidity" in a else ", and ends it"
    said = (
        f"takes {what} out of the position number {a['tokenId']} of {scene.here} for at least {a['amount0Min']} and "
        f"{a['amount1Min']} base units of its two tokens{end}"
    )
    return Step(said=said, effects=out_of_position(scene, a, a.where("amount0Min", "amount1Min")))


POSITIONS: Final[Mapping[str, Callable[[Scene, Fields], Step]]] = {
    "INCREASE_LIQUIDITY": _increase,
    "DECREASE_LIQUIDITY": _decrease,
    "MINT_POSITION": _mint,
    "BURN_POSITION": _decrease,
    "INCREASE_LIQUIDITY_FROM_DELTAS": _increase,
    "MINT_POSITION_FROM_DELTAS": _mint,
}
