"""Uniswap's Universal Router: a list of commands, a byte each, and what each takes in a list beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from verifier.decode.meaning.permit2 import permitted, say_limit, say_moves, transferred
from verifier.decode.meaning.scene import Fields, Meant, Scene, Table, counted
from verifier.decode.meaning.swaps import Swap, ends_of_path, moves_of, say_swap
from verifier.decode.signatures import interface
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.call import Argument, Fault
from verifier.model.effect import Effect, Move
from verifier.model.finding import ByteRange
from verifier.model.text import show_moment
from verifier.model.units import Amount

_MAY_FAIL: Final = 0x80
# Routers before version 2.1 look at six bits. A command with the seventh one is another one for each kind.
_NUMBER: Final = 0x7F
_CALLER: Final = Address((1).to_bytes(20, "big"))
_ROUTER: Final = Address((2).to_bytes(20, "big"))
# An amount that stands for all that the router holds.
_ALL: Final = 1 << 255
# So many commands are read, and so many of them told in a sentence.
_MOST_COMMANDS: Final = 64
_MOST_TOLD: Final = 8

_NAMES: Final[Mapping[int, str]] = {
    0x00: "V3_SWAP_EXACT_IN",
    0x01: "V3_SWAP_EXACT_OUT",
    0x02: "PERMIT2_TRANSFER_FROM",
    0x03: "PERMIT2_PERMIT_BATCH",
    0x04: "SWEEP",
    0x05: "TRANSFER",
    0x06: "PAY_PORTION",
    0x08: "V2_SWAP_EXACT_IN",
    0x09: "V2_SWAP_EXACT_OUT",
    0x0A: "PERMIT2_PERMIT",
    0x0B: "WRAP_ETH",
    0x0C: "UNWRAP_WETH",
    0x0D: "PERMIT2_TRANSFER_FROM_BATCH",
    0x0E: "BALANCE_CHECK_ERC20",
}
"""https://docs.uniswap.org/contracts/universal-router/technical-reference; what is missing is not read here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What one command does."""

    said: str
    effects: tuple[Effect, ...] = ()
    is_read: bool = True


def _execute(scene: Scene) -> Meant:
    a = scene.arguments
    commands: bytes = a["commands"]
    inputs = a.items("inputs")
    steps: list[_Step] = []
    faults: list[Fault] = []
    for command, part in zip(commands[:_MOST_COMMANDS], inputs, strict=False):
        step, wrong = _read(scene, command, part)
        steps.append(step)
        faults += wrong
    told = "; ".join(f"({i + 1}) {step.said}" for i, step in enumerate(steps[:_MOST_TOLD]))
    said = f"Has {scene.here} run {counted(len(commands), 'command')}: {told or 'none'}"
    if len(commands) > _MOST_TOLD:
        said += f"; and {len(commands) - _MOST_TOLD} more"
    if len(commands) > _MOST_COMMANDS:
        said += f", of which {len(commands) - _MOST_COMMANDS} were not read"
    if "deadline" in a:
        said += f"; not after {show_moment(a['deadline'])}"
    if len(commands) != len(inputs):
        said += "; its lists differ in length, which no honest router takes"
    effects = tuple(effect for step in steps for effect in step.effects)
    unread = len(commands) - sum(1 for step in steps if step.is_read)
    return Meant(said=f"{said}.", effects=effects, faults=tuple(faults), unread=unread)


def _read(scene: Scene, command: int, part: Argument) -> tuple[_Step, tuple[Fault, ...]]:
    name = _NAMES.get(command & _NUMBER)
    may_fail = " (may fail without stopping the rest)" if command & _MAY_FAIL else ""
    if name is None:
        unknown = f"a command that nothing here can read, number {command & _NUMBER:#04x}{may_fail}"
        return _Step(said=unknown, is_read=False), ()
    data = part.value if isinstance(part.value, bytes) else b""
    plan = interface("universal_commands").function(name).plan
    shift = part.where.start
    faults = tuple(
        Fault(kind=fault.kind, where=_shifted(fault.where, shift)) for fault in plan.decode(data).faults
    )
    arguments = plan.arguments_of(data)
    if not arguments:
        return _Step(said=f"{name}, whose data cannot be read{may_fail}", is_read=False), faults
    step = _STEPS[name](scene, Fields([_moved(argument, shift) for argument in arguments]))
    return replace(step, said=step.said + may_fail), faults


def _shifted(where: ByteRange, by: int) -> ByteRange:
    return ByteRange(start=where.start + by, stop=where.stop + by)


def _moved(argument: Argument, by: int) -> Argument:
    """Return an argument of a command with its bytes counted in the call's data."""
    return Argument(
        name=argument.name,
        type=argument.type,
        word=argument.word,
        value=argument.value,
        where=_shifted(argument.where, by),
        children=tuple(_moved(child, by) for child in argument.children),
    )


def _to(scene: Scene, recipient: Address) -> Address:
    if recipient == _CALLER:
        return scene.caller
    return scene.target if recipient == _ROUTER else recipient


def _swap(scene: Scene, a: Fields) -> _Step:
    path = a["path"]
    if isinstance(path, bytes):
        ends = ends_of_path(path, is_reversed="amountOut" in a)
    else:
        ends = (path[0], path[-1]) if len(path) > 1 else None
    if ends is None:
        return _Step(said="exchanges something along a list of tokens that is none", is_read=False)
    is_exact_in = "amountIn" in a
    swap = Swap(
        token_in=ends[0],
        token_out=ends[1],
        amount_in=a["amountIn"] if is_exact_in else a["amountInMax"],
        amount_out=a["amountOutMin"] if is_exact_in else a["amountOut"],
        is_exact_in=is_exact_in,
        payer=scene.caller if a["payerIsUser"] else scene.target,
        recipient=_to(scene, a["recipient"]),
        where=a.where(),
    )
    return _Step(said=say_swap(scene, swap), effects=moves_of(scene, swap))


def _out(scene: Scene, a: Fields, token: Address, amount: int | None, sender: Address) -> Move:
    recipient = _to(scene, a["recipient"])
    known = None if amount is None or amount >= _ALL else Amount(amount)
    least = Amount(a["amountMin"]) if "amountMin" in a else None
    return Move(token=token, sender=sender, recipient=recipient, amount=known, where=a.where(), least=least)


def _transfer(scene: Scene, a: Fields) -> _Step:
    move = _out(scene, a, a["token"], a["amount"], scene.target)
    shown = _shown(scene, move)
    return _Step(said=f"sends {shown} of the router's to {scene.names.name(move.recipient)}", effects=(move,))


def _shown(scene: Scene, move: Move) -> str:
    if move.amount is None:
        return f"all of {'the native coin' if move.token == NATIVE else scene.names.name(move.token)}"
    return scene.names.amount(move.token, move.amount)


def _transfer_from(scene: Scene, a: Fields) -> _Step:
    move = _out(scene, a, a["token"], a["amount"], scene.caller)
    return _Step(
        said=f"sends {_shown(scene, move)}{scene.of_caller} to {scene.names.name(move.recipient)}",
        effects=(move,),
    )


def _sweep(scene: Scene, a: Fields) -> _Step:
    move = _out(scene, a, a["token"], None, scene.target)
    said = f"takes {_shown(scene, move)} out of the router for {scene.names.name(move.recipient)}"
    return _Step(said=said, effects=(move,))


def _portion(scene: Scene, a: Fields) -> _Step:
    move = _out(scene, a, a["token"], None, scene.target)
    coin = "the native coin" if move.token == NATIVE else scene.names.name(move.token)
    said = f"pays {a['bips']} in 10,000 of what it holds of {coin} to {scene.names.name(move.recipient)}"
    return _Step(said=said, effects=(move,))


def _wrap(scene: Scene, a: Fields) -> _Step:
    recipient = _to(scene, a["recipient"])
    amount = "all" if a["amount"] >= _ALL else scene.names.amount(NATIVE, a["amount"])
    move = _out(scene, a, NATIVE, a["amount"], scene.target)
    effects = () if recipient == scene.target else (move,)
    return _Step(said=f"wraps {amount} for {scene.names.name(recipient)}", effects=effects)


def _unwrap(scene: Scene, a: Fields) -> _Step:
    move = _out(scene, a, NATIVE, None, scene.target)
    return _Step(said=f"unwraps all for {scene.names.name(move.recipient)}", effects=(move,))


def _permit(scene: Scene, a: Fields) -> _Step:
    permit = a.struct("permitSingle") if "permitSingle" in a else a.struct("permitBatch")
    allowances = permitted(permit, scene.caller)
    limits = "; ".join(say_limit(scene, one) for one in allowances[:_MOST_TOLD]) or "nothing"
    said = (
        f"shows a signature{scene.of_caller} that allows {scene.names.name(permit['spender'])} to spend through "
        f"Permit2 {limits}"
    )
    return _Step(said=said, effects=allowances)


def _transfer_batch(scene: Scene, a: Fields) -> _Step:
    moves = transferred(a.structs("transferDetails"))
    return _Step(said=f"moves through Permit2 {say_moves(scene, moves)}", effects=moves)


def _check(scene: Scene, a: Fields) -> _Step:
    least = scene.names.amount(a["token"], a["minBalance"])
    return _Step(said=f"goes on only if {scene.names.name(a['owner'])} holds at least {least}")


_STEPS: Final[Mapping[str, Callable[[Scene, Fields], _Step]]] = {
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
    "WRAP_ETH": _wrap,
    "UNWRAP_WETH": _unwrap,
    "BALANCE_CHECK_ERC20": _check,
}

MEANINGS: Final[Table] = {"execute": _execute}
