"""How an endpoint is doing, as it was found by asking it."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.model.text import Foreign
from verifier.model.units import BlockNumber, ChainId, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointHealth:
    """What one endpoint says of itself."""

    name: Foreign
    chain_id: ChainId
    # Its newest block, whose header hashed to its name.
    block: BlockNumber
    block_hash: bytes
    timestamp: Timestamp
    # Whether it can prove storage at that block.
    proves: bool
    # Until it had answered everything.
    milliseconds: int
