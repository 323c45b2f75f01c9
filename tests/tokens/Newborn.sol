// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Makes one call while it is being made itself, when its account has no code yet.
contract Newborn {
    constructor(address target, bytes memory data) {
        (bool success, bytes memory answer) = target.call(data);
        if (success) return;
        assembly ("memory-safe") {
            // The reason stands behind its length.
            revert(add(answer, 0x20), mload(answer))
        }
    }
}
