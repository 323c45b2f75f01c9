"""Lido: coins staked for a token, that token wrapped, and asked back for coins."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.scene import Meant, Scene, Table, counted
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Move
from verifier.model.units import Amount


def _submit(scene: Scene) -> Meant:
    referral: Address = scene.arguments["referral"]
    whom = scene.names.name(scene.caller)
    said = f"Stakes the coins that are sent along at {scene.here}, for its token, which goes to {whom}"
    moves = [_got(scene, scene.caller, scene.target)]
    if referral != NOBODY:
        # Who is named may get something for it.
        moves.append(_got(scene, referral, scene.target))
        said += f", and names {scene.names.name(referral)} as the one who brought it"
    return Meant(said=f"{said}.", effects=tuple(moves))


def _wrap(scene: Scene) -> Meant:
    amount = scene.arguments["amount"]
    said = (
        f"Puts {amount} base units of the token that {scene.here} wraps{scene.of_caller} into it, for as many of it as "
        "they are worth."
    )
    return Meant(said=said, effects=(_got(scene, scene.caller, scene.target),))


def _unwrap(scene: Scene) -> Meant:
    amount = scene.arguments["amount"]
    shown = scene.names.amount(scene.target, amount)
    said = f"Gives {shown}{scene.of_caller} back to it, for the token that it wraps."
    paid = Move(
        token=scene.target,
        sender=scene.caller,
        recipient=scene.target,
        amount=Amount(amount),
        where=scene.arguments.where(),
    )
    return Meant(said=said, effects=(paid,))


def _transfer_shares(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    sender: Address = a.get("from", scene.caller)
    said = f"Sends {a['shares']} shares of {scene.here} of {names.name(sender)} to {names.name(a['to'])}."
    return Meant(said=said, effects=(_got(scene, a["to"], sender),))


def _request(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    to: Address = a["to"]
    parts = counted(len(a["amounts"]), "part")
    said = (
        f"Hands {sum(a['amounts'])} base units of the token that {scene.here} takes{scene.of_caller} to it, in "
        f"{parts}; what they are worth is due to {names.name(to)}."
    )
    # From somebody to the same one, it is the contract that gives.
    sender = scene.target if to == scene.caller else scene.caller
    return Meant(said=said, effects=(_got(scene, to, sender),))


def _claim(scene: Scene) -> Meant:
    a = scene.arguments
    to: Address = a.get("to", scene.caller)
    numbers, whom = counted(len(a["ids"]), "request"), scene.names.name(to)
    said = f"Takes the coins that are due for {numbers}{scene.of_caller} out of {scene.here} for {whom}."
    move = Move(token=NATIVE, sender=scene.target, recipient=to, amount=None, where=a.where())
    return Meant(said=said, effects=(move,))


def _got(scene: Scene, recipient: Address, sender: Address) -> Move:
    return Move(
        token=scene.target,
        sender=sender,
        recipient=recipient,
        amount=None,
        where=scene.arguments.where(),
    )


MEANINGS: Final[Table] = {
    "submit": _submit,
    "wrap": _wrap,
    "unwrap": _unwrap,
    "transferShares": _transfer_shares,
    "transferSharesFrom": _transfer_shares,
    "requestWithdrawals": _request,
    "requestWithdrawalsWstETH": _request,
    "claimWithdrawals": _claim,
    "claimWithdrawalsTo": _claim,
}
