"""What is known of the accounts that an operation names: their code, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.model.address import Address
from verifier.model.evidence import Evidence, Fact
from verifier.model.text import Foreign
from verifier.model.units import Amount, Wei

DELEGATED_CODE: Final = bytes.fromhex("ef0100")
"""What the code of an account begins with that runs another one's (EIP-7702); that one's address follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenReading:
    """What a token says. Its code is not ours, so all of it is a claim of whoever wrote that code."""

    # As the contract answers; None where it gives no such answer.
    decimals: int | None
    symbol: Foreign | None
    supply: Amount | None
    # Of the vault.
    balance: Amount | None
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReading:
    """An account at the block of a reading."""

    address: Address
    # Proven by the code hash in the account, where that is.
    code: bytes
    code_hash: bytes
    balance: Wei
    nonce: int
    # Of code, code hash, balance and nonce.
    evidence: Evidence
    # Whose code it runs: by the slots of ERC-1967 and its forerunners, by a beacon, as an ERC-1167 clone, or by
    # EIP-7702. None where nothing says so.
    implementation: Fact[Address] | None = None
    # That one's code, as far as it was read.
    implementation_code: bytes = b""
    # Whether it had this code a delay ago already; None where that could not be found out.
    had_code: Fact[bool] | None = None
    token: TokenReading | None = None

    @property
    def is_contract(self) -> bool:
        return bool(self.code) and self.delegate is None

    @property
    def delegate(self) -> Address | None:
        """Whose code it runs by EIP-7702, as a person's account."""
        if len(self.code) == 23 and self.code.startswith(DELEGATED_CODE):
            return Address(self.code[3:])
        return None
