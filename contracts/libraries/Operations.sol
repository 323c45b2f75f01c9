// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Call, IVault, Operation} from "../interfaces/IVault.sol";
import {MemberIndex} from "../types/MemberIndex.sol";
import {OperationId} from "../types/OperationId.sol";
import {Timestamp, currentTime} from "../types/Timestamp.sol";
import {MAX_APPROVAL_TIME, MAX_CALLS, MAX_DATA} from "./Limits.sol";

/// What an operation is: its limits, its EIP-712 hash, and the digests of all that is signed.
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
    bytes32 internal constant EXPEDITE_TYPEHASH = keccak256(
        "Expedite(Operation operation,uint64 publication,uint40 readyAt)"
        "Call(address target,uint256 value,bytes data)"
        "Operation(Call[] calls,uint16 lane,uint32 sequence,uint40 approveBy)"
    );
    bytes32 internal constant VETO_TYPEHASH = keccak256("Veto(bytes32 id)");
    bytes32 internal constant WITHDRAW_TYPEHASH = keccak256("Withdraw(bytes32 id,uint64 publication)");
    bytes32 internal constant SUSPEND_SELF_TYPEHASH = keccak256("SuspendSelf(uint8 seat,uint32 epoch)");
    bytes32 internal constant REGISTER_TYPEHASH =
        keccak256("RegisterGroup(address group,uint256 roles,uint256[3] holders)");
    bytes32 internal constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 internal constant NAME_HASH = keccak256("Fourth Signer");
    bytes32 internal constant VERSION_HASH = keccak256("1");

    /// The EIP-712 struct hash.
    function hash(Operation calldata operation, Call[] calldata calls) internal pure returns (OperationId) {
        uint256 length = calls.length;
        bytes32[] memory hashes;
        assembly ("memory-safe") {
            // As many words behind everything that memory holds; each is written before it is read.
            hashes := mload(0x40)
            mstore(hashes, length)
            mstore(0x40, add(hashes, shl(5, add(length, 1))))
        }
        bytes32[5] memory fields;
        fields[0] = CALL_TYPEHASH;
        for (uint256 i = 0; i < length; ++i) {
            Call calldata call = calls[i];
            fields[1] = bytes32(uint256(uint160(call.target)));
            fields[2] = bytes32(call.value);
            fields[3] = _hashOf(call.data);
            assembly ("memory-safe") {
                // hashes[i] = the hash of the first four fields, without a second look at i: it is below the length.
                mstore(add(add(hashes, 0x20), shl(5, i)), keccak256(fields, 0x80))
            }
        }
        fields[0] = OPERATION_TYPEHASH;
        assembly ("memory-safe") {
            // fields[1] = the hash of the hashes, which begin one word after their length.
            mstore(add(fields, 0x20), keccak256(add(hashes, 0x20), shl(5, length)))
        }
        fields[2] = bytes32(uint256(operation.lane));
        fields[3] = bytes32(uint256(operation.sequence));
        fields[4] = bytes32(uint256(operation.approveBy));
        return OperationId.wrap(_hashOf(fields));
    }

    function _hashOf(bytes32[5] memory words) private pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            // The hash of all five.
            digest := keccak256(words, 0xa0)
        }
    }

    function _hashOf(bytes calldata data) private pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            // Copy the data behind everything that memory holds, and hash it there; nobody needs it afterwards.
            let free := mload(0x40)
            calldatacopy(free, data.offset, data.length)
            digest := keccak256(free, data.length)
        }
    }

    /// What an approver signs, for this vault on this chain.
    function approvalDigest(OperationId id, uint256 publication) internal view returns (bytes32) {
        return _digest(3, APPROVE_TYPEHASH, OperationId.unwrap(id), publication, 0);
    }

    /// What is signed to bring `readyAt` nearer.
    function expediteDigest(OperationId id, uint256 publication, Timestamp readyAt)
        internal
        view
        returns (bytes32)
    {
        return _digest(4, EXPEDITE_TYPEHASH, OperationId.unwrap(id), publication, Timestamp.unwrap(readyAt));
    }

    // What a group signs, since it sends no transactions.

    function vetoDigest(OperationId id) internal view returns (bytes32) {
        return _digest(2, VETO_TYPEHASH, OperationId.unwrap(id), 0, 0);
    }

    function withdrawDigest(OperationId id, uint256 publication) internal view returns (bytes32) {
        return _digest(3, WITHDRAW_TYPEHASH, OperationId.unwrap(id), publication, 0);
    }

    function suspendSelfDigest(MemberIndex seat, uint256 epoch) internal view returns (bytes32) {
        return _digest(3, SUSPEND_SELF_TYPEHASH, bytes32(MemberIndex.unwrap(seat)), epoch, 0);
    }

    function registerDigest(address group, uint256 roles, uint256[3] calldata holders)
        internal
        view
        returns (bytes32)
    {
        uint256 members = uint256(keccak256(abi.encodePacked(holders)));
        return _digest(4, REGISTER_TYPEHASH, bytes32(uint256(uint160(group))), roles, members);
    }

    /// The EIP-712 digest of a message of so many words, its type's hash the first of them.
    function _digest(uint256 words, bytes32 typehash, bytes32 first, uint256 second, uint256 third)
        private
        view
        returns (bytes32 digest)
    {
        bytes32[5] memory fields = [
            DOMAIN_TYPEHASH,
            NAME_HASH,
            VERSION_HASH,
            bytes32(block.chainid),
            bytes32(uint256(uint160(address(this))))
        ];
        bytes32 domain = _hashOf(fields);
        fields[0] = typehash;
        fields[1] = first;
        fields[2] = bytes32(second);
        fields[3] = bytes32(third);
        assembly ("memory-safe") {
            // The hash of 0x1901, the domain, and the hash of the first so many fields.
            let message := keccak256(fields, shl(5, words))
            mstore(fields, hex"1901")
            mstore(add(fields, 0x02), domain)
            mstore(add(fields, 0x22), message)
            digest := keccak256(fields, 0x42)
        }
    }

    function approvableUntil(Operation calldata operation) internal pure returns (Timestamp) {
        return Timestamp.wrap(operation.approveBy);
    }

    /// Refuse an operation that is empty, too large, or approvable for too long.
    function requireWithinLimits(Call[] calldata calls, Timestamp approveBy) internal view {
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
        if (earliest > approveBy || approveBy > latest) {
            revert IVault.OperationApproveByOutOfRange(earliest, latest, approveBy);
        }
    }
}
