// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVault, Operation} from "../../contracts/interfaces/IVault.sol";
import {ApprovalHarness} from "./ApprovalHarness.sol";
import {and, same} from "./Logic.sol";
import {svm, vm} from "./Symbolic.sol";
import {Lane, Settings} from "./VaultHarness.sol";

/// What is about one lane leaves the rest alone: no other lane changes, and no setting that is looked at. I-5, I-7.
contract RestProofs is ApprovalHarness {
    /// With no approvals: they are collected by a function that may not write.
    function check_approve() external {
        Operation memory operation = _anyOperation();
        _requireRest(operation.lane, abi.encodeCall(IVault.approve, (operation, anyApprovals(0))));
    }

    function check_propose() external {
        Operation memory operation = _anyOperation();
        _requireRest(operation.lane, abi.encodeCall(IVault.propose, (operation, anyApprovals(0))));
    }

    /// With one consent: without any it is refused.
    function check_expedite() external {
        Operation memory operation = _anyOperation();
        _requireRest(operation.lane, abi.encodeCall(IVault.expedite, (operation, anyApprovals(1))));
    }

    /// Counted by today's roster where it is open, and nothing segregated.
    function _anyOperation() private view returns (Operation memory operation) {
        operation = anyOperation(0);
        vm.assume(isCurrent(see(operation.lane).word, roster()));
        vm.assume(same(uint8((termsOf(0) | termsOf(1) | termsOf(2) | termsOf(3)) >> 80), 0));
    }

    function _requireRest(uint256 named, bytes memory data) private {
        uint256 other = svm.createUint256("other lane");
        vm.assume(other != named);
        Lane memory others = see(other);
        address account = svm.createAddress("any account");
        Settings memory former = settings(account, other);
        if (!call(SENDER, data)) return;
        bool holds = and(areSame(former, settings(account, other)), same(others.id, see(other).id));
        assert(and(holds, same(others.word, see(other).word)));
    }
}
