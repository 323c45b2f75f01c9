// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Approval, IVault, Operation} from "../../contracts/interfaces/IVault.sol";
import {OperationId} from "../../contracts/types/OperationId.sol";
import {ApprovalHarness} from "./ApprovalHarness.sol";
import {and, or, same} from "./Logic.sol";
import {Lane} from "./VaultHarness.sol";

/// `propose`, from any state: by a proposer, in a closed lane of their own, with the sequence that follows. I-2, I-5.
contract ProposeProofs is ApprovalHarness {
    /// Without approvals.
    function check_propose() external {
        _requirePublication(0);
    }

    /// With one approval.
    function check_propose_approved() external {
        _requirePublication(1);
    }

    function _requirePublication(uint256 length) private {
        Operation memory operation = anyOperation(0);
        Approval[] memory list = anyApprovals(length);
        Lane memory before = see(operation.lane);
        if (!call(SENDER, abi.encodeCall(IVault.propose, (operation, list)))) return;

        Lane memory later = see(operation.lane);
        bool holds = and(!isOpen(before), _isNext(operation, before.word, later.word));
        holds = and(holds, same(later.id, uint256(OperationId.unwrap(vault.idOf(operation)))));
        holds = and(holds, _isPublishers(wordOf(SENDER), operation.lane, later.word));
        assert(and(holds, _isCountedAnew(list, operation.lane, later)));
    }

    /// The sequence grows by one, and the publication is of this block.
    function _isNext(Operation memory operation, uint256 word, uint256 later) private view returns (bool) {
        uint256 sequence = uint32(later >> 216);
        bool isNext = same(sequence, (uint32(word >> 216) + 1) & type(uint32).max);
        bool isNow = and(same(uint32(later >> 184), block.number), isCurrent(later, roster()));
        bool isInTime =
            and(operation.approveBy >= block.timestamp, operation.approveBy <= block.timestamp + 14 days);
        return and(and(isNext, same(sequence, operation.sequence)), and(isNow, isInTime));
    }

    /// An active member with a key of its own and the role, in a lane of its seat.
    function _isPublishers(uint256 record, uint256 index, uint256 later) private pure returns (bool) {
        bool isActive = or(same(uint8(record >> 8), 1), same(uint8(record >> 8), 2));
        bool mayPublish = or(hasSeat(record, 16), and(isSeatOperation(later), hasSeat(record, 17)));
        bool isOwn = and(same(uint8(record), index / 8), same(uint8(record >> 24), 0));
        return and(isActive, and(mayPublish, isOwn));
    }

    /// Approvals are consented to, none is the publisher's, there is none from HIGH_VALUE on; and the clock runs where
    /// they are a quorum, with the tier's whole delay ahead.
    function _isCountedAnew(Approval[] memory list, uint256 index, Lane memory later)
        private
        view
        returns (bool)
    {
        uint256 word = later.word;
        uint256 approvals = word & APPROVALS;
        bool isEligible = and(same(approvals & ~uint64(roster()), 0), !hasSeat(approvals, index / 8));
        isEligible = and(isEligible, same(approvals & ~approvedIn(list, later), 0));
        isEligible = and(isEligible, or(same(approvals, 0), tierOf(word) < 2));

        uint256 terms = termsOf(tierOf(word));
        bool isStarted = same(uint40(word >> 96), block.timestamp + uint32(terms >> 16));
        bool isWaiting = and(same(statusOf(word), 2), and(isStarted, stands(word, index, roster(), terms)));
        return and(isEligible, or(same(statusOf(word), 1), isWaiting));
    }
}
