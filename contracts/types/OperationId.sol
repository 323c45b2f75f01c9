// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// The EIP-712 struct hash of an operation. It carries no domain: a lane's sequence makes it unique in its vault.
type OperationId is bytes32;

using {differsFrom as !=} for OperationId global;

function differsFrom(OperationId a, OperationId b) pure returns (bool) {
    return OperationId.unwrap(a) != OperationId.unwrap(b);
}
