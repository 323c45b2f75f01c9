// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Puts one contract after another at one and the same address. Whatever the first one wrote into other contracts under
/// that address is there when the second one comes.
contract Phoenix {
    /// Anybody may look where it will be.
    address public last;

    /// @param acts what the contract does before it goes, or nothing, and it stays
    function rise(bytes calldata creation, Act[] calldata acts) external {
        // A contract that goes in the transaction in which it came leaves nothing behind, not even its nonce. So the
        // next nest is at the same address, and what it makes first is, too.
        Nest nest = new Nest{salt: 0}();
        last = nest.make(creation);
        if (acts.length != 0) Ember(last).burn(acts);
        nest.go();
    }
}

struct Act {
    address target;
    bytes data;
}

contract Nest {
    function make(bytes memory creation) external returns (address made) {
        assembly ("memory-safe") {
            // The bytes stand behind their length.
            made := create(0, add(creation, 0x20), mload(creation))
        }
        if (made == address(0)) {
            assembly ("memory-safe") {
                // Fail with the constructor's reason, behind everything that memory holds.
                let free := mload(0x40)
                returndatacopy(free, 0, returndatasize())
                revert(free, returndatasize())
            }
        }
    }

    function go() external {
        selfdestruct(payable(msg.sender));
    }
}

/// Calls whatever it is told, in its own name, and is gone.
contract Ember {
    function burn(Act[] calldata acts) external {
        for (uint256 i = 0; i < acts.length; ++i) {
            (bool succeeded,) = acts[i].target.call(acts[i].data);
            require(succeeded, "an act failed");
        }
        selfdestruct(payable(msg.sender));
    }
}
