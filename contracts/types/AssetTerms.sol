// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {REFILL} from "../libraries/Limits.sol";
import {Timestamp} from "./Timestamp.sol";

/// The limits of an asset and its leaky bucket, as one storage word, lowest bit first:
///   routineLimit 64 | highValueFrom 64 | decimals 8 | listed 8 | level 64 | filledAt 40
/// Limits and level are in millionths of a whole one, or in base units where the asset has fewer than 6 decimals. Up to
/// `routineLimit` is ROUTINE, from `highValueFrom` on HIGH_VALUE, between them STANDARD: an amount and the level together.
/// level: what moved below HIGH_VALUE, as it was at `filledAt`; since then it went down by `highValueFrom` in 24 hours.
type AssetTerms is uint256;

using {
    isListed,
    areValidTerms,
    routineLimit,
    highValueFrom,
    decimals,
    unit,
    levelAt,
    filledTo,
    withBucketOf
} for AssetTerms global;

function isListed(AssetTerms terms) pure returns (bool) {
    return AssetTerms.unwrap(terms) != 0;
}

function routineLimit(AssetTerms terms) pure returns (uint256) {
    return AssetTerms.unwrap(terms) & type(uint64).max;
}

function highValueFrom(AssetTerms terms) pure returns (uint256) {
    return (AssetTerms.unwrap(terms) >> 64) & type(uint64).max;
}

function decimals(AssetTerms terms) pure returns (uint256) {
    return (AssetTerms.unwrap(terms) >> 128) & 0xff;
}

/// Base units in one unit of the limits: at most 10^30.
function unit(AssetTerms terms) pure returns (uint256) {
    unchecked {
        return terms.decimals() > 6 ? 10 ** (terms.decimals() - 6) : 1;
    }
}

/// Listed, nothing above, limits in order, and decimals that a unit can be made from. Settings carry no level.
function areValidTerms(AssetTerms terms) pure returns (bool) {
    return AssetTerms.unwrap(terms) >> 136 == 1 && terms.routineLimit() < terms.highValueFrom()
        && terms.decimals() <= 36;
}

/// What is left of the level now.
function levelAt(AssetTerms terms, Timestamp now_) pure returns (uint256) {
    // 64 bits times 40 bits do not overflow, and no bucket was filled in the future.
    unchecked {
        uint256 level = (AssetTerms.unwrap(terms) >> 144) & type(uint64).max;
        uint256 filledAt = AssetTerms.unwrap(terms) >> 208;
        uint256 drained = terms.highValueFrom() * (Timestamp.unwrap(now_) - filledAt) / REFILL;
        return level > drained ? level - drained : 0;
    }
}

/// With this level, below 2^64, from now on.
function filledTo(AssetTerms terms, uint256 level, Timestamp now_) pure returns (AssetTerms) {
    uint256 settings = AssetTerms.unwrap(terms) & ((1 << 144) - 1);
    return AssetTerms.wrap(settings | (level << 144) | (Timestamp.unwrap(now_) << 208));
}

/// With the level that the asset had: other limits do not empty a bucket. Other decimals do: it had no meaning.
function withBucketOf(AssetTerms terms, AssetTerms former) pure returns (AssetTerms) {
    if (terms.decimals() != former.decimals()) return terms;
    return AssetTerms.wrap(AssetTerms.unwrap(terms) | (AssetTerms.unwrap(former) >> 144 << 144));
}
