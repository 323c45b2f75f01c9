"""Finding the bytes of operations. Whoever has them may give them: they count if they hash to the id in storage.

All events are asked for in one batch, each at the block that storage names, since endpoints cap ranges. The next
endpoint is asked only for what is missing; whole blocks, with the transactions that have the same bytes, come last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from verifier.chain.answer import Answer
from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.panel import Panel
from verifier.decode.operations import PROPOSED_TOPIC, read_proposal, read_proposed
from verifier.errors import EndpointError, EndpointRefused
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.operation import Operation
from verifier.model.reading import LaneReading, OperationReading, VaultReading
from verifier.model.text import Foreign, Shown, sanitise, show_bytes
from verifier.model.units import BlockNumber, OperationId
from verifier.sign.typed import id_of

# An id lives once, so that it has one event; of an endpoint that gives many, so many are looked at.
_MOST_EVENTS: Final = 8
# Of one block: each costs far more gas than a thousandth of what any block has, and hashing them costs time here.
_MOST_PROPOSALS: Final = 1_000
# Blocks with all their transactions are large.
_BLOCKS_AT_ONCE: Final = 8


def find_operations(
    panel: Panel, reading: VaultReading, lanes: Sequence[LaneReading]
) -> tuple[OperationReading, ...]:
    """Return the operations of lanes, each from its event, or from the transaction that published it."""
    searches = [_Search(lane=lane, block=published_in(lane, reading.head.number)) for lane in lanes]
    order = panel.in_order(reading.head)
    for look in (_look_at_events, _look_into_blocks):
        for endpoint in order:
            missing = [search for search in searches if search.found is None]
            if missing:
                look(endpoint, reading, missing)
    evidence = reading.lanes.evidence
    return tuple(search.reading(evidence) for search in searches)


def published_in(lane: LaneReading, head: BlockNumber) -> BlockNumber:
    """Return the block that a publication names: the latest one up to the head whose number ends with its 32 bits."""
    behind = (head - lane.state.publication.block) % (1 << 32)
    return BlockNumber(max(head - behind, 0))


@dataclass(slots=True, kw_only=True)
class _Search:
    """What is known so far of one lane's operation, and who said what about it."""

    lane: LaneReading
    block: BlockNumber
    found: Operation | None = None
    transaction: bytes | None = None
    # Endpoints that gave other bytes in its event, and that gave no event.
    altering: list[Foreign] = field(default_factory=list)
    dropping: list[Foreign] = field(default_factory=list)

    def offer(self, operation: Operation | None, transaction: bytes) -> bool:
        """Take an operation if it is the one, and return whether it is."""
        if operation is None or id_of(operation) != self.lane.operation_id:
            return False
        self.take(operation, transaction)
        return True

    def take(self, operation: Operation, transaction: bytes) -> None:
        self.found, self.transaction = operation, transaction or None

    def reading(self, evidence: Evidence) -> OperationReading:
        return OperationReading(
            operation=self.found,
            evidence=evidence,
            findings=tuple(self._findings(evidence)),
            transaction=self.transaction,
            denying=() if self.found else tuple(dict.fromkeys((*self.dropping, *self.altering))),
        )

    def _findings(self, evidence: Evidence) -> Iterator[Finding]:
        lane, altering = self.lane.lane, ", ".join(map(sanitise, self.altering))
        if self.found is None:
            other = f" ({altering} gave other bytes)" if altering else ""
            said = (
                f"Lane {lane} holds operation {show_bytes(self.lane.operation_id)}, and no endpoint gives bytes that "
                f"hash to it{other}: what it does is unknown. Veto it, unless another endpoint shows it."
            )
            yield _finding("operation-bytes-missing", Severity.DANGER, said, evidence)
            return
        if altering:
            said = (
                f"{altering} gave other bytes for the operation in lane {lane} than those that hash to its id; do not "
                "trust it, use another."
            )
            yield _finding("operation-bytes-altered", Severity.WARNING, said, evidence)
        if self.dropping:
            said = (
                f"{', '.join(map(sanitise, self.dropping))} gave no event for the operation in lane {lane}, which "
                "storage proves; it has no logs of that block, or it hides them."
            )
            yield _finding("event-dropped", Severity.NOTICE, said, evidence)


def _look_at_events(endpoint: Endpoint, reading: VaultReading, searches: Sequence[_Search]) -> None:
    """Ask for the events. What an endpoint gets wrong is noted and passed over: the next one may have it."""
    calls: list[Call] = []
    vault = str(reading.vault)
    for search in searches:
        topics = ["0x" + PROPOSED_TOPIC.hex(), "0x" + search.lane.operation_id.hex()]
        block = hex(search.block)
        where = {"address": vault, "topics": topics, "fromBlock": block, "toBlock": block}
        calls.append(("eth_getLogs", [where]))
    for search, answer in zip(searches, _tried(endpoint, calls), strict=True):
        logs = _listed(answer)
        if logs is None:
            continue
        if not logs:
            search.dropping.append(endpoint.name)
        elif not any(
            search.offer(read_proposed(_data_at(log, "data")), _data_at(log, "transactionHash"))
            for log in logs[:_MOST_EVENTS]
        ):
            search.altering.append(endpoint.name)


def _look_into_blocks(endpoint: Endpoint, _: VaultReading, searches: Sequence[_Search]) -> None:
    """Look through the transactions: a node may drop an event, or have none of so old a block."""
    blocks = list(dict.fromkeys(search.block for search in searches))
    for i in range(0, len(blocks), _BLOCKS_AT_ONCE):
        part = blocks[i : i + _BLOCKS_AT_ONCE]
        answers = _tried(endpoint, [("eth_getBlockByNumber", [hex(block), True]) for block in part])
        for block, answer in zip(part, answers, strict=True):
            wanted = {search.lane.operation_id: search for search in searches if search.block == block}
            sent = _listed(answer, "transactions") or ()
            proposals = ((one, found) for one in sent if (found := read_proposal(_data_at(one, "input"))))
            for one, operation in islice(proposals, _MOST_PROPOSALS):
                if search := wanted.get(OperationId(id_of(operation))):
                    search.take(operation, _data_at(one, "hash"))


def _tried(endpoint: Endpoint, calls: Sequence[Call]) -> list[Answer | None]:
    """Return the answers; None for each that there is none to."""
    try:
        answers = endpoint.try_many(calls)
    except EndpointError:
        return [None] * len(calls)
    return [None if isinstance(answer, EndpointRefused) else answer for answer in answers]


def _listed(answer: Answer | None, member: str | None = None) -> list[Answer] | None:
    """Return the items of a list; None where there is none."""
    if answer is None:
        return None
    try:
        return (answer if member is None else answer.at(member)).items()
    except EndpointError:
        return None


def _data_at(answer: Answer, member: str) -> bytes:
    try:
        return answer.at(member).data()
    except EndpointError:
        return b""


def _finding(rule: str, severity: Severity, said: str, evidence: Evidence) -> Finding:
    return Finding(rule=rule, severity=severity, sentence=Shown(said), evidence=evidence)
