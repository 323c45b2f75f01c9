// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SeatSet} from "./SeatSet.sol";
import {Tier} from "./Tier.sol";

/// Who counts now, as one storage word, lowest bit first:
///   approvers 64 | security 64 | proposers 64 | epoch 32 | supermajority 8 | tiers with a window 4
/// The sets hold active seats only. An operation whose epoch is still the roster's executes without a recount, and
/// without a look at its tier's terms unless the tier has a window.
type Roster is uint256;

using {
    approvers,
    security,
    proposers,
    epoch,
    supermajority,
    hasWindow,
    withTiers,
    atNextEpoch
} for Roster global;

uint256 constant SET = type(uint64).max;

function approvers(Roster roster) pure returns (SeatSet) {
    return SeatSet.wrap(Roster.unwrap(roster) & SET);
}

function security(Roster roster) pure returns (SeatSet) {
    return SeatSet.wrap((Roster.unwrap(roster) >> 64) & SET);
}

function proposers(Roster roster) pure returns (SeatSet) {
    return SeatSet.wrap((Roster.unwrap(roster) >> 128) & SET);
}

function epoch(Roster roster) pure returns (uint256) {
    return (Roster.unwrap(roster) >> 192) & type(uint32).max;
}

function supermajority(Roster roster) pure returns (uint256) {
    return (Roster.unwrap(roster) >> 224) & 0xff;
}

function hasWindow(Roster roster, Tier tier) pure returns (bool) {
    return (Roster.unwrap(roster) >> 232 >> Tier.unwrap(tier)) & 1 != 0;
}

/// @param tiers the 12 bits above the epoch: supermajority, tiers with a window
function withTiers(Roster roster, uint256 tiers) pure returns (Roster) {
    return Roster.wrap((Roster.unwrap(roster) & ((1 << 224) - 1)) | (tiers << 224));
}

function atNextEpoch(Roster roster) pure returns (Roster) {
    uint256 mask = uint256(type(uint32).max) << 192;
    // Around after 2^32 changes, and no operation is open for so long.
    unchecked {
        uint256 next = (Roster.unwrap(roster) + (1 << 192)) & mask;
        return Roster.wrap((Roster.unwrap(roster) & ~mask) | next);
    }
}
