// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVault, Operation} from "../../contracts/interfaces/IVault.sol";
import {MemberRecord} from "../../contracts/types/MemberRecord.sol";
import {OperationId} from "../../contracts/types/OperationId.sol";
import {APPROVER, GUARDIAN} from "../../contracts/types/Roles.sol";
import {CANCELLED, PROPOSED, Status, VETOED} from "../../contracts/types/Status.sol";
import {and, or, same} from "./Logic.sol";
import {svm, vm} from "./Symbolic.sol";
import {Lane, Settings, VaultHarness} from "./VaultHarness.sol";

/// One step from any state, by anybody, and what it may do to any lane and to any setting: I-5, I-7, I-14, and the
/// drawing of the life of an operation.
contract StepProofs is VaultHarness {
    // The fields of a lane's word, as types/LaneState.sol draws them.
    uint256 internal constant APPROVALS = type(uint64).max;
    uint256 internal constant TIMES = uint256(type(uint56).max) << 96;
    uint256 internal constant EPOCH = uint256(type(uint32).max) << 64;
    uint256 internal constant STATUS = 7 << 248;
    uint256 internal constant TIER = 3 << 251;
    uint256 internal constant SEAT_OPERATION = 1 << 253;
    uint256 internal constant OBJECTED = 1 << 254;
    uint256 internal constant WITHDRAWALS = 1 << 255;

    /// I-14: whoever may stop an operation that is no seat operation, can. Groups say so by a signature.
    function check_veto_power(address sender, uint256 index) external {
        Lane memory lane = see(index);
        MemberRecord member = recordOf(sender);
        vm.assume(and(isOpen(lane), same(lane.word & SEAT_OPERATION, 0)));
        vm.assume(!member.isGroup() && member.mayStop() && member.hasAny(APPROVER | GUARDIAN));
        OperationId id = OperationId.wrap(bytes32(lane.id));
        assert(call(sender, abi.encodeCall(IVault.veto, (index, id))));
        assert(same(see(index).word & STATUS, Status.unwrap(VETOED) << 248));
    }

    function check_veto(address sender, uint256 named, OperationId id) external {
        _requireEnding(
            sender, abi.encodeCall(IVault.veto, (named, id)), named, uint256(OperationId.unwrap(id)), VETOED
        );
    }

    function check_cancel(address sender, uint256 named, OperationId id) external {
        _requireEnding(
            sender,
            abi.encodeCall(IVault.cancel, (named, id)),
            named,
            uint256(OperationId.unwrap(id)),
            CANCELLED
        );
    }

    /// An approval taken back: of the sender, of an open operation. Back to PROPOSED at most.
    function check_withdraw(address sender) external {
        Operation memory operation = anyOperation(68);
        uint256 seat = uint8(MemberRecord.unwrap(recordOf(sender)));
        (bool took, Lane memory before, Lane memory later) =
            _step(sender, abi.encodeCall(IVault.withdraw, (operation)), operation.lane);
        if (!took) return;
        uint256 former = before.word;
        uint256 word = later.word;
        assert(and(isOpen(before), same(before.id, later.id)));
        assert(same((former ^ word) & APPROVALS, 1 << seat));
        assert(same(word & APPROVALS & ~former, 0));
        assert(same((former ^ word) & ~(APPROVALS | TIMES | STATUS | WITHDRAWALS), 0));
        _requireSameOrProposed(former, word, operation.approveBy);
    }

    /// An objection: to an open seat operation, by somebody else than its subject.
    function check_object(address sender) external {
        Operation memory operation = anyOperation(68);
        (bool took, Lane memory before, Lane memory later) =
            _step(sender, abi.encodeCall(IVault.object, (operation)), operation.lane);
        if (!took) return;
        uint256 former = before.word;
        uint256 word = later.word;
        assert(and(isOpen(before), same(before.id, later.id)));
        assert(same(former & (SEAT_OPERATION | OBJECTED), SEAT_OPERATION));
        assert(same((former ^ word) & ~(TIMES | STATUS), OBJECTED));
        _requireSameOrProposed(former, word, operation.approveBy);
    }

    /// Taking somebody out touches no lane, and wakes nobody.
    function check_suspend(address sender, address account, uint256 index) external {
        Lane memory before = see(index);
        uint256 former = uint192(roster());
        call(sender, abi.encodeCall(IVault.suspend, (account)));
        Lane memory later = see(index);
        assert(and(same(before.id, later.id), same(before.word, later.word)));
        // Approvers, security, proposers.
        assert(same(uint192(roster()) & ~former, 0));
    }

    /// A call that ends an operation: it must be open and the one that was named, and only its status changes.
    function _requireEnding(address sender, bytes memory data, uint256 named, uint256 id, Status end)
        private
    {
        (bool took, Lane memory before, Lane memory later) = _step(sender, data, named);
        if (!took) return;
        assert(and(isOpen(before), and(same(before.id, id), same(later.id, id))));
        assert(same(later.word, (before.word & ~STATUS) | (Status.unwrap(end) << 248)));
    }

    /// The clock goes on as it did, or it is stopped until `approveBy`.
    function _requireSameOrProposed(uint256 former, uint256 word, uint256 approveBy) private pure {
        bool isSame = same((former ^ word) & (TIMES | STATUS), 0);
        bool isProposed =
            and(same(word & STATUS, Status.unwrap(PROPOSED) << 248), same(word & TIMES, approveBy << 96));
        assert(or(isSame, isProposed));
    }

    /// One call that is about one lane. No other lane changes by it, no setting does, and if it is refused nothing does.
    /// @return took whether the call was taken; then what the lane held before and later is to be looked at
    function _step(address sender, bytes memory data, uint256 named)
        private
        returns (bool took, Lane memory before, Lane memory later)
    {
        uint256 index = svm.createUint256("any lane");
        address account = svm.createAddress("any account");
        uint256 number = svm.createUint256("any number");
        before = see(index);
        vm.assume(isLane(before));
        Settings memory former = settings(account, number);
        took = call(sender, data);
        later = see(index);
        assert(isLane(later));
        assert(areSame(former, settings(account, number)));
        if (!took || index != named) {
            assert(and(same(before.id, later.id), same(before.word, later.word)));
            took = false;
        }
    }
}
