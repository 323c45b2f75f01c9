"""Permit2, which moves whatever was approved to it, by allowances of its own and by signatures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from verifier.decode.meaning.scene import Fields, Meant, Scene, Table, listed
from verifier.decode.tokens import limit_of
from verifier.model.address import Address
from verifier.model.effect import Allowance, Move
from verifier.model.text import show_moment
from verifier.model.units import Amount, Timestamp

# An allowance of this much is not used up.
_BITS: Final = 160


def _allowance(a: Fields, owner: Address, spender: Address) -> Allowance:
    return Allowance(
        token=a["token"],
        owner=owner,
        spender=spender,
        amount=limit_of(a["amount"], bits=_BITS),
        until=Timestamp(a["expiration"]),
        where=a.where(),
    )


def say_limit(scene: Scene, allowance: Allowance) -> str:
    """Return how much of which token, and until when."""
    names = scene.names
    if allowance.amount is None:
        shown = f"without limit of {names.name(allowance.token)}"
    else:
        shown = f"up to {names.amount(allowance.token, allowance.amount)}"
    # Permit2 takes 0 for the moment of the block.
    until = "in the same block" if not allowance.until else f"until {show_moment(allowance.until)}"
    return f"{shown}, {until}"


def permitted(a: Fields, owner: Address) -> tuple[Allowance, ...]:
    """Return the allowances of a PermitSingle or PermitBatch."""
    part = a.part("details")
    details = [Fields(part.children)] if part.type.endswith(")") else list(a.structs("details"))
    return tuple(_allowance(each, owner, a["spender"]) for each in details)


def transferred(items: Iterable[Fields]) -> tuple[Move, ...]:
    """Return the movements of AllowanceTransferDetails."""
    return tuple(
        Move(
            token=a["token"],
            sender=a["from"],
            recipient=a["to"],
            amount=Amount(a["amount"]),
            where=a.where(),
        )
        for a in items
    )


def say_moves(scene: Scene, moves: tuple[Move, ...]) -> str:
    names = scene.names

    def show(move: Move) -> str:
        way = f"from {names.name(move.sender)} to {names.name(move.recipient)}"
        return f"{names.amount(move.token, move.amount or 0)} {way}"

    return listed(moves, show) or "nothing"


def _approve(scene: Scene) -> Meant:
    a = scene.arguments
    allowance = _allowance(a, scene.caller, a["spender"])
    said = (
        f"Allows {scene.names.name(a['spender'])} to spend through {scene.here}{scene.of_caller} "
        f"{say_limit(scene, allowance)}, without another operation."
    )
    return Meant(said=said, effects=(allowance,))


def _permit(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    permit = a.struct("permitSingle") if "permitSingle" in a else a.struct("permitBatch")
    allowances = permitted(permit, a["owner"])
    limits = listed(allowances, lambda one: say_limit(scene, one)) or "nothing"
    said = (
        f"Shows a signature of {names.name(a['owner'])} that allows {names.name(permit['spender'])} to spend through "
        f"{scene.here} {limits}."
    )
    return Meant(said=said, effects=allowances)


def _transfer_from(scene: Scene) -> Meant:
    a = scene.arguments
    moves = transferred(a.structs("transferDetails") if "transferDetails" in a else [a])
    return Meant(
        said=f"Moves through {scene.here} as through Permit2 {say_moves(scene, moves)}.", effects=moves
    )


def _permit_transfer_from(scene: Scene) -> Meant:
    a = scene.arguments
    permit = a.struct("permit")
    unread = 0
    if permit.part("permitted").type.endswith(")"):
        pairs = [(permit.struct("permitted"), a.struct("transferDetails"))]
    else:
        pairs = list(zip(permit.structs("permitted"), a.structs("transferDetails"), strict=False))
        unread = max(len(permit["permitted"]), len(a["transferDetails"])) - len(pairs)
    moves = tuple(
        Move(
            token=what["token"],
            sender=a["owner"],
            recipient=way["to"],
            amount=Amount(way["requestedAmount"]),
            where=way.where(),
        )
        for what, way in pairs
    )
    said = (
        f"Shows a signature of {scene.names.name(a['owner'])} that moves through {scene.here} as through Permit2 "
        f"{say_moves(scene, moves)}."
    )
    return Meant(said=said, effects=moves, unread=unread)


def _lockdown(scene: Scene) -> Meant:
    taken = tuple(
        Allowance(
            token=a["token"],
            owner=scene.caller,
            spender=a["spender"],
            amount=Amount(0),
            where=a.where(),
        )
        for a in scene.arguments.structs("approvals")
    )
    names = scene.names
    spenders = listed(taken, lambda one: f"{names.name(one.spender)} of {names.name(one.token)}")
    said = f"Takes back what may be spent through {scene.here}{scene.of_caller} by {spenders or 'nobody'}."
    return Meant(said=said, effects=taken)


def _invalidate(scene: Scene) -> Meant:
    return Meant(said=f"Makes signatures{scene.of_caller} worthless that {scene.here} has not seen yet.")


MEANINGS: Final[Table] = {
    "approve": _approve,
    "permit": _permit,
    "transferFrom": _transfer_from,
    "lockdown": _lockdown,
    "invalidateNonces": _invalidate,
    "invalidateUnorderedNonces": _invalidate,
    "permitTransferFrom": _permit_transfer_from,
    "permitWitnessTransferFrom": _permit_transfer_from,
}
