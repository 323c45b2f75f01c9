"""Whether the vault shows what a transaction should have done: that it was taken in is one endpoint's word."""

from __future__ import annotations

from collections.abc import Callable, Collection

from verifier.model.address import Address
from verifier.model.life import Status
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.units import LaneIndex, MemberIndex, OperationId

Shows = Callable[[VaultReading], bool]
"""Whether a reading shows it."""

_ENDS = {"veto": Status.VETOED, "cancel": Status.CANCELLED, "execute": Status.EXECUTED}


def shows_act(name: str, before: LaneReading, seats: Collection[MemberIndex] = ()) -> Shows:
    """Return what tells whether something was done about a lane's operation.

    :param name: of the action, as the contract names it
    :param before: the lane as it was
    :param seats: whose approvals were to be recorded, or taken back
    """

    def shows(reading: VaultReading) -> bool:
        now = reading.lane(before.lane)
        if now is None or now.operation_id != before.operation_id:
            # Its successor is there already: it has ended, and nobody sees how.
            return now is not None and now.state.sequence > before.state.sequence
        return _is_done(name, before, now, frozenset(seats))

    return shows


def shows_proposal(lane: LaneIndex, operation_id: OperationId) -> Shows:
    """Return what tells whether an operation stands in its lane."""

    def shows(reading: VaultReading) -> bool:
        now = reading.lane(lane)
        return now is not None and now.operation_id == operation_id

    return shows


def shows_member(address: Address, *, is_active: bool) -> Shows:
    """Return what tells whether a member is active, or is not any more."""

    def shows(reading: VaultReading) -> bool:
        member = reading.member(address)
        return member is not None and member.record.is_active is is_active

    return shows


def _is_done(name: str, before: LaneReading, now: LaneReading, seats: frozenset[MemberIndex]) -> bool:
    if name in _ENDS:
        return now.state.status is _ENDS[name]
    match name:
        case "object":
            return now.state.objected
        case "withdraw":
            return not seats & now.state.approvals
        case "approve":
            return seats <= now.state.approvals
        case "expedite":
            return now.state.moment < before.state.moment
        case other:
            raise AssertionError(other)
