// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SeatSet} from "../../contracts/types/SeatSet.sol";

/// Counting seats.
contract SeatProofs {
    /// `count` is the sum of the bits.
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
