// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Answers every call in the way it was told, and remembers what it was called with.
contract Answerer {
    /// A hash over all calls that succeeded, in their order: value and data of each.
    bytes32 public heard;

    bool private _fails;
    bytes private _answer;

    /// From now on return these bytes, or revert with them.
    function tell(bool fails, bytes calldata answer) external {
        _fails = fails;
        _answer = answer;
    }

    fallback() external payable {
        heard = keccak256(abi.encode(heard, msg.value, msg.data));
        bool fails = _fails;
        bytes memory answer = _answer;
        assembly ("memory-safe") {
            // The bytes stand behind their length.
            if fails { revert(add(answer, 0x20), mload(answer)) }
            return(add(answer, 0x20), mload(answer))
        }
    }
}
