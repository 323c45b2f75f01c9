// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MemberIndex} from "./MemberIndex.sol";

/// What stands before the signature of an approval, in one word, lowest bit first:
///   v 8 | seat 8 | publication 64
/// v: 27 or 28 of an ECDSA signature; 2 or 3, the prefix of R, of a group's FROST signature, whose other two parts are x
/// of R, and z; 0 where the member sends the transaction itself, and r and s are empty.
/// publication: the one that was signed; 0 where a tier below HIGH_VALUE was signed before publication.
type ApprovalHead is uint256;

using {recoveryOf, isOwn, isGroup, seatIn, publicationIn} for ApprovalHead global;

function recoveryOf(ApprovalHead head) pure returns (uint256) {
    return ApprovalHead.unwrap(head) & 0xff;
}

/// The member's own transaction instead of a signature.
function isOwn(ApprovalHead head) pure returns (bool) {
    return head.recoveryOf() == 0;
}

/// A FROST signature.
function isGroup(ApprovalHead head) pure returns (bool) {
    return head.recoveryOf() | 1 == 3;
}

function seatIn(ApprovalHead head) pure returns (MemberIndex) {
    return MemberIndex.wrap((ApprovalHead.unwrap(head) >> 8) & 0xff);
}

/// The last field: whatever stands above it belongs to a publication that does not exist.
function publicationIn(ApprovalHead head) pure returns (uint256) {
    return ApprovalHead.unwrap(head) >> 16;
}
