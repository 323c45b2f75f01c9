// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// What a member may do, as a sum.
uint256 constant PROPOSER = 1; // publishes operations
uint256 constant APPROVER = 2; // counts to the quorum
uint256 constant SECURITY = 4; // an approver of the security team
uint256 constant BREAK_GLASS = 8; // an approver who may also consent to expediting
uint256 constant GUARDIAN = 16; // vetoes and suspends; neither proposer nor approver
uint256 constant AUDITOR = 32; // reviews bypasses in which it took no part

uint256 constant ALL_ROLES = 63;

/// Roles that go together: at least one, the kinds of approver only with APPROVER, and a guardian moves nothing.
function areValidRoles(uint256 roles) pure returns (bool) {
    if (roles == 0 || roles > ALL_ROLES) return false;
    if (roles & (SECURITY | BREAK_GLASS) != 0 && roles & APPROVER == 0) return false;
    return roles & GUARDIAN == 0 || roles & (PROPOSER | APPROVER) == 0;
}
