"""A member's signature on its way to whoever submits it: a file that anybody may carry, and nobody has to trust."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.model.address import Address
from verifier.model.message import MessageKind
from verifier.model.operation import Approval
from verifier.model.units import ChainId, LaneIndex, OperationId, Sequence, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFile:
    """What somebody says that a member signed. All of it is held against the chain before it is used."""

    # APPROVE, or EXPEDITE for a consent to hurry.
    kind: MessageKind
    chain_id: ChainId
    vault: Address
    lane: LaneIndex
    sequence: Sequence
    operation_id: OperationId
    # Who signed.
    member: Address
    approval: Approval
    # Of a consent to hurry: the moment that was to be brought nearer.
    ready_at: Timestamp | None = None
