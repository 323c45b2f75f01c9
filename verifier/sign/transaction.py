"""A member's own transaction (EIP-1559): what is signed of it, and its bytes with the signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import rlp
from eth_hash.auto import keccak

from verifier.model.address import Address
from verifier.model.operation import Signature
from verifier.model.reading import TransactionTerms
from verifier.model.units import Wei
from verifier.model.word import require_bits

_TYPE: Final = b"\x02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A transaction without its signature."""

    terms: TransactionTerms
    # None makes a contract.
    to: Address | None
    data: bytes
    value: Wei

    @classmethod
    def on(cls, terms: TransactionTerms, *, to: Address | None, data: bytes, value: Wei) -> Self:
        """Return the transaction on these terms.

        :raises NumberOutOfRange: a number is none that a transaction can hold.
        """
        for what, number, bits in (
            ("The chain of a transaction", terms.chain_id, 64),
            ("The nonce of a transaction", terms.nonce, 64),
            ("The gas of a transaction", terms.gas, 64),
            ("The fee of a transaction", terms.max_fee, 256),
            ("The tip of a transaction", terms.priority_fee, 256),
            ("The value of a transaction", value, 256),
        ):
            require_bits(what, number, bits)
        return cls(terms=terms, to=to, data=data, value=value)

    @property
    def digest(self) -> bytes:
        """The 32 bytes that its sender signs."""
        return keccak(_TYPE + rlp.encode(self._fields()))

    def signed(self, signature: Signature) -> bytes:
        """Return it as nodes take it. Whose signature that is, the caller has verified."""
        r, s = (_number(int.from_bytes(part, "big")) for part in (signature.r, signature.s))
        signed: bytes = _TYPE + rlp.encode([*self._fields(), _number(signature.v - 27), r, s])
        return signed

    def _fields(self) -> list[Any]:
        terms = self.terms
        numbers = (terms.chain_id, terms.nonce, terms.priority_fee, terms.max_fee, terms.gas)
        # Last, accounts and words that are said beforehand to be read: none.
        return [*map(_number, numbers), self.to or b"", _number(self.value), self.data, []]


def _number(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
