"""What happened to a vault, read back from the chain: its events, and the transactions that it refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from verifier.chain.answer import Answer
from verifier.chain.endpoint import Endpoint
from verifier.chain.header import read_header
from verifier.decode.plan import plan_of
from verifier.decode.signatures import Event, interface
from verifier.errors import VaultError, from_revert
from verifier.model.address import Address
from verifier.model.lane import EMPTY_LANE, Lane
from verifier.model.life import Status
from verifier.model.operation import APPROVAL_HEAD, Approval, Publication, Signature
from verifier.model.units import BlockNumber, ChainId, MemberIndex, OperationId, Timestamp
from verifier.model.word import SeatSet
from verifier.sign.approval import recover
from verifier.sign.typed import approve_digest

_VAULT: Final = interface("vault")
# The events in the life of an operation; those that end it, with the status that it has then.
_STEPS: Final[dict[str, Status | None]] = {
    "Proposed": None,
    "Approved": None,
    "Withdrawn": None,
    "Objected": None,
    "Vetoed": Status.VETOED,
    "Cancelled": Status.CANCELLED,
    "Executed": Status.EXECUTED,
}
_EVENTS: Final = {event.topic: event for event in _VAULT.events.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that a transaction did, or was refused."""

    moment: Timestamp
    block: BlockNumber
    # Who sent the transaction.
    by: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Entry):
    """A step in the life of an operation."""

    # The event's name: Proposed, Approved, Vetoed, ...
    event: str
    operation_id: OperationId
    # After it.
    state: Lane
    # Whose approvals came with it, by seat: who signed each, recovered here from the transaction's own bytes.
    signers: Mapping[MemberIndex, Address]
    # Whose approvals were recorded before it, and are not any more.
    dropped: SeatSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension(Entry):
    """A guardian took a member out."""

    member: Address
    lapses_at: Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Entry):
    """A transaction that the vault reverted."""

    # The function that it called, with its arguments by name, and the approvals among them.
    function: str
    arguments: Mapping[str, Any]
    approvals: tuple[Approval, ...]
    error: VaultError


class Chronicle:
    """Reads block after block."""

    def __init__(self, endpoint: Endpoint, *, chain_id: ChainId, vault: Address) -> None:
        self._endpoint = endpoint
        self._chain_id = chain_id
        self._vault = vault
        self._next = 0
        self._states: dict[OperationId, Lane] = {}

    def news(self) -> tuple[Entry, ...]:
        """Return what happened since this was last asked, in order.

        :raises EndpointError: the chain cannot be read.
        """
        head = self._endpoint.ask("eth_blockNumber").quantity()
        entries = [
            entry for number in range(self._next, head + 1) for entry in self._read(BlockNumber(number))
        ]
        self._next = head + 1
        return tuple(entries)

    def _read(self, number: BlockNumber) -> Iterator[Entry]:
        block, receipts = self._endpoint.ask_many(
            [("eth_getBlockByNumber", [hex(number), True]), ("eth_getBlockReceipts", [hex(number)])]
        )
        moment = read_header(block).timestamp
        for sent, receipt in zip(block.at("transactions").items(), receipts.items(), strict=True):
            entry = Entry(moment=moment, block=number, by=Address(receipt.at("from").data(20)))
            if receipt.at("status").quantity() == 1:
                for log in receipt.at("logs").items():
                    if log.at("address").data(20) == self._vault:
                        yield from self._open(entry, sent, log)
            elif not sent.at("to").is_null and sent.at("to").data(20) == self._vault:
                yield self._refusal(entry, sent)

    def _open(self, entry: Entry, sent: Answer, log: Answer) -> Iterator[Entry]:
        topics = [topic.data(32) for topic in log.at("topics").items()]
        event = _EVENTS[topics[0]]
        values = _values(event, log)
        if event.name in _STEPS:
            yield self._step(entry, sent, event.name, OperationId(topics[1]), values)
        elif event.name == "Suspended":
            yield Suspension(
                moment=entry.moment,
                block=entry.block,
                by=entry.by,
                member=Address(topics[1][12:]),
                lapses_at=Timestamp(values["lapsesAt"]),
            )

    def _step(
        self, entry: Entry, sent: Answer, event: str, operation_id: OperationId, values: Mapping[str, Any]
    ) -> Step:
        before = self._states.get(operation_id, EMPTY_LANE)
        ended = _STEPS[event]
        # The final events carry no state: it is the one before, with another status.
        state = Lane.unpack(values["state"]) if ended is None else replace(before, status=ended)
        self._states[operation_id] = state
        new = sorted(state.approvals - before.approvals)
        signers = self._signers(sent, operation_id, entry.by) if new else {}
        return Step(
            moment=entry.moment,
            block=entry.block,
            by=entry.by,
            event=event,
            operation_id=operation_id,
            state=state,
            signers={seat: signers[seat] for seat in new},
            dropped=before.approvals - state.approvals,
        )

    def _signers(self, sent: Answer, operation_id: OperationId, by: Address) -> dict[MemberIndex, Address]:
        """Return who signed each approval that a transaction brought along."""
        _, arguments = _call(sent)
        found = {}
        for approval in _approvals(arguments):
            digest = approve_digest(
                operation_id, approval.publication, chain_id=self._chain_id, vault=self._vault
            )
            found[approval.seat] = by if approval.is_own_transaction else recover(digest, approval.signature)
        return found

    def _refusal(self, entry: Entry, sent: Answer) -> Refusal:
        # Receipts carry no reason; the trace of the very same run does.
        trace = self._endpoint.ask(
            "debug_traceTransaction", "0x" + sent.at("hash").data(32).hex(), {"tracer": "callTracer"}
        )
        output = trace.at("output")
        function, arguments = _call(sent)
        return Refusal(
            moment=entry.moment,
            block=entry.block,
            by=entry.by,
            function=function,
            arguments=arguments,
            approvals=_approvals(arguments),
            error=from_revert(b"" if output.is_null else output.data()),
        )


def _call(sent: Answer) -> tuple[str, dict[str, Any]]:
    """Return which function of the vault a transaction called, and its arguments by name."""
    data = sent.at("input").data()
    function = _VAULT.by_selector[data[:4]]
    values = function.plan.decode(data, 4).values or ()
    return function.name, dict(zip(function.inputs.names, values, strict=False))


def _approvals(arguments: Mapping[str, Any]) -> tuple[Approval, ...]:
    """Return the approvals among the arguments of a call."""
    found = []
    for head, r, s in arguments.get("approvals", ()):
        fields = APPROVAL_HEAD.unpack(head)
        found.append(
            Approval(
                seat=MemberIndex(fields["seat"]),
                publication=Publication.unpack(fields["publication"]),
                signature=Signature(r=r, s=s, v=fields["v"]),
            )
        )
    return tuple(found)


def _values(event: Event, log: Answer) -> dict[str, Any]:
    """Return the arguments that are not indexed, by name."""
    values = plan_of(event.data).decode(log.at("data").data()).values
    return dict(zip(event.data.names, values or (), strict=False))
