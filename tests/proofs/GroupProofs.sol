// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Approval, IVault, Operation} from "../../contracts/interfaces/IVault.sol";
import {ApprovalHead} from "../../contracts/types/ApprovalHead.sol";
import {ApprovalHarness, Consent} from "./ApprovalHarness.sol";
import {and, or, same} from "./Logic.sol";
import {svm, vm} from "./Symbolic.sol";
import {Lane} from "./VaultHarness.sol";

/// What a group says by a signature, from any state: only a group, only what it signed, and only what takes power away.
/// I-7, I-14.
contract GroupProofs is ApprovalHarness {
    uint256 private constant OBJECTED = 1 << 254;

    /// A veto, or an objection where it is a seat operation.
    function check_veto_as_group() external {
        Operation memory operation = anyOperation(0);
        Approval memory proof = anyApproval();
        Lane memory before = see(operation.lane);
        vm.assume(isLane(before));
        bytes32 digest = digestOf(abi.encode(keccak256("Veto(bytes32 id)"), before.id));
        bytes memory data = abi.encodeCall(IVault.vetoAsGroup, (operation, proof));
        (bool took, Consent memory consent) = _step(data, operation.lane, before.id, proof, digest);
        if (!took) return;
        uint256 word = see(operation.lane).word;
        bool mayStop = or(same(uint8(consent.record >> 8), 3), _isActive(consent.record));
        bool isVeto = same(word, (before.word & ~STATUS) | (5 << 248));
        bool isObjection = same((word ^ before.word) & ~(TIMES | STATUS), OBJECTED);
        bool isEnd =
            or(and(!isSeatOperation(before.word), isVeto), and(isSeatOperation(before.word), isObjection));
        assert(and(isOpen(before), and(mayStop, isEnd)));
    }

    /// An approval that the group takes back.
    function check_withdraw_as_group() external {
        Operation memory operation = anyOperation(0);
        Approval memory proof = anyApproval();
        Lane memory before = see(operation.lane);
        vm.assume(isLane(before));
        bytes32 digest = digestOf(
            abi.encode(
                keccak256("Withdraw(bytes32 id,uint64 publication)"), before.id, publicationOf(before.word)
            )
        );
        bytes memory data = abi.encodeCall(IVault.withdrawAsGroup, (operation, proof));
        (bool took, Consent memory consent) = _step(data, operation.lane, before.id, proof, digest);
        if (!took) return;
        uint256 word = see(operation.lane).word;
        bool isOwn = same((word ^ before.word) & APPROVALS, 1 << uint8(consent.record));
        bool isTaken = and(isOwn, same(word & ~before.word & APPROVALS, 0));
        bool isStill = same((word ^ before.word) & ~(APPROVALS | TIMES | STATUS | WITHDRAWALS), 0);
        bool isSlower = or(same((word ^ before.word) & (TIMES | STATUS), 0), same(statusOf(word), 1));
        assert(and(isOpen(before), and(and(isTaken, isStill), isSlower)));
    }

    /// A suspension of itself: no lane changes, and nobody counts who did not count before.
    function check_suspend_as_group() external {
        Approval memory proof = anyApproval();
        uint256 former = roster();
        uint256 seat = uint8(ApprovalHead.unwrap(proof.head) >> 8);
        bytes32 typehash = keccak256("SuspendSelf(uint8 seat,uint32 epoch)");
        bytes32 digest = digestOf(abi.encode(typehash, seat, uint256(uint32(former >> 192))));
        uint256 index = svm.createUint256("any lane");
        Lane memory before = see(index);
        if (!call(SENDER, abi.encodeCall(IVault.suspendAsGroup, (proof)))) return;
        Lane memory later = see(index);
        Consent memory consent = consentOf(proof, digest);
        bool holds = and(same(before.id, later.id), same(before.word, later.word));
        holds = and(holds, and(consent.isGiven, uint8(consent.record >> 24) != 0));
        assert(and(holds, same(uint192(roster()) & ~former, 0)));
    }

    /// One call about one lane: a group signed what it says, no other lane changes, and nobody counts who did not.
    function _step(bytes memory data, uint256 named, uint256 id, Approval memory proof, bytes32 digest)
        private
        returns (bool took, Consent memory consent)
    {
        uint256 other = svm.createUint256("other lane");
        vm.assume(other != named);
        Lane memory others = see(other);
        uint256 former = roster();
        took = call(SENDER, data);
        if (!took) return (took, consent);
        consent = consentOf(proof, digest);
        bool holds = and(same(former, roster()), same(others.id, see(other).id));
        holds = and(holds, and(same(others.word, see(other).word), same(id, see(named).id)));
        assert(and(holds, and(consent.isGiven, uint8(consent.record >> 24) != 0)));
    }

    function _isActive(uint256 record) private pure returns (bool) {
        return or(same(uint8(record >> 8), 1), same(uint8(record >> 8), 2));
    }
}
