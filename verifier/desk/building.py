"""Building a call from what a person types: a transfer of a listed asset, an account by its label, an amount.

Decimals are those that the vault itself knows of a listed asset: a token's own word is not asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from verifier.errors import InputError, ValueUnfit
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.text import Foreign
from verifier.model.written_call import WrittenCall

TRANSFER: Final = "transfer(address,uint256)"
COIN_DECIMALS: Final = 18
_AMOUNT: Final = re.compile(r"([0-9]{1,78})(?:\.([0-9]{1,78}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A transfer as a person types it."""

    asset: Address
    to: str
    amount: str


def read_account(text: str, labels: Mapping[Address, Foreign]) -> Address:
    """Return an account by its address, which may stand in groups, or by the signer's own label for it.

    :raises InputError: it is neither, or two accounts have that label.
    """
    wanted = text.strip()
    named = [address for address, label in labels.items() if label.casefold() == wanted.casefold()]
    if len(named) == 1:
        return named[0]
    if named:
        raise ValueUnfit(type="account: several have this label", value=wanted)
    return Address.parse(wanted.replace(" ", ""))


def read_amount(text: str, decimals: int) -> int:
    """Return an amount in base units. A comma is not understood: here it parts thousands, and there decimals.

    :raises ValueUnfit: it is no such number, or has more decimals than there are.
    """
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or len(found[2] or "") > decimals:
        rest = f", and up to {decimals} after a point" if decimals else ""
        raise ValueUnfit(type=f"amount: digits{rest}", value=text)
    return int(found[1] + (found[2] or "").ljust(decimals, "0"))


def write_amount(amount: int, decimals: int) -> str:
    """Return an amount as `read_amount` takes it, without zeros at the end."""
    whole, rest = divmod(amount, 10**decimals)
    return f"{whole}.{rest:0{decimals}}".rstrip("0").rstrip(".") if rest else str(whole)


def write_transfer(transfer: Transfer, *, decimals: int, labels: Mapping[Address, Foreign]) -> WrittenCall:
    """Return the call that moves a listed asset.

    :raises InputError: the account or the amount is not understood.
    """
    to, amount = read_account(transfer.to, labels), read_amount(transfer.amount, decimals)
    if not amount:
        raise ValueUnfit(type="amount that moves anything", value=transfer.amount)
    if transfer.asset == NATIVE:
        return WrittenCall(goes_to=str(to), wei=str(amount))
    return WrittenCall(
        goes_to=str(transfer.asset), prototype=TRANSFER, listed=json.dumps([str(to), str(amount)])
    )


def transfer_in(call: WrittenCall, decimals: Mapping[Address, int]) -> Transfer | None:
    """Return the transfer that a written call is, so that it can be changed as one; None where it is none.

    :param decimals: of the listed assets
    """
    try:
        if not call.prototype and not call.data and NATIVE in decimals and int(call.wei):
            amount = write_amount(int(call.wei), decimals[NATIVE])
            return Transfer(asset=NATIVE, to=str(Address.parse(call.goes_to)), amount=amount)
        asset, inputs = Address.parse(call.goes_to), json.loads(call.listed)
        if call.prototype != TRANSFER or call.data or int(call.wei or "0") or asset not in decimals:
            return None
        to, units = inputs
        return Transfer(
            asset=asset, to=str(Address.parse(to)), amount=write_amount(int(units), decimals[asset])
        )
    except (InputError, TypeError, ValueError):
        return None
