"""Loans that have to be given back before the call ends, or become somebody's debt."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.scene import Meant, Scene, Table, listed
from verifier.model.address import Address
from verifier.model.effect import Move
from verifier.model.units import Amount

# So many loans of one list become effects.
_MOST: Final = 64

Loan = tuple[Address, int, int]
"""A token, how much of it in base units, and how it is given back: 0 at once, otherwise as a debt."""


def _lend(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    loans, count = _loans(scene)
    receiver: Address = a["receiver"]
    debtor: Address = a.get("debtor", scene.caller)

    def show(loan: Loan) -> str:
        return names.amount(loan[0], loan[1])

    said = (
        f"Has {scene.here} lend {listed(loans, show) or 'nothing'} to {names.name(receiver)}, and run its code with "
        f"what {names.name(scene.caller)} says"
    )
    if at_once := [loan for loan in loans if not loan[2]]:
        said += f"; it has to give {listed(at_once, show)} and a fee back at once, or nothing happens"
    if owed := [loan for loan in loans if loan[2]]:
        said += f"; it may keep {listed(owed, show)}, which {names.name(debtor)} owes to {scene.here} from then on"
    moves = tuple(
        Move(
            token=token,
            # What somebody else owes for it is paid out of what that one has there.
            sender=debtor if mode and debtor != receiver else scene.target,
            recipient=receiver,
            amount=Amount(amount),
            where=a.where(),
        )
        for token, amount, mode in loans
    )
    return Meant(said=f"{said}.", effects=moves, unread=count - len(loans))


def _loans(scene: Scene) -> tuple[list[Loan], int]:
    """Return the loans that are read, and how many there are."""
    a = scene.arguments
    if "asset" in a:
        return [(a["asset"], a["amount"], 0)], 1
    modes = a.get("modes", (0,) * len(a["assets"]))
    loans = list(zip(a["assets"], a["amounts"], modes, strict=False))[:_MOST]
    return loans, max(len(a["assets"]), len(a["amounts"]), len(modes))


MEANINGS: Final[Table] = {"flashLoan": _lend, "flashLoanSimple": _lend}
