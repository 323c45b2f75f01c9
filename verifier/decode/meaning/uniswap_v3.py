"""Routers of Uniswap's version 3, and its positions."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from verifier.decode.meaning.scene import Fields, Meant, Scene, Table
from verifier.decode.meaning.swaps import (
    Swap,
    ends_of_path,
    moves_of,
    out_of_position,
    recipient_of,
    say_swap,
)
from verifier.decode.meaning.uniswap_v2 import MEANINGS as VERSION_2
from verifier.decode.tokens import UNLIMITED, limit_of
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Allowance, Effect, Move
from verifier.model.text import show_moment
from verifier.model.units import Amount


def _single(scene: Scene) -> Meant:
    p = scene.arguments.struct("params")
    return _swapped(scene, p, p["tokenIn"], p["tokenOut"])


def _path(scene: Scene) -> Meant:
    p = scene.arguments.struct("params")
    ends = ends_of_path(p["path"], is_reversed="amountOut" in p)
    if ends is None:
        return Meant(
            said=f"Exchanges something at {scene.here} along a list of tokens that is none.", unread=1
        )
    return _swapped(scene, p, *ends)


def _swapped(scene: Scene, p: Fields, token_in: Address, token_out: Address) -> Meant:
    is_exact_in = "amountIn" in p
    swap = Swap(
        token_in=token_in,
        token_out=token_out,
        amount_in=p["amountIn"] if is_exact_in else p["amountInMaximum"],
        amount_out=p["amountOutMinimum"] if is_exact_in else p["amountOut"],
        is_exact_in=is_exact_in,
        payer=scene.caller,
        recipient=recipient_of(scene, p["recipient"]),
        where=p.where("recipient"),
    )
    until = f", not after {show_moment(p['deadline'])}" if "deadline" in p else ""
    return Meant(said=f"At {scene.here}, {say_swap(scene, swap)}{until}.", effects=moves_of(scene, swap))


def _sweep(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    token = a.get("token", NATIVE)
    recipient = recipient_of(scene, a["recipient"]) if "recipient" in a else scene.caller
    move = Move(
        token=token,
        sender=scene.target,
        recipient=recipient,
        amount=None,
        where=a.where(),
        least=Amount(a["amountMinimum"]),
    )
    effects = [move]
    least = names.amount(token, a["amountMinimum"])
    said = f"Takes all that {scene.here} holds of it, at least {least}, out for {names.name(recipient)}"
    if "feeRecipient" in a:
        effects.append(replace(move, recipient=a["feeRecipient"], least=None))
        said += f", but {a['feeBips']} in 10,000 of it for {names.name(a['feeRecipient'])}"
    return Meant(said=f"{said}.", effects=tuple(effects), uses=(token,))


def _pull(scene: Scene) -> Meant:
    a = scene.arguments
    said = f"Takes {scene.names.amount(a['token'], a['amount'])}{scene.of_caller} into {scene.here}."
    move = Move(
        token=a["token"],
        sender=scene.caller,
        recipient=scene.target,
        amount=Amount(a["amount"]),
        where=a.where(),
    )
    return Meant(said=said, effects=(move,))


def _self_permit(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    amount = a.get("amount", UNLIMITED)
    limit = "without limit" if amount == UNLIMITED else f"up to {names.amount(a['token'], amount)}"
    said = f"Shows a signature{scene.of_caller} that allows {scene.here} to spend {limit} of {names.name(a['token'])}."
    allowance = Allowance(
        token=a["token"],
        owner=scene.caller,
        spender=scene.target,
        amount=limit_of(amount),
        where=a.where(),
    )
    return Meant(said=said, effects=(allowance,))


def _add(scene: Scene) -> Meant:
    p, names = scene.arguments.struct("params"), scene.names
    if "token0" not in p:
        said = f"Puts more{scene.of_caller} into the position number {p['tokenId']} of {scene.here}, whoever has that."
        return Meant(said=said)
    paid = ((p["token0"], p["amount0Desired"]), (p["token1"], p["amount1Desired"]))
    effects: list[Effect] = [
        Move(
            token=token,
            sender=scene.caller,
            recipient=scene.target,
            amount=Amount(amount),
            where=p.where("token0", "amount1Desired"),
        )
        for token, amount in paid
    ]
    effects.append(
        Move(
            token=scene.target,
            sender=scene.target,
            recipient=p["recipient"],
            amount=Amount(1),
            where=p.where("recipient"),
        )
    )
    shown = " and ".join(f"up to {names.amount(token, amount)}" for token, amount in paid)
    owner = names.name(p["recipient"])
    said = (
        f"Puts {shown}{scene.of_caller} into a new position of {scene.here}, which is {owner}'s, between the "
        f"prices of tick {p['tickLower']} and tick {p['tickUpper']}."
    )
    return Meant(said=said, effects=tuple(effects))


def _decrease(scene: Scene) -> Meant:
    p = scene.arguments.struct("params")
    said = (
        f"Takes {p['liquidity']} of the liquidity out of the position number {p['tokenId']} of {scene.here}, for at "
        f"least {p['amount0Min']} and {p['amount1Min']} base units of its two tokens, to be collected."
    )
    where = p.where("amount0Min", "amount1Min")
    return Meant(said=said, effects=out_of_position(scene, p, where) if p["liquidity"] else ())


def _collect(scene: Scene) -> Meant:
    p = scene.arguments.struct("params")
    recipient = recipient_of(scene, p["recipient"])
    move = Move(
        token=scene.target,
        sender=scene.caller,
        recipient=recipient,
        amount=None,
        token_id=p["tokenId"],
        where=p.where("tokenId", "recipient"),
    )
    said = (
        f"Takes what the position number {p['tokenId']} of {scene.here} has earned out for "
        f"{scene.names.name(recipient)}."
    )
    return Meant(said=said, effects=(move,))


def _permit(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    said = (
        f"Shows a signature, good until {show_moment(a['deadline'])}, that allows {names.name(a['spender'])} to move "
        f"the position number {a['tokenId']} of {scene.here}, at any time and without another operation."
    )
    allowance = Allowance(
        token=scene.target,
        owner=scene.caller,
        spender=a["spender"],
        amount=Amount(1),
        token_id=a["tokenId"],
        where=a.where(),
    )
    return Meant(said=said, effects=(allowance,))


MEANINGS: Final[Table] = {
    "exactInputSingle": _single,
    "exactOutputSingle": _single,
    "exactInput": _path,
    "exactOutput": _path,
    "swapExactTokensForTokens": VERSION_2["swapExactTokensForTokens"],
    "swapTokensForExactTokens": VERSION_2["swapTokensForExactTokens"],
    "unwrapWETH9": _sweep,
    "unwrapWETH9WithFee": _sweep,
    "sweepToken": _sweep,
    "sweepTokenWithFee": _sweep,
    "refundETH": lambda scene: Meant(
        said=f"Takes the coins that {scene.here} holds out for the caller.",
        effects=(Move(token=NATIVE, sender=scene.target, recipient=scene.caller, amount=None),),
    ),
    "wrapETH": lambda scene: Meant(
        said=f"Wraps {scene.names.amount(NATIVE, scene.arguments['amount'])} that {scene.here} holds.",
        uses=(NATIVE,),
    ),
    "pull": _pull,
    "selfPermit": _self_permit,
    "selfPermitIfNecessary": _self_permit,
    "selfPermitAllowed": _self_permit,
    "selfPermitAllowedIfNecessary": _self_permit,
    "mint": _add,
    "increaseLiquidity": _add,
    "decreaseLiquidity": _decrease,
    "collect": _collect,
    "permit": _permit,
}
