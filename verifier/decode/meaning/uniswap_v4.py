"""Uniswap's version 4: a list of actions between which debts stand open, and all are settled at the end.

The order of actions within a list says nothing about who pays and who gets: what is paid is told before what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from verifier.decode.meaning.scene import Fields, Meant, Scene, Table
from verifier.decode.meaning.steps import (
    Budget,
    Step,
    coin_of,
    is_sound,
    plans_of,
    read_list,
    rest_of,
    stops,
    told,
    unpacked,
    unread_of,
)
from verifier.decode.meaning.v4_payments import PAYMENTS
from verifier.decode.meaning.v4_positions import POSITIONS
from verifier.decode.plan import Plan
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.call import Argument
from verifier.model.effect import Effect, Move
from verifier.model.finding import ByteRange
from verifier.model.text import show_moment
from verifier.model.units import Amount

_FILE: Final = "uniswap_v4_actions"
# No calldata that reaches a vault's operation is longer.
_MOST_CALLDATA: Final = 1 << 17

_NAMES: Final[Mapping[int, str]] = {
    0x00: "INCREASE_LIQUIDITY",
    0x01: "DECREASE_LIQUIDITY",
    0x02: "MINT_POSITION",
    0x03: "BURN_POSITION",
    0x04: "INCREASE_LIQUIDITY_FROM_DELTAS",
    0x05: "MINT_POSITION_FROM_DELTAS",
    0x06: "SWAP_EXACT_IN_SINGLE",
    0x07: "SWAP_EXACT_IN",
    0x08: "SWAP_EXACT_OUT_SINGLE",
    0x09: "SWAP_EXACT_OUT",
    0x0B: "SETTLE",
    0x0C: "SETTLE_ALL",
    0x0D: "SETTLE_PAIR",
    0x0E: "TAKE",
    0x0F: "TAKE_ALL",
    0x10: "TAKE_PORTION",
    0x11: "TAKE_PAIR",
    0x12: "CLOSE_CURRENCY",
    0x13: "CLEAR_OR_TAKE",
    0x14: "SWEEP",
    0x15: "WRAP",
    0x16: "UNWRAP",
}
"""Uniswap/v4-periphery, src/libraries/Actions.sol, read 2026-11-27; what no router of theirs takes is left out."""


def read_actions(scene: Scene, lists: Fields, budget: Budget) -> Step:
    """Return what a list of actions does: `actions`, a byte each, and `params`."""
    kinds: bytes = lists["actions"]
    parts = lists.items("params")
    steps = read_list(kinds, parts, partial(_read, scene), budget)
    effects = sorted((effect for step in steps for effect in step.effects), key=partial(_order, scene))
    return Step(
        said=f"{told(steps)}{rest_of(kinds, parts, steps)}",
        effects=tuple(effects),
        faults=tuple(fault for step in steps for fault in step.faults),
        unread=unread_of(kinds, parts, steps),
    )


def _order(scene: Scene, effect: Effect) -> int:
    """Return 0 for what is paid in, 1 for what is exchanged, 2 for what comes out."""
    if not isinstance(effect, Move) or effect.recipient != scene.target:
        return 2
    return 1 if effect.sender == scene.target else 0


def _read(scene: Scene, kind: int, part: Argument) -> Step:
    name = _NAMES.get(kind)
    if name is None:
        return Step(said=f"an action that nothing here can read, number {kind:#04x}", unread=1)
    plans = plans_of(_FILE, name)
    fields, faults = unpacked(plans, part)
    if fields is None:
        return Step(said=f"{name}, whose data cannot be read", faults=faults, unread=1)
    step = _ACTIONS[name](scene, fields)
    unread = step.unread
    said = step.said
    if name == "SWAP_EXACT_IN" and _may_mean_more(plans[0], fields, part):
        said += ", or other amounts without any floor at a router of another version"
        unread += 1
    return Step(said=said, effects=step.effects, faults=(*faults, *step.faults), unread=unread)


def _may_mean_more(older: Plan, a: Fields, part: Argument) -> bool:
    """Whether the older shape of an exchange along a path can be read as the later one too, with other amounts.

    A router since version 2.1 takes the amount that goes in for the place of a list, the floor for that amount, and
    the length of the path for the floor. It stops if that place is outside of the calldata; at place 0 stands the coin
    that goes in, and the native one looks like an empty list.
    """
    p = a.struct("params")
    data = part.value if isinstance(part.value, bytes) else b""
    if not is_sound(older, data):
        return False
    amount: int = p["amountIn"]
    return amount < _MOST_CALLDATA if amount else p["currencyIn"] == NATIVE


def _single(scene: Scene, a: Fields) -> Step:
    p = a.struct("params")
    key = p.struct("poolKey")
    ends = key["currency0"], key["currency1"]
    if not p["zeroForOne"]:
        ends = ends[::-1]
    return _swapped(scene, p, *ends, hooks=[key["hooks"]])


def _along(scene: Scene, a: Fields) -> Step:
    p = a.struct("params")
    path = list(p.structs("path"))
    if not path:
        return Step(said="exchanges something along a list of tokens that is none", unread=1)
    if "currencyIn" in p:
        ends = p["currencyIn"], path[-1]["intermediateCurrency"]
    else:
        ends = path[0]["intermediateCurrency"], p["currencyOut"]
    return _swapped(scene, p, *ends, hooks=[key["hooks"] for key in path])


def _swapped(scene: Scene, p: Fields, token_in: Address, token_out: Address, *, hooks: list[Address]) -> Step:
    """Return an exchange within the router's account. An exact amount of 0 stands for the open debt or credit."""
    is_exact_in = "amountIn" in p
    exact: int = p["amountIn"] if is_exact_in else p["amountOut"]
    limit: int = p["amountOutMinimum"] if is_exact_in else p["amountInMaximum"]
    known = Amount(exact) if exact else None
    where = p.where()
    effects = (
        _inside(scene, token_in, known if is_exact_in else Amount(limit), where),
        _inside(
            scene,
            token_out,
            None if is_exact_in else known,
            where,
            least=Amount(limit) if is_exact_in else None,
        ),
    )
    names = scene.names
    shown = names.amount(token_in if is_exact_in else token_out, exact)
    if is_exact_in:
        paid = shown if exact else f"all that is there of {coin_of(scene, token_in)}"
        said = f"exchanges {paid} for at least {names.amount(token_out, limit)}"
    else:
        out = shown if exact else f"all that is owed of {coin_of(scene, token_out)}"
        said = f"exchanges at most {names.amount(token_in, limit)} for {out}"
    run = [hook for hook in dict.fromkeys(hooks) if hook != NOBODY]
    if run:
        said += f", through {', '.join(map(names.name, run[:3]))}"
        said += f" and {len(run) - 3} more" if len(run) > 3 else ""
        said += ", whose code says what comes out"
    return Step(said=said, effects=effects)


def _inside(
    scene: Scene, token: Address, amount: Amount | None, where: ByteRange | None, least: Amount | None = None
) -> Move:
    return Move(
        token=token, sender=scene.target, recipient=scene.target, amount=amount, where=where, least=least
    )


_ACTIONS: Final[Mapping[str, Callable[[Scene, Fields], Step]]] = {
    **POSITIONS,
    **PAYMENTS,
    "SWAP_EXACT_IN_SINGLE": _single,
    "SWAP_EXACT_IN": _along,
    "SWAP_EXACT_OUT_SINGLE": _single,
    "SWAP_EXACT_OUT": _along,
}


def modify_liquidities(scene: Scene, part: Argument, budget: Budget) -> Step:
    """Return what the actions do that stand in one argument's bytes."""
    lists, faults = unpacked(plans_of("universal_commands", "V4_SWAP"), part)
    if lists is None or any(map(stops, faults)):
        return Step(said="actions whose list cannot be read", faults=faults, unread=1)
    step = read_actions(scene, lists, budget)
    return Step(said=step.said, effects=step.effects, faults=(*faults, *step.faults), unread=step.unread)


def _modify(scene: Scene) -> Meant:
    a = scene.arguments
    if "unlockData" in a:
        step = modify_liquidities(scene, a.part("unlockData"), Budget())
    else:
        step = read_actions(scene, a, Budget())
    until = f"; not after {show_moment(a['deadline'])}" if "deadline" in a else ""
    return Meant(
        said=f"Has {scene.here} change positions: {step.said}{until}.",
        effects=step.effects,
        faults=step.faults,
        unread=step.unread,
    )


def say_pool(scene: Scene, key: Fields) -> str:
    hook = "" if key["hooks"] == NOBODY else f", with the hook {scene.names.name(key['hooks'])}"
    return f"a pool of {coin_of(scene, key['currency0'])} and {coin_of(scene, key['currency1'])}{hook}"


MEANINGS: Final[Table] = {
    "modifyLiquidities": _modify,
    "modifyLiquiditiesWithoutUnlock": _modify,
    "initializePool": lambda scene: Meant(
        said=f"Through {scene.here}, opens {say_pool(scene, scene.arguments.struct('key'))}, at the price that it says."
    ),
}
