// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MemberIndex} from "../types/MemberIndex.sol";
import {MemberRecord} from "../types/MemberRecord.sol";

/// @title What the companions ask a vault
/// @notice Three of the vault's own views. Apart from the vault's interface, so that the companions' code and addresses do
/// not hang on the rest of it.
interface IMembership {
    /// @notice What storage holds of an address; all zero for a stranger.
    function memberOf(address account) external view returns (MemberRecord);
    /// @notice The account that sits for a person, alone or in a group; the zero address where none does.
    function memberOfPerson(uint256 person) external view returns (address);
    /// @notice The persons behind a seat: one, or all who hold a part of a group's key.
    function personsIn(MemberIndex seat) external view returns (uint256[] memory);
}
