"""What is watched: vaults, chain by chain, and how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from verifier.assess.happenings import USUAL, Manner
from verifier.desk.aids import NO_AIDS, Aids
from verifier.desk.signer import Signer
from verifier.model.address import Address
from verifier.model.companions import Companions
from verifier.model.units import BlockNumber, ChainId
from verifier.ports import BlockSource, ChainReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A vault that is watched."""

    vault: Address
    reader: ChainReader
    # Names for things; the watcher has no seat.
    signer: Signer = field(default_factory=Signer)
    aids: Aids = NO_AIDS
    # Where its events begin. None: where its code came, if an endpoint knows so old blocks.
    since: BlockNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often to look, and how long to wait before something is wrong. Times are seconds."""

    # Between two blocks of the chain, usually.
    block_seconds: float = 12.0
    # Every vault's storage is read again after so long, whatever the events say.
    reconcile_seconds: int = 300
    # What only the clock brings about is looked for so often.
    clock_seconds: int = 15
    # An operation's review is made again after so long, since what it touches may have changed.
    review_seconds: int = 900
    # Endpoints that fail are given so long before anyone is told.
    patience_seconds: int = 60
    # A chain without a new block for so many times `block_seconds` is behind.
    silent_blocks: int = 20
    # Seconds of each look that may go into old events.
    fill_seconds: float = 2.0
    # Vaults whose time has come to be read again, at most so many in one look: what is new waits for these.
    reconcile_at_once: int = 4

    @property
    def poll_seconds(self) -> float:
        """How long to wait between two looks: several times a block, without using up anybody's quota."""
        return min(max(self.block_seconds / 4, 0.25), 3.0)

    @property
    def silent_seconds(self) -> float:
        """How long a chain may be without a new block; never less than a busy machine needs to look twice."""
        return max(self.silent_blocks * self.block_seconds, 10.0)


USUAL_PACE: Final = Pace()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPlan:
    """What is watched on one chain."""

    chain_id: ChainId
    source: BlockSource
    companions: Companions
    targets: tuple[Target, ...]
    pace: Pace = USUAL_PACE
    manner: Manner = USUAL
