"""What the contract refuses about operations, lanes and calls."""

# ruff: noqa: N818 - the names are the contract\'s.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import show_address, show_bytes, show_moment
from verifier.errors.tree import VaultError
from verifier.errors.words import (
    SEAT_OPERATION,
    SEATS,
    STATUSES,
    TIERS,
    AddressBytes,
    Blob,
    IdBytes,
    LaneStateWord,
    Moment,
    Number,
    RosterWord,
    SeatIndex,
    SelectorBytes,
    StatusNumber,
    TierNumber,
    name_of,
    names_in,
)


@dataclass(kw_only=True, eq=False)
class OperationStatusUnexpected(VaultError):
    id: IdBytes
    # A set of statuses, one bit each.
    expected: Number
    actual: StatusNumber

    def sentence(self) -> str:
        return (
            f"Operation {show_bytes(self.id)} is {name_of(STATUSES, self.actual)}, and this needs it to be "
            f"{names_in(STATUSES, self.expected)}; look at its lane again before you go on."
        )


@dataclass(kw_only=True, eq=False)
class OperationUnknown(VaultError):
    lane: Number
    expected: IdBytes
    actual: IdBytes

    def sentence(self) -> str:
        return (
            f"Lane {self.lane} holds operation {show_bytes(self.expected)}, and {show_bytes(self.actual)} was named; "
            "read the lane again: another operation may have taken it."
        )


@dataclass(kw_only=True, eq=False)
class OperationSizeOutOfRange(VaultError):
    calls: Number
    data: Number

    def sentence(self) -> str:
        return (
            f"An operation makes 1 to 32 calls with at most 24576 bytes of data, and this one {self.calls} with "
            f"{self.data}; split it."
        )


@dataclass(kw_only=True, eq=False)
class OperationApproveByOutOfRange(VaultError):
    earliest: Moment
    latest: Moment
    actual: Moment

    def sentence(self) -> str:
        return (
            f"The time to approve by may be from {show_moment(self.earliest)} to {show_moment(self.latest)}, "
            f"and is {show_moment(self.actual)}; choose another."
        )


@dataclass(kw_only=True, eq=False)
class OperationOverdue(VaultError):
    id: IdBytes
    approve_by: Moment
    now_: Moment

    def sentence(self) -> str:
        return (
            f"Operation {show_bytes(self.id)} could be approved until {show_moment(self.approve_by)}, "
            f"and it is {show_moment(self.now_)}; it has to be published anew."
        )


@dataclass(kw_only=True, eq=False)
class OperationTierRisen(VaultError):
    id: IdBytes
    waited_for: TierNumber
    actual: TierNumber

    def sentence(self) -> str:
        return (
            f"Operation {show_bytes(self.id)} waited as {name_of(TIERS, self.waited_for)}, and today's policy makes it "
            f"{name_of(TIERS, self.actual)}; it needs approvals, and its delay, as that."
        )


@dataclass(kw_only=True, eq=False)
class OperationQuorumBroken(VaultError):
    id: IdBytes
    state: LaneStateWord
    roster: RosterWord

    def sentence(self) -> str:
        recorded = self.state & SEATS
        live = recorded & self.roster
        return (
            f"Of the {recorded.bit_count()} approvals of operation {show_bytes(self.id)}, {live.bit_count()} count by "
            "today's members, and with the publisher's standing that is no quorum; it needs more approvals, and then "
            "its delay anew."
        )


@dataclass(kw_only=True, eq=False)
class OperationWindowClosed(VaultError):
    id: IdBytes
    tier: TierNumber
    now_: Moment

    def sentence(self) -> str:
        return (
            f"Operation {show_bytes(self.id)} is {name_of(TIERS, self.tier)}, which executes only in its window, "
            f"and that is closed at {show_moment(self.now_)}; wait until it opens."
        )


@dataclass(kw_only=True, eq=False)
class OperationNotExpeditable(VaultError):
    id: IdBytes
    state: LaneStateWord
    ready_at: Moment

    def sentence(self) -> str:
        return (
            f"Operation {show_bytes(self.id)} cannot be expedited: it is of CUSTODY, or ready before "
            f"{show_moment(self.ready_at)} anyway; wait."
        )


@dataclass(kw_only=True, eq=False)
class OperationQuorumStands(VaultError):
    id: IdBytes
    state: LaneStateWord

    def sentence(self) -> str:
        return (
            f"The segregated quorum of operation {show_bytes(self.id)} stands, and nobody joins it; there is nothing "
            "to approve."
        )


@dataclass(kw_only=True, eq=False)
class OperationNotVetoable(VaultError):
    id: IdBytes
    state: LaneStateWord

    def sentence(self) -> str:
        return (
            f"Operation {show_bytes(self.id)} is a seat operation, so it takes no veto; object to it instead."
        )


@dataclass(kw_only=True, eq=False)
class OperationNotObjectable(VaultError):
    id: IdBytes
    state: LaneStateWord

    def sentence(self) -> str:
        if self.state & SEAT_OPERATION:
            return (
                f"Operation {show_bytes(self.id)} has been objected to, and needs the supermajority already; there is "
                "nothing to add."
            )
        return f"Operation {show_bytes(self.id)} is no seat operation, so it takes no objection; veto it instead."


@dataclass(kw_only=True, eq=False)
class LaneTaken(VaultError):
    lane: Number
    by: IdBytes
    status: StatusNumber

    def sentence(self) -> str:
        return (
            f"Lane {self.lane} is taken by operation {show_bytes(self.by)}, which is {name_of(STATUSES, self.status)}; "
            "use another lane of the seat, or wait until that one is final."
        )


@dataclass(kw_only=True, eq=False)
class LaneSequenceUnexpected(VaultError):
    lane: Number
    expected: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"The next operation of lane {self.lane} has sequence {self.expected}, and this one has {self.actual}; "
            "read the lane again and build the operation anew."
        )


@dataclass(kw_only=True, eq=False)
class LaneOfOtherSeat(VaultError):
    lane: Number
    expected: SeatIndex
    actual: SeatIndex

    def sentence(self) -> str:
        return (
            f"Lane {self.lane} belongs to seat {self.actual}, and the sender sits in seat {self.expected}; "
            f"use one of the lanes {8 * self.expected} to {8 * self.expected + 7}."
        )


@dataclass(kw_only=True, eq=False)
class CallerNotVault(VaultError):
    caller: AddressBytes

    def sentence(self) -> str:
        return (
            f"Only the vault itself may call this, and {show_address(self.caller)} did; publish an operation that "
            "does."
        )


@dataclass(kw_only=True, eq=False)
class CallFailed(VaultError):
    index: Number
    # At most 256 bytes of what the target said: its words, not the vault's.
    reason: Blob

    def sentence(self) -> str:
        from verifier.errors.revert import from_revert

        inner = from_revert(self.reason)
        said = show_bytes(self.reason) if isinstance(inner, CallFailed) else inner.sentence()
        return (
            f"Call {self.index} of the operation failed, so none was made. Its target gave as reason: {said}"
        )


@dataclass(kw_only=True, eq=False)
class CallWithoutCode(VaultError):
    index: Number
    target: AddressBytes

    def sentence(self) -> str:
        return (
            f"Call {self.index} sends data to {show_address(self.target)}, where there is no code, so it would do "
            "nothing; check the address."
        )


@dataclass(kw_only=True, eq=False)
class CallReturnedFalse(VaultError):
    index: Number
    target: AddressBytes

    def sentence(self) -> str:
        return (
            f"The token {show_address(self.target)} did not answer call {self.index} with true, so no call was made; "
            "check balance and allowance."
        )


@dataclass(kw_only=True, eq=False)
class Busy(VaultError):
    def sentence(self) -> str:
        return (
            "The vault is executing an operation, and something that it called tried to act on the vault in the "
            "meantime; find out which target did."
        )


@dataclass(kw_only=True, eq=False)
class FunctionUnknown(VaultError):
    selector: SelectorBytes

    def sentence(self) -> str:
        return f"The vault has no function with selector {show_bytes(self.selector)}; check which contract was meant."
