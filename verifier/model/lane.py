"""A lane: a slot of the queue, and the state of the operation in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self, assert_never

from verifier.model.life import OPEN, Status
from verifier.model.operation import Publication
from verifier.model.tier import Tier
from verifier.model.units import Epoch, Hours, Sequence, Timestamp, hours
from verifier.model.word import SeatSet, WordLayout, bits_of, seats_in

LANE_STATE: Final = WordLayout(
    "LaneState",
    "approvals 64 | epoch 32 | moment 40 | graceHours 16 | publication 64 | sequence 32 | "
    "status 3 | tier 2 | seatOperation 1 | objected 1 | withdrawals 1",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The state of a lane, as it is stored beside the operation's id."""

    # Seats whose approval is recorded; whether they still count is for the roster to say.
    approvals: SeatSet
    # The roster's epoch when the approvals were last counted.
    epoch: Epoch
    # `approveBy` while PROPOSED, `readyAt` from WAITING on.
    moment: Timestamp
    # Between `readyAt` and `expiresAt`, fixed when the clock starts.
    grace_hours: Hours
    publication: Publication
    # Number of the lane's present or latest operation.
    sequence: Sequence
    # As stored: never READY, never EXPIRED.
    status: Status
    tier: Tier
    seat_operation: bool
    objected: bool
    # Some approval was withdrawn: the lane's word of withdrawn seats is in force.
    withdrawals: bool

    def pack(self) -> int:
        """:raises NumberOutOfRange: something does not fit into its field."""
        return LANE_STATE.pack(
            approvals=bits_of(self.approvals),
            epoch=self.epoch,
            moment=self.moment,
            graceHours=self.grace_hours,
            publication=self.publication.pack(),
            sequence=self.sequence,
            status=self.status,
            tier=self.tier,
            seatOperation=self.seat_operation,
            objected=self.objected,
            withdrawals=self.withdrawals,
        )

    @classmethod
    def unpack(cls, word: int) -> Self:
        fields = LANE_STATE.unpack(word)
        return cls(
            approvals=seats_in(fields["approvals"]),
            epoch=Epoch(fields["epoch"]),
            moment=Timestamp(fields["moment"]),
            grace_hours=Hours(fields["graceHours"]),
            publication=Publication.unpack(fields["publication"]),
            sequence=Sequence(fields["sequence"]),
            status=Status(fields["status"]),
            tier=Tier(fields["tier"]),
            seat_operation=bool(fields["seatOperation"]),
            objected=bool(fields["objected"]),
            withdrawals=bool(fields["withdrawals"]),
        )

    def status_at(self, now: Timestamp) -> Status:
        """Return the status by the clock. Both ends of a time are included."""
        match self.status:
            case Status.PROPOSED:
                return Status.EXPIRED if now > self.moment else Status.PROPOSED
            case Status.WAITING:
                if now < self.moment:
                    return Status.WAITING
                return Status.EXPIRED if now > self.moment + hours(self.grace_hours) else Status.READY
            case (
                Status.UNKNOWN
                | Status.READY
                | Status.EXECUTED
                | Status.VETOED
                | Status.CANCELLED
                | Status.EXPIRED
            ):
                return self.status
            case never:
                assert_never(never)

    def is_open_at(self, now: Timestamp) -> bool:
        """Whether the operation may still be executed."""
        return self.status_at(now) in OPEN

    @property
    def ready_at(self) -> Timestamp | None:
        """When it is, or was, executable from; None where no clock runs."""
        return self.moment if self.status is Status.WAITING else None

    @property
    def expires_at(self) -> Timestamp:
        """The last moment: to approve it while it is PROPOSED, to execute it once its clock runs."""
        if self.status is Status.PROPOSED:
            return self.moment
        return Timestamp(self.moment + hours(self.grace_hours))


EMPTY_LANE: Final = Lane.unpack(0)
"""A lane that never held an operation."""
