// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// Logic that does not branch: the prover follows one path where `&&` would make two.

function and(bool a, bool b) pure returns (bool both) {
    assembly ("memory-safe") {
        both := and(a, b)
    }
}

function or(bool a, bool b) pure returns (bool either) {
    assembly ("memory-safe") {
        either := or(a, b)
    }
}

function implies(bool a, bool b) pure returns (bool follows) {
    assembly ("memory-safe") {
        follows := or(iszero(a), b)
    }
}

function same(uint256 a, uint256 b) pure returns (bool equal) {
    assembly ("memory-safe") {
        equal := eq(a, b)
    }
}

function choose(bool condition, uint256 a, uint256 b) pure returns (uint256 chosen) {
    assembly ("memory-safe") {
        // a, with the bits in which b differs turned over unless the condition holds: 0 - 1 has all bits.
        chosen := xor(a, and(xor(a, b), sub(condition, 1)))
    }
}
