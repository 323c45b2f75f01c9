"""Whose code an account runs: by the slots that proxies keep, by its own code, or by EIP-7702."""

from __future__ import annotations

from typing import Final

from eth_hash.auto import keccak

from verifier.model.account import DELEGATED_CODE
from verifier.model.address import NOBODY, Address

# Of ERC-1967 (`keccak256(name) - 1`), of what OpenZeppelin had before it, and of ERC-1822.
IMPLEMENTATION_SLOTS: Final = (
    int.from_bytes(keccak(b"eip1967.proxy.implementation"), "big") - 1,
    int.from_bytes(keccak(b"org.zeppelinos.proxy.implementation"), "big"),
    int.from_bytes(keccak(b"PROXIABLE"), "big"),
)
BEACON_SLOT: Final = int.from_bytes(keccak(b"eip1967.proxy.beacon"), "big") - 1
PROXY_SLOTS: Final = (*IMPLEMENTATION_SLOTS, BEACON_SLOT)

# What the code of a clone is before and behind the address: ERC-1167, the same with PUSH0, and Vyper's.
_CLONES: Final = tuple(
    (bytes.fromhex(before), bytes.fromhex(behind))
    for before, behind in (
        ("363d3d373d3d3d363d73", "5af43d82803e903d91602b57fd5bf3"),
        ("365f5f375f5f365f73", "5af43d5f5f3e5f3d91602a57fd5bf3"),
        ("366000600037611000600036600073", "5af4602c57600080fd5b6110006000f3"),
    )
)


def implementation_in(words: dict[int, int]) -> Address | None:
    """Return the implementation that a proxy's words at `PROXY_SLOTS` name."""
    return next((found for slot in IMPLEMENTATION_SLOTS if (found := _address(words[slot]))), None)


def beacon_in(words: dict[int, int]) -> Address | None:
    """Return the beacon that a proxy's words name, where no slot names an implementation."""
    return None if implementation_in(words) else _address(words[BEACON_SLOT])


def run_by(code: bytes) -> Address | None:
    """Return whose code a clone runs, or an account that delegates."""
    if len(code) == 23 and code.startswith(DELEGATED_CODE):
        return Address(code[3:])
    for before, behind in _CLONES:
        if len(code) == len(before) + 20 + len(behind) and code.startswith(before) and code.endswith(behind):
            return Address(code[len(before) : len(before) + 20])
    return None


def _address(word: int) -> Address | None:
    """Return the address in a word; None where it is zero, or more than an address."""
    if not 0 < word < 1 << 160:
        return None
    found = Address(word.to_bytes(20, "big"))
    return None if found == NOBODY else found
