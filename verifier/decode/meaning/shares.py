"""ERC-4626 vaults, whose shares stand for an asset that the calldata does not name; and the wrapped native coin."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.scene import Meant, Scene, Table
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Move
from verifier.model.units import Amount


def _move(scene: Scene, sender: Address, recipient: Address, amount: int | None) -> Move:
    """Return a movement in shares: the asset behind them goes the same way."""
    return Move(
        token=scene.target,
        # To oneself, it is the vault that gives: shares, or what they stand for.
        sender=scene.target if sender == recipient else sender,
        recipient=recipient,
        amount=None if amount is None else Amount(amount),
        where=scene.arguments.where(),
    )


def _deposit(scene: Scene) -> Meant:
    a = scene.arguments
    said = (
        f"Puts {a['assets']} base units{scene.of_caller} of the asset of {scene.here} into it; the shares go to "
        f"{scene.names.name(a['receiver'])}."
    )
    return Meant(said=said, effects=(_move(scene, scene.caller, a["receiver"], None),))


def _mint(scene: Scene) -> Meant:
    a = scene.arguments
    said = (
        f"Buys {a['shares']} shares of {scene.here} for whatever they cost{scene.of_caller}; they go to "
        f"{scene.names.name(a['receiver'])}."
    )
    return Meant(said=said, effects=(_move(scene, scene.caller, a["receiver"], a["shares"]),))


def _withdraw(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    said = (
        f"Takes {a['assets']} base units of the asset of {scene.here} out of it for shares of "
        f"{names.name(a['owner'])}; they go to {names.name(a['receiver'])}."
    )
    return Meant(said=said, effects=(_move(scene, a["owner"], a["receiver"], None),))


def _redeem(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    said = (
        f"Gives back {a['shares']} shares of {scene.here} of {names.name(a['owner'])}; what they are worth goes to "
        f"{names.name(a['receiver'])}."
    )
    return Meant(said=said, effects=(_move(scene, a["owner"], a["receiver"], a["shares"]),))


ERC4626: Final[Table] = {"deposit": _deposit, "mint": _mint, "withdraw": _withdraw, "redeem": _redeem}


def _wrap(scene: Scene) -> Meant:
    a = scene.arguments
    whose = f"for {scene.names.name(a['to'])}" if "to" in a else "for the caller"
    said = f"Puts the coins that are sent along into {scene.here}, {whose}."
    if "to" not in a:
        return Meant(said=said)
    move = Move(
        token=scene.target,
        sender=scene.caller,
        recipient=a["to"],
        amount=Amount(scene.call.value),
        where=a.where(),
    )
    return Meant(said=said, effects=(move,))


def _unwrap(scene: Scene) -> Meant:
    a = scene.arguments
    recipient = a.get("to", scene.caller)
    said = (
        f"Takes {scene.names.amount(NATIVE, a['amount'])}{scene.of_caller} out of {scene.here} for "
        f"{scene.names.name(recipient)}, if that is the wrapped coin."
    )
    taken = Amount(a["amount"])
    out = Move(token=NATIVE, sender=scene.target, recipient=recipient, amount=taken, where=a.where())
    if recipient == scene.caller:
        return Meant(said=said, effects=(out,))
    paid = Move(token=scene.target, sender=scene.caller, recipient=recipient, amount=taken, where=a.where())
    return Meant(said=said, effects=(paid, out))


WETH: Final[Table] = {
    "deposit": _wrap,
    "depositTo": _wrap,
    "withdraw": _unwrap,
    "withdrawTo": _unwrap,
}
