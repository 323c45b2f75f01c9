"""Aave's pools: what goes in, what comes out and to whom, and who gets into debt."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.scene import Meant, Scene, Table
from verifier.decode.tokens import UNLIMITED, limit_of
from verifier.model.address import Address
from verifier.model.effect import Allowance, Authority, AuthorityKind, Move
from verifier.model.units import Amount


def _move(scene: Scene, sender: Address, recipient: Address, at: str) -> Move:
    a = scene.arguments
    # The largest number stands for all there is.
    return Move(
        token=a["asset"],
        sender=sender,
        recipient=recipient,
        amount=None if a["amount"] == UNLIMITED else Amount(a["amount"]),
        where=a.where("asset", "amount", at),
    )


def _shown(scene: Scene) -> str:
    a = scene.arguments
    if a["amount"] == UNLIMITED:
        return f"all of {scene.names.name(a['asset'])}"
    return scene.names.amount(a["asset"], a["amount"])


def _supply(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    said = (
        f"Puts {_shown(scene)}{scene.of_caller} into the pool {scene.here}, to the credit of "
        f"{names.name(a['onBehalfOf'])}."
    )
    paid = _move(scene, scene.caller, scene.target, "amount")
    if a["onBehalfOf"] == scene.caller:
        return Meant(said=said, effects=(paid,))
    return Meant(said=said, effects=(_move(scene, scene.caller, a["onBehalfOf"], "onBehalfOf"),))


def _withdraw(scene: Scene) -> Meant:
    a = scene.arguments
    said = f"Takes {_shown(scene)}{scene.of_caller} out of the pool {scene.here} for {scene.names.name(a['to'])}."
    sender = scene.target if a["to"] == scene.caller else scene.caller
    return Meant(said=said, effects=(_move(scene, sender, a["to"], "to"),))


def _borrow(scene: Scene) -> Meant:
    a = scene.arguments
    said = (
        f"Borrows {_shown(scene)} from the pool {scene.here} for {scene.names.name(scene.caller)}; the debt is that of "
        f"{scene.names.name(a['onBehalfOf'])}."
    )
    return Meant(said=said, effects=(_move(scene, scene.target, scene.caller, "onBehalfOf"),))


def _repay(scene: Scene) -> Meant:
    a = scene.arguments
    debtor = a.get("onBehalfOf", scene.caller)
    said = f"Pays {_shown(scene)}{scene.of_caller} to the pool {scene.here} for the debt of {scene.names.name(debtor)}."
    # Somebody else's debt that is paid is a gift to that one.
    gainer, at = (scene.target, "amount") if debtor == scene.caller else (debtor, "onBehalfOf")
    return Meant(said=said, effects=(_move(scene, scene.caller, gainer, at),))


def _setting(scene: Scene, said: str, detail: int) -> Meant:
    effect = Authority(
        target=scene.target, kind=AuthorityKind.SETTING, detail=detail, where=scene.arguments.where()
    )
    return Meant(said=said, effects=(effect,))


def _use_as_collateral(scene: Scene) -> Meant:
    a = scene.arguments
    may = "may" if a["useAsCollateral"] else "may not"
    said = (
        f"Says that what {scene.names.name(scene.caller)} has of {scene.names.name(a['asset'])} in {scene.here} {may} "
        "be seized for its debts."
    )
    return _setting(scene, said, int(a["useAsCollateral"]))


def _set_category(scene: Scene) -> Meant:
    category = scene.arguments["categoryId"]
    said = (
        f"Puts {scene.names.name(scene.caller)} into category {category} of {scene.here}, which says how much it may "
        "borrow."
    )
    return _setting(scene, said, category)


def _approve_delegation(scene: Scene) -> Meant:
    a = scene.arguments
    unlimited = a["amount"] == UNLIMITED
    limit = "without limit" if unlimited else f"up to {scene.names.amount(scene.target, a['amount'])}"
    debtor = scene.of_caller or (" of the vault" if scene.names.vault else "")
    said = (
        f"Allows {scene.names.name(a['delegatee'])} to borrow {limit} by {scene.here}, at the debt{debtor}."
    )
    effect = Allowance(
        token=scene.target,
        owner=scene.caller,
        spender=a["delegatee"],
        amount=limit_of(a["amount"]),
        where=a.where(),
    )
    return Meant(said=said, effects=(effect,))


MEANINGS: Final[Table] = {
    "supply": _supply,
    "deposit": _supply,
    "supplyWithPermit": _supply,
    "withdraw": _withdraw,
    "borrow": _borrow,
    "repay": _repay,
    "repayWithATokens": _repay,
    "setUserUseReserveAsCollateral": _use_as_collateral,
    "setUserEMode": _set_category,
    "approveDelegation": _approve_delegation,
}
