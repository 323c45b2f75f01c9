// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Approval, IVault} from "../interfaces/IVault.sol";
import {ApprovalHead} from "../types/ApprovalHead.sol";
import {LaneState} from "../types/LaneState.sol";
import {MemberIndex} from "../types/MemberIndex.sol";
import {MemberRecord, RETURNED} from "../types/MemberRecord.sol";
import {OperationId} from "../types/OperationId.sol";
import {SeatSet} from "../types/SeatSet.sol";
import {HIGH_VALUE} from "../types/Tier.sol";
import {currentTime} from "../types/Timestamp.sol";
import {MemberBook} from "./Members.sol";
import {Operations} from "./Operations.sol";

/// Checking approvals one by one.
library Approvals {
    /// Half the order of secp256k1: of the two signatures that verify, only the one with the smaller s is taken.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// Check a list of approvals, and add them to those that are recorded. Recorded ones are passed over.
    /// @return approvals all of them
    /// @return back withdrawn ones that their members gave again
    function collect(
        MemberBook storage book,
        OperationId id,
        LaneState state,
        SeatSet eligible,
        SeatSet withdrawn,
        Approval[] calldata list
    ) internal view returns (SeatSet approvals, SeatSet back) {
        approvals = state.approvals();
        SeatSet listed;
        // Most lists are over one publication, so its digest is kept. No publication is as large as the first value.
        uint256 signed = type(uint256).max;
        bytes32 digest;
        for (uint256 i = 0; i < list.length; ++i) {
            Approval calldata approval = list[i];
            ApprovalHead head = approval.head;
            MemberIndex seat = head.seatIn();
            if (listed.contains(seat)) revert IVault.ApprovalDuplicate(seat);
            listed = listed.adding(seat);
            if (approvals.contains(seat)) continue;
            approvals = approvals.adding(seat);
            if (!eligible.contains(seat)) revert IVault.ApprovalNotEligible(seat, eligible);

            uint256 publication = head.publicationIn();
            if (publication != signed) {
                signed = publication;
                digest = Operations.approvalDigest(id, publication);
            }
            bool isOwn = head.recoveryOf() == 0;
            address signer = isOwn ? _sender() : _recover(digest, head.recoveryOf(), approval.r, approval.s);
            MemberRecord member = book.records[signer];
            // Only one active member can have this seat. An address that left keeps its record, but is not active.
            if (member.seatOf() != seat || !member.isActive()) {
                revert IVault.ApprovalSignerUnexpected(seat, book.seats[seat].member, signer);
            }
            _requireCounts(member, seat, publication, state.publication(), isOwn);
            if (state.tier() >= HIGH_VALUE) _requireCountsHigh(state, member, seat, publication);
            if (withdrawn.contains(seat)) {
                if (!isOwn) revert IVault.ApprovalWithdrawn(seat);
                back = back.adding(seat);
            }
        }
    }

    /// What an active approver consented to counts for an operation of the two low tiers.
    function _requireCounts(
        MemberRecord member,
        MemberIndex seat,
        uint256 publication,
        uint256 published,
        bool isOwn
    ) private pure {
        // A signature without publication may be older than the operation: not enough for one's own transaction, or for
        // a member who came back.
        if (publication != published && (publication != 0 || isOwn || member.status() == RETURNED)) {
            revert IVault.ApprovalPublicationUnexpected(seat, published, publication);
        }
        if (member.seatedInBlock() >= published >> 32) {
            revert IVault.ApprovalBeforeSeat(seat, member.seatedInBlock(), published >> 32);
        }
    }

    /// What was consented to counts from HIGH_VALUE on, too.
    function _requireCountsHigh(LaneState state, MemberRecord member, MemberIndex seat, uint256 publication)
        private
        view
    {
        uint256 published = state.publication();
        // There, a signature must be younger than the publication.
        if (publication != published) {
            revert IVault.ApprovalPublicationUnexpected(seat, published, publication);
        }
        // The publication is known as soon as the parent block is, so the operation's own block is too early.
        if (published >> 32 == block.number & type(uint32).max) {
            revert IVault.ApprovalTooEarly(seat, published >> 32);
        }
        if (!state.isSeatOperation() && member.seasonedAt() > currentTime()) {
            revert IVault.ApprovalUnseasoned(seat, member.seasonedAt(), currentTime());
        }
    }

    /// Who sent this transaction, straight to the vault. Code that an account delegates to (EIP-7702) must not consent for
    /// it, not even in its own transaction.
    function _sender() private view returns (address) {
        return msg.sender == tx.origin && msg.sender.code.length == 0 ? msg.sender : address(0);
    }

    /// The signer of a digest; the zero address where the signature is not the canonical one of anybody. `ecrecover` itself
    /// answers nothing where v is neither 27 nor 28.
    function _recover(bytes32 digest, uint256 v, bytes32 r, bytes32 s) private pure returns (address) {
        return uint256(s) > HALF_ORDER ? address(0) : ecrecover(digest, uint8(v), r, s);
    }
}
