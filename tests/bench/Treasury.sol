// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// Holds assets, and makes the calls that its manager lets through.
contract Treasury is AccessManaged {
    constructor(address manager) AccessManaged(manager) {}

    receive() external payable {}

    function perform(address target, uint256 value, bytes calldata data) external restricted {
        if (data.length == 0) Address.sendValue(payable(target), value);
        else Address.functionCallWithValue(target, data, value);
    }
}
