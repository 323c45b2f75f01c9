"""The life of an operation: a drawing, a table and one function."""

from __future__ import annotations

from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Final

DRAWING: Final = r"""
              propose                quorum                clock               execute
  UNKNOWN ------------> PROPOSED ------------> WAITING ------------> READY ------------> EXECUTED*
                         |  |  ^                |   |                |  |  \
                         |  |  '-- withdraw ----'   |                |  |   \ clock (expiresAt)
                         |  |  (quorum lost)        |                |  |    `-> EXPIRED*
                         |  `-- clock (approveBy) -> EXPIRED*        |  |
                         `---- veto, cancel --------+----------------+--+--> VETOED* / CANCELLED*
"""[1:]
"""`*` is final. PROPOSED, WAITING and READY loop on approve and withdraw, WAITING on expedite; what brings a quorum
down leads back to PROPOSED. A seat operation knows no veto but an objection, which raises its quorum and may lead back
to PROPOSED."""


class Status(IntEnum):
    """Where an operation is in its life. READY and EXPIRED follow from the clock and are never stored."""

    UNKNOWN = 0
    PROPOSED = 1
    WAITING = 2
    READY = 3
    EXECUTED = 4
    VETOED = 5
    CANCELLED = 6
    EXPIRED = 7


class Step(Enum):
    """What can happen to an operation. CLOCK is time passing; it needs no transaction."""

    PROPOSE = "propose"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    OBJECT = "object"
    VETO = "veto"
    CANCEL = "cancel"
    EXPEDITE = "expedite"
    EXECUTE = "execute"
    CLOCK = "clock"


OPEN: Final = frozenset({Status.PROPOSED, Status.WAITING, Status.READY})
"""It may still be executed, so its lane is taken."""

FINAL: Final = frozenset({Status.EXECUTED, Status.VETOED, Status.CANCELLED, Status.EXPIRED})
"""The end: an id is never used again."""


def _statuses(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


_U, _P, _W, _R = Status.UNKNOWN, Status.PROPOSED, Status.WAITING, Status.READY
_X, _V, _C, _E = Status.EXECUTED, Status.VETOED, Status.CANCELLED, Status.EXPIRED

LIFE: Final = MappingProxyType(
    {
        # A list of approvals may bring the quorum along.
        (_U, Step.PROPOSE): _statuses(_P, _W),
        (_P, Step.APPROVE): _statuses(_P, _W),
        (_P, Step.WITHDRAW): _statuses(_P),
        (_P, Step.OBJECT): _statuses(_P),
        (_P, Step.VETO): _statuses(_V),
        (_P, Step.CANCEL): _statuses(_C),
        (_P, Step.CLOCK): _statuses(_E),
        # Approving counts anew after a change of members, tiers or policy: that may stop the clock, or start it again.
        (_W, Step.APPROVE): _statuses(_W, _P),
        # Without a quorum it is PROPOSED until approveBy: where that has passed, it is EXPIRED at once.
        (_W, Step.WITHDRAW): _statuses(_W, _P, _E),
        (_W, Step.OBJECT): _statuses(_W, _P, _E),
        (_W, Step.VETO): _statuses(_V),
        (_W, Step.CANCEL): _statuses(_C),
        # Nearer, and never as near as now: what is READY needs no hurry, and what has no quorum has no clock.
        (_W, Step.EXPEDITE): _statuses(_W),
        (_W, Step.CLOCK): _statuses(_R, _E),
        (_R, Step.APPROVE): _statuses(_R, _W, _P),
        (_R, Step.WITHDRAW): _statuses(_R, _P, _E),
        (_R, Step.OBJECT): _statuses(_R, _P, _E),
        (_R, Step.VETO): _statuses(_V),
        (_R, Step.CANCEL): _statuses(_C),
        (_R, Step.EXECUTE): _statuses(_X),
        (_R, Step.CLOCK): _statuses(_E),
    }
)


def follow(status: Status, step: Step) -> frozenset[Status]:
    """Return the statuses that a step may lead to. None: the vault must refuse it."""
    return LIFE.get((status, step), frozenset())
