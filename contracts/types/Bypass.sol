// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SeatSet} from "./SeatSet.sol";
import {Timestamp} from "./Timestamp.sol";

/// One use of break-glass, as one storage word, lowest bit first:
///   at 40 | formerReadyAt 40 | lane 16 | seats 64 | verdict 8 | reviewer 32 | reviewedAt 40
/// seats: who took part, as publisher, approver or by consenting to hurry. The rest is zero until an auditor reviews it.
type BypassRecord is uint256;

/// How bypasses are kept in check, as one storage word, lowest bit first:
///   limit 8 | reviewHours 16 | count 32 | firstUnreviewed 32 | countedFrom 32
/// limit: bypasses in 30 days while some are unreviewed. reviewHours: how long one may be unreviewed.
/// countedFrom: bypasses before this one were forgiven by an operation.
type BypassTerms is uint256;

uint256 constant JUSTIFIED = 1;
uint256 constant UNJUSTIFIED = 2;

using {happenedAt, isReviewed, reviewedBy} for BypassRecord global;
using {
    limit,
    reviewHours,
    count,
    firstUnreviewed,
    countedFrom,
    withUsual,
    withOneMore,
    reviewedTo,
    forgiven
} for BypassTerms global;

function newBypass(Timestamp now_, Timestamp formerReadyAt, uint256 lane, SeatSet seats)
    pure
    returns (BypassRecord)
{
    return BypassRecord.wrap(
        Timestamp.unwrap(now_) | (Timestamp.unwrap(formerReadyAt) << 40) | (lane << 80)
            | (SeatSet.unwrap(seats) << 96)
    );
}

function happenedAt(BypassRecord record) pure returns (Timestamp) {
    return Timestamp.wrap(BypassRecord.unwrap(record) & type(uint40).max);
}

function isReviewed(BypassRecord record) pure returns (bool) {
    return BypassRecord.unwrap(record) >> 160 != 0;
}

function reviewedBy(BypassRecord record, uint256 person, bool justified, Timestamp now_)
    pure
    returns (BypassRecord)
{
    uint256 verdict = justified ? JUSTIFIED : UNJUSTIFIED;
    return BypassRecord.wrap(
        BypassRecord.unwrap(record) | (verdict << 160) | (person << 168) | (Timestamp.unwrap(now_) << 200)
    );
}

function limit(BypassTerms terms) pure returns (uint256) {
    return BypassTerms.unwrap(terms) & 0xff;
}

function reviewHours(BypassTerms terms) pure returns (uint256) {
    return (BypassTerms.unwrap(terms) >> 8) & 0xffff;
}

/// How many bypasses there ever were.
function count(BypassTerms terms) pure returns (uint256) {
    return (BypassTerms.unwrap(terms) >> 24) & type(uint32).max;
}

function firstUnreviewed(BypassTerms terms) pure returns (uint256) {
    return (BypassTerms.unwrap(terms) >> 56) & type(uint32).max;
}

function countedFrom(BypassTerms terms) pure returns (uint256) {
    return BypassTerms.unwrap(terms) >> 88;
}

/// The terms of a vault that has set none.
function withUsual(BypassTerms terms, uint256 limit_, uint256 reviewHours_) pure returns (BypassTerms) {
    return BypassTerms.wrap(BypassTerms.unwrap(terms) | limit_ | (reviewHours_ << 8));
}

function withOneMore(BypassTerms terms) pure returns (BypassTerms) {
    // 2^32 bypasses do not happen.
    unchecked {
        return BypassTerms.wrap(BypassTerms.unwrap(terms) + (1 << 24));
    }
}

function reviewedTo(BypassTerms terms, uint256 first) pure returns (BypassTerms) {
    uint256 mask = uint256(type(uint32).max) << 56;
    return BypassTerms.wrap((BypassTerms.unwrap(terms) & ~mask) | (first << 56));
}

/// Other terms, and a clean slate: none of the bypasses that happened counts any more.
function forgiven(BypassTerms terms, uint256 limit_, uint256 reviewHours_) pure returns (BypassTerms) {
    uint256 count_ = terms.count();
    return BypassTerms.wrap(limit_ | (reviewHours_ << 8) | (count_ << 24) | (count_ << 56) | (count_ << 88));
}
