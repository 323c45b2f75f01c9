"""What is said of following one chain: when to look again, and how it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from verifier.model.units import BlockNumber, ChainId
from verifier.model.watching import NOTHING_FINAL, BlockRef


class Next(Enum):
    """When to look again."""

    AT_ONCE = "at once"
    SOON = "soon"
    LATER = "later"
    """Something failed: each time a little later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainStatus:
    """How the following of one chain is."""

    chain_id: ChainId
    newest: BlockRef | None = None
    checkpoint: BlockNumber | None = None
    final: BlockNumber = NOTHING_FINAL
    vaults: int = 0
    # Vaults whose old events are not all read, and the block that the last of them stands at.
    filling: int = 0
    filled_to: BlockNumber | None = None
    troubles: tuple[str, ...] = ()
    looks: int = 0
