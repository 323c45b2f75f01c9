// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Approval, IVault, Operation} from "../../contracts/interfaces/IVault.sol";
import {ApprovalHarness} from "./ApprovalHarness.sol";
import {and, or, same} from "./Logic.sol";
import {vm} from "./Symbolic.sol";
import {Lane} from "./VaultHarness.sol";

/// `approve`, from any state: what is recorded was consented to, and no clock starts without a quorum. I-2, I-3, I-4.
contract ApproveProofs is ApprovalHarness {
    // What no approval changes: publication, sequence, whether it is a seat operation, objected, withdrawn from.
    uint256 private constant KEPT = (uint256(type(uint96).max) << 152) | (uint256(7) << 253);

    /// Any operation, from HIGH_VALUE on, with one approval.
    function check_high() external {
        _requireStart(1, true, false);
    }

    /// From HIGH_VALUE on, with two approvals.
    function check_high_two() external {
        _requireStart(2, true, true);
    }

    /// The same with three.
    function check_high_three() external {
        _requireStart(3, true, true);
    }

    /// Below HIGH_VALUE, with one: the policy is asked once more.
    function check_low() external {
        _requireStart(1, false, true);
    }

    /// A lane that is PROPOSED, was counted by today's roster, and needs no segregated quorum.
    function _anyProposed() private view returns (Operation memory operation, Lane memory before) {
        operation = anyOperation(0);
        vm.assume(operation.calls[0].target != address(vault));
        before = see(operation.lane);
        vm.assume(same(statusOf(before.word), 1));
        vm.assume(isCurrent(before.word, roster()));
        vm.assume(!isSegregated(before.word, termsOf(tierOf(before.word))));
    }

    /// One call with so many approvals, and what it does to the lane. Members are looked at afterwards: RestProofs
    /// says that they are the same, and the prover has less to carry until then.
    /// @param isPlain no seat operation; nobody objected, and nobody withdrew
    function _requireStart(uint256 length, bool isHigh, bool isPlain) private {
        (Operation memory operation, Lane memory before) = _anyProposed();
        if (isPlain) vm.assume(same(before.word >> 253, 0));
        // The tier may rise, to one that is not segregated either: no tier asks for less than the one below.
        if (!isHigh) vm.assume(same(uint8((termsOf(1) | termsOf(2) | termsOf(3)) >> 80), 0));
        vm.assume((tierOf(before.word) >= 2) == isHigh);
        Approval[] memory list = anyApprovals(length);
        if (!call(SENDER, abi.encodeCall(IVault.approve, (operation, list)))) return;

        Lane memory later = see(operation.lane);
        bool holds = and(same(before.id, later.id), same((before.word ^ later.word) & KEPT, 0));
        holds = and(holds, _isRecorded(operation.lane, before.word, later.word, approvedIn(list, before)));
        assert(and(holds, _isTimed(operation, before.word, later.word)));
    }

    /// New approvals are of approvers who consented, and never of the publisher.
    function _isRecorded(uint256 index, uint256 word, uint256 later, uint256 seats)
        private
        view
        returns (bool)
    {
        uint256 added = later & ~word & APPROVALS;
        bool isEligible = and(same(added & ~uint64(roster()), 0), !hasSeat(added, index / 8));
        return and(isCurrent(later, roster()), and(isEligible, same(added & ~seats, 0)));
    }

    /// A clock that started: a quorum stands, and the tier's whole delay lies ahead. Else PROPOSED, until `approveBy`.
    function _isTimed(Operation memory operation, uint256 word, uint256 later) private view returns (bool) {
        uint256 terms = termsOf(tierOf(later));
        bool isStanding = stands(later, operation.lane, roster(), terms);
        bool isStarted = same(uint40(later >> 96), block.timestamp + uint32(terms >> 16));
        isStarted = and(isStarted, same(uint16(later >> 136), uint16(terms >> 48)));
        bool isUntil =
            or(same((word ^ later) & TIMES, 0), same(later & TIMES, uint256(operation.approveBy) << 96));
        bool isWaiting = and(same(statusOf(later), 2), and(isStanding, isStarted));
        bool isProposed = and(same(statusOf(later), 1), isUntil);
        return and(tierOf(later) >= tierOf(word), or(isWaiting, isProposed));
    }
}
