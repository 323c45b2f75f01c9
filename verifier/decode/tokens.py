"""Movements of tokens in words, as far as the calldata tells: what a contract does with it is its own affair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from verifier.decode.lexicon import Lexicon
from verifier.model.address import Address

UNLIMITED: Final = (1 << 256) - 1
"""What is approved where no limit is meant."""


def say(function: str, arguments: Mapping[str, Any], token: Address, names: Lexicon) -> str:
    """Return what a call of a token does."""
    amount: int = arguments["amount"]
    shown = names.amount(token, amount)
    match function:
        case "transfer":
            said = f"Sends {shown} to {names.name(arguments['to'])}."
        case "transferFrom":
            said = f"Moves {shown} from {names.name(arguments['from'])} to {names.name(arguments['to'])}."
        case "approve" if amount == 0:
            spender = names.name(arguments["spender"])
            said = f"Takes back what {spender} may spend of the vault's {_which(token, names)}."
        case "approve":
            limit = f"without limit ({amount})" if amount == UNLIMITED else f"up to {shown}"
            said = (
                f"Allows {names.name(arguments['spender'])} to spend {limit} of the vault's {_which(token, names)}, "
                "at any time and without another operation."
            )
        case _:
            said = (
                f"Allows {names.name(arguments['spender'])} to spend {shown} more than before, at any time and without "
                "another operation."
            )
    if token in names.assets:
        return said
    return (
        f"{said} The vault does not list this contract as an asset; it does so only if it is an honest token."
    )


def _which(token: Address, names: Lexicon) -> str:
    label = names.labels.get(token)
    return names.name(token) if label else f"token {token}"
