"""Exchanges by way of whoever is cheapest: what goes in, the least that comes out, and to whom. The way is not told."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.scene import Fields, Meant, Scene, Table
from verifier.decode.meaning.swaps import Swap, moves_of, say_swap
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Move
from verifier.model.text import show_moment
from verifier.model.units import Amount

_COIN: Final = Address(b"\xee" * 20)
"""What 1inch, 0x and Curve take for the native coin."""
_GIVEN_IN: Final = 0
# 1inch, of a description's flags.
_IN_PART: Final = 1


def _token(token: Address) -> Address:
    return NATIVE if token in (_COIN, NOBODY) else token


def _described(scene: Scene) -> Meant:
    a = scene.arguments
    p = a.struct("desc") if "desc" in a else a
    # Nobody stands for who calls.
    recipient: Address = p.get("recipient", scene.caller)
    swap = Swap(
        token_in=_token(p["tokenIn"]),
        token_out=_token(p["tokenOut"]),
        amount_in=p["amountIn"],
        amount_out=p["amountOutMin"],
        is_exact_in=True,
        payer=scene.caller,
        recipient=scene.caller if recipient == NOBODY else recipient,
        where=p.where(),
    )
    said = f"At {scene.here}, {say_swap(scene, swap)}."
    if "srcReceiver" in p:
        said += f" What goes in goes to {scene.names.name(p['srcReceiver'])} first."
    if p.get("flags", 0) & _IN_PART:
        said += " It may be done in part, for as much less."
    return Meant(said=said, effects=moves_of(scene, swap))


def _by_pool(scene: Scene) -> Meant:
    """Return an exchange whose pool alone says what comes out, if not what goes in too."""
    a, names = scene.arguments, scene.names
    recipient = _packed(a["recipient"]) if "recipient" in a else scene.caller
    least: int = a["amountOutMin"]
    out = Move(
        token=scene.target,
        sender=scene.target,
        recipient=recipient,
        amount=None,
        where=a.where(),
        least=Amount(least),
    )
    pool = _pool(a)
    if "tokenIn" in a:
        token = _token(_packed(a["tokenIn"]))
        # Coins are sent along with the call, whose value says so.
        paid: tuple[Move, ...] = (
            ()
            if token == NATIVE
            else (
                Move(
                    token=token,
                    sender=scene.caller,
                    recipient=scene.target,
                    amount=Amount(a["amountIn"]),
                    where=a.where(),
                ),
            )
        )
        shown: str = names.amount(token, a["amountIn"])
    else:
        paid = ()
        shown = "the coins that are sent along"
        if "amountIn" in a:
            which = f"its coin number {a['i']}" if "i" in a else "what its first pool takes"
            shown = f"{a['amountIn']} base units of {which}"
    pools = f"the pool {names.name(pool)}" if pool else "it"
    said = (
        f"At {scene.here}, exchanges {shown}{scene.of_caller} for at least {least} base units of what {pools} gives, "
        f"which go to {names.name(recipient)}."
    )
    return Meant(said=said, effects=(*paid, out))


def _pool(a: Fields) -> Address | None:
    """Return the pool that gives: the last one on the way."""
    pools: tuple[int, ...] = a.get("pools", ())
    packed: int | None = a.get("dex", pools[-1] if pools else None)
    return None if packed is None else _packed(packed)


def _packed(value: Address | int) -> Address:
    """Return an account that 1inch writes as a number, with flags above it."""
    return value if isinstance(value, Address) else Address((value & (1 << 160) - 1).to_bytes(20, "big"))


def _single(scene: Scene) -> Meant:
    a = scene.arguments
    if "desc" in a:
        return _described(scene)
    one, funds = a.struct("singleSwap"), a.struct("funds")
    is_in = one["kind"] == _GIVEN_IN
    swap = Swap(
        token_in=_token(one["tokenIn"]),
        token_out=_token(one["tokenOut"]),
        amount_in=one["amount"] if is_in else a["limit"],
        amount_out=a["limit"] if is_in else one["amount"],
        is_exact_in=is_in,
        payer=funds["sender"],
        recipient=funds["recipient"],
        where=one.where(),
    )
    until = show_moment(a["deadline"])
    return Meant(
        said=f"At {scene.here}, {say_swap(scene, swap)}, not after {until}.", effects=moves_of(scene, swap)
    )


MEANINGS: Final[Table] = {
    "swap": _single,
    "transformERC20": _described,
    **dict.fromkeys(("unoswap", "unoswap2", "unoswap3"), _by_pool),
    **dict.fromkeys(("unoswapTo", "unoswapTo2", "unoswapTo3"), _by_pool),
    **dict.fromkeys(("ethUnoswap", "ethUnoswap2", "ethUnoswap3"), _by_pool),
    **dict.fromkeys(("ethUnoswapTo", "ethUnoswapTo2", "ethUnoswapTo3"), _by_pool),
    **dict.fromkeys(("uniswapV3Swap", "uniswapV3SwapTo"), _by_pool),
    "exchange": _by_pool,
}
