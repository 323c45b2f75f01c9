"""Amounts of assets in words. Decimals are the vault's own; the raw number always stands beside."""

from __future__ import annotations

from typing import Final

from verifier.assess.happenings.pen import Pen
from verifier.assess.happenings.texts import limits_in
from verifier.model.address import Address
from verifier.model.text import Shown

# Limits count in millionths of a whole one, or in base units where there are fewer decimals.
_UNIT_DECIMALS: Final = 6
# More decimals than any honest token has: a number of them would only hide the amount.
_MOST_DECIMALS: Final = 36


def show_units(units: int, decimals: int) -> Shown:
    """Return a limit in whole ones."""
    return Shown(_whole(units, min(decimals, _UNIT_DECIMALS)))


def show_amount(pen: Pen, token: Address, value: int) -> Shown:
    """Return an amount of a token, in whole ones where the vault lists it."""
    limits, raw = limits_in(pen.value(f"asset/{token}")), f"{value} base units of {pen.name(token)}"
    if limits is None or limits.decimals > _MOST_DECIMALS:
        return Shown(raw)
    return Shown(f"{_whole(value, limits.decimals)} ({raw})")


def _whole(value: int, decimals: int) -> str:
    whole, rest = divmod(value, 10**decimals)
    fraction = f"{rest:0{decimals}}".rstrip("0") if decimals else ""
    return f"{whole:,}.{fraction}" if fraction else f"{whole:,}"
