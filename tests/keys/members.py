"""A member with a known key, and messages for it to sign."""

from __future__ import annotations

from typing import Final

from eth_account import Account
from eth_hash.auto import keccak

from verifier.keys.secret import Secret
from verifier.model.address import Address
from verifier.model.message import TypedMessage
from verifier.model.operation import Call, Operation, Publication
from verifier.model.reading import TransactionTerms
from verifier.model.text import Shown
from verifier.model.units import ChainId, LaneIndex, Sequence, Timestamp, Wei
from verifier.sign.messages import approve_message

KEY: Final = keccak(b"a member's key")
MEMBER: Final = Address.parse(Account.from_key(KEY).address)
OTHER: Final = Address(b"\x22" * 20)
VAULT: Final = Address(b"\x11" * 20)
TERMS: Final = TransactionTerms(
    chain_id=ChainId(31_337), nonce=7, gas=210_000, max_fee=Wei(30 * 10**9), priority_fee=Wei(10**9)
)


def message_of(*, data: bytes = b"\xde\xad", sequence: int = 1) -> TypedMessage:
    """Return the approval of an operation with one call."""
    operation = Operation(
        calls=(Call(target=OTHER, value=Wei(10**20), data=data),),
        lane=LaneIndex(0),
        sequence=Sequence(sequence),
        approve_by=Timestamp(1_900_000_000),
    )
    return approve_message(
        operation, Publication.unpack(0x0123_4567_89AB_CDEF), chain_id=ChainId(31_337), vault=VAULT
    )


class Asked:
    """Answers every question with one secret, and keeps what was asked and what was given."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self.questions: list[str] = []
        self.given: list[Secret] = []

    def __call__(self, question: Shown) -> Secret:
        self.questions.append(question)
        self.given.append(Secret(self._secret))
        return self.given[-1]
