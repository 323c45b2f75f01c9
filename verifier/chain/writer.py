"""Sending what was signed elsewhere, and saying what became of it."""

from __future__ import annotations

import time
from typing import Any, Final

from eth_hash.auto import keccak

from verifier.chain.answer import Answer
from verifier.chain.endpoint import Endpoint
from verifier.chain.panel import Panel
from verifier.errors import EndpointRefused, TransactionRejected, TransactionUnmined, VaultError, from_revert
from verifier.model.address import Address
from verifier.model.reading import Receipt, TransactionTerms
from verifier.model.units import BlockNumber, Wei

# A call that reverted, by most nodes; its data says why.
_REVERTED: Final = 3
# Estimates are for the state of now; another member's transaction may come first and cost some storage.
_SPARE_GAS: Final = 1.25
_GWEI: Final = 10**9


class TransactionWriter:
    """The port ChainWriter over a panel of endpoints. The first endpoint that takes a transaction is enough."""

    def __init__(self, panel: Panel, *, patience: float = 120.0, pause: float = 0.2) -> None:
        """Take endpoints.

        :param patience: seconds until a transaction that is in no block is given up
        :param pause: seconds between two looks
        """
        self._panel = panel
        self._patience = patience
        self._pause = pause

    def terms(self, *, sender: Address, to: Address | None, data: bytes, value: Wei) -> TransactionTerms:
        """Return what a transaction needs.

        :raises VaultError: it would be refused.
        :raises EndpointError: no endpoint answers.
        """
        call = _call(sender, to, data, value)
        return self._panel.ask_any(lambda endpoint: self._terms(endpoint, call))

    def send(self, transaction: bytes) -> Receipt:
        """Send a signed transaction and wait until a block took it in.

        :raises VaultError: it was refused on the chain.
        :raises TransactionRejected: no endpoint took it.
        :raises TransactionUnmined: it is in no block yet.
        """
        endpoint = self._panel.ask_any(lambda endpoint: _submit(endpoint, transaction))
        name = keccak(transaction)
        receipt = self._wait(endpoint, name)
        if receipt.at("status").quantity() != 1:
            raise _reason(endpoint, name, receipt)
        contract = receipt.at("contractAddress")
        return Receipt(
            transaction=name,
            block=BlockNumber(receipt.at("blockNumber").quantity()),
            gas_used=receipt.at("gasUsed").quantity(),
            contract=None if contract.is_null else Address(contract.data(20)),
        )

    def _terms(self, endpoint: Endpoint, call: dict[str, Any]) -> TransactionTerms:
        try:
            gas = endpoint.ask("eth_estimateGas", call)
        except EndpointRefused as refused:
            if refused.code == _REVERTED or refused.data:
                raise from_revert(refused.data) from refused
            raise
        nonce, tip, block = endpoint.ask_many(
            [
                ("eth_getTransactionCount", [call["from"], "pending"]),
                ("eth_maxPriorityFeePerGas", []),
                ("eth_getBlockByNumber", ["latest", False]),
            ]
        )
        base_fee = block.at("baseFeePerGas")
        priority_fee = min(tip.quantity(), 10 * _GWEI)
        return TransactionTerms(
            chain_id=self._panel.chain_id,
            nonce=nonce.quantity(),
            gas=int(gas.quantity() * _SPARE_GAS),
            max_fee=Wei((0 if base_fee.is_null else 2 * base_fee.quantity()) + priority_fee),
            priority_fee=Wei(priority_fee),
        )

    def _wait(self, endpoint: Endpoint, transaction: bytes) -> Answer:
        until = time.monotonic() + self._patience
        while (receipt := endpoint.ask("eth_getTransactionReceipt", "0x" + transaction.hex())).is_null:
            if time.monotonic() > until:
                raise TransactionUnmined(
                    endpoint=endpoint.name, transaction=transaction, seconds=self._patience
                )
            time.sleep(self._pause)
        return receipt


def _submit(endpoint: Endpoint, transaction: bytes) -> Endpoint:
    try:
        endpoint.ask("eth_sendRawTransaction", "0x" + transaction.hex())
    except EndpointRefused as refused:
        if refused.data:
            raise from_revert(refused.data) from refused
        raise TransactionRejected(endpoint=endpoint.name, message=refused.message) from refused
    return endpoint


def _reason(endpoint: Endpoint, transaction: bytes, receipt: Answer) -> VaultError:
    """Return why a transaction failed, by making it again on the block before; at worst that nobody knows."""
    try:
        sent = endpoint.ask("eth_getTransactionByHash", "0x" + transaction.hex())
        call = {key: sent.at(key).value for key in ("from", "to", "value", "input", "gas")}
        endpoint.ask("eth_call", call, hex(receipt.at("blockNumber").quantity() - 1))
    except EndpointRefused as refused:
        return from_revert(refused.data)
    return from_revert(b"")


def _call(sender: Address, to: Address | None, data: bytes, value: Wei) -> dict[str, Any]:
    call: dict[str, Any] = {"from": str(sender), "input": "0x" + data.hex(), "value": hex(value)}
    return call if to is None else {**call, "to": str(to)}
