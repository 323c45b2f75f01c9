// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// The limits of an asset, as one storage word, lowest bit first:
///   routineLimit 64 | highValueFrom 64 | decimals 8 | listed 1
/// Both limits are in millionths of a whole one, or in base units where the asset has fewer than 6 decimals. Up to
/// `routineLimit` is ROUTINE, from `highValueFrom` on HIGH_VALUE, between them STANDARD.
type AssetTerms is uint256;

using {isListed, areValidTerms, routineLimit, highValueFrom, unit} for AssetTerms global;

function isListed(AssetTerms terms) pure returns (bool) {
    return AssetTerms.unwrap(terms) != 0;
}

function routineLimit(AssetTerms terms) pure returns (uint256) {
    return AssetTerms.unwrap(terms) & type(uint64).max;
}

function highValueFrom(AssetTerms terms) pure returns (uint256) {
    return (AssetTerms.unwrap(terms) >> 64) & type(uint64).max;
}

/// Base units in one unit of the limits: their products are below 2^164.
function unit(AssetTerms terms) pure returns (uint256) {
    unchecked {
        uint256 decimals = (AssetTerms.unwrap(terms) >> 128) & 0xff;
        return decimals > 6 ? 10 ** (decimals - 6) : 1;
    }
}

/// Listed, nothing above, limits in order, and decimals that a unit can be made from.
function areValidTerms(AssetTerms terms) pure returns (bool) {
    return AssetTerms.unwrap(terms) >> 136 == 1 && terms.routineLimit() < terms.highValueFrom()
        && (AssetTerms.unwrap(terms) >> 128) & 0xff <= 36;
}
