"""What stands around the vault, in the model: balances, tokens, and contracts that its operations may call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from eth_abi.abi import decode
from eth_hash.auto import keccak

from tests.tokens.compiled import data_of
from verifier.assess.policy import APPROVE, INCREASE_ALLOWANCE, TRANSFER, TRANSFER_FROM
from verifier.model.address import Address
from verifier.model.operation import Call

# The compiler's own refusal of arithmetic that does not fit.
OVERFLOW: Final = keccak(b"Panic(uint256)")[:4] + (0x11).to_bytes(32, "big")
PASS: Final = data_of("Caller", "pass", bytes(20), b"")[:4]
TRUE: Final = (1).to_bytes(32, "big")
FALSE: Final = bytes(32)

VaultCall = Callable[[Address, bytes], bytes]
"""What the vault answers to a sender and data; raises Reverted."""


class Reverted(Exception):  # noqa: N818 - what a call does, not an accident
    """A call failed, with these bytes as its reason."""

    def __init__(self, reason: bytes = b"") -> None:
        super().__init__(reason.hex())
        self.reason = reason


@dataclass(slots=True)
class TokenBook:
    balances: defaultdict[Address, int] = field(default_factory=lambda: defaultdict(int))
    # By owner and spender.
    allowances: defaultdict[tuple[Address, Address], int] = field(default_factory=lambda: defaultdict(int))

    def copy(self) -> TokenBook:
        return TokenBook(self.balances.copy(), self.allowances.copy())

    def perform(self, sender: Address, data: bytes) -> None:
        """Do what an honest token does."""
        selector, arguments = data[:4], data[4:]
        if selector == TRANSFER:
            to, amount = decode(["address", "uint256"], arguments)
            self._move(sender, _address(to), amount)
        elif selector == TRANSFER_FROM:
            owner, to, amount = decode(["address", "address", "uint256"], arguments)
            key = (_address(owner), sender)
            self.allowances[key] = _fitting(self.allowances[key] - amount)
            self._move(_address(owner), _address(to), amount)
        elif selector in (APPROVE, INCREASE_ALLOWANCE):
            spender, amount = decode(["address", "uint256"], arguments)
            key = (sender, _address(spender))
            before = self.allowances[key] if selector == INCREASE_ALLOWANCE else 0
            self.allowances[key] = _fitting(before + amount)
        else:
            raise Reverted

    def _move(self, owner: Address, to: Address, amount: int) -> None:
        self.balances[owner] = _fitting(self.balances[owner] - amount)
        self.balances[to] = _fitting(self.balances[to] + amount)


@dataclass(slots=True, kw_only=True)
class Outside:
    """Everybody's balances, and what each contract answers."""

    native: defaultdict[Address, int] = field(default_factory=lambda: defaultdict(int))
    tokens: dict[Address, TokenBook] = field(default_factory=dict)
    # Answers everything with false.
    denier: Address
    # Hands calls on to the vault, and the vault's answer or reason back.
    caller: Address

    def copy(self) -> Outside:
        return Outside(
            native=self.native.copy(),
            tokens={address: book.copy() for address, book in self.tokens.items()},
            denier=self.denier,
            caller=self.caller,
        )

    def pay(self, sender: Address, to: Address, value: int) -> None:
        if self.native[sender] < value:
            raise Reverted
        self.native[sender] -= value
        self.native[to] += value

    def answer(self, sender: Address, call: Call, vault: VaultCall) -> bytes:
        """Let a call be made to something that is not the vault, and return what it answers."""
        if call.target in self.tokens:
            if call.value:
                raise Reverted
            self.tokens[call.target].perform(sender, call.data)
            return TRUE
        if call.target == self.caller:
            if call.value or call.data[:4] != PASS:
                raise Reverted
            _, data = decode(["address", "bytes"], call.data[4:])
            return vault(self.caller, data)
        self.pay(sender, call.target, call.value)
        return FALSE if call.target == self.denier else b""


def _address(account: str) -> Address:
    return Address(bytes.fromhex(account[2:]))


def _fitting(number: int) -> int:
    if not 0 <= number < 1 << 256:
        raise Reverted(OVERFLOW)
    return number
