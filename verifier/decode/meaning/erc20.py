"""ERC-20 tokens. Where nothing tells what the token is, a number may be of a single thing too (ERC-721)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from verifier.decode.meaning.scene import Meant, Scene, Table
from verifier.decode.tokens import UNLIMITED, TokenKind, limit_of, token_kind
from verifier.model.address import NOBODY, Address
from verifier.model.effect import Allowance, Move
from verifier.model.text import show_moment
from verifier.model.units import Amount

_FOR_EVER: Final = "at any time and without another operation"


def _remarked(scene: Scene, meant: Meant) -> Meant:
    """Say that a token which the vault does not list is only believed to be one."""
    if scene.target in scene.names.assets:
        return meant
    remark = "The vault does not list this contract as an asset; it does so only if it is an honest token."
    if scene.names.vault is None:
        remark = "It does so only if that is an honest token."
    return replace(meant, said=f"{meant.said} {remark}")


def _which(scene: Scene) -> str:
    if not scene.names.is_known(scene.target):
        return "tokens"
    label = scene.names.labels.get(scene.target)
    return scene.here if label else f"token {scene.target}"


def _kind(scene: Scene) -> TokenKind | None:
    fact = token_kind(scene.target, scene.names)
    return fact.value if fact else None


def _move(scene: Scene, sender: Address, recipient: Address, amount: int) -> Move:
    where = scene.arguments.where()
    return Move(token=scene.target, sender=sender, recipient=recipient, amount=Amount(amount), where=where)


def _allowance(scene: Scene, owner: Address, spender: Address, amount: int) -> Allowance:
    return Allowance(
        token=scene.target,
        owner=owner,
        spender=spender,
        amount=limit_of(amount),
        where=scene.arguments.where(),
    )


def _transfer(scene: Scene) -> Meant:
    a = scene.arguments
    said = f"Sends {scene.names.amount(scene.target, a['amount'])}{scene.of_caller} to {scene.names.name(a['to'])}."
    if "data" in a:
        said += " The recipient's code is called with it."
    return _remarked(scene, Meant(said=said, effects=(_move(scene, scene.caller, a["to"], a["amount"]),)))


def _transfer_from(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    way = f"from {names.name(a['from'])} to {names.name(a['to'])}"
    coins = _move(scene, a["from"], a["to"], a["amount"])
    thing = replace(coins, amount=Amount(1), token_id=a["amount"])
    readings: tuple[str, ...] = ()
    remark, move = "", coins
    match _kind(scene):
        case TokenKind.COINS:
            pass
        case TokenKind.COLLECTION:
            said = f"Moves number {a['amount']} of the collection {scene.here} {way}."
            return _remarked(scene, Meant(said=said, effects=(thing,)))
        case None:
            remark = "; if that is a collection of single things, the one of this number"
            readings = _both("transferFrom", "address,address")
            # As coins, none would move.
            move = coins if a["amount"] else thing
    said = f"Moves {names.amount(scene.target, a['amount'])} {way}{remark}."
    return _remarked(scene, Meant(said=said, effects=(move,), readings=readings))


def _approve(scene: Scene) -> Meant:
    a = scene.arguments
    spender, amount = a["spender"], a["amount"]
    coins = _allowance(scene, scene.caller, spender, amount)
    thing = replace(coins, amount=Amount(1), token_id=amount)
    one = f"number {amount} of {scene.callers} collection {scene.here}"
    match _kind(scene):
        case TokenKind.COINS:
            return _remarked(scene, Meant(said=_say_approve(scene), effects=(coins,)))
        case TokenKind.COLLECTION if spender == NOBODY:
            said = f"Takes back who may move {one}."
            return _remarked(scene, Meant(said=said, effects=(replace(thing, amount=Amount(0)),)))
        case TokenKind.COLLECTION:
            said = f"Allows {scene.names.name(spender)} to move {one}, {_FOR_EVER}."
            return _remarked(scene, Meant(said=said, effects=(thing,)))
        case None if amount == UNLIMITED:
            # No honest collection has a thing of this number.
            return _remarked(scene, Meant(said=_say_approve(scene), effects=(coins,)))
        case None:
            said = f"{_say_approve(scene)} If that is a collection of single things, it allows to move {one}."
            # As coins, it would only take back.
            effect = coins if amount else thing
            return _remarked(scene, Meant(said=said, effects=(effect,), readings=_both("approve", "address")))


def _say_approve(scene: Scene) -> str:
    a = scene.arguments
    spender, amount = scene.names.name(a["spender"]), a["amount"]
    whose = f"{scene.callers} {_which(scene)}"
    if amount == 0:
        return f"Takes back what {spender} may spend of {whose}."
    limit = (
        "without limit (2^256 - 1)"
        if amount == UNLIMITED
        else f"up to {scene.names.amount(scene.target, amount)}"
    )
    return f"Allows {spender} to spend {limit} of {whose}, {_FOR_EVER}."


def _both(name: str, before: str) -> tuple[str, ...]:
    signature = f"{name}({before},uint256)"
    return f"{signature} of ERC-20", f"{signature} of ERC-721"


def _approve_and_call(scene: Scene) -> Meant:
    a = scene.arguments
    said = f"{_say_approve(scene)} The spender's code is called with it."
    effect = _allowance(scene, scene.caller, a["spender"], a["amount"])
    return _remarked(scene, Meant(said=said, effects=(effect,)))


def _increase(scene: Scene) -> Meant:
    a = scene.arguments
    said = (
        f"Allows {scene.names.name(a['spender'])} to spend {scene.names.amount(scene.target, a['amount'])}"
        f"{scene.of_caller} more than before, {_FOR_EVER}."
    )
    effect = replace(_allowance(scene, scene.caller, a["spender"], a["amount"]), is_increase=True)
    return _remarked(scene, Meant(said=said, effects=(effect,)))


def _decrease(scene: Scene) -> Meant:
    a = scene.arguments
    said = (
        f"Allows {scene.names.name(a['spender'])} to spend {scene.names.amount(scene.target, a['amount'])}"
        f"{scene.of_caller} less than before."
    )
    return _remarked(scene, Meant(said=said, uses=(scene.target,)))


def _permit(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    if "allowed" in a:  # DAI's: all or nothing
        owner, amount, until = a["holder"], UNLIMITED if a["allowed"] else 0, a["expiry"]
    else:
        owner, amount, until = a["owner"], a["amount"], a["deadline"]
    limit = "without limit" if amount == UNLIMITED else f"up to {names.amount(scene.target, amount)}"
    said = (
        f"Shows a signature of {names.name(owner)}, good until {show_moment(until)}, that allows "
        f"{names.name(a['spender'])} to spend {limit} of its {_which(scene)}, {_FOR_EVER}."
    )
    return _remarked(scene, Meant(said=said, effects=(_allowance(scene, owner, a["spender"], amount),)))


def _authorised(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    said = (
        f"Shows a signature of {names.name(a['from'])} that sends {names.amount(scene.target, a['amount'])} to "
        f"{names.name(a['to'])}."
    )
    return _remarked(scene, Meant(said=said, effects=(_move(scene, a["from"], a["to"], a["amount"]),)))


def _mint(scene: Scene) -> Meant:
    a = scene.arguments
    said = f"Makes {scene.names.amount(scene.target, a['amount'])} out of nothing for {scene.names.name(a['to'])}."
    return _remarked(scene, Meant(said=said, effects=(_move(scene, NOBODY, a["to"], a["amount"]),)))


def _burn(scene: Scene) -> Meant:
    a = scene.arguments
    whose = a.get("from", scene.caller)
    said = f"Destroys {scene.names.amount(scene.target, a['amount'])} of {scene.names.name(whose)}."
    return _remarked(scene, Meant(said=said, effects=(_move(scene, whose, NOBODY, a["amount"]),)))


MEANINGS: Final[Table] = {
    "transfer": _transfer,
    "transferFrom": _transfer_from,
    "approve": _approve,
    "increaseAllowance": _increase,
    "decreaseAllowance": _decrease,
    "increaseApproval": _increase,
    "decreaseApproval": _decrease,
    "permit": _permit,
    "transferWithAuthorization": _authorised,
    "receiveWithAuthorization": _authorised,
    "transferAndCall": _transfer,
    "transferFromAndCall": _transfer_from,
    "approveAndCall": _approve_and_call,
    "mint": _mint,
    "burn": _burn,
    "burnFrom": _burn,
}
