"""ERC-721 and ERC-1155: single things by their numbers, and many things in one contract."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from verifier.decode.meaning.scene import Meant, Scene, Table, counted, listed
from verifier.model.effect import Allowance, Move
from verifier.model.units import Amount


def _safe_transfer_from(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    amount = a.get("amount", 1)
    what = f"number {a['tokenId']}" if "amount" not in a else f"{amount} of number {a['tokenId']}"
    move = Move(
        token=scene.target,
        sender=a["from"],
        recipient=a["to"],
        amount=Amount(amount),
        token_id=a["tokenId"],
        where=a.where(),
    )
    said = (
        f"Moves {what} of the collection {scene.here} from {names.name(a['from'])} to {names.name(a['to'])}."
    )
    return Meant(said=said, effects=(move,))


def _safe_batch_transfer_from(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    pairs = list(zip(a.items("tokenIds"), a.items("amounts"), strict=False))
    moves = tuple(
        Move(
            token=scene.target,
            sender=a["from"],
            recipient=a["to"],
            amount=Amount(int(amount.value)),  # type: ignore[arg-type]  # the plan read numbers
            token_id=int(token_id.value),  # type: ignore[arg-type]
            where=token_id.where,
        )
        for token_id, amount in pairs
    )
    what = listed(moves, lambda move: f"{move.amount} of number {move.token_id}")
    said = (
        f"Moves {counted(len(moves), 'kind')} of things of the collection {scene.here} from {names.name(a['from'])} to "
        f"{names.name(a['to'])}: {what or 'none'}."
    )
    unread = max(len(a["tokenIds"]), len(a["amounts"])) - len(moves)
    if unread:
        said += " Its lists differ in length, which no honest contract takes."
    return Meant(said=said, effects=moves, unread=unread)


def _set_approval_for_all(scene: Scene) -> Meant:
    a = scene.arguments
    operator = scene.names.name(a["operator"])
    effect = Allowance(
        token=scene.target, owner=scene.caller, spender=a["operator"], amount=None, where=a.where()
    )
    whose = f"{scene.callers} things in the collection {scene.here}"
    if a["approved"]:
        said = (
            f"Allows {operator} to move all of {whose}, also those to come, at any time and without another "
            "operation."
        )
        return Meant(said=said, effects=(effect,))
    said = f"Takes back that {operator} may move all of {whose}."
    return Meant(said=said, effects=(replace(effect, amount=Amount(0)),))


ERC721: Final[Table] = {
    "safeTransferFrom": _safe_transfer_from,
    "setApprovalForAll": _set_approval_for_all,
}

ERC1155: Final[Table] = {
    "safeTransferFrom": _safe_transfer_from,
    "safeBatchTransferFrom": _safe_batch_transfer_from,
}
