// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Call, IVault, Operation} from "../interfaces/IVault.sol";
import {OperationId} from "../types/OperationId.sol";
import {Timestamp, currentTime} from "../types/Timestamp.sol";
import {MAX_APPROVAL_TIME, MAX_CALLS, MAX_DATA} from "./Limits.sol";

/// What an operation is: its limits, its EIP-712 hash, and the digest that an approver signs.
library Operations {
    bytes32 internal constant CALL_TYPEHASH = keccak256("Call(address target,uint256 value,bytes data)");
    bytes32 internal constant OPERATION_TYPEHASH = keccak256(
        "Operation(Call[] calls,uint16 lane,uint32 sequence,uint40 approveBy)"
        "Call(address target,uint256 value,bytes data)"
    );
    bytes32 internal constant APPROVE_TYPEHASH = keccak256(
        "Approve(Operation operation,uint64 publication)" "Call(address target,uint256 value,bytes data)"
        "Operation(Call[] calls,uint16 lane,uint32 sequence,uint40 approveBy)"
    );
    bytes32 internal constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 internal constant NAME_HASH = keccak256("Fourth Signer");
    bytes32 internal constant VERSION_HASH = keccak256("1");

    /// The EIP-712 struct hash.
    function hash(Operation calldata operation) internal pure returns (OperationId) {
        Call[] calldata calls = operation.calls;
        uint256 length = calls.length;
        bytes32[] memory hashes = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) {
            Call calldata call = calls[i];
            bytes32 callHash =
                keccak256(abi.encode(CALL_TYPEHASH, call.target, call.value, keccak256(call.data)));
            assembly ("memory-safe") {
                // hashes[i] = callHash, without a second look at i: it is below the length.
                mstore(add(add(hashes, 0x20), shl(5, i)), callHash)
            }
        }
        bytes32 callsHash;
        assembly ("memory-safe") {
            // The hash of the words themselves, which begin one word after the length.
            callsHash := keccak256(add(hashes, 0x20), shl(5, length))
        }
        return OperationId.wrap(
            keccak256(
                abi.encode(
                    OPERATION_TYPEHASH, callsHash, operation.lane, operation.sequence, operation.approveBy
                )
            )
        );
    }

    /// The EIP-712 digest of `Approve(operation, publication)` for this vault on this chain.
    function approvalDigest(OperationId id, uint256 publication) internal view returns (bytes32) {
        bytes32 domain =
            keccak256(abi.encode(DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, block.chainid, address(this)));
        return keccak256(
            abi.encodePacked(hex"1901", domain, keccak256(abi.encode(APPROVE_TYPEHASH, id, publication)))
        );
    }

    function approvableUntil(Operation calldata operation) internal pure returns (Timestamp) {
        return Timestamp.wrap(operation.approveBy);
    }

    /// Refuse an operation that is empty, too large, or approvable for too long.
    function requireWithinLimits(Operation calldata operation) internal view {
        Call[] calldata calls = operation.calls;
        uint256 length = calls.length;
        uint256 size;
        // Nobody pays for 2^256 bytes.
        unchecked {
            for (uint256 i = 0; i < length; ++i) {
                size += calls[i].data.length;
            }
        }
        if (length == 0 || length > MAX_CALLS || size > MAX_DATA) {
            revert IVault.OperationSizeOutOfRange(length, size);
        }
        Timestamp earliest = currentTime();
        Timestamp latest = earliest.plus(MAX_APPROVAL_TIME);
        Timestamp approveBy = approvableUntil(operation);
        if (earliest > approveBy || approveBy > latest) {
            revert IVault.OperationApproveByOutOfRange(earliest, latest, approveBy);
        }
    }
}
