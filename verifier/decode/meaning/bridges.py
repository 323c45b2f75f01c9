"""Bridges: what goes in here, and who gets it on another chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from verifier.decode.meaning.airdrops import Drop, drops_of
from verifier.decode.meaning.phrases import account_in
from verifier.decode.meaning.scene import Fields, Meant, Scene, Table, listed
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Move
from verifier.model.text import show_bytes
from verifier.model.units import Amount


def _bridged(scene: Scene) -> Meant:
    """Return what a function pays whose arguments have the names that all of them share in their data file."""
    a = scene.arguments
    p = next((a.struct(name) for name in ("sendParam", "message") if name in a and a.part(name).children), a)
    paid = _paid(scene, p)
    moves = [_move(scene, a, p, token, amount) for token, amount in paid]
    moves += [_refund(scene, a, back) for back in _refunds(scene, a)]
    shown = listed(paid, lambda one: _show(scene, *one)) or "nothing but a message"
    chain = a.get("chain", p.get("dstEid"))
    where_to = (
        f"the chain that {scene.here} knows as number {chain}" if chain is not None else "another chain"
    )
    said = f"Sends {shown}{scene.of_caller} through the bridge {scene.here} to {_whom(scene, p['to'])} on {where_to}"
    if scene.names.vault is not None and _recipient(p["to"]) == scene.names.vault:
        said += ", where nothing here knows who has that address"
    least = _least(p)
    if least is not None:
        said += f", where at least {least} base units{_of_what(scene, p)} have to come out"
    elif of_what := _of_what(scene, p):
        said += f", where it comes out as so many{of_what}"
    deliverer = _other_side(p, "destinationCaller")
    if deliverer is not None:
        said += f"; nobody but {_whom(scene, deliverer)} can have it come out there"
    if back := listed(list(_refunds(scene, a)), scene.names.name):
        said += f"; what is too much, or is not delivered, goes to {back}"
    drops, unread = drops_of(a, p)
    for drop in drops:
        said += f"; {drop.amount} base units of the coin there go to {_whom(scene, drop.receiver)}"
        moves.append(_dropped(scene, a, drop))
    if _carries(p):
        said += "; code of the recipient is called there with data"
    return Meant(said=f"{said}.", effects=tuple(moves), unread=unread)


def _dropped(scene: Scene, a: Fields, drop: Drop) -> Move:
    account = _account(drop.receiver)
    return Move(
        token=NATIVE,
        sender=scene.target,
        recipient=account or scene.target,
        amount=None,
        where=a.where(),
        elsewhere=None if account else drop.receiver,
    )


def _least(p: Fields) -> int | None:
    """Return what has to come out; what does not, whoever delivers it keeps."""
    for name in ("outputAmount", "minAmount"):
        if name in p:
            least: int = p[name]
            return least
    fee: int = p.get("arbiterFee", 0) or p.get("maxFee", 0)
    return max(0, p["amount"] - fee) if fee and "amount" in p else None


def _of_what(scene: Scene, p: Fields) -> str:
    """Return which token of the other chain comes out, where the bytes say so."""
    for name in ("outputToken", "remoteToken"):
        token = _other_side(p, name)
        if token is not None:
            return f" of the token {_whom(scene, token)}"
    return ""


def _other_side(p: Fields, name: str) -> Any:
    """Return an account of another chain; None where there is none, or nobody, which stands for the usual one."""
    account = p.get(name)
    return account if account is not None and any(account) else None


def _refunds(scene: Scene, a: Fields) -> Iterator[Address]:
    """Yield who gets what is too much, or all of it where it is not delivered; not who sends it."""
    of_call = a.struct("params") if "params" in a else a
    seen = {scene.caller, NOBODY}
    for fields, name in ((a, "refundAddress"), (of_call, "refundAddress"), (a, "depositor")):
        account = fields.get(name)
        if isinstance(account, bytes) and not isinstance(account, Address):
            account = account_in(account)
        if account is not None and account not in seen:
            seen.add(account)
            yield account


def _refund(scene: Scene, a: Fields, account: Address) -> Move:
    return Move(token=NATIVE, sender=scene.target, recipient=account, amount=None, where=a.where())


def _carries(p: Fields) -> bool:
    """Whether it brings data for the recipient's code."""
    return any(p.get(name) for name in ("composeMsg", "payload", "message", "data"))


def _paid(scene: Scene, p: Fields) -> list[tuple[Address, int | None]]:
    if "tokenAmounts" in p:
        return [(one["token"], one["amount"]) for one in p.structs("tokenAmounts")]
    if "token" in p:
        token = p["token"] if isinstance(p["token"], Address) else account_in(p["token"]) or NOBODY
        # Polygon's packs the amount by the kind of token.
        return [(token, p.get("amount"))]
    # A token that is a bridge itself, or the coins that are sent along.
    return [(scene.target, p["amount"])] if "amount" in p else [(NATIVE, scene.call.value)]


def _show(scene: Scene, token: Address, amount: int | None) -> str:
    return f"some of {scene.names.name(token)}" if amount is None else scene.names.amount(token, amount)


def _whom(scene: Scene, to: Any) -> str:
    if isinstance(to, Address):
        return scene.names.name(to)
    account = _account(to)
    return scene.names.name(account) if account else f"an account that is no address here, {show_bytes(to)},"


def _recipient(to: Any) -> Address | None:
    return to if isinstance(to, Address) else _account(to)


def _account(to: bytes) -> Address | None:
    return None if len(to) == 40 else account_in(to)


def _move(scene: Scene, a: Fields, p: Fields, token: Address, amount: int | None) -> Move:
    to, least = p["to"], _least(p)
    account = to if isinstance(to, Address) else _account(to)
    # The coins that are sent along are the bridge's by then.
    sender = scene.target if token == NATIVE else a.get("from", scene.caller)
    return Move(
        token=token,
        sender=sender,
        recipient=scene.target if account is None else account,
        amount=None if amount is None else Amount(amount),
        where=p.where(*(name for name in ("token", "amount", "to") if name in p)),
        least=None if least is None else Amount(least),
        elsewhere=to if account is None else None,
    )


_FUNCTIONS: Final = (
    "depositForBurn", "depositForBurnWithCaller", "transferTokens", "transferTokensWithPayload", "wrapAndTransferETH",
    "send", "sendFrom", "transferRemote", "depositV3", "deposit", "bridgeERC20To", "depositERC20To", "bridgeETHTo",
    "depositETHTo", "withdrawTo", "outboundTransfer", "outboundTransferCustomRefund", "depositFor", "depositEtherFor",
    "bridgeAsset", "relayTokens", "ccipSend", "transfer", "swap",
)  # fmt: skip

MEANINGS: Final[Table] = dict.fromkeys(_FUNCTIONS, _bridged)
