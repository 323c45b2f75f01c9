"""Uniswap's Universal Router: a list of commands, a byte each, and what each takes in a list beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from verifier.decode.meaning.permit2 import permitted, say_limit, say_moves, transferred
from verifier.decode.meaning.router_positions import (
    change_positions,
    permit_position,
    position_call,
)
from verifier.decode.meaning.scene import Fields, Meant, Scene, Table, counted
from verifier.decode.meaning.steps import (
    ALL,
    MOST_TOLD,
    Budget,
    Step,
    coin_of,
    plans_of,
    read_list,
    rest_of,
    stops,
    to_whom,
    told,
    unpacked,
    unread_of,
)
from verifier.decode.meaning.swaps import Swap, ends_of_path, moves_of, say_swap
from verifier.decode.meaning.uniswap_v4 import read_actions, say_pool
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.call import Argument
from verifier.model.effect import Move
from verifier.model.text import show_moment
from verifier.model.units import Amount

_MAY_FAIL: Final = 0x80
# Routers before version 2.1 look at six bits. A command with the seventh one is another one for each kind.
_NUMBER: Final = 0x7F

_NAMES: Final[Mapping[int, str]] = {
    0x00: "V3_SWAP_EXACT_IN",
    0x01: "V3_SWAP_EXACT_OUT",
    0x02: "PERMIT2_TRANSFER_FROM",
    0x03: "PERMIT2_PERMIT_BATCH",
    0x04: "SWEEP",
    0x05: "TRANSFER",
    0x06: "PAY_PORTION",
    0x07: "PAY_PORTION_FULL_PRECISION",
    0x08: "V2_SWAP_EXACT_IN",
    0x09: "V2_SWAP_EXACT_OUT",
    0x0A: "PERMIT2_PERMIT",
    0x0B: "WRAP_ETH",
    0x0C: "UNWRAP_WETH",
    0x0D: "PERMIT2_TRANSFER_FROM_BATCH",
    0x0E: "BALANCE_CHECK_ERC20",
    0x0F: "UNWRAP_WETH_EXACT",
    0x10: "V4_SWAP",
    0x13: "V4_INITIALIZE_POOL",
    # Version 1 has the first of these two numbers, and the second one since version 2.
    0x20: "EXECUTE_SUB_PLAN",
    0x21: "EXECUTE_SUB_PLAN",
}
"""Uniswap/universal-router, contracts/libraries/Commands.sol, read 2026-11-27; what is missing is not read here.

Version 1 has markets of collections at 0x10 to 0x1e. What these take is no list of actions, so it stays unread.
"""

_LONGEST: Final = 2_000
"""So many characters are told of a list inside of another one: what is first must not be lost behind it."""

_CHECK: Final = "BALANCE_CHECK_ERC20"
"""The command that does nothing but stop the rest, unless the rest goes on without it."""
_LISTS: Final = frozenset({"V4_SWAP", "EXECUTE_SUB_PLAN"})
"""Commands that hold a list of their own, which is opened only where its parts cannot overlap."""


def _execute(scene: Scene) -> Meant:
    a = scene.arguments
    step = _run(scene, a, Budget())
    said = f"Has {scene.here} run {step.said}"
    if "deadline" in a:
        said += f"; not after {show_moment(a['deadline'])}"
    return Meant(said=f"{said}.", effects=step.effects, faults=step.faults, unread=step.unread)


def _run(scene: Scene, lists: Fields, budget: Budget) -> Step:
    """Return what a list of commands does, with the number of them in front."""
    kinds: bytes = lists["commands"]
    parts = lists.items("inputs")
    steps = read_list(kinds, parts, partial(_read, scene, budget), budget)
    return Step(
        said=f"{counted(len(kinds), 'command')}: {told(steps)}{rest_of(kinds, parts, steps)}",
        effects=tuple(effect for step in steps for effect in step.effects),
        faults=tuple(fault for step in steps for fault in step.faults),
        unread=unread_of(kinds, parts, steps),
    )


def _read(scene: Scene, budget: Budget, command: int, part: Argument) -> Step:
    number = command & _NUMBER
    may_fail = " (may fail without stopping the rest)" if command & _MAY_FAIL else ""
    if number in _WHOLE:
        step = _WHOLE[number](scene, part, budget)
        return _remarked(step, may_fail)
    name = _NAMES.get(number)
    if name is None:
        unknown = f"a command that nothing here can read, number {number:#04x}{may_fail}"
        return Step(said=unknown, unread=1)
    fields, faults = unpacked(plans_of("universal_commands", name), part)
    if fields is None or (name in _LISTS and any(map(stops, faults))):
        return Step(said=f"{name}, whose data cannot be read{may_fail}", faults=faults, unread=1)
    step = _open(scene, name, fields, budget) if name in _LISTS else _STEPS[name](scene, fields)
    if may_fail and name == _CHECK:
        step = Step(said=step.said.replace("goes on only if", "asks whether", 1))
    return _remarked(replace(step, faults=(*faults, *step.faults)), may_fail)


def _remarked(step: Step, remark: str) -> Step:
    """Return a step with what has to be said of it; its effects may not come about then."""
    if not remark:
        return step
    effects = tuple(
        replace(effect, is_optional=True) if isinstance(effect, Move) else effect for effect in step.effects
    )
    return replace(step, said=step.said + remark, effects=effects)


def _open(scene: Scene, name: str, lists: Fields, budget: Budget) -> Step:
    if budget.depth <= 0:
        return Step(said=f"{name}, too deep to be opened", unread=1)
    budget.depth -= 1
    step = read_actions(scene, lists, budget) if name == "V4_SWAP" else _run(scene, lists, budget)
    budget.depth += 1
    says = "in the pools of version 4" if name == "V4_SWAP" else "in a list of its own"
    said = step.said if len(step.said) <= _LONGEST else f"{step.said[:_LONGEST]}... and so on"
    return replace(step, said=f"{says} [{said}]")


def _swap(scene: Scene, a: Fields) -> Step:
    path = a["path"]
    if isinstance(path, bytes):
        ends = ends_of_path(path, is_reversed="amountOut" in a)
    else:
        ends = (path[0], path[-1]) if len(path) > 1 else None
    if ends is None:
        return Step(said="exchanges something along a list of tokens that is none", unread=1)
    is_exact_in = "amountIn" in a
    swap = Swap(
        token_in=ends[0],
        token_out=ends[1],
        amount_in=a["amountIn"] if is_exact_in else a["amountInMax"],
        amount_out=a["amountOutMin"] if is_exact_in else a["amountOut"],
        is_exact_in=is_exact_in,
        payer=scene.caller if a["payerIsUser"] else scene.target,
        recipient=to_whom(scene, a["recipient"]),
        where=a.where(),
        is_all=is_exact_in and a["amountIn"] == ALL,
    )
    return Step(said=say_swap(scene, swap), effects=moves_of(scene, swap))


def _out(scene: Scene, a: Fields, token: Address, amount: int | None, sender: Address) -> Move:
    recipient = to_whom(scene, a["recipient"])
    known = None if amount is None or amount >= ALL else Amount(amount)
    least = Amount(a["amountMin"]) if "amountMin" in a else None
    return Move(token=token, sender=sender, recipient=recipient, amount=known, where=a.where(), least=least)


def _transfer(scene: Scene, a: Fields) -> Step:
    move = _out(scene, a, a["token"], a["amount"], scene.target)
    shown = _shown(scene, move)
    return Step(said=f"sends {shown} of the router's to {scene.names.name(move.recipient)}", effects=(move,))


def _shown(scene: Scene, move: Move) -> str:
    if move.amount is None:
        return f"all of {coin_of(scene, move.token)}"
    return scene.names.amount(move.token, move.amount)


def _transfer_from(scene: Scene, a: Fields) -> Step:
    move = _out(scene, a, a["token"], a["amount"], scene.caller)
    return Step(
        said=f"sends {_shown(scene, move)}{scene.of_caller} to {scene.names.name(move.recipient)}",
        effects=(move,),
    )


def _sweep(scene: Scene, a: Fields) -> Step:
    move = _out(scene, a, a["token"], None, scene.target)
    said = f"takes {_shown(scene, move)} out of the router for {scene.names.name(move.recipient)}"
    return Step(said=said, effects=(move,))


def _portion(scene: Scene, a: Fields) -> Step:
    move = _out(scene, a, a["token"], None, scene.target)
    part = f"{a['bips']} in 10,000" if "bips" in a else f"{a['portion']} in 10^18"
    coin = coin_of(scene, move.token)
    said = f"pays {part} of what it holds of {coin} to {scene.names.name(move.recipient)}"
    return Step(said=said, effects=(move,))


def _wrap(scene: Scene, a: Fields) -> Step:
    recipient = to_whom(scene, a["recipient"])
    amount = "all" if a["amount"] >= ALL else scene.names.amount(NATIVE, a["amount"])
    move = _out(scene, a, NATIVE, a["amount"], scene.target)
    effects = () if recipient == scene.target else (move,)
    return Step(said=f"wraps {amount} for {scene.names.name(recipient)}", effects=effects)


def _unwrap(scene: Scene, a: Fields) -> Step:
    move = _out(scene, a, NATIVE, a.get("amount"), scene.target)
    shown = "all" if move.amount is None else scene.names.amount(NATIVE, move.amount)
    return Step(said=f"unwraps {shown} for {scene.names.name(move.recipient)}", effects=(move,))


def _permit(scene: Scene, a: Fields) -> Step:
    permit = a.struct("permitSingle") if "permitSingle" in a else a.struct("permitBatch")
    allowances = permitted(permit, scene.caller)
    limits = "; ".join(say_limit(scene, one) for one in allowances[:MOST_TOLD]) or "nothing"
    said = (
        f"shows a signature{scene.of_caller} that allows {scene.names.name(permit['spender'])} to spend through "
        f"Permit2 {limits}"
    )
    return Step(said=said, effects=allowances)


def _transfer_batch(scene: Scene, a: Fields) -> Step:
    moves = transferred(a.structs("transferDetails"))
    return Step(said=f"moves through Permit2 {say_moves(scene, moves)}", effects=moves)


def _check(scene: Scene, a: Fields) -> Step:
    least = scene.names.amount(a["token"], a["minBalance"])
    return Step(said=f"goes on only if {scene.names.name(a['owner'])} holds at least {least}")


_STEPS: Final[Mapping[str, Callable[[Scene, Fields], Step]]] = {
    "V3_SWAP_EXACT_IN": _swap,
    "V3_SWAP_EXACT_OUT": _swap,
    "V2_SWAP_EXACT_IN": _swap,
    "V2_SWAP_EXACT_OUT": _swap,
    "PERMIT2_TRANSFER_FROM": _transfer_from,
    "PERMIT2_TRANSFER_FROM_BATCH": _transfer_batch,
    "PERMIT2_PERMIT": _permit,
    "PERMIT2_PERMIT_BATCH": _permit,
    "SWEEP": _sweep,
    "TRANSFER": _transfer,
    "PAY_PORTION": _portion,
    "PAY_PORTION_FULL_PRECISION": _portion,
    "WRAP_ETH": _wrap,
    "UNWRAP_WETH": _unwrap,
    "UNWRAP_WETH_EXACT": _unwrap,
    "V4_INITIALIZE_POOL": lambda scene, a: Step(said=f"opens {say_pool(scene, a.struct('poolKey'))}"),
    "BALANCE_CHECK_ERC20": _check,
}

_WHOLE: Final[Mapping[int, Callable[[Scene, Argument, Budget], Step]]] = {
    0x11: permit_position,
    0x12: position_call,
    0x14: change_positions,
}
"""Commands that hand their bytes as they are to a contract of positions, which the router knows."""

MEANINGS: Final[Table] = {"execute": _execute, "executeSigned": _execute}
