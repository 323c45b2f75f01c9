"""A chain as a deployment sees it: over JSON-RPC, whoever carries it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from verifier.errors import EndpointAnswerMalformed, EndpointRefused
from verifier.model.address import Address
from verifier.model.deployment import Fees
from verifier.model.units import ChainId, Wei

_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DATA: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_LATEST: Final = "latest"
Overrides = Mapping[Address, bytes]
"""Code that accounts have for a question, whatever they have on the chain."""


class Rpc(Protocol):
    """Carries a question to a chain, or to several endpoints of it that have to agree."""

    @property
    def name(self) -> str:
        """What is no secret of its address."""
        ...

    def ask(self, method: str, *params: Any) -> Any:
        """Return the result, as JSON.

        :raises EndpointRefused: the endpoint refuses, with the data of a revert where there is some.
        :raises EndpointError: there is no answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class ChainView:
    """Questions about the newest block. Every method raises EndpointError where there is no answer that makes sense."""

    rpc: Rpc

    def chain_id(self) -> ChainId:
        return ChainId(self._quantity("eth_chainId"))

    def code(self, account: Address) -> bytes:
        return self._data("eth_getCode", str(account), _LATEST)

    def balance(self, account: Address) -> Wei:
        return Wei(self._quantity("eth_getBalance", str(account), _LATEST))

    def nonce(self, account: Address, *, with_pending: bool = False) -> int:
        """Return how many transactions an account has sent that are in a block, or also those that are in none yet."""
        return self._quantity("eth_getTransactionCount", str(account), "pending" if with_pending else _LATEST)

    def call(self, to: Address | None, data: bytes, overrides: Overrides | None = None) -> bytes:
        """Return what a call returns; without a target, what a constructor does: the code that it makes.

        :raises EndpointRefused: it reverts, or the endpoint does not know how to answer.
        """
        request = {"data": "0x" + data.hex()} | ({} if to is None else {"to": str(to)})
        return self._data("eth_call", request, _LATEST, *_as_json(overrides))

    def estimate(self, sender: Address, to: Address, data: bytes, overrides: Overrides | None = None) -> int:
        """Return how much gas a transaction takes.

        :raises EndpointRefused: it would revert, or the endpoint cannot say.
        """
        request = {"from": str(sender), "to": str(to), "data": "0x" + data.hex()}
        return self._quantity("eth_estimateGas", request, _LATEST, *_as_json(overrides))

    def fees(self) -> Fees:
        """Return what gas costs now, and what it may cost if the base fee doubles before a block takes it.

        :raises EndpointAnswerMalformed: blocks have no base fee (EIP-1559).
        """
        block = self.rpc.ask("eth_getBlockByNumber", _LATEST, False)
        base = block.get("baseFeePerGas") if isinstance(block, dict) else None
        if not isinstance(base, str) or not _QUANTITY.fullmatch(base):
            raise self._malformed("eth_getBlockByNumber", "its blocks have no base fee (EIP-1559)")
        try:
            priority = self._quantity("eth_maxPriorityFeePerGas")
        except EndpointRefused:
            # Not every node knows it; what all know is the whole price.
            priority = max(0, self._quantity("eth_gasPrice") - int(base, 16))
        return Fees(base=Wei(int(base, 16)), priority=Wei(priority), most=Wei(2 * int(base, 16) + priority))

    def receipt(self, transaction: bytes) -> Mapping[str, Any] | None:
        """Return what became of a transaction; None while no block has it."""
        found = self.rpc.ask("eth_getTransactionReceipt", "0x" + transaction.hex())
        if found is not None and not isinstance(found, dict):
            raise self._malformed("eth_getTransactionReceipt", "an object was expected")
        return found

    def send_raw(self, transaction: bytes) -> bytes:
        """Return the hash of a signed transaction that the endpoint took.

        :raises EndpointRefused: it did not.
        """
        return self._data("eth_sendRawTransaction", "0x" + transaction.hex())

    def _quantity(self, method: str, *params: Any) -> int:
        value = self.rpc.ask(method, *params)
        if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
            raise self._malformed(method, "a number in hex was expected")
        return int(value, 16)

    def _data(self, method: str, *params: Any) -> bytes:
        value = self.rpc.ask(method, *params)
        if not isinstance(value, str) or not _DATA.fullmatch(value):
            raise self._malformed(method, "bytes in hex were expected")
        return bytes.fromhex(value[2:])

    def _malformed(self, method: str, why: str) -> EndpointAnswerMalformed:
        return EndpointAnswerMalformed(endpoint=self.rpc.name, method=method, why=why)


def _as_json(overrides: Overrides | None) -> list[Any]:
    if not overrides:
        return []
    return [{str(account): {"code": "0x" + code.hex()} for account, code in overrides.items()}]


def number_in(receipt: Mapping[str, Any], key: str) -> int:
    """Return a number of a receipt; 0 where it says none."""
    value = receipt.get(key)
    return int(value, 16) if isinstance(value, str) and _QUANTITY.fullmatch(value) else 0
