// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Approval, IVault, Operation} from "../../contracts/interfaces/IVault.sol";
import {OperationId} from "../../contracts/types/OperationId.sol";
import {EXECUTED, Status} from "../../contracts/types/Status.sol";
import {and, same} from "./Logic.sol";
import {svm, vm} from "./Symbolic.sol";
import {AnyAnswer, Lane, VaultHarness} from "./VaultHarness.sol";

/// What is called calls the vault back, by any function that acts, and keeps whether the vault took it.
contract Returner {
    bool public entered;
    uint256 private _which;

    function comeBackBy(uint256 which) external {
        _which = which;
    }

    fallback() external payable {
        (entered,) = msg.sender.call(_words());
    }

    /// The lock comes before anything else, so the operation may as well be one of no calls.
    function _words() private view returns (bytes memory) {
        Operation memory operation;
        operation.lane = uint16(svm.createUint256("lane"));
        Approval[] memory none;
        Approval memory proof;
        OperationId id = OperationId.wrap(bytes32(svm.createUint256("id")));
        address account = svm.createAddress("account");
        if (_which == 0) return abi.encodeCall(IVault.propose, (operation, none));
        if (_which == 1) return abi.encodeCall(IVault.approve, (operation, none));
        if (_which == 2) return abi.encodeCall(IVault.withdraw, (operation));
        if (_which == 3) return abi.encodeCall(IVault.veto, (operation.lane, id));
        if (_which == 4) return abi.encodeCall(IVault.object, (operation));
        if (_which == 5) return abi.encodeCall(IVault.cancel, (operation.lane, id));
        if (_which == 6) return abi.encodeCall(IVault.execute, (operation));
        if (_which == 7) return abi.encodeCall(IVault.expedite, (operation, none));
        if (_which == 8) return abi.encodeCall(IVault.vetoAsGroup, (operation, proof));
        if (_which == 9) return abi.encodeCall(IVault.withdrawAsGroup, (operation, proof));
        if (_which == 10) return abi.encodeCall(IVault.suspendAsGroup, (proof));
        if (_which == 11) return abi.encodeCall(IVault.suspend, (account));
        return abi.encodeCall(IVault.lapse, (account));
    }
}

/// What is executed had a quorum that still stands, and waited: I-2 and I-3.
contract ExecuteProofs is VaultHarness {
    address payable internal constant TARGET = payable(address(0xbbbb));
    uint256 internal constant STATUS = 7 << 248;

    /// Nothing has changed since the approvals were counted: the vault does not count again.
    function check_execute(address sender) external {
        _requireExecutable(sender, false);
    }

    /// Members, tiers or policy have changed: the vault judges and counts by today's.
    function check_execute_recounted(address sender) external {
        _requireExecutable(sender, true);
    }

    /// Executed: READY by the clock, approved by two besides the publisher who all may approve today.
    function _requireExecutable(address sender, bool isMoved) private {
        vm.etch(TARGET, type(AnyAnswer).runtimeCode);
        Operation memory operation = anyOperation(4);
        operation.calls[0].target = TARGET;
        operation.calls[0].value = 0;
        Lane memory before = see(operation.lane);
        uint256 former = roster();
        uint256 terms = termsOf((before.word >> 251) & 3);
        vm.assume(same(uint32(before.word >> 64), uint32(former >> 192)) != isMoved);
        vm.assume(and(isLane(before), and(uint8(terms) >= 2, uint8(former >> 224) >= 2)));
        vm.assume(isCounted(before, former, terms, operation.lane));
        if (isMoved) {
            vm.assume(same(uint8(terms >> 80), 0));
            vm.assume(ruleOf(TARGET, uint32(bytes4(operation.calls[0].data))) >> 192 != 2);
        }
        if (!call(sender, abi.encodeCall(IVault.execute, (operation)))) return;

        Lane memory later = see(operation.lane);
        assert(and(isReady(before), same(before.id, later.id)));
        assert(same(later.word, (before.word & ~STATUS) | (Status.unwrap(EXECUTED) << 248)));
        assert(same(former, roster()));
        uint256 live = before.word & former & type(uint64).max;
        assert(and(count(live) >= 2, same((live >> (operation.lane / 8)) & 1, 0)));
    }

    /// What an operation calls cannot come back into the vault: no function that acts is open while it executes.
    function check_no_way_back(address sender, uint256 which) external {
        vm.etch(TARGET, type(Returner).runtimeCode);
        Operation memory operation = anyOperation(4);
        operation.calls[0].target = TARGET;
        operation.calls[0].value = 0;
        vm.assume(same(uint32(see(operation.lane).word >> 64), uint32(roster() >> 192)));
        Returner(TARGET).comeBackBy(which);
        if (!call(sender, abi.encodeCall(IVault.execute, (operation)))) return;
        assert(!Returner(TARGET).entered());
    }
}
