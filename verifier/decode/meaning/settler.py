"""Exchanges by 0x's Settler: what goes in, the least that comes out in the end and for whom, and who gets what beside.

Its last act is to ask whether there is as much as the least, and to hand all of that out. Where that is a price, the
way does not matter but for what else leaves the caller, and who takes a share; where it is none, every step does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from verifier.decode.meaning.scene import Fields, Meant, Scene, Table, counted
from verifier.decode.meaning.steps import MOST_LISTED, Budget, Step, moved, shifted, told
from verifier.decode.signatures import interface
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.call import Argument, Fault
from verifier.model.effect import Effect, Move
from verifier.model.text import show_moment
from verifier.model.units import Amount

_COIN: Final = Address(b"\xee" * 20)
_FILE: Final = "settler_actions"
# So little is no price of anything, whatever the token.
_DUST_UNITS: Final = 1_000
_DUST: Final = 100_000
"""Neither is so small a part of a whole one."""
# Amounts above stand for so many parts of all that there is: a million since it counts in these, ten thousand before.
_SHARE_FROM: Final = (1 << 256) - 1 - 1_000_000
_MOVING: Final[Mapping[bytes, int]] = {bytes.fromhex("a9059cbb"): 0, bytes.fromhex("23b872dd"): 1}
"""`transfer` and `transferFrom` of tokens, by which a step pays somebody, or takes what the contract may spend: which
word of their data is who gets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deal:
    """What holds for all steps of one exchange."""

    # Who pays.
    payer: Address
    # Whether something is asked for in the end, so that the way does not matter.
    is_held: bool
    # Steps may have lists of steps inside.
    budget: Budget = field(default_factory=Budget)


def _token(token: Address) -> Address:
    return NATIVE if token in (_COIN, NOBODY) else token


def _execute(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    asked = a.struct("slippage")
    least: int = asked["minAmountOut"]
    is_held = asked["buyToken"] != NOBODY and not _is_dust(scene, _token(asked["buyToken"]), least)
    deal = _Deal(payer=a.get("payer", scene.caller), is_held=is_held)
    parts = a.items("actions")
    steps = [_read(scene, deal, part) for part in parts[:MOST_LISTED]]
    out = Move(
        token=_token(asked["buyToken"]),
        sender=scene.target,
        recipient=asked["recipient"],
        amount=None,
        where=asked.where(),
        least=Amount(least),
    )
    paid = _paid_first(scene, deal, [effect for step in steps for effect in step.effects])
    beyond = len(parts) - len(steps)
    # Where a price is asked for in the end, steps that nothing here can read are a part of the way.
    unread = beyond + sum(step.unread for step in steps)
    said = (
        f"At {scene.here}, exchanges for at least {names.amount(out.token, least)}, which go to "
        f"{names.name(out.recipient)}, in {counted(len(parts), 'step')}: {told(steps)}"
    )
    said += f"; and {len(parts) - 8} more" if len(parts) > 8 else ""
    return Meant(
        said=f"{said}.",
        effects=(*paid, out),
        faults=tuple(fault for step in steps for fault in step.faults),
        uses=(out.token,),
        unread=unread,
    )


def _is_dust(scene: Scene, token: Address, amount: int) -> bool:
    decimals = scene.names.decimals(token)
    return amount <= _DUST_UNITS or (decimals is not None and amount * _DUST < 10**decimals)


def _paid_first(scene: Scene, deal: _Deal, effects: list[Effect]) -> list[Effect]:
    """Return what moves. What is paid first is the price, whoever gets it; what leaves besides is told as it goes."""
    for i, effect in enumerate(effects):
        if deal.is_held and isinstance(effect, Move) and effect.sender == deal.payer:
            first = Move(
                token=effect.token,
                sender=effect.sender,
                recipient=scene.target,
                amount=effect.amount,
                where=effect.where,
            )
            return [*effects[:i], first, *effects[i + 1 :]]
    return effects


def _read(scene: Scene, deal: _Deal, part: Argument) -> Step:
    if deal.budget.steps <= 0:
        return Step(said="a step that was not read", unread=1)
    deal.budget.steps -= 1
    data = part.value if isinstance(part.value, bytes) else b""
    function = interface(_FILE).by_selector.get(data[:4])
    if function is None:
        return Step(said="a step that nothing here can read", unread=0 if deal.is_held else 1)
    shift = part.where.start
    faults: tuple[Fault, ...] = tuple(
        Fault(kind=fault.kind, where=shifted(fault.where, shift))
        for fault in function.plan.decode(data, 4).faults
    )
    arguments = [moved(each, shift) for each in function.plan.arguments_of(data, 4)]
    if not arguments:
        said = f"{function.name}, whose data cannot be read"
        return Step(said=said, faults=faults, unread=0 if deal.is_held else 1)
    fields = Fields(arguments)
    if function.name in _READERS:
        step = _READERS[function.name](scene, deal, fields)
        return Step(said=step.said, effects=step.effects, faults=(*faults, *step.faults), unread=step.unread)
    said, effects = _say(scene, deal, function.name, fields)
    return Step(said=said, effects=effects, faults=faults)


def _say(scene: Scene, deal: _Deal, name: str, a: Fields) -> tuple[str, tuple[Effect, ...]]:
    if name == "NATIVE_CHECK":
        return f"not after {show_moment(a['deadline'])}", ()
    if name == "POSITIVE_SLIPPAGE":
        return _say_surplus(scene, a)
    said, effects = [name], list[Effect]()
    if "permit" in a:
        move = _pull(scene, deal, name, a)
        amount = (
            "a part of all that there is"
            if move.amount is None
            else scene.names.amount(move.token, move.amount)
        )
        of_token = f" of {scene.names.name(move.token)}" if move.amount is None else ""
        said.append(f"takes {amount}{of_token} of {scene.names.name(deal.payer)}")
        effects.append(move)
    if "pool" in a:
        said.append(f"at {scene.names.name(a['pool'])}")
    if "recipient" in a and a["recipient"] != scene.target:
        said.append(f"for {scene.names.name(a['recipient'])}")
        if "amountOutMin" in a and not deal.is_held:
            effects.append(_out(scene, a))
    return " ".join(said), tuple(effects)


def _say_surplus(scene: Scene, a: Fields) -> tuple[str, tuple[Effect, ...]]:
    names, token = scene.names, _token(a["token"])
    move = Move(token=token, sender=scene.target, recipient=a["recipient"], amount=None, where=a.where())
    above = names.amount(token, a["expectedAmount"])
    return f"gives what is there above {above} to {names.name(a['recipient'])}", (move,)


def _pull(scene: Scene, deal: _Deal, name: str, a: Fields) -> Move:
    """Return what a step takes of who pays: straight to somebody, or for the exchange that it makes."""
    permitted = a.struct("permit").struct("permitted")
    amount: int = permitted["amount"]
    return Move(
        token=permitted["token"],
        sender=deal.payer,
        # Who signed the other half of it is paid by hand; pools are paid by the exchange itself.
        recipient=a["recipient"] if "TRANSFER_FROM" in name else a.get("maker", scene.target),
        amount=None if amount >= _SHARE_FROM else Amount(amount),
        where=a.where("permit"),
    )


def _out(scene: Scene, a: Fields) -> Move:
    """Return what a step gives to somebody itself. Which token that is, its pool says."""
    return Move(
        token=scene.target,
        sender=scene.target,
        recipient=a["recipient"],
        amount=None,
        where=a.where("recipient"),
        least=Amount(a["amountOutMin"]),
    )


def _call(scene: Scene, deal: _Deal, a: Fields) -> Step:
    """Return what a step makes of a call to whatever it says, into which it may put a share of what there is.

    Where a price is asked for in the end, only what pays somebody matters; where none is, nobody opened it.
    """
    names, pool, data = scene.names, a["pool"], a["data"]
    if a["sellToken"] == _COIN and not data:
        coins = Move(token=NATIVE, sender=scene.target, recipient=pool, amount=None, where=a.where("pool"))
        return Step(said=f"sends a share of the coins that it has to {names.name(pool)}", effects=(coins,))
    said = f"calls {names.name(pool)} with {len(data)} bytes"
    moved_by = _MOVING.get(data[:4])
    if moved_by is None or len(data) < 4 + 32 * (moved_by + 2):
        return Step(said=said, unread=0 if deal.is_held else 1)
    words = [data[4 + 32 * i : 36 + 32 * i] for i in range(moved_by + 2)]
    # Nobody stands for a call that goes on as it is.
    is_as_it_is = a["sellToken"] == NOBODY
    amount = int.from_bytes(words[-1], "big")
    move = Move(
        token=pool,
        sender=Address(words[0][12:]) if moved_by else scene.target,
        recipient=Address(words[moved_by][12:]),
        amount=Amount(amount) if is_as_it_is else None,
        where=a.where("data"),
    )
    shown = names.amount(pool, amount) if is_as_it_is else f"a share of what it has of {names.name(pool)}"
    whose = f" of {names.name(move.sender)}" if moved_by else ""
    # A share that is put in the place of who gets it makes somebody of a number.
    is_strange = not is_as_it_is and a["offset"] != len(data[:4]) + 32 * (moved_by + 1)
    said = f"sends {shown}{whose} to {names.name(move.recipient)}"
    return Step(said=said, effects=(move,), unread=int(is_strange))


def _select(scene: Scene, deal: _Deal, a: Fields) -> Step:
    """Return a choice among lists of steps, of which one is gone through: whatever stands in any of them may happen."""
    parts = [part for one in a.items("candidates") for part in one.children]
    read = parts[:MOST_LISTED] if deal.budget.depth > 0 else []
    deal.budget.depth -= 1
    steps = [_read(scene, deal, part) for part in read]
    deal.budget.depth += 1
    return Step(
        said=f"goes one of {counted(len(a.items('candidates')), 'way')}: {told(steps)}",
        effects=tuple(effect for step in steps for effect in step.effects),
        faults=tuple(fault for step in steps for fault in step.faults),
        unread=len(parts) - len(steps) + sum(step.unread for step in steps),
    )


_READERS: Final[Mapping[str, Callable[[Scene, _Deal, Fields], Step]]] = {"BASIC": _call, "SELECT": _select}

MEANINGS: Final[Table] = dict.fromkeys(("execute", "executeWithPermit", "executeMetaTxn"), _execute)
