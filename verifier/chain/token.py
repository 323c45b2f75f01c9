"""What tokens say of themselves, by calls that nothing proves."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

from eth_hash.auto import keccak

from verifier.chain.answer import Answer
from verifier.chain.gather import Question
from verifier.model.account import TokenReading
from verifier.model.address import Address
from verifier.model.evidence import Evidence, Fact
from verifier.model.reading import Head
from verifier.model.units import Amount

_MOST_TEXT: Final = 64
"""Bytes of a symbol; what is longer is no symbol."""


def selector(signature: str) -> bytes:
    return keccak(signature.encode())[:4]


_DECIMALS: Final = selector("decimals()")
_SYMBOL: Final = selector("symbol()")
_SUPPLY: Final = selector("totalSupply()")
_BALANCE: Final = selector("balanceOf(address)")
_ALLOWANCE: Final = selector("allowance(address,address)")
_IMPLEMENTATION: Final = selector("implementation()")


def token_questions(token: Address, holder: Address, head: Head) -> list[Question]:
    """Return what to ask a token, for `token_reading` to read."""
    return [
        _question(token, _DECIMALS, head, _number),
        _question(token, _SYMBOL, head, _text),
        _question(token, _SUPPLY, head, _number),
        _question(token, _BALANCE + holder.rjust(32, b"\0"), head, _number),
    ]


def token_reading(said: list[Fact[Any] | None]) -> TokenReading | None:
    """Return what a token answered to its questions; None where it answers none of them."""
    answered = [fact for fact in said if fact is not None and fact.value is not None]
    if not answered:
        return None
    decimals, symbol, supply, balance = (None if fact is None else fact.value for fact in said)
    return TokenReading(
        decimals=decimals if decimals is not None and decimals < 256 else None,
        symbol=symbol,
        supply=None if supply is None else Amount(supply),
        balance=None if balance is None else Amount(balance),
        evidence=min((fact.evidence for fact in answered), default=Evidence.CLAIMED),
    )


def allowance_question(token: Address, owner: Address, spender: Address, head: Head) -> Question:
    data = _ALLOWANCE + owner.rjust(32, b"\0") + spender.rjust(32, b"\0")
    return _question(token, data, head, _number)


def implementation_question(beacon: Address, head: Head) -> Question:
    return _question(beacon, _IMPLEMENTATION, head, _account)


def _question(to: Address, data: bytes, head: Head, read: Any) -> Question:
    call = {"to": str(to), "data": "0x" + data.hex()}
    return Question(method="eth_call", params=[call, hex(head.number)], read=read)


def _number(answer: Answer) -> Hashable:
    data = answer.data()
    return int.from_bytes(data, "big") if len(data) == 32 else None


def _account(answer: Answer) -> Hashable:
    data = answer.data()
    is_account = len(data) == 32 and not any(data[:12]) and any(data)
    return Address(data[12:]) if is_account else None


def _text(answer: Answer) -> Hashable:
    """Return a string, as most tokens give it, or of 32 bytes, as some old ones do. It is foreign text."""
    data = answer.data()
    if len(data) == 32:
        return _utf8(data.rstrip(b"\0"))
    offset, length = int.from_bytes(data[:32], "big"), int.from_bytes(data[32:64], "big")
    if offset != 32 or length > _MOST_TEXT or len(data) < 64 + length:
        return None
    return _utf8(data[64 : 64 + length])


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8") or None
    except UnicodeDecodeError:
        return None
