// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MemberIndex} from "./MemberIndex.sol";

/// A set of seats, one bit each: bit i stands for seat i. A person has at most one seat, so counting seats counts
/// persons. Only the lowest 64 bits are ever set.
type SeatSet is uint256;

using {
    contains,
    adding,
    without,
    both as &,
    either as |,
    allBut as ~,
    differs as !=,
    count,
    first
} for SeatSet global;

SeatSet constant NO_SEATS = SeatSet.wrap(0);

function contains(SeatSet set, MemberIndex seat) pure returns (bool) {
    return (SeatSet.unwrap(set) >> MemberIndex.unwrap(seat)) & 1 != 0;
}

function adding(SeatSet set, MemberIndex seat) pure returns (SeatSet) {
    return SeatSet.wrap(SeatSet.unwrap(set) | (1 << MemberIndex.unwrap(seat)));
}

function without(SeatSet set, MemberIndex seat) pure returns (SeatSet) {
    return SeatSet.wrap(SeatSet.unwrap(set) & ~(1 << MemberIndex.unwrap(seat)));
}

function both(SeatSet a, SeatSet b) pure returns (SeatSet) {
    return SeatSet.wrap(SeatSet.unwrap(a) & SeatSet.unwrap(b));
}

function either(SeatSet a, SeatSet b) pure returns (SeatSet) {
    return SeatSet.wrap(SeatSet.unwrap(a) | SeatSet.unwrap(b));
}

function allBut(SeatSet set) pure returns (SeatSet) {
    return SeatSet.wrap(~SeatSet.unwrap(set));
}

function differs(SeatSet a, SeatSet b) pure returns (bool) {
    return SeatSet.unwrap(a) != SeatSet.unwrap(b);
}

/// The lowest seat of a set that has one.
function first(SeatSet set) pure returns (MemberIndex) {
    unchecked {
        uint256 seat = 0;
        while ((SeatSet.unwrap(set) >> seat) & 1 == 0) ++seat;
        return MemberIndex.wrap(seat);
    }
}

/// How many seats: bits are summed in pairs, in fours and in bytes, and the bytes by one multiplication.
function count(SeatSet set) pure returns (uint256 seats) {
    unchecked {
        seats = SeatSet.unwrap(set);
        seats -= (seats >> 1) & 0x5555555555555555;
        seats = (seats & 0x3333333333333333) + ((seats >> 2) & 0x3333333333333333);
        seats = (seats + (seats >> 4)) & 0x0f0f0f0f0f0f0f0f;
        seats = ((seats * 0x0101010101010101) >> 56) & 0xff;
    }
}
