"""What is paid into the pools of Uniswap's version 4, and what is taken out of them: debts and credits, closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from verifier.decode.meaning.scene import Fields, Scene
from verifier.decode.meaning.steps import ALL, Step, coin_of, to_whom
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Effect, Move
from verifier.model.units import Amount

# So many base units are left over by rounding, and not more.
_FEW: Final = 1_000_000


def _settle(scene: Scene, a: Fields) -> Step:
    token, amount = a["currency"], a.get("amount", a.get("maxAmount"))
    payer = scene.caller if a.get("payerIsUser", True) else scene.target
    is_known = bool(amount) and amount < ALL
    most = "at most " if "maxAmount" in a else ""
    whose = scene.of_caller if payer == scene.caller else f" of {scene.here}"
    if is_known:
        shown = f"{most}{scene.names.amount(token, amount)}"
    elif amount == ALL and "maxAmount" not in a:
        # Of the payer's, though: Uniswap/v4-periphery, src/base/DeltaResolver.sol, counts what the router holds.
        shown = f"as much of {coin_of(scene, token)} as {scene.here} holds"
        whose = f", out of what {scene.names.name(payer)} has"
    else:
        shown = f"whatever is owed of {coin_of(scene, token)}"
    return Step(
        said=f"pays {shown}{whose}", effects=_paid(scene, token, payer, amount if is_known else None, a)
    )


def _paid(scene: Scene, token: Address, payer: Address, amount: int | None, a: Fields) -> tuple[Effect, ...]:
    """Return what is paid in. Native coins were sent along with the call, whose value says so."""
    if token == NATIVE or payer == scene.target:
        return ()
    known = None if amount is None else Amount(amount)
    return (Move(token=token, sender=payer, recipient=scene.target, amount=known, where=a.where()),)


def _settle_pair(scene: Scene, a: Fields) -> Step:
    tokens = a["currency0"], a["currency1"]
    shown = " and of ".join(coin_of(scene, token) for token in tokens)
    effects = tuple(effect for token in tokens for effect in _paid(scene, token, scene.caller, None, a))
    return Step(said=f"pays whatever is owed of {shown}{scene.of_caller}", effects=effects)


def _close(scene: Scene, a: Fields) -> Step:
    token = a["currency"]
    effects = (*_paid(scene, token, scene.caller, None, a), _out(scene, a, token, scene.caller))
    said = f"pays whatever is owed of {coin_of(scene, token)}{scene.of_caller}, or takes what is left of it"
    return Step(said=said, effects=effects)


def _out(
    scene: Scene, a: Fields, token: Address, recipient: Address, amount: int = 0, least: int | None = None
) -> Move:
    """Return what goes out; an amount of 0 stands for all there is."""
    return Move(
        token=token,
        sender=scene.target,
        recipient=to_whom(scene, recipient),
        amount=Amount(amount) if 0 < amount < ALL else None,
        where=a.where(),
        least=None if least is None else Amount(least),
    )


def _take(scene: Scene, a: Fields) -> Step:
    token = a["currency"]
    move = _out(scene, a, token, a["recipient"], a.get("amount", 0))
    if "bips" in a:
        shown = f"{a['bips']} in 10,000 of what came out of {coin_of(scene, token)}"
    elif move.amount is None:
        shown = f"all that came out of {coin_of(scene, token)}"
    else:
        shown = scene.names.amount(token, move.amount)
    return Step(said=f"takes {shown} for {scene.names.name(move.recipient)}", effects=(move,))


def _take_all(scene: Scene, a: Fields) -> Step:
    token, least = a["currency"], a["minAmount"]
    said = (
        f"takes all that came out of {coin_of(scene, token)}, at least {scene.names.amount(token, least)}, for "
        f"{scene.names.name(scene.caller)}"
    )
    return Step(said=said, effects=(_out(scene, a, token, scene.caller, least=least),))


def _take_pair(scene: Scene, a: Fields) -> Step:
    moves = tuple(_out(scene, a, token, a["recipient"]) for token in (a["currency0"], a["currency1"]))
    shown = " and of ".join(coin_of(scene, move.token) for move in moves)
    return Step(
        said=f"takes all that came out of {shown} for {scene.names.name(moves[0].recipient)}", effects=moves
    )


def _clear(scene: Scene, a: Fields) -> Step:
    token, most = a["currency"], a["amountMax"]
    said = (
        f"leaves what came out of {coin_of(scene, token)} to the pools if that is no more than "
        f"{scene.names.amount(token, most)}, and takes it for {scene.names.name(scene.caller)} if it is"
    )
    out = _out(scene, a, token, scene.caller)
    if most <= _whole(scene, token):
        return Step(said=said, effects=(out,))
    # Nobody gets what is left to the pools.
    lost = Move(token=token, sender=scene.target, recipient=NOBODY, amount=Amount(most), where=a.where())
    return Step(said=said, effects=(out, lost))


def _whole(scene: Scene, token: Address) -> int:
    """Return one whole unit of a token, in base units; a small number where its decimals are not proven."""
    if token == NATIVE:
        return 10**18
    fact = scene.names.assets.get(token)
    decimals = fact.value.decimals if fact else None
    return _FEW if decimals is None else int(10**decimals)


def _sweep(scene: Scene, a: Fields) -> Step:
    move = _out(scene, a, a["currency"], a["to"])
    coin = coin_of(scene, move.token)
    said = f"takes all of {coin} out of {scene.here} for {scene.names.name(move.recipient)}"
    return Step(said=said, effects=(move,))


def _wrap(does: str, scene: Scene, a: Fields) -> Step:
    amount = a["amount"]
    shown = scene.names.amount(NATIVE, amount) if 0 < amount < ALL else "all"
    return Step(said=f"{does} {shown} that {scene.here} holds")


PAYMENTS: Final[Mapping[str, Callable[[Scene, Fields], Step]]] = {
    "SETTLE": _settle,
    "SETTLE_ALL": _settle,
    "SETTLE_PAIR": _settle_pair,
    "TAKE": _take,
    "TAKE_ALL": _take_all,
    "TAKE_PORTION": _take,
    "TAKE_PAIR": _take_pair,
    "CLOSE_CURRENCY": _close,
    "CLEAR_OR_TAKE": _clear,
    "SWEEP": _sweep,
    "WRAP": partial(_wrap, "wraps"),
    "UNWRAP": partial(_wrap, "unwraps"),
}
