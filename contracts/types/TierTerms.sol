// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Duration} from "./Duration.sol";
import {Timestamp} from "./Timestamp.sol";

/// What a tier asks for, as one storage word, lowest bit first:
///   quorum 8 | securityApprovals 8 | delay 32 | graceHours 16 | opensAt 8 | closesAt 8 |
///   segregated 8 | expeditedDelay 32 | weekdays 8
/// delay: seconds from quorum to executable. graceHours: from executable to expired.
/// segregated: 1 where the quorum must be pairwise segregated; seat operations excepted.
/// expeditedDelay: seconds that break-glass leaves of a delay; where it is the delay itself, nothing can be expedited.
/// opensAt, closesAt: the window of the UTC day, in quarter hours, 0 to 96, the second one excluded.
/// weekdays: on which days it opens; bit 0 is Monday, bit 6 Sunday. 0, 96 and 127: always open.
type TierTerms is uint256;

using {
    quorum,
    securityApprovals,
    delay,
    graceHours,
    opensAt,
    closesAt,
    segregated,
    expeditedDelay,
    weekdays,
    hasWindow,
    isOpenAt
} for TierTerms global;

uint256 constant QUARTER_HOURS = 96;
uint256 constant EVERY_DAY = 127;
// 1970-01-01 was a Thursday: so many days after a Monday.
uint256 constant FIRST_WEEKDAY = 3;

function quorum(TierTerms terms) pure returns (uint256) {
    return TierTerms.unwrap(terms) & 0xff;
}

function securityApprovals(TierTerms terms) pure returns (uint256) {
    return (TierTerms.unwrap(terms) >> 8) & 0xff;
}

function delay(TierTerms terms) pure returns (Duration) {
    return Duration.wrap((TierTerms.unwrap(terms) >> 16) & type(uint32).max);
}

function graceHours(TierTerms terms) pure returns (uint256) {
    return (TierTerms.unwrap(terms) >> 48) & 0xffff;
}

function opensAt(TierTerms terms) pure returns (uint256) {
    return (TierTerms.unwrap(terms) >> 64) & 0xff;
}

function closesAt(TierTerms terms) pure returns (uint256) {
    return (TierTerms.unwrap(terms) >> 72) & 0xff;
}

/// 0 or 1; anything else is refused.
function segregated(TierTerms terms) pure returns (uint256) {
    return (TierTerms.unwrap(terms) >> 80) & 0xff;
}

function expeditedDelay(TierTerms terms) pure returns (Duration) {
    return Duration.wrap((TierTerms.unwrap(terms) >> 88) & type(uint32).max);
}

/// The last field: whatever stands above it is seen as weekdays that do not exist.
function weekdays(TierTerms terms) pure returns (uint256) {
    return TierTerms.unwrap(terms) >> 120;
}

function hasWindow(TierTerms terms) pure returns (bool) {
    return terms.opensAt() != 0 || terms.closesAt() != QUARTER_HOURS || terms.weekdays() != EVERY_DAY;
}

/// Whether the window is open.
function isOpenAt(TierTerms terms, Timestamp now_) pure returns (bool) {
    // The present time is far from any overflow.
    unchecked {
        uint256 time = Timestamp.unwrap(now_);
        uint256 quarter = (time % 1 days) / 15 minutes;
        uint256 weekday = (time / 1 days + FIRST_WEEKDAY) % 7;
        return
            quarter >= terms.opensAt() && quarter < terms.closesAt() && (terms.weekdays() >> weekday) & 1 != 0;
    }
}
