// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Which duties exclude each other for one person, as one storage word: 16 rows of 16 bits, the row of duty `1 << i`
/// from bit `16 * i` on. Symmetric, with an empty diagonal.
type Conflicts is uint256;

using {conflictsOf, withConflicts} for Conflicts global;

uint256 constant ROWS = 16;
uint256 constant ROW = 0xffff;

/// The duties that `duty` excludes. One duty at a time: a sum has no row.
function conflictsOf(Conflicts conflicts, uint256 duty) pure returns (uint256) {
    for (uint256 i = 0; i < ROWS; ++i) {
        if (duty == 1 << i) return (Conflicts.unwrap(conflicts) >> (i * ROWS)) & ROW;
    }
    return 0;
}

/// The same where `duty` excludes exactly those of `mask`, and each of those excludes `duty`.
function withConflicts(Conflicts conflicts, uint256 duty, uint256 mask) pure returns (Conflicts) {
    uint256 word = Conflicts.unwrap(conflicts);
    for (uint256 i = 0; i < ROWS; ++i) {
        uint256 row = i * ROWS;
        if (duty == 1 << i) {
            word = (word & ~(ROW << row)) | (mask << row);
        } else if (mask & (1 << i) != 0) {
            word |= duty << row;
        } else {
            word &= ~(duty << row);
        }
    }
    return Conflicts.wrap(word);
}
