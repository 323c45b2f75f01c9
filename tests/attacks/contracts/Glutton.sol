// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Every call writes a word for each byte of its data that is not zero, and so needs more gas the longer the data is.
contract Glutton {
    uint256 public eaten;
    mapping(uint256 => uint256) private _crumbs;

    fallback() external payable {
        for (uint256 i = 0; i < msg.data.length; ++i) {
            if (msg.data[i] != 0) _crumbs[++eaten] = block.number;
        }
    }
}
