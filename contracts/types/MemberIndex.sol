// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// A seat: the index of a member, 0 to 63. Lanes 8 * seat to 8 * seat + 7 belong to it.
type MemberIndex is uint256;

using {isSameSeat as ==, isOtherSeat as !=} for MemberIndex global;

uint256 constant SEATS = 64;
uint256 constant LANES_PER_SEAT = 8;

function isSameSeat(MemberIndex a, MemberIndex b) pure returns (bool) {
    return MemberIndex.unwrap(a) == MemberIndex.unwrap(b);
}

function isOtherSeat(MemberIndex a, MemberIndex b) pure returns (bool) {
    return MemberIndex.unwrap(a) != MemberIndex.unwrap(b);
}

/// The seat that a lane belongs to.
function seatOfLane(uint256 lane) pure returns (MemberIndex) {
    return MemberIndex.wrap(lane / LANES_PER_SEAT);
}
