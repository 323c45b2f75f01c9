// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Calls whatever it is told to, and hands on the answer or the reason.
contract Caller {
    function pass(address target, bytes calldata data) external payable returns (bytes memory answer) {
        bool success;
        (success, answer) = target.call{value: msg.value}(data);
        if (success) return answer;
        assembly ("memory-safe") {
            // The reason stands behind its length.
            revert(add(answer, 0x20), mload(answer))
        }
    }
}
