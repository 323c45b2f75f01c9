// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IValidation} from "../interfaces/IValidation.sol";
import {Approval, IVault} from "../interfaces/IVault.sol";
import {ApprovalHead} from "../types/ApprovalHead.sol";
import {Attributes} from "../types/Attributes.sol";
import {LaneState} from "../types/LaneState.sol";
import {MemberIndex} from "../types/MemberIndex.sol";
import {MemberRecord, RETURNED} from "../types/MemberRecord.sol";
import {OperationId} from "../types/OperationId.sol";
import {SeatSet} from "../types/SeatSet.sol";
import {HIGH_VALUE} from "../types/Tier.sol";
import {Timestamp, currentTime} from "../types/Timestamp.sol";
import {VALIDATION} from "./Companions.sol";
import {MemberBook} from "./Members.sol";
import {Operations} from "./Operations.sol";
import {Segregation} from "./Segregation.sol";

/// What approvals are asked for, or consents to hurry.
struct Ask {
    OperationId id;
    LaneState state;
    /// Whose approvals count.
    SeatSet eligible;
    SeatSet withdrawn;
    /// Of consents to hurry: the present `readyAt`, which they are about. Of approvals: zero.
    Timestamp readyAt;
}

/// What a list brought.
struct Collected {
    /// Those that are recorded, and those that came with the list.
    SeatSet approvals;
    /// All that the list names, in its order in `members`.
    SeatSet listed;
    MemberRecord[] members;
}

/// Checking approvals one by one.
library Approvals {
    /// Half the order of secp256k1: of the two signatures that verify, only the one with the smaller s is taken.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// Check a list of approvals, and add them to those that are recorded. Recorded ones are passed over.
    function collect(MemberBook storage book, Ask memory ask, SeatSet recorded, Approval[] calldata list)
        internal
        view
        returns (Collected memory collected)
    {
        collected.members = new MemberRecord[](list.length);
        SeatSet approvals = recorded;
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
            if (approvals.contains(seat)) {
                collected.members[i] = book.records[book.seats[seat].member];
                continue;
            }
            approvals = approvals.adding(seat);
            if (!ask.eligible.contains(seat)) revert IVault.ApprovalNotEligible(seat, ask.eligible);

            uint256 publication = head.publicationIn();
            bool toHurry = Timestamp.unwrap(ask.readyAt) != 0;
            // Consent to hurry is signed, and says from when to hurry: a transaction would not.
            if (toHurry && head.isOwn()) revert IVault.ApprovalUnsigned(seat);
            if (publication != signed) {
                signed = publication;
                digest = !toHurry
                    ? Operations.approvalDigest(ask.id, publication)
                    : Operations.expediteDigest(ask.id, publication, ask.readyAt);
            }
            (, MemberRecord member) = requireConsent(book, approval, digest);
            _requireCounts(ask, member, seat, publication, toHurry || head.isOwn());
            if (ask.state.tier() >= HIGH_VALUE) _requireCountsHigh(ask.state, member, seat, publication);
            if (ask.withdrawn.contains(seat) && !head.isOwn()) revert IVault.ApprovalWithdrawn(seat);
            collected.members[i] = member;
        }
        collected.approvals = approvals;
        collected.listed = listed;
    }

    /// Whoever sits in the seat that an approval names consented to what the digest is of.
    function requireConsent(MemberBook storage book, Approval calldata approval, bytes32 digest)
        internal
        view
        returns (address signer, MemberRecord member)
    {
        ApprovalHead head = approval.head;
        MemberIndex seat = head.seatIn();
        if (head.isGroup()) {
            address sitting = book.seats[seat].member;
            member = book.records[sitting];
            bool isSigned =
                IValidation(VALIDATION).isSigned(book.groups[sitting].x, member.kind(), digest, approval);
            if (isSigned) return (sitting, member);
        } else {
            signer = head.isOwn() ? _sender() : _recover(digest, head.recoveryOf(), approval.r, approval.s);
            member = book.records[signer];
            // Only one active member can have this seat. An address that left keeps its record, but is not active. The
            // key behind a group's address is no account: nobody may have it whole.
            if (member.seatOf() == seat && member.isActive() && !member.isGroup()) return (signer, member);
        }
        revert IVault.ApprovalSignerUnexpected(seat, book.seats[seat].member, signer);
    }

    /// Whether the first of these are pairwise segregated. Groups never are: their holders are in several places.
    function areSegregated(MemberRecord[] memory members, uint256 length) internal pure returns (bool) {
        Attributes[] memory attributes = new Attributes[](length);
        for (uint256 i = 0; i < length; ++i) {
            if (members[i].isGroup()) return false;
            attributes[i] = members[i].attributes();
        }
        return Segregation.isPairwise(attributes, length);
    }

    /// Whether all who sit in these seats are pairwise segregated.
    function areSegregated(MemberBook storage book, SeatSet seats) internal view returns (bool) {
        uint256 length = seats.count();
        MemberRecord[] memory members = new MemberRecord[](length);
        for (uint256 i = 0; i < length; ++i) {
            MemberIndex seat = seats.first();
            seats = seats.without(seat);
            members[i] = book.records[book.seats[seat].member];
        }
        return areSegregated(members, length);
    }

    /// What an active approver consented to counts for an operation of the two low tiers.
    function _requireCounts(
        Ask memory ask,
        MemberRecord member,
        MemberIndex seat,
        uint256 publication,
        bool needsPublication
    ) private pure {
        uint256 published = ask.state.publication();
        // A signature without publication may be older than the operation: not enough for a member who came back.
        needsPublication = needsPublication || member.status() == RETURNED;
        if (publication != published && (publication != 0 || needsPublication)) {
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
