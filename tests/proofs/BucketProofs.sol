// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AssetTerms} from "../../contracts/types/AssetTerms.sol";
import {Timestamp} from "../../contracts/types/Timestamp.sol";
import {vm} from "./Symbolic.sol";

/// The leaky bucket of an asset: nothing of it overflows, it never grows by waiting, and it is empty after a day.
contract BucketProofs {
    /// The level goes down by `highValueFrom` in 24 hours, and never below zero.
    function check_level(
        uint64 routine,
        uint64 high,
        uint8 decimals,
        uint64 level,
        uint40 filledAt,
        uint40 time
    ) external pure {
        vm.assume(time >= filledAt);
        uint256 now_ = _terms(routine, high, decimals, level, filledAt).levelAt(Timestamp.wrap(time));
        uint256 drained = uint256(high) * (time - filledAt) / 1 days;
        assert(now_ == (level > drained ? level - drained : 0));
    }

    /// After a day there is nothing left of what was below `highValueFrom`.
    function check_empty_after_a_day(uint64 high, uint64 level, uint40 filledAt) external pure {
        uint256 time = uint256(filledAt) + 1 days;
        vm.assume(level < high);
        assert(_terms(0, high, 6, level, filledAt).levelAt(Timestamp.wrap(time)) == 0);
    }

    /// Filling writes the level and the time, and nothing else; what is read back at once is what was written.
    function check_fill(AssetTerms terms, uint64 level, uint40 time) external pure {
        AssetTerms filled = terms.filledTo(level, Timestamp.wrap(time));
        assert(filled.levelAt(Timestamp.wrap(time)) == level);
        uint256 settings = (1 << 144) - 1;
        assert(AssetTerms.unwrap(filled) & settings == AssetTerms.unwrap(terms) & settings);
    }

    function _terms(uint64 routine, uint64 high, uint8 decimals, uint64 level, uint40 filledAt)
        private
        pure
        returns (AssetTerms)
    {
        return AssetTerms.wrap(
            uint256(routine) | (uint256(high) << 64) | (uint256(decimals) << 128) | (1 << 136)
                | (uint256(level) << 144) | (uint256(filledAt) << 208)
        );
    }
}
