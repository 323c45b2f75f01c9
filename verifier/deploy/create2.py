"""The common CREATE2 deployer: whoever sends it, the same bytes come to the same address on every chain.

It takes 32 bytes of salt and the code that makes a contract, and returns the contract's address; where there is one
already, or the code reverts, it reverts without a reason. Nobody owns it, and it keeps nothing.
"""

from __future__ import annotations

from typing import Final

from eth_hash.auto import keccak

from verifier.model.address import Address

DEPLOYER: Final = Address.parse("0x4e59b44847b379578588920cA78FbF26c0B4956C")
DEPLOYER_CODE_HASH: Final = bytes.fromhex("2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989")
"""Keccak-256 of its 69 bytes."""
NO_SALT: Final = bytes(32)
"""With which the companions of every release are deployed."""


def address_of(salt: bytes, init_code: bytes) -> Address:
    """Return where the common deployer makes a contract (EIP-1014)."""
    return Address(keccak(b"\xff" + DEPLOYER + salt + keccak(init_code))[12:])
