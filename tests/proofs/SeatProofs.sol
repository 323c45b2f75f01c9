// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SeatSet} from "../../contracts/types/SeatSet.sol";

/// Counting seats. The loop of `count` clears the lowest bit until nothing is left, and counts the rounds.
contract SeatProofs {
    /// A round takes one away from the sum of the bits: so the loop ends with that sum. `higher` holds whatever stands
    /// above the lowest bit, which may be any.
    function check_count_step(uint256 higher) external pure {
        assert(_sum(0) == 0);
        unchecked {
            for (uint256 lowest = 0; lowest < 64; ++lowest) {
                uint256 rest = ((higher << (lowest + 1)) | (1 << lowest)) & type(uint64).max;
                assert(rest & (rest - 1) == (higher << (lowest + 1)) & type(uint64).max);
                assert((rest ^ (rest & (rest - 1))) == 1 << lowest);
            }
        }
    }

    /// `count`, as the proofs run it, is the sum of the bits.
    function check_count(uint64 set) external pure {
        assert(SeatSet.wrap(set).count() == _sum(set));
    }

    function _sum(uint64 word) private pure returns (uint256 sum) {
        unchecked {
            for (uint256 i = 0; i < 64; ++i) {
                sum += (word >> i) & 1;
            }
        }
    }
}
