// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SeatSet} from "./SeatSet.sol";
import {EXPIRED, PROPOSED, READY, Status, WAITING} from "./Status.sol";
import {Tier} from "./Tier.sol";
import {Timestamp, currentTime} from "./Timestamp.sol";

/// The state of a lane as one storage word, lowest bit first:
///   approvals 64 | epoch 32 | moment 40 | graceHours 16 | publication 64 | sequence 32 |
///   status 3 | tier 2 | seatOperation 1 | objected 1 | withdrawals 1
/// approvals: seats whose approval is recorded; whether they still count is for the roster to say.
/// epoch: the roster's, when the approvals were last counted.
/// moment: `approveBy` while PROPOSED, `readyAt` from WAITING on; graceHours: from there to `expiresAt`.
/// publication: block number (32 bits) and the first 32 bits of the parent block's hash.
/// sequence: number of the lane's present or latest operation; the first is 1.
/// status: as stored, so never READY and never EXPIRED.
/// withdrawals: some approval was withdrawn, so the lane's word of withdrawn seats is in force.
type LaneState is uint256;

using {
    approvals,
    epoch,
    moment,
    graceHours,
    publication,
    sequence,
    tier,
    isSeatOperation,
    isObjected,
    hasWithdrawals,
    isProposed,
    statusNow,
    counted,
    approvedBy,
    raisedTo,
    proposedUntil,
    waitingUntil,
    endedAs,
    objected,
    withWithdrawals
} for LaneState global;

function approvals(LaneState state) pure returns (SeatSet) {
    return SeatSet.wrap(LaneState.unwrap(state) & type(uint64).max);
}

function epoch(LaneState state) pure returns (uint256) {
    return (LaneState.unwrap(state) >> 64) & type(uint32).max;
}

function moment(LaneState state) pure returns (Timestamp) {
    return Timestamp.wrap((LaneState.unwrap(state) >> 96) & type(uint40).max);
}

function graceHours(LaneState state) pure returns (uint256) {
    return (LaneState.unwrap(state) >> 136) & type(uint16).max;
}

function publication(LaneState state) pure returns (uint256) {
    return (LaneState.unwrap(state) >> 152) & type(uint64).max;
}

function sequence(LaneState state) pure returns (uint256) {
    return (LaneState.unwrap(state) >> 216) & type(uint32).max;
}

function tier(LaneState state) pure returns (Tier) {
    return Tier.wrap((LaneState.unwrap(state) >> 251) & 3);
}

function isSeatOperation(LaneState state) pure returns (bool) {
    return (LaneState.unwrap(state) >> 253) & 1 != 0;
}

function isObjected(LaneState state) pure returns (bool) {
    return (LaneState.unwrap(state) >> 254) & 1 != 0;
}

function hasWithdrawals(LaneState state) pure returns (bool) {
    return LaneState.unwrap(state) >> 255 == 1;
}

function _storedStatus(LaneState state) pure returns (Status) {
    return Status.wrap((LaneState.unwrap(state) >> 248) & 7);
}

/// Below its quorum, whether or not its time is over.
function isProposed(LaneState state) pure returns (bool) {
    return _storedStatus(state) == PROPOSED;
}

/// Approvable until `moment`, and executable from `moment` to `expiresAt`: both ends included.
function statusNow(LaneState state) view returns (Status status) {
    status = _storedStatus(state);
    Timestamp moment_ = state.moment();
    if (status == PROPOSED && currentTime() > moment_) return EXPIRED;
    if (status == WAITING && !(moment_ > currentTime())) {
        // 16 bits of hours do not overflow.
        unchecked {
            uint256 grace = state.graceHours() * 1 hours;
            return block.timestamp > Timestamp.unwrap(moment_) + grace ? EXPIRED : READY;
        }
    }
}

/// A new operation, PROPOSED and without approvals. All values are below their fields' sizes.
function publishedState(
    uint256 sequence_,
    uint256 publication_,
    uint256 epoch_,
    Tier tier_,
    bool isSeatOperation_,
    Timestamp approveBy
) pure returns (LaneState) {
    uint256 flags =
        Status.unwrap(PROPOSED) | (Tier.unwrap(tier_) << 3) | (isSeatOperation_ ? 1 << 5 : 0);
    return LaneState.wrap(
        (epoch_ << 64) | (Timestamp.unwrap(approveBy) << 96) | (publication_ << 152) | (sequence_ << 216)
            | (flags << 248)
    );
}

/// The publication of what is published now: nobody can know it before the parent block is made.
function currentPublication() view returns (uint256) {
    unchecked {
        return ((block.number & type(uint32).max) << 32) | (uint256(blockhash(block.number - 1)) >> 224);
    }
}

/// With these approvals, counted by the roster of this epoch.
function counted(LaneState state, SeatSet approvals_, uint256 epoch_) pure returns (LaneState) {
    return LaneState.wrap((LaneState.unwrap(state) >> 96 << 96) | (epoch_ << 64) | SeatSet.unwrap(approvals_));
}

/// With these approvals.
function approvedBy(LaneState state, SeatSet approvals_) pure returns (LaneState) {
    return LaneState.wrap((LaneState.unwrap(state) >> 64 << 64) | SeatSet.unwrap(approvals_));
}

/// In a higher tier.
function raisedTo(LaneState state, Tier tier_) pure returns (LaneState) {
    return _with(state, 3, 251, Tier.unwrap(tier_));
}

/// Below its quorum, and approvable until then.
function proposedUntil(LaneState state, Timestamp approveBy) pure returns (LaneState) {
    return _with(endedAs(state, PROPOSED), type(uint56).max, 96, Timestamp.unwrap(approveBy));
}

/// With a quorum, and executable from then on, for so many hours.
function waitingUntil(LaneState state, Timestamp readyAt, uint256 graceHours_) pure returns (LaneState) {
    uint256 times = Timestamp.unwrap(readyAt) | (graceHours_ << 40);
    return _with(endedAs(state, WAITING), type(uint56).max, 96, times);
}

/// With another status.
function endedAs(LaneState state, Status status) pure returns (LaneState) {
    return _with(state, 7, 248, Status.unwrap(status));
}

function objected(LaneState state) pure returns (LaneState) {
    return LaneState.wrap(LaneState.unwrap(state) | (1 << 254));
}

function withWithdrawals(LaneState state) pure returns (LaneState) {
    return LaneState.wrap(LaneState.unwrap(state) | (1 << 255));
}

function _with(LaneState state, uint256 mask, uint256 shift, uint256 value) pure returns (LaneState) {
    return LaneState.wrap((LaneState.unwrap(state) & ~(mask << shift)) | (value << shift));
}
