"""Where a contract comes to stand that another contract makes: a hash of who makes it, of a salt, and of its code."""

from __future__ import annotations

from typing import Final

from eth_hash.auto import keccak

from verifier.model.address import Address

_PROXY: Final = keccak(bytes.fromhex("67363d3d37363d34f03d5260086018f3"))
"""Of the code that factories by CREATE3 make first; the contract is what that one makes first, whatever its code."""
_CLONE: Final = (
    bytes.fromhex("3d602d80600a3d3981f3363d3d373d3d3d363d73"),
    bytes.fromhex("5af43d82803e903d91602b57fd5bf3"),
)
"""EIP-1167, around the account whose code a clone runs."""
_PADDING: Final = bytes(12)


def create2(factory: Address, salt: bytes, code_hash: bytes) -> Address:
    """Return where CREATE2 puts a contract (EIP-1014).

    :param code_hash: of the code that makes it, with what its constructor is given
    """
    return Address(keccak(b"\xff" + factory + salt + code_hash)[12:])


def create3(factory: Address, salt: bytes) -> Address:
    """Return where factories by CREATE3 put a contract, which does not depend on its code."""
    return Address(keccak(b"\xd6\x94" + create2(factory, salt, _PROXY) + b"\x01")[12:])


def clone_code(implementation: Address) -> bytes:
    """Return the code that makes a clone of a contract."""
    return _CLONE[0] + implementation + _CLONE[1]


def createx_salt(salt: bytes, caller: Address) -> bytes | None:
    """Return the salt that CreateX takes in the place of one that it is given; None where that depends on the chain.

    One that begins with the caller, or with nobody, has a flag behind it: 1 for a salt of this chain only.
    """
    whose, flag = salt[:20], salt[20]
    if flag > 1 and whose in (caller, bytes(20)):
        # It takes no such salt.
        return None
    if flag == 1 and whose in (caller, bytes(20)):
        return None
    return keccak(_PADDING + caller + salt) if whose == caller else keccak(salt)
