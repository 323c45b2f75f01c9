// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Where an operation is in its life. READY and EXPIRED follow from the clock and are never stored.
type Status is uint256;

// A number and not an enum: the compiler would guard every use of an enum with a panic, a kilobyte in all.
Status constant UNKNOWN = Status.wrap(0);
Status constant PROPOSED = Status.wrap(1);
Status constant WAITING = Status.wrap(2);
Status constant READY = Status.wrap(3);
Status constant EXECUTED = Status.wrap(4);
Status constant VETOED = Status.wrap(5);
Status constant CANCELLED = Status.wrap(6);
Status constant EXPIRED = Status.wrap(7);

// Sets of statuses, one bit each, for errors that say which ones were expected.
uint256 constant ONLY_WAITING = 1 << 2;
uint256 constant ONLY_READY = 1 << 3;
// Open: it may still be executed, so its lane is taken. Everything else but UNKNOWN is final.
uint256 constant ANY_OPEN = (1 << 1) | (1 << 2) | (1 << 3);

using {isSameStatus as ==, isIn} for Status global;

function isSameStatus(Status a, Status b) pure returns (bool) {
    return Status.unwrap(a) == Status.unwrap(b);
}

/// Whether it is one of a set.
function isIn(Status status, uint256 anyOf) pure returns (bool) {
    return (anyOf >> Status.unwrap(status)) & 1 != 0;
}
