"""Numbers that must not be mixed up. Each says its unit."""

from __future__ import annotations

from typing import NewType

Wei = NewType("Wei", int)
"""An amount of the chain's native coin, in its base unit."""

Amount = NewType("Amount", int)
"""An amount of some asset, in that asset's base unit."""

Units = NewType("Units", int)
"""An amount of some asset in the unit of its limits: millionths of a whole one, or base units below 6 decimals."""

Timestamp = NewType("Timestamp", int)
"""A moment: seconds since 1970-01-01 UTC, by the chain's clock."""

Duration = NewType("Duration", int)
"""A length of time in seconds."""

Hours = NewType("Hours", int)
"""A length of time in hours, as the vault keeps grace."""

BlockNumber = NewType("BlockNumber", int)
"""The number of a block; the first is 0."""

ChainId = NewType("ChainId", int)
"""EIP-155's number of a chain."""

LaneIndex = NewType("LaneIndex", int)
"""A lane, 0 to 511; lanes 8 * seat to 8 * seat + 7 belong to a seat."""

Sequence = NewType("Sequence", int)
"""Number of an operation in its lane; the first is 1, and none comes twice."""

MemberIndex = NewType("MemberIndex", int)
"""A seat: the index of a member, 0 to 63."""

Person = NewType("Person", int)
"""A human's number; 0 is nobody."""

Epoch = NewType("Epoch", int)
"""How often members, tiers or policy have changed, modulo 2^32."""

OperationId = NewType("OperationId", bytes)
"""The EIP-712 struct hash of an operation, 32 bytes. It carries no domain."""

SEATS = 64
LANES_PER_SEAT = 8
LANES = SEATS * LANES_PER_SEAT


def seat_of_lane(lane: LaneIndex) -> MemberIndex:
    """Return the seat that a lane belongs to."""
    return MemberIndex(lane // LANES_PER_SEAT)


def hours(count: Hours) -> Duration:
    """Return hours as seconds."""
    return Duration(count * 3_600)
