// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Attributes} from "./Attributes.sol";
import {MemberIndex} from "./MemberIndex.sol";
import {Timestamp} from "./Timestamp.sol";

/// What the vault knows of an address, as one storage word, lowest bit first:
///   seat 8 | status 8 | roles 8 | kind 8 | seasonedAt 40 | seatedInBlock 32 | person 32 |
///   employer 32 | utcOffset 16 | place x 24, y 24, z 24
/// kind: 0, an ECDSA key; 2 or 3, the prefix of the key of a group (FROST), which has no person and no attributes of its
/// own: its holders' persons stand beside its key.
/// The seat counts only for operations published in a later block than `seatedInBlock`; the address counts for
/// HIGH_VALUE and CUSTODY from `seasonedAt` on.
type MemberRecord is uint256;

/// Where a member is in its life. A number and not an enum: see Status.
type MemberStatus is uint256;

// Never had a seat.
MemberStatus constant STRANGER = MemberStatus.wrap(0);
MemberStatus constant ACTIVE = MemberStatus.wrap(1);
// Active in a new seat after a suspension or a change: what it signed without a publication is void.
MemberStatus constant RETURNED = MemberStatus.wrap(2);
// By a guardian, unconfirmed: lapses, and an approver keeps its veto.
MemberStatus constant SUSPENDED = MemberStatus.wrap(3);
// By a guardian, and confirmed by a seat operation: until reinstated.
MemberStatus constant CONFIRMED = MemberStatus.wrap(4);
// By itself: until reinstated.
MemberStatus constant SELF_SUSPENDED = MemberStatus.wrap(5);
// For ever.
MemberStatus constant REMOVED = MemberStatus.wrap(6);

// The two that count, one bit each.
uint256 constant COUNTING = (1 << 1) | (1 << 2);

using {isSameMemberStatus as ==, isOtherMemberStatus as !=} for MemberStatus global;

using {
    seatOf,
    status,
    roles,
    kind,
    isGroup,
    attributes,
    hasAny,
    seasonedAt,
    seatedInBlock,
    person,
    isActive,
    isSeated,
    mayStop,
    withStatus,
    withKind,
    withRoles,
    withSeat,
    withAttributes
} for MemberRecord global;

function isSameMemberStatus(MemberStatus a, MemberStatus b) pure returns (bool) {
    return MemberStatus.unwrap(a) == MemberStatus.unwrap(b);
}

function isOtherMemberStatus(MemberStatus a, MemberStatus b) pure returns (bool) {
    return MemberStatus.unwrap(a) != MemberStatus.unwrap(b);
}

function seatOf(MemberRecord record) pure returns (MemberIndex) {
    return MemberIndex.wrap(MemberRecord.unwrap(record) & 0xff);
}

function status(MemberRecord record) pure returns (MemberStatus) {
    return MemberStatus.wrap((MemberRecord.unwrap(record) >> 8) & 0xff);
}

function roles(MemberRecord record) pure returns (uint256) {
    return (MemberRecord.unwrap(record) >> 16) & 0xff;
}

function kind(MemberRecord record) pure returns (uint256) {
    return (MemberRecord.unwrap(record) >> 24) & 0xff;
}

/// Its only consent is a FROST signature.
function isGroup(MemberRecord record) pure returns (bool) {
    return record.kind() != 0;
}

function attributes(MemberRecord record) pure returns (Attributes) {
    return Attributes.wrap(MemberRecord.unwrap(record) >> 136);
}

function hasAny(MemberRecord record, uint256 anyOf) pure returns (bool) {
    return record.roles() & anyOf != 0;
}

function seasonedAt(MemberRecord record) pure returns (Timestamp) {
    return Timestamp.wrap((MemberRecord.unwrap(record) >> 32) & type(uint40).max);
}

function seatedInBlock(MemberRecord record) pure returns (uint256) {
    return (MemberRecord.unwrap(record) >> 72) & type(uint32).max;
}

function person(MemberRecord record) pure returns (uint256) {
    return (MemberRecord.unwrap(record) >> 104) & type(uint32).max;
}

/// It counts, within its roles.
function isActive(MemberRecord record) pure returns (bool) {
    return (COUNTING >> MemberStatus.unwrap(record.status())) & 1 != 0;
}

/// It has a seat, though it may be suspended.
function isSeated(MemberRecord record) pure returns (bool) {
    MemberStatus status_ = record.status();
    return status_ != STRANGER && status_ != REMOVED;
}

/// Active, or suspended by a guardian without confirmation: it keeps its veto till then.
function mayStop(MemberRecord record) pure returns (bool) {
    return record.isActive() || record.status() == SUSPENDED;
}

/// The beginning of a record; a group has no person of its own.
function newRecord(uint256 person_) pure returns (MemberRecord) {
    return MemberRecord.wrap(person_ << 104);
}

function withStatus(MemberRecord record, MemberStatus status_) pure returns (MemberRecord) {
    return _with(record, 0xff, 8, MemberStatus.unwrap(status_));
}

function withKind(MemberRecord record, uint256 kind_) pure returns (MemberRecord) {
    return _with(record, 0xff, 24, kind_);
}

function withRoles(MemberRecord record, uint256 roles_) pure returns (MemberRecord) {
    return _with(record, 0xff, 16, roles_);
}

function withSeat(MemberRecord record, MemberIndex seat, uint256 block_) pure returns (MemberRecord) {
    record = _with(record, 0xff, 0, MemberIndex.unwrap(seat));
    return _with(record, type(uint32).max, 72, block_ & type(uint32).max);
}

function withAttributes(MemberRecord record, Attributes attributes_, Timestamp seasonedAt_)
    pure
    returns (MemberRecord)
{
    record = _with(record, type(uint40).max, 32, Timestamp.unwrap(seasonedAt_));
    return _with(record, type(uint120).max, 136, Attributes.unwrap(attributes_));
}

function _with(MemberRecord record, uint256 mask, uint256 shift, uint256 value) pure returns (MemberRecord) {
    return MemberRecord.wrap((MemberRecord.unwrap(record) & ~(mask << shift)) | (value << shift));
}
