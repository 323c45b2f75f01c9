// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Operation} from "../../contracts/interfaces/IVault.sol";
import {Operations} from "../../contracts/libraries/Operations.sol";
import {OperationId} from "../../contracts/types/OperationId.sol";
import {Timestamp} from "../../contracts/types/Timestamp.sol";
import {and, or, same} from "./Logic.sol";
import {vm} from "./Symbolic.sol";

/// What is signed, from an address of its own.
contract Signed {
    using Operations for Operation;
    using Operations for OperationId;

    function idOf(Operation calldata operation) external pure returns (OperationId) {
        return operation.hash(operation.calls);
    }

    function approval(OperationId id, uint256 publication) external view returns (bytes32) {
        return id.approvalDigest(publication);
    }

    function expedite(OperationId id, uint256 publication, Timestamp readyAt)
        external
        view
        returns (bytes32)
    {
        return id.expediteDigest(publication, readyAt);
    }

    function veto(OperationId id) external view returns (bytes32) {
        return id.vetoDigest();
    }

    function withdrawal(OperationId id, uint256 publication) external view returns (bytes32) {
        return id.withdrawDigest(publication);
    }
}

/// I-10, as far as keccak has no collisions: a signature serves one vault, one chain, one operation, one purpose.
contract DigestProofs {
    Signed internal constant HERE = Signed(address(0x1111));
    Signed internal constant THERE = Signed(address(0x2222));

    function setUp() external {
        vm.etch(address(HERE), type(Signed).runtimeCode);
        vm.etch(address(THERE), type(Signed).runtimeCode);
    }

    /// Equal digests of two approvals are of one chain, one operation, one publication.
    function check_one_chain(uint256 chain, uint256 other, OperationId a, OperationId b, uint64 p, uint64 q)
        external
    {
        vm.chainId(chain);
        bytes32 digest = HERE.approval(a, p);
        vm.chainId(other);
        if (digest != HERE.approval(b, q)) return;
        assert(and(same(chain, other), and(OperationId.unwrap(a) == OperationId.unwrap(b), same(p, q))));
    }

    /// No approval for one vault is one for another.
    function check_one_vault(uint256 chain, uint256 other, OperationId a, OperationId b, uint64 p, uint64 q)
        external
    {
        vm.chainId(chain);
        bytes32 digest = HERE.approval(a, p);
        vm.chainId(other);
        assert(digest != THERE.approval(b, q));
    }

    /// No approval is a consent to hurry, a veto or a withdrawal, and none of these is another of them.
    function check_one_purpose(
        OperationId a,
        OperationId b,
        OperationId c,
        OperationId d,
        uint64 p,
        uint40 time
    ) external view {
        bytes32[4] memory digests = [
            HERE.approval(a, p),
            HERE.expedite(b, p, Timestamp.wrap(time)),
            HERE.veto(c),
            HERE.withdrawal(d, p)
        ];
        for (uint256 i = 1; i < 4; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                assert(digests[i] != digests[j]);
            }
        }
    }
}
