"""What is known of tokens beside their calldata: which kind one is, and which amounts mean all there is."""

from __future__ import annotations

from enum import Enum
from typing import Final

from verifier.decode.lexicon import Lexicon
from verifier.model.address import Address
from verifier.model.evidence import Fact
from verifier.model.units import Amount

UNLIMITED: Final = (1 << 256) - 1
"""What is approved where no limit is meant."""

_DECIMALS: Final = bytes.fromhex("313ce567")
_OWNER_OF: Final = bytes.fromhex("6352211e")


class TokenKind(Enum):
    """What a number in a call of a token counts."""

    # Base units of one thing: ERC-20.
    COINS = "coins"
    # Single things by their numbers: ERC-721.
    COLLECTION = "collection"


def token_kind(token: Address, names: Lexicon) -> Fact[TokenKind] | None:
    """Return which kind of token an address is, where anything tells: `approve` and `transferFrom` are of both.

    The vault's own list tells, then the decimals that a token has, then which functions its code has. Some collections
    have decimals too, and some tokens are both.
    """
    if listed := names.assets.get(token):
        return listed.map(lambda _: TokenKind.COINS)
    account = names.accounts.get(token)
    if account is None:
        return None
    code = account.code + account.implementation_code
    has_decimals, has_owners = _DECIMALS in code, _OWNER_OF in code
    if account.token and account.token.decimals is not None and not has_owners:
        return Fact(value=TokenKind.COINS, evidence=account.token.evidence)
    if has_decimals == has_owners:
        return None
    return Fact(value=TokenKind.COINS if has_decimals else TokenKind.COLLECTION, evidence=account.evidence)


def limit_of(amount: int, *, bits: int = 256) -> Amount | None:
    """Return what an allowance is limited to; None where the largest number says that it is not."""
    return None if amount == (1 << bits) - 1 else Amount(amount)
