"""From calls to a tier, by the vault's policy. What is not understood is CUSTODY."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Final

from eth_hash.auto import keccak

from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE, AssetTerms, Use
from verifier.model.operation import Call
from verifier.model.tier import Tier
from verifier.model.units import Amount, Units


def _selector(signature: str) -> bytes:
    return keccak(signature.encode("ascii"))[:4]


TRANSFER: Final = _selector("transfer(address,uint256)")
TRANSFER_FROM: Final = _selector("transferFrom(address,address,uint256)")
APPROVE: Final = _selector("approve(address,uint256)")
INCREASE_ALLOWANCE: Final = _selector("increaseAllowance(address,uint256)")
MOVERS: Final = frozenset({TRANSFER, TRANSFER_FROM, APPROVE, INCREASE_ALLOWANCE})
"""The functions by which an ERC-20 token moves, or lets others move it."""

SEAT_FUNCTIONS: Final = frozenset(
    _selector(signature)
    for signature in (
        "addMember(address,uint256,uint256,uint256)",
        "removeMember(address)",
        "replaceMember(address,address,uint256,uint256)",
        "reinstateMember(address)",
        "confirmSuspension(address)",
        "setRoles(address,uint256)",
        "setAttributes(address,uint256)",
    )
)
"""The functions of the vault whose first argument is the one member that they are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBook:
    """What policy knows; addresses that are in no mapping are not listed, or not allowed."""

    assets: Mapping[Address, AssetTerms]
    counterparties: Mapping[Address, Use]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the calls of an operation are."""

    tier: Tier
    is_seat_operation: bool
    # The one member that a seat operation is about; the zero address in other operations.
    subject: Address


def judge(
    calls: tuple[Call, ...], *, vault: Address, book: PolicyBook, known: Container[Address]
) -> Judgement:
    """Return what today's policy makes of the calls of an operation.

    :param known: every address that has, or ever had, a seat
    """
    if len(calls) == 1 and calls[0].target == vault and len(calls[0].data) >= 36:
        data = calls[0].data
        if data[:4] in SEAT_FUNCTIONS:
            return Judgement(tier=Tier.CUSTODY, is_seat_operation=True, subject=Address(data[16:36]))
    tier = tier_of(calls, vault=vault, book=book, known=known)
    return Judgement(tier=tier, is_seat_operation=False, subject=NOBODY)


def tier_of(calls: tuple[Call, ...], *, vault: Address, book: PolicyBook, known: Container[Address]) -> Tier:
    """Return the highest tier of any of the calls."""
    return max(
        (_tier_of_call(call, vault=vault, book=book, known=known) for call in calls), default=Tier.ROUTINE
    )


def _tier_of_call(call: Call, *, vault: Address, book: PolicyBook, known: Container[Address]) -> Tier:
    if call.target == vault:
        return Tier.CUSTODY
    if not call.data:
        allowed = bool(_uses(book, call.target) & Use.RECIPIENT)
        if not allowed and call.target in known:
            return Tier.CUSTODY
        return _tier_of_move(book.assets.get(NATIVE), Amount(call.value), allowed=allowed)
    if call.value != 0 or call.data[:4] not in MOVERS:
        return Tier.CUSTODY
    return _tier_of_token_call(book, book.assets.get(call.target), call.data, vault=vault)


def _tier_of_token_call(book: PolicyBook, terms: AssetTerms | None, data: bytes, *, vault: Address) -> Tier:
    """Canonical calldata only: the exact length, and no dirty byte in front of an address."""
    selector, arguments = data[:4], data[4:]
    if selector == TRANSFER_FROM:
        # Only its own assets are the vault's to move.
        if arguments[:32] != vault.rjust(32, b"\0"):
            return Tier.CUSTODY
        arguments = arguments[32:]
    if len(arguments) != 64 or any(arguments[:12]):
        return Tier.CUSTODY
    uses = _uses(book, Address(arguments[12:32]))
    amount = Amount(int.from_bytes(arguments[32:], "big"))
    if selector in (TRANSFER, TRANSFER_FROM):
        return _tier_of_move(terms, amount, allowed=bool(uses & Use.RECIPIENT))
    # Taking an allowance back frees nothing, whoever had it.
    takes_back = selector == APPROVE and amount == 0
    return _tier_of_move(terms, amount, allowed=takes_back or bool(uses & Use.SPENDER))


def _tier_of_move(terms: AssetTerms | None, amount: Amount, *, allowed: bool) -> Tier:
    if terms is None:
        return Tier.CUSTODY
    if not allowed:
        return Tier.HIGH_VALUE
    if amount <= terms.amount(terms.routine_limit):
        return Tier.ROUTINE
    # Whatever is above one unit less: a part of a unit is never free.
    return Tier.HIGH_VALUE if amount > terms.amount(Units(terms.high_value_from - 1)) else Tier.STANDARD


def _uses(book: PolicyBook, account: Address) -> Use:
    return book.counterparties.get(account, Use(0))
