// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Attributes} from "../types/Attributes.sol";

// How many minutes must be between two offsets from UTC...
int256 constant LEAST_MINUTES_APART = 181;
// ...and how many may be: beyond, they come nearer again, since the circle of offsets has 1,440.
int256 constant MOST_MINUTES_APART = 1_440 - 181;

// The dot product of two places that are 100 km apart, on a sphere of radius 6,371.0088 km; of nearer ones it is larger:
//   UNIT^2 * cos(100 / 6,371.0088) = 70,368,727,400,449 * 0.99987681872979... = 70,360,059,291,225.35...
// Rounding it down to a whole number shifts the limit by less than 0.01 mm. A place's vector may be one unit too long or
// too short for `areValid`, and two of them shift it by at most
//   2 / UNIT / tan(100 / 6,371.0088) * 6,371.0088 km = 0.097 km.
// A place whose axes are rounded to whole numbers is moved by less than 0.001 km.
int256 constant DOT_AT_100_KM = 70_360_059_291_225;

/// Who is so far from whom that one employer, one office or one bad night cannot have both. For attributes that
/// `areValid` accepts; any others get an answer too, and none overflows.
library Segregation {
    /// Different employers, offsets from UTC more than 180 minutes apart on the circle, places at least 100 km apart.
    function areSegregated(Attributes a, Attributes b) internal pure returns (bool) {
        // Offsets have 16 bits.
        unchecked {
            int256 minutesApart = a.utcOffset() - b.utcOffset();
            if (minutesApart < 0) minutesApart = -minutesApart;
            // What is below the least becomes a number far above the most.
            return a.employer() != b.employer()
                && uint256(minutesApart - LEAST_MINUTES_APART)
                    <= uint256(MOST_MINUTES_APART - LEAST_MINUTES_APART) && a.dot(b) <= DOT_AT_100_KM;
        }
    }

    /// Whether the first `length` members are segregated, each from each. More than 7 never are: the circle of offsets
    /// has no room for them.
    function isPairwise(Attributes[] memory members, uint256 length) internal pure returns (bool) {
        // They are indices.
        unchecked {
            for (uint256 i = 1; i < length; ++i) {
                Attributes member = members[i];
                for (uint256 j = 0; j < i; ++j) {
                    if (!areSegregated(member, members[j])) return false;
                }
            }
        }
        return true;
    }
}
