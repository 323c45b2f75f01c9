// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Risk class of an operation, each at least as strict as the one before.
type Tier is uint256;

// A number and not an enum: see Status.
Tier constant ROUTINE = Tier.wrap(0);
Tier constant STANDARD = Tier.wrap(1);
Tier constant HIGH_VALUE = Tier.wrap(2);
Tier constant CUSTODY = Tier.wrap(3);

uint256 constant TIERS = 4;

using {isAbove as >, isAtLeast as >=} for Tier global;

function isAbove(Tier a, Tier b) pure returns (bool) {
    return Tier.unwrap(a) > Tier.unwrap(b);
}

function isAtLeast(Tier a, Tier b) pure returns (bool) {
    return Tier.unwrap(a) >= Tier.unwrap(b);
}

function higherOf(Tier a, Tier b) pure returns (Tier) {
    return a > b ? a : b;
}
