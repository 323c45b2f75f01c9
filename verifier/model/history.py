"""What this client remembers of a vault: nobody else's memory is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.operation import Operation
from verifier.model.simulation import Touched
from verifier.model.units import OperationId, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOperation:
    """An operation that was executed, as this client saw it."""

    operation_id: OperationId
    operation: Operation
    executed_at: Timestamp
    # That it was executed. Its bytes hash to the id.
    evidence: Evidence = Evidence.CLAIMED


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was seen of one vault before."""

    # Who received something, or was allowed to spend something, by an operation that was executed; and when first. Only
    # what was proven is here: an endpoint that lies must not make an account known.
    counterparties: Mapping[Address, Timestamp] = field(default_factory=dict)
    # The latest operations that were executed, newest first.
    executed: tuple[PastOperation, ...] = ()
    # What the simulation of an operation touched when this signer signed it, else when it was first looked at.
    touched: Mapping[OperationId, tuple[Touched, ...]] = field(default_factory=dict)
    # Each of both by itself.
    touched_at_review: Mapping[OperationId, tuple[Touched, ...]] = field(default_factory=dict)
    touched_at_signing: Mapping[OperationId, tuple[Touched, ...]] = field(default_factory=dict)
    # Every operation id that was ever seen for a lane and sequence: two are an alarm.
    identities: Mapping[tuple[int, int], frozenset[OperationId]] = field(default_factory=dict)
    # The best evidence there ever was that an id stood in its lane.
    identity_evidence: Mapping[OperationId, Evidence] = field(default_factory=dict)


LATEST: Final = 200
"""So many of the operations that were executed are given, unless somebody asks for more; a memory keeps all."""

NO_HISTORY: Final = History()
