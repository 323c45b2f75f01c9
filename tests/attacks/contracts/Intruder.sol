// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Whoever calls it, it first makes the calls that it was told to make, keeps what became of each, and then answers as it
/// was told. As the code of a token, of a recipient, or, by EIP-7702, of a member.
contract Intruder {
    struct Attempt {
        bool succeeded;
        bytes answer;
    }

    address private _target;
    bytes[] private _calls;
    bytes private _answer;
    Attempt[] private _attempts;

    function plan(address target, bytes[] calldata calls, bytes calldata answer) external {
        _target = target;
        _calls = calls;
        _answer = answer;
        delete _attempts;
    }

    function run() public {
        for (uint256 i = 0; i < _calls.length; ++i) {
            (bool succeeded, bytes memory answer) = _target.call(_calls[i]);
            _attempts.push(Attempt(succeeded, answer));
        }
    }

    function attempts() external view returns (Attempt[] memory) {
        return _attempts;
    }

    fallback() external payable {
        run();
        bytes memory answer = _answer;
        assembly ("memory-safe") {
            // The bytes stand behind their length.
            return(add(answer, 0x20), mload(answer))
        }
    }
}
