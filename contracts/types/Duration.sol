// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// A length of time in seconds.
type Duration is uint256;

using {isLonger as >} for Duration global;

function isLonger(Duration a, Duration b) pure returns (bool) {
    return Duration.unwrap(a) > Duration.unwrap(b);
}
