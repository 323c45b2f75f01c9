"""Groups that sign with FROST(secp256k1, SHA-256), for tests that need many signatures and no holders.

    owls = Group.new("owls")
    approval = (seat, publication, owls.sign(digest))

A group here is one secret, and signs in one step what its holders would sign together: nobody can tell the two apart by
the signature. Groups whose key is in no one place are made by `tests/frost/noble.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from eth_hash.auto import keccak
from eth_keys.datatypes import PrivateKey

from tests.frost.reference import ORDER, challenge, word

Words = tuple[bytes, bytes, bytes]
"""r, s and v of an approval: the abscissa of R, z, and the prefix of R."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group with a key. The key follows from the name, so that runs repeat."""

    name: str
    key: PrivateKey

    @classmethod
    def new(cls, name: str) -> Group:
        return cls(name=name, key=PrivateKey(keccak(f"group {name}".encode())))

    @property
    def x(self) -> int:
        return int.from_bytes(self.key.public_key.to_bytes()[:32], "big")

    @property
    def y(self) -> int:
        return int.from_bytes(self.key.public_key.to_bytes()[32:], "big")

    @property
    def prefix(self) -> int:
        """Return 2 where y is even, and 3 where it is odd."""
        return self.compressed[0]

    @property
    def compressed(self) -> bytes:
        """Return the key as RFC 9591 writes it."""
        return bytes(self.key.public_key.to_compressed_bytes())

    @property
    def account(self) -> bytes:
        """Return the address that the group has as a member."""
        return bytes(self.key.public_key.to_canonical_address())

    def sign(self, message: bytes) -> Words:
        """Return a signature that is the same for the same message."""
        secret = self.key.to_bytes()
        nonce = int.from_bytes(keccak(secret + message), "big") % ORDER
        r = bytes(PrivateKey(word(nonce)).public_key.to_compressed_bytes())
        e = challenge(r, self.compressed, message)
        z = (nonce + e * int.from_bytes(secret, "big")) % ORDER
        return r[1:], word(z), word(r[0])
