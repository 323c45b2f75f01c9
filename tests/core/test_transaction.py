"""A member's own transaction, byte for byte as eth_account makes it."""

from __future__ import annotations

import pytest
from eth_account import Account
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from tests.core import strategies
from tests.core.strategies import uints
from verifier.errors import NumberOutOfRange
from verifier.model.address import Address
from verifier.model.reading import TransactionTerms
from verifier.model.units import ChainId, Wei
from verifier.sign.approval import split_signature
from verifier.sign.transaction import Transaction

KEY = keccak(b"sender")
SENDER = Account.from_key(KEY)

terms = st.builds(
    TransactionTerms,
    chain_id=st.integers(1, 2**63).map(ChainId),
    nonce=uints(63),
    gas=uints(63),
    max_fee=uints(128).map(Wei),
    priority_fee=uints(128).map(Wei),
)


@given(terms, st.none() | strategies.addresses, st.binary(max_size=300), uints(255).map(Wei))
def test_signed__any_transaction__as_eth_account_signs_it(
    terms: TransactionTerms, to: Address | None, data: bytes, value: Wei
) -> None:
    transaction = Transaction.on(terms, to=to, data=data, value=value)
    theirs = Account.sign_transaction(
        {
            "type": 2,
            "chainId": terms.chain_id,
            "nonce": terms.nonce,
            "gas": terms.gas,
            "maxFeePerGas": int(terms.max_fee),
            "maxPriorityFeePerGas": int(terms.priority_fee),
            "value": int(value),
            "data": "0x" + data.hex(),
            **({} if to is None else {"to": str(to)}),
        },
        KEY,
    )
    signature = split_signature(bytes(SENDER.unsafe_sign_hash(transaction.digest).signature))
    assert transaction.signed(signature) == bytes(theirs.raw_transaction)
    assert Account.recover_transaction(transaction.signed(signature)) == SENDER.address


@pytest.mark.parametrize("field", ["chain_id", "nonce", "gas", "max_fee", "priority_fee"])
def test_on__number_that_no_transaction_holds__refused(field: str) -> None:
    numbers = {"chain_id": 1, "nonce": 0, "gas": 21_000, "max_fee": 1, "priority_fee": 1}
    good = TransactionTerms(**numbers)  # type: ignore[arg-type]
    assert Transaction.on(good, to=None, data=b"", value=Wei(0)).digest
    for bad in (-1, 2**256):
        wrong = TransactionTerms(**{**numbers, field: bad})  # type: ignore[arg-type]
        with pytest.raises(NumberOutOfRange):
            Transaction.on(wrong, to=None, data=b"", value=Wei(0))
    with pytest.raises(NumberOutOfRange):
        Transaction.on(good, to=None, data=b"", value=Wei(-1))
