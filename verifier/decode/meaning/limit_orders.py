"""Orders of 1inch that somebody signed: what whoever fills one pays, to whom, and what comes out at the least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.decode.meaning.limit_terms import (
    GETTERS,
    IS_MAKING,
    IS_UNWRAPPED,
    TAKER_SUFFIX,
    Tail,
    Terms,
    account_of,
    bounds_of,
    expiry_of,
    has_field,
    read_tail,
    taker_terms,
    terms_of,
)
from verifier.decode.meaning.scene import Fields, Inner, Meant, Scene, Table, counted
from verifier.decode.tokens import UNLIMITED
from verifier.model.address import NOBODY, Address
from verifier.model.call import Fault
from verifier.model.effect import Move
from verifier.model.finding import ByteRange
from verifier.model.operation import Call
from verifier.model.text import show_bytes, show_moment
from verifier.model.units import Amount, Wei

_ACCOUNT: Final = 20
_AS_COINS: Final = ", as coins where it is their wrapper"
# What stands in the place of a function that tells an amount, where the order's own amounts are the only ones.
_FROZEN: Final = b"x"
# OrderMixin.sol and OrderRFQMixin.sol of version 3: flags above an amount.
_SKIPS_PERMIT: Final = 1 << 255
_QUOTE_FLAGS: Final = 0xF << 252
_QUOTE_IS_UNWRAPPED: Final = 1 << 252
_QUOTE_EXPIRES_AT, _QUOTE_EXPIRES = 64, (1 << 64) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filled:
    """An order as it is filled, whichever version it is of."""

    maker: Address
    # Who is paid, and who gets what comes out.
    payee: Address
    to: Address
    gives: Address
    takes: Address
    until: int
    terms: Terms
    interaction: bytes
    where: ByteRange | None


def _meant(
    scene: Scene, one: _Filled, *, more: str = "", faults: tuple[Fault, ...] = (), unread: int = 0
) -> Meant:
    names = scene.names
    value = scene.call.value
    # Where coins are sent along, they are all that can be paid.
    terms = Terms(most=min(one.terms.most, value or UNLIMITED), least=one.terms.least)
    cost = (
        "whatever it costs" if terms.most >= UNLIMITED else f"at most {names.amount(one.takes, terms.most)}"
    )
    until = f", good until {show_moment(one.until)}" if one.until else ""
    said = (
        f"At {scene.here}, fills an order of {names.name(one.maker)}{until}: pays {cost}{scene.of_caller} to "
        f"{names.name(one.payee)} for at least {names.amount(one.gives, terms.least)}, which go to "
        f"{names.name(one.to)}{more}."
    )
    if len(one.interaction) >= _ACCOUNT:
        called = Address(one.interaction[:_ACCOUNT])
        size = len(one.interaction) - _ACCOUNT
        said += f" In between, {names.name(called)} is called, with {counted(size, 'byte')} for it."
    paid = Move(
        token=one.takes,
        # Coins are sent along with the call, whose value says so.
        sender=scene.target if value else scene.caller,
        recipient=one.payee,
        amount=Amount(terms.most),
        where=one.where,
    )
    out = Move(
        token=one.gives,
        sender=one.maker,
        recipient=one.to,
        amount=None,
        where=one.where,
        least=Amount(terms.least),
    )
    return Meant(said=said, effects=(paid, out), faults=faults, unread=unread)


def _fill(scene: Scene) -> Meant:
    """Return an order of version 4. Its accounts stand as numbers, and a number says what stands behind it."""
    a = scene.arguments
    if "takerTraits" not in a:
        return _fill_older(scene)
    order = a.struct("order")
    traits: int = a["takerTraits"]
    tail = read_tail(a.part("args") if "args" in a else None, traits)
    read = {name: account_of(order.part(name)) for name in ("maker", "receiver", "makerAsset", "takerAsset")}
    maker, receiver = read["maker"][0], read["receiver"][0]
    is_linear = not tail.is_priced_elsewhere
    filled = _Filled(
        maker=maker,
        payee=maker if receiver == NOBODY else receiver,
        to=scene.caller if tail.target is None else tail.target,
        gives=read["makerAsset"][0],
        takes=read["takerAsset"][0],
        until=expiry_of(order["makerTraits"]),
        terms=taker_terms(order, a["amount"], traits, is_linear=is_linear),
        interaction=tail.interaction,
        where=order.where(),
    )
    faults = (*(fault for _, found in read.values() for fault in found), *tail.faults)
    more = _more(tail, traits)
    return _meant(scene, filled, more=more, faults=faults, unread=int(tail.is_paid_elsewise))


def _more(tail: Tail, traits: int) -> str:
    more = _AS_COINS if traits & IS_UNWRAPPED else ""
    if tail.is_priced_elsewhere:
        more += "; how much, a contract says that the order names"
    if tail.is_paid_elsewise:
        more += "; what is paid, bytes say that only the asset's own code can read"
    return more


def _fill_older(scene: Scene) -> Meant:
    """Return an order of version 3. Of the two amounts one is 0; the limit is for that one."""
    a = scene.arguments
    order = a.struct("order")
    making, taking = a["makingAmount"], a["takingAmount"]
    # Whatever stands behind it may name a contract that tells the amounts.
    is_linear = not order["interactions"]
    terms = terms_of(
        order["makingAmount"],
        order["takingAmount"],
        amount=making or taking,
        is_making=not taking,
        threshold=a["threshold"] & ~_SKIPS_PERMIT,
        is_linear=is_linear,
    )
    is_raised = _may_be_raised(order, a["interaction"])
    if is_raised:
        terms = Terms(most=UNLIMITED, least=terms.least)
    maker, receiver = order["maker"], order["receiver"]
    filled = _Filled(
        maker=maker,
        payee=maker if receiver == NOBODY else receiver,
        to=a.get("target", scene.caller),
        gives=order["makerAsset"],
        takes=order["takerAsset"],
        until=0,
        terms=terms,
        interaction=a["interaction"],
        where=order.where(),
    )
    more = "" if is_linear else "; how much, a contract may say that the order names"
    if "permit" in a:
        more += "; it shows a signature that allows this to be paid"
    if is_raised:
        more += "; who is called in between may ask for more"
    return _meant(scene, filled, more=more, unread=int(has_field(order["offsets"], TAKER_SUFFIX)))


def _may_be_raised(order: Fields, interaction: bytes) -> bool:
    """Whether who is called in between says what is paid: whatever it asks for, if that is more, and not frozen."""
    stored: bytes = order["interactions"]
    getters = (bounds_of(order["offsets"], field) for field in GETTERS)
    return len(interaction) >= _ACCOUNT and all(stored[start:stop] != _FROZEN for start, stop in getters)


def _fill_quote(scene: Scene) -> Meant:
    """Return an order of the short form, which is always filled in its own proportion."""
    a = scene.arguments
    order = a.struct("order")
    flags: int = a["flagsAndAmount"]
    making, taking = order["makingAmount"], order["takingAmount"]
    # No amount stands for all of it.
    amount = flags & ~_QUOTE_FLAGS
    is_making = bool(flags & IS_MAKING) or not amount
    terms = terms_of(
        making, taking, amount=amount or making, is_making=is_making, threshold=0, is_linear=True
    )
    filled = _Filled(
        maker=order["maker"],
        payee=order["maker"],
        to=a.get("target", scene.caller),
        gives=order["makerAsset"],
        takes=order["takerAsset"],
        until=order["info"] >> _QUOTE_EXPIRES_AT & _QUOTE_EXPIRES,
        terms=terms,
        interaction=b"",
        where=order.where(),
    )
    return _meant(scene, filled, more=_AS_COINS if flags & _QUOTE_IS_UNWRAPPED else "")


def _cancel(scene: Scene) -> Meant:
    a = scene.arguments
    which = "an order"
    if "orderHash" in a:
        which = f"the order {show_bytes(a['orderHash'])}"
    elif "orderHashes" in a:
        which = counted(len(a["orderHashes"]), "order")
    elif "series" in a:
        which = f"all orders of the series {a['series']}"
    elif "additionalMask" in a:
        which = "orders by their numbers"
    return Meant(said=f"Cancels {which}{scene.of_caller} at {scene.here}; nobody can fill that then.")


def _permit_and_call(scene: Scene) -> Meant:
    """Return a call that the target makes to itself in the caller's name, after it showed a signature to a token."""
    part = scene.arguments.part("action")
    permit: bytes = scene.arguments["permit"]
    token = f" to {scene.names.name(Address(permit[:_ACCOUNT]))}" if len(permit) >= _ACCOUNT else ""
    data = part.value if isinstance(part.value, bytes) else b""
    inner = Inner(
        call=Call(target=scene.target, value=Wei(0), data=data), caller=scene.caller, where=part.where
    )
    said = f"Through {scene.here}, shows a signature{token} that allows something to be spent, and makes a call to it."
    return Meant(said=said, inner=(inner,))


MEANINGS: Final[Table] = {
    **dict.fromkeys(("fillOrder", "fillOrderArgs", "fillContractOrder", "fillContractOrderArgs"), _fill),
    **dict.fromkeys(("fillOrderTo", "fillOrderToWithPermit"), _fill_older),
    **dict.fromkeys(("fillOrderRFQ", "fillOrderRFQTo", "fillOrderRFQCompact"), _fill_quote),
    **dict.fromkeys(("cancelOrder", "cancelOrders", "cancelOrderRFQ"), _cancel),
    **dict.fromkeys(("bitsInvalidateForOrder", "increaseEpoch", "advanceEpoch"), _cancel),
    "permitAndCall": _permit_and_call,
}
