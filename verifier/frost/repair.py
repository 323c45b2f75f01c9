"""A lost share is made anew from the others, for its holder alone: same key, same epoch, nobody else's share changes.

REPAIR_CALL -> OFFERING --all REPAIR_OFFERs--> helper: PARTING --all REPAIR_PARTS--> DONE (its REPAIR_SUM is sent)
                                               loser:  WAITING --all REPAIR_SUMs--> DONE (`share` is there)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from verifier.frost.charter import Index, Pen
from verifier.frost.judge import Verdict
from verifier.frost.repair_messages import RepairCall
from verifier.frost.shares import GroupKey, Share
from verifier.frost.turn import Turn


class Stage(Enum):
    OFFERING = "offering"
    PARTING = "parting"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    call: RepairCall
    key: GroupKey
    pen: Pen
    session: bytes
    stage: Stage
    heard: tuple[Index, ...]
    # Of the one who lost it, once DONE.
    share: Share | None
    verdict: Verdict | None


def join_repair(raw: bytes, pen: Pen, key: GroupKey, *, held: Share | None, dice: bytes) -> Turn[Repair]:
    """Answer a REPAIR_CALL; `held` is the share of a helper."""
    raise NotImplementedError


def dice_for(call: RepairCall, index: Index) -> int:
    """Return how many bytes of dice `join_repair` wants."""
    raise NotImplementedError


def receive(repair: Repair, raw: bytes) -> Turn[Repair]:
    raise NotImplementedError
