// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// A token that keeps one in a hundred of what is moved: out of it, or from the sender on top.
contract FeeToken {
    mapping(address => uint256) public balanceOf;
    bool private immutable _onTop;

    constructor(bool onTop) {
        _onTop = onTop;
    }

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        uint256 fee = amount / 100;
        balanceOf[msg.sender] -= _onTop ? amount + fee : amount;
        balanceOf[to] += _onTop ? amount : amount - fee;
        return true;
    }
}
