"""Sending what was signed elsewhere to every endpoint, and saying what became of it by as many as have to agree."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_high
from typing import Any, Final

from eth_hash.auto import keccak

from verifier.chain.endpoint import Endpoint
from verifier.chain.panel import Outcomes, Panel
from verifier.errors import (
    EndpointError,
    EndpointRefused,
    EndpointsDisagree,
    TransactionRejected,
    TransactionUnmined,
    VaultError,
    from_revert,
)
from verifier.model.address import Address
from verifier.model.reading import Receipt, TransactionTerms
from verifier.model.text import show_bytes
from verifier.model.units import BlockNumber, Wei

# A call that reverted, by most nodes; its data says why.
_REVERTED: Final = 3
# Estimates are for the state of now; another member's transaction may come first and cost some storage.
_SPARE_GAS: Final = 1.25
_GWEI: Final = 10**9
# Seconds in which honest endpoints that saw other blocks come to see the same; liars never do.
_SETTLING: Final = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What an endpoint says of a transaction that a block took in. Honest ones say the same, to the last field."""

    is_done: bool
    block: int
    block_hash: bytes
    gas_used: int
    # Where it made a contract.
    contract: bytes | None


class TransactionWriter:
    """The port ChainWriter over a panel of endpoints.

    A transaction goes to all of them, and what became of it is what so many say as have to agree on a block. So no
    endpoint alone keeps a veto back, says that the vault would refuse it, or says that it was done.
    """

    def __init__(self, panel: Panel, *, patience: float = 120.0, pause: float = 0.2) -> None:
        """Take endpoints.

        :param patience: seconds until a transaction that is in no block is given up
        :param pause: seconds between two looks
        """
        self._panel = panel
        self._patience = patience
        self._pause = pause

    def terms(self, *, sender: Address, to: Address | None, data: bytes, value: Wei) -> TransactionTerms:
        """Return what a transaction needs: of what endpoints say, the middle, which no liar among three moves far.

        :raises VaultError: it would be refused: so many say that as have to agree, or all that answer.
        :raises EndpointError: no endpoint answers; the first one's reason.
        """
        call = _call(sender, to, data, value)
        outcomes = self._panel.ask_each(lambda endpoint: self._terms(endpoint, call))
        refusals = [outcome for _, outcome in outcomes if isinstance(outcome, VaultError)]
        given = [outcome for _, outcome in outcomes if isinstance(outcome, TransactionTerms)]
        if refusals and (len(refusals) >= self._panel.needed or not given):
            raise refusals[0]
        if not given:
            raise _failures(outcomes)[0]
        priority_fee = median_high(terms.priority_fee for terms in given)
        return TransactionTerms(
            chain_id=self._panel.chain_id,
            nonce=median_high(terms.nonce for terms in given),
            gas=median_high(terms.gas for terms in given),
            max_fee=Wei(max(median_high(terms.max_fee for terms in given), priority_fee)),
            priority_fee=priority_fee,
        )

    def send(self, transaction: bytes) -> Receipt:
        """Send a signed transaction and wait until a block took it in. Sent once more, it is only waited for.

        :raises VaultError: it was refused on the chain.
        :raises TransactionRejected: no endpoint took it.
        :raises TransactionUnmined: it is in no block yet.
        :raises EndpointsDisagree: fewer than have to agree say that a block took it in, or other things of it.
        """
        name = keccak(transaction)
        self._spread(transaction, name)
        outcome, agreeing = self._wait(name)
        if not outcome.is_done:
            raise self._reason(agreeing, name, outcome)
        return Receipt(
            transaction=name,
            block=BlockNumber(outcome.block),
            gas_used=outcome.gas_used,
            contract=None if outcome.contract is None else Address(outcome.contract),
            evidence=self._panel.by_vote,
        )

    def _terms(self, endpoint: Endpoint, call: dict[str, Any]) -> TransactionTerms | VaultError:
        try:
            gas = endpoint.ask("eth_estimateGas", call)
        except EndpointRefused as refused:
            if refused.code == _REVERTED or refused.data:
                return from_revert(refused.data)
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

    def _spread(self, transaction: bytes, name: bytes) -> None:
        """Send to every endpoint. One that takes it is enough; so is one that has it from another, and refuses it."""
        outcomes = self._panel.ask_each(lambda endpoint: _submit(endpoint, transaction, name))
        failures = _failures(outcomes)
        if len(failures) < len(outcomes):
            return
        known = self._panel.ask_each(lambda endpoint: _knows(endpoint, name))
        if any(outcome is True for _, outcome in known):
            return
        for failure in failures:
            if isinstance(failure, EndpointRefused):
                if failure.data:
                    raise from_revert(failure.data) from failure
                raise TransactionRejected(endpoint=failure.endpoint, message=failure.message) from failure
        raise failures[0]

    def _wait(self, name: bytes) -> tuple[_Outcome, Sequence[Endpoint]]:
        """Return what as many endpoints as needed say of a transaction, and which ones say it."""
        until = time.monotonic() + self._patience
        needed, failed = self._panel.needed, set[str]()
        while True:
            asked = [endpoint for endpoint in self._panel.endpoints if endpoint.name not in failed]
            # Those that failed hold nobody up, unless it cannot be done without them.
            if len(asked) < needed:
                asked, failed = list(self._panel.endpoints), set()
            outcomes = self._panel.ask_each(lambda endpoint: _look(endpoint, name), asked)
            failed |= {failure.endpoint for failure in _failures(outcomes)}
            votes = Counter(outcome for _, outcome in outcomes if isinstance(outcome, _Outcome))
            for said, count in votes.most_common(1):
                if count >= needed:
                    return said, [endpoint for endpoint, outcome in outcomes if outcome == said]
            if votes.total() == len(self._panel.endpoints):
                until = min(until, time.monotonic() + _SETTLING)
            if time.monotonic() > until:
                raise self._undecided(name, outcomes, votes)
            time.sleep(self._pause)

    def _undecided(
        self, name: bytes, outcomes: Outcomes[_Outcome | None], votes: Counter[_Outcome]
    ) -> TransactionUnmined | EndpointsDisagree:
        for said, count in votes.most_common(1):
            agreeing = {endpoint.name for endpoint, outcome in outcomes if outcome == said}
            others = [endpoint.name for endpoint in self._panel.endpoints if endpoint.name not in agreeing]
            return EndpointsDisagree(
                what=f"what became of transaction {show_bytes(name)}",
                needed=self._panel.needed,
                agreeing=count,
                others=tuple(others),
            )
        first = self._panel.endpoints[0].name
        return TransactionUnmined(endpoint=first, transaction=name, seconds=self._patience)

    def _reason(self, endpoints: Sequence[Endpoint], name: bytes, outcome: _Outcome) -> VaultError:
        """Return why a transaction failed, as those say that agree on it; at worst that nobody knows."""
        outcomes = self._panel.ask_each(lambda endpoint: _refusal(endpoint, name, outcome.block), endpoints)
        votes = Counter(data for _, data in outcomes if isinstance(data, bytes))
        for data, count in votes.most_common(1):
            if count >= self._panel.needed:
                return from_revert(data)
        return from_revert(b"")


def _submit(endpoint: Endpoint, transaction: bytes, name: bytes) -> None:
    answer = endpoint.ask("eth_sendRawTransaction", "0x" + transaction.hex())
    if answer.data(32) != name:
        raise answer.malformed("it names another transaction than the one it was given")


def _knows(endpoint: Endpoint, name: bytes) -> bool:
    return not endpoint.ask("eth_getTransactionByHash", "0x" + name.hex()).is_null


def _look(endpoint: Endpoint, name: bytes) -> _Outcome | None:
    """Return what an endpoint says of a transaction; None where it knows of no block that took it in."""
    receipt = endpoint.ask("eth_getTransactionReceipt", "0x" + name.hex())
    if receipt.is_null:
        return None
    if receipt.at("transactionHash").data(32) != name:
        raise receipt.malformed("it is of another transaction")
    contract = receipt.at("contractAddress")
    return _Outcome(
        is_done=receipt.at("status").quantity() == 1,
        block=receipt.at("blockNumber").quantity(),
        block_hash=receipt.at("blockHash").data(32),
        gas_used=receipt.at("gasUsed").quantity(),
        contract=None if contract.is_null else contract.data(20),
    )


def _refusal(endpoint: Endpoint, name: bytes, block: int) -> bytes:
    """Return the reason that a transaction gives, made again on the block before; nothing where it succeeds there."""
    sent = endpoint.ask("eth_getTransactionByHash", "0x" + name.hex())
    call = {key: sent.at(key).value for key in ("from", "to", "value", "input", "gas")}
    try:
        endpoint.ask("eth_call", call, hex(block - 1))
    except EndpointRefused as refused:
        return refused.data
    return b""


def _failures(outcomes: Outcomes[Any]) -> list[EndpointError]:
    return [outcome for _, outcome in outcomes if isinstance(outcome, EndpointError)]


def _call(sender: Address, to: Address | None, data: bytes, value: Wei) -> dict[str, Any]:
    call: dict[str, Any] = {"from": str(sender), "input": "0x" + data.hex(), "value": hex(value)}
    return call if to is None else {**call, "to": str(to)}
