// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// A token that tells both sides about a transfer while it happens, as ERC-777 tokens do.
contract HookedToken {
    mapping(address => uint256) public balanceOf;
    address private immutable _watcher;

    constructor(address watcher) {
        _watcher = watcher;
    }

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _tell(_watcher);
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        _tell(to);
        return true;
    }

    /// Whether it listens is nobody's business.
    function _tell(address account) private {
        (bool succeeded,) = account.call("a transfer happens");
        succeeded;
    }
}
