"""What a contract keeps for somebody, paid out to whom the call says, or put in to another one's credit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from verifier.decode.meaning.phrases import account_in
from verifier.decode.meaning.scene import Fields, Meant, Scene, Table
from verifier.decode.tokens import UNLIMITED
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Move
from verifier.model.units import Amount

# So many payments of one list become effects.
_MOST: Final = 512


def _pay(says: str, scene: Scene) -> Meant:
    """Return a payment out of a contract. The names of arguments are those that all share in their data file."""
    a, names = scene.arguments, scene.names
    source: Address = a.get("from", scene.caller)
    token, amount = _what(scene, a)
    to: Address = a.get("to", scene.caller)
    of_token = f" of {names.name(token)}" if token != scene.target else ""
    shown = f"{_unknown(a)}{of_token}" if amount is None else names.amount(token, amount)
    whose = "" if source == names.actor else f" of {names.name(source)}"
    said = says.format(what=shown, whose=whose, here=scene.here, to=names.name(to)) + _market(scene, a)
    # From somebody to the same one, it is the contract that gives; so it is where the contract's own are sent.
    move = Move(
        token=token,
        sender=scene.target if to == source or says == _RESCUE else source,
        recipient=to,
        amount=None if amount is None else Amount(amount),
        where=a.where(),
    )
    return Meant(said=said, effects=(move,))


def _put(scene: Scene) -> Meant:
    """Return what is put in. To somebody else's credit, it is that one's from then on."""
    a, names = scene.arguments, scene.names
    token, amount = _what(scene, a)
    to: Address = a["to"]
    shown = "some" if amount is None else names.amount(token, amount)
    said = f"Puts {shown}{scene.of_caller} into {scene.here}, to the credit of {names.name(to)}.{_market(scene, a)}"
    move = Move(
        token=token,
        sender=scene.caller,
        recipient=scene.target if to == scene.caller else to,
        amount=None if amount is None else Amount(amount),
        where=a.where(),
    )
    return Meant(said=said, effects=(move,))


def _what(scene: Scene, a: Fields) -> tuple[Address, int | None]:
    if "market" in a:
        market = a.struct("market")
        is_collateral = "shares" not in a
        amount = a["assets"]
        return market["collateralToken" if is_collateral else "loanToken"], amount or None
    amount = a.get("amount", a.get("shares", a.get("assets")))
    return a.get("asset", scene.target), None if amount == UNLIMITED else amount


def _unknown(a: Fields) -> str:
    """Return how much of something it is of which no single amount is here."""
    # Balancer's tells no single amount.
    return "some of what there is" if "request" in a else "what there is"


def _market(scene: Scene, a: Fields) -> str:
    """Return what stands behind a market, which anybody can open with what he likes behind it."""
    if "market" not in a:
        return ""
    names, market = scene.names, a.struct("market")
    loan, collateral, oracle, irm = (
        names.name(market[name]) for name in ("loanToken", "collateralToken", "oracle", "irm")
    )
    said = f" The market lends {loan} for {collateral} by the prices that {oracle} tells"
    return f"{said}, at the interest that {irm} sets."


def _ask_deposit(scene: Scene) -> Meant:
    """Return what is handed over for shares that come later. Which token that is, the bytes do not say."""
    a, names = scene.arguments, scene.names
    said = (
        f"Hands {a['assets']} base units of the token that {scene.here} takes, of {names.name(a['from'])}, to "
        f"{scene.here}; the shares for it are due to {names.name(a['to'])}."
    )
    move = Move(
        token=scene.target,
        sender=scene.target if a["to"] == a["from"] else a["from"],
        recipient=a["to"],
        amount=None,
        where=a.where(),
    )
    return Meant(said=said, effects=(move,))


_OUT: Final = "Takes {what}{whose} out of {here} for {to}."
_OWED: Final = "Asks {here} to pay out {what}{whose}; from then on that is due to {to}."
_RESCUE: Final = "Has {here} send {what} to {to}, out of what it holds."


def _stake(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    credentials: bytes = a["to"]
    account = (
        account_in(bytes(12) + credentials[12:])
        if len(credentials) == 32 and credentials[0] in (1, 2)
        else None
    )
    whom = (
        names.name(account)
        if account
        else "whoever has the key behind its credentials, whom nobody here can name"
    )
    said = f"Stakes the coins that are sent along at {scene.here}; when they come back they go to {whom}."
    move = Move(
        token=NATIVE,
        sender=scene.target,
        recipient=account or scene.target,
        amount=None,
        where=a.where("to"),
        elsewhere=None if account else credentials,
    )
    return Meant(said=said, effects=(move,))


def _disperse(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    token: Address = a.get("asset", NATIVE)
    sender = scene.caller if "asset" in a else scene.target
    pairs = list(zip(a.items("to"), a["amounts"], strict=False))[:_MOST]
    moves = tuple(
        Move(token=token, sender=sender, recipient=_address(to.value), amount=Amount(amount), where=to.where)
        for to, amount in pairs
    )
    unread = max(len(a["to"]), len(a["amounts"])) - len(moves)
    shown = "; ".join(f"{names.amount(token, m.amount or 0)} to {names.name(m.recipient)}" for m in moves[:5])
    more = f"; and {len(moves) - 5} more" if len(moves) > 5 else ""
    return Meant(said=f"Through {scene.here}, pays {shown or 'nobody'}{more}.", effects=moves, unread=unread)


def _address(value: Any) -> Address:
    return value if isinstance(value, Address) else NOBODY


def _borrow(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    token, amount = _what(scene, a)
    shown = "some" if amount is None else names.amount(token, amount)
    said = f"Borrows {shown} from {scene.here} for {names.name(a['to'])}; the debt is that of {names.name(a['from'])}."
    said += _market(scene, a)
    sender = scene.target if a["to"] == a["from"] else a["from"]
    move = Move(
        token=token,
        sender=sender,
        recipient=a["to"],
        amount=None if amount is None else Amount(amount),
        where=a.where(),
    )
    return Meant(said=said, effects=(move,))


def _sweep(scene: Scene) -> Meant:
    """Return what leaves a contract. Some take the token first, others who gets it: each of the two may be meant."""
    a, names = scene.arguments, scene.names
    meant = _pay(_RESCUE, scene)
    if a["asset"] in names.assets or a["asset"] == scene.caller:
        return meant
    other = Move(
        token=a["to"], sender=scene.target, recipient=a["asset"], amount=None, where=a.where("asset", "to")
    )
    said = f"{meant.said} Or, if the contract takes them in the other order, what there is of the second to the first."
    return Meant(said=said, effects=(*meant.effects, other))


def _say(says: str) -> Callable[[Scene], Meant]:
    return partial(_pay, says)


MEANINGS: Final[Table] = {
    **dict.fromkeys(
        (
            "withdrawTo",
            "withdrawFrom",
            "transferAsset",
            "transferAssetFrom",
            "withdraw",
            "withdrawCollateral",
        ),
        _say(_OUT),
    ),
    **dict.fromkeys(("emergencyWithdraw", "withdrawAll", "skim", "exitPool"), _say(_OUT)),
    "executeAllowanceTransfer": _say(_OUT),
    "requestRedeem": _say(_OWED),
    "requestDeposit": _ask_deposit,
    **dict.fromkeys(("supplyTo", "supply", "supplyCollateral", "repay"), _put),
    **dict.fromkeys(("rescueERC20", "rescueTokens", "recoverERC20"), _say(_RESCUE)),
    "sweep": _sweep,
    "borrow": _borrow,
    "deposit": _stake,
    "disperseToken": _disperse,
    "disperseEther": _disperse,
}
