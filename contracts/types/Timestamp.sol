// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Duration} from "./Duration.sol";

/// A moment: seconds since 1970-01-01 UTC, as the chain's blocks tell it. Kept in 40 bits; a whole word here, because
/// the compiler would mask a smaller one at every use.
type Timestamp is uint256;

using {isAfter as >, plus} for Timestamp global;

function isAfter(Timestamp a, Timestamp b) pure returns (bool) {
    return Timestamp.unwrap(a) > Timestamp.unwrap(b);
}

function plus(Timestamp moment, Duration length) pure returns (Timestamp) {
    // Both come from the clock and from checked terms: nowhere near 2^40 seconds, which are 34,000 years.
    unchecked {
        return Timestamp.wrap(Timestamp.unwrap(moment) + Duration.unwrap(length));
    }
}

/// The time of the block that is being made.
function currentTime() view returns (Timestamp) {
    return Timestamp.wrap(block.timestamp);
}
