"""Routers of Uniswap's version 2 and of its copies."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.scene import Meant, Scene, Table
from verifier.decode.meaning.swaps import Swap, moves_of, recipient_of, say_swap
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Effect, Move
from verifier.model.text import show_moment
from verifier.model.units import Amount

# Of the two tokens that are put into a pool.
_LEAST_PUT: Final = ("amountAMin", "amountBMin", "amountTokenMin", "amountETHMin")


def _swap(scene: Scene, *, native_in: bool = False, native_out: bool = False) -> Meant:
    a = scene.arguments
    path: tuple[Address, ...] = a["path"]
    if len(path) < 2:
        return Meant(said=f"Exchanges nothing at {scene.here}: the list of tokens has {len(path)}.", unread=1)
    is_exact_in = "amountOutMin" in a
    paid = a.get("amountIn", a.get("amountInMax", scene.call.value))
    swap = Swap(
        token_in=NATIVE if native_in else path[0],
        token_out=NATIVE if native_out else path[-1],
        amount_in=paid,
        amount_out=a["amountOutMin"] if is_exact_in else a["amountOut"],
        is_exact_in=is_exact_in,
        payer=scene.caller,
        recipient=_recipient(scene),
        where=a.where("to"),
    )
    until = f", not after {show_moment(a['deadline'])}" if "deadline" in a else ""
    said = f"At {scene.here}, {say_swap(scene, swap)}{until}."
    return Meant(said=said, effects=moves_of(scene, swap))


def _recipient(scene: Scene) -> Address:
    to: Address = scene.arguments["to"]
    # Only the later router, whose functions have no deadline, has words for itself and for its caller.
    return to if "deadline" in scene.arguments else recipient_of(scene, to)


def _add_liquidity(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    if "tokenA" in a:
        paid = {a["tokenA"]: a["amountADesired"], a["tokenB"]: a["amountBDesired"]}
    else:
        paid = {a["token"]: a["amountTokenDesired"]}
    effects: list[Effect] = [
        Move(token=token, sender=scene.caller, recipient=scene.target, amount=Amount(amount), where=a.where())
        for token, amount in paid.items()
    ]
    # What is sent back, or the shares, whose token the bytes do not name.
    effects += [
        Move(token=token, sender=scene.target, recipient=a["to"], amount=None, where=a.where("to"))
        for token in list(paid)[:1]
    ]
    shown = " and ".join(f"up to {names.amount(token, amount)}" for token, amount in paid.items())
    coins = " and the coins that are sent along" if "tokenA" not in a else ""
    least = [a[name] for name in _LEAST_PUT if name in a]
    said = (
        f"Puts {shown}{coins}{scene.of_caller} into a pool at {scene.here}, at least {least[0]} and {least[1]} base "
        f"units of the two; its shares go to {names.name(a['to'])}."
    )
    return Meant(said=said, effects=tuple(effects))


def _remove_liquidity(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    if "tokenA" in a:
        least = {a["tokenA"]: a["amountAMin"], a["tokenB"]: a["amountBMin"]}
    else:
        least = {a["token"]: a["amountTokenMin"], NATIVE: a["amountETHMin"]}
    effects = tuple(
        Move(
            token=token,
            sender=scene.target,
            recipient=a["to"],
            amount=None,
            where=a.where("to"),
            least=Amount(amount),
        )
        for token, amount in least.items()
    )
    shown = " and ".join(f"at least {names.amount(token, amount)}" for token, amount in least.items())
    said = (
        f"Gives {a['liquidity']} shares{scene.of_caller} of a pool at {scene.here} back for {shown}, which go to "
        f"{names.name(a['to'])}."
    )
    if "approveMax" in a:
        limit = "without limit" if a["approveMax"] else "up to as many"
        said += f" It shows a signature that allows {scene.here} to spend such shares {limit}."
    return Meant(said=said, effects=effects)


MEANINGS: Final[Table] = {
    "swapExactTokensForTokens": _swap,
    "swapTokensForExactTokens": _swap,
    "swapExactETHForTokens": lambda scene: _swap(scene, native_in=True),
    "swapETHForExactTokens": lambda scene: _swap(scene, native_in=True),
    "swapTokensForExactETH": lambda scene: _swap(scene, native_out=True),
    "swapExactTokensForETH": lambda scene: _swap(scene, native_out=True),
    "swapExactTokensForTokensSupportingFeeOnTransferTokens": _swap,
    "swapExactETHForTokensSupportingFeeOnTransferTokens": lambda scene: _swap(scene, native_in=True),
    "swapExactTokensForETHSupportingFeeOnTransferTokens": lambda scene: _swap(scene, native_out=True),
    "addLiquidity": _add_liquidity,
    "addLiquidityETH": _add_liquidity,
    "removeLiquidity": _remove_liquidity,
    "removeLiquidityETH": _remove_liquidity,
    "removeLiquidityWithPermit": _remove_liquidity,
    "removeLiquidityETHWithPermit": _remove_liquidity,
    "removeLiquidityETHSupportingFeeOnTransferTokens": _remove_liquidity,
    "removeLiquidityETHWithPermitSupportingFeeOnTransferTokens": _remove_liquidity,
}
