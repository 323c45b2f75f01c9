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
