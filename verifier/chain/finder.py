"""Finding the bytes of an operation. Whoever has them may give them: they count if they hash to the id in storage."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.chain.answer import Answer
from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.panel import Panel
from verifier.decode.operations import PROPOSED_TOPIC, read_proposal, read_proposed
from verifier.errors import EndpointError
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.operation import Operation
from verifier.model.reading import LaneReading, OperationReading, VaultReading
from verifier.model.text import Shown, show_bytes
from verifier.model.units import BlockNumber
from verifier.sign.typed import id_of


def find_operation(panel: Panel, reading: VaultReading, lane: LaneReading) -> OperationReading:
    """Return the operation of a lane: from its event, or from the transaction that published it."""
    evidence = reading.lanes.evidence
    block = published_in(lane, reading.head.number)
    for endpoint in panel.endpoints:
        for operation in _candidates(endpoint, reading.vault, lane, block):
            if id_of(operation) == lane.operation_id:
                return OperationReading(operation=operation, evidence=evidence)
    return OperationReading(operation=None, evidence=evidence, findings=(_missing(lane, evidence),))


def published_in(lane: LaneReading, head: BlockNumber) -> BlockNumber:
    """Return the block that a publication names: the latest one up to the head whose number ends with its 32 bits."""
    behind = (head - lane.state.publication.block) % (1 << 32)
    return BlockNumber(max(head - behind, 0))


def _candidates(
    endpoint: Endpoint, vault: Address, lane: LaneReading, block: BlockNumber
) -> Iterator[Operation]:
    """Yield operations that an endpoint may mean. What it gets wrong is passed over: the next one may have it."""
    topics = ["0x" + PROPOSED_TOPIC.hex(), "0x" + lane.operation_id.hex()]
    where = {"address": str(vault), "topics": topics, "fromBlock": hex(block), "toBlock": hex(block)}
    for log in _listed(endpoint, ("eth_getLogs", [where]), None):
        if (data := _data_at(log, "data")) and (operation := read_proposed(data)):
            yield operation
    # A node may drop an event, or have none of so old a block; the transaction has the same bytes.
    for sent in _listed(endpoint, ("eth_getBlockByNumber", [hex(block), True]), "transactions"):
        if (data := _data_at(sent, "input")) and (operation := read_proposal(data)):
            yield operation


def _listed(endpoint: Endpoint, call: Call, member: str | None) -> list[Answer]:
    method, params = call
    try:
        answer = endpoint.ask(method, *params)
        return (answer if member is None else answer.at(member)).items()
    except EndpointError:
        return []


def _data_at(answer: Answer, member: str) -> bytes:
    try:
        return answer.at(member).data()
    except EndpointError:
        return b""


def _missing(lane: LaneReading, evidence: Evidence) -> Finding:
    said = (
        f"Lane {lane.lane} holds operation {show_bytes(lane.operation_id)}, and no endpoint gives bytes that hash to "
        "it: what it does is unknown. Veto it, unless another endpoint shows it."
    )
    return Finding(
        rule="operation-bytes-missing", severity=Severity.DANGER, sentence=Shown(said), evidence=evidence
    )
