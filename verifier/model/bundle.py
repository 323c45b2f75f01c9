"""What endpoints answered about one operation, to be looked at where there is no network."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.model.address import Address
from verifier.model.text import Foreign
from verifier.model.units import BlockNumber, ChainId, LaneIndex, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question to an endpoint, and what it answered."""

    method: Foreign
    # JSON, without spaces.
    params: Foreign
    # JSON of the result; None where the endpoint refused, and says so in `refusal`.
    result: Foreign | None
    # JSON of the error; None where there is a result.
    refusal: Foreign | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One operation with all that its review rests on. Whoever made it may have made all of it up, but the proofs."""

    made_at: Timestamp
    # Hash of a vault's code in the release that made it.
    release: bytes
    chain_id: ChainId
    vault: Address
    founding: bytes
    lane: LaneIndex
    # The block that all answers are about, as one endpoint gave it.
    block: BlockNumber
    block_hash: bytes
    # Which endpoints gave that block, by their names, and from which of them the answers are.
    agreeing: tuple[Foreign, ...]
    source: Foreign
    exchanges: tuple[Exchange, ...]
    # The descriptors in use, by the names of their files, as JSON with all that they include.
    descriptors: tuple[tuple[Foreign, Foreign], ...] = ()
