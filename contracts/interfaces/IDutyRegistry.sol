// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Conflicts} from "../types/Conflicts.sol";

/// @title Events, errors and functions of the register of duties
/// @notice A duty is one of the 16 bits in `types/Duties.sol`; `duties`, `mask` and `conflicting` are sums of them.
interface IDutyRegistry {
    // ------------------------------------------------------------------------------------------------- Events
    // Both carry what storage holds afterwards.

    event DutiesChanged(address indexed vault, uint256 indexed person, uint256 duties, address by);
    event ConflictsChanged(address indexed vault, uint256 indexed duty, Conflicts conflicts);

    // ------------------------------------------------------------------------------------------------- Errors

    /// Not exactly one of the 16 duties.
    error DutyUnknown(uint256 duty);
    /// Being an approver of the vault is this duty: change the role there.
    error DutyIsRole(uint256 duty);
    error DutyHeld(uint256 person, uint256 duty);
    error DutyNotHeld(uint256 person, uint256 duty);
    error DutyConflict(uint256 person, uint256 duty, uint256 conflicting);
    /// A person's number is 1 to 2^32 - 1.
    error DutyPersonInvalid(uint256 person);
    /// As many persons as a vault may have here hold something already.
    error DutyPersonsFull();
    /// A duty does not exclude itself, and there are 16.
    error DutyConflictsInvalid(uint256 duty, uint256 mask);
    /// Neither the vault, nor an active guardian of it, nor the person's own account.
    error DutyCallerUnfit(address vault, uint256 person, address caller);

    // --------------------------------------------------------------------------------------- By the vault itself

    /// @notice Give a person a duty.
    function grant(uint256 person, uint256 duty) external;

    /// @notice Say which duties exclude `duty`: exactly those of `mask`, both ways.
    /// @dev Refused while anyone holds two that would exclude each other: revoke one first.
    function setConflicts(uint256 duty, uint256 mask) external;

    // -------------------------------------------------------------------------------------------------- At once

    /// @notice Take a duty from a person: by the person's own account, an active guardian, or the vault.
    /// @dev From the vault it also passes where nothing is held, so that nobody blocks a batch by being quicker.
    function revoke(address vault, uint256 person, uint256 duty) external;

    // ----------------------------------------------------------------------------------------------------- Views

    /// @notice All that a person holds, with TRANSACTION_APPROVAL where they are an approver, suspended or not.
    function dutiesOf(address vault, uint256 person) external view returns (uint256 duties);
    /// @notice Everyone who holds a duty that is stored here.
    function personsOf(address vault) external view returns (uint256[] memory persons);
    /// @notice The duties that exclude `duty`.
    function conflictsOf(address vault, uint256 duty) external view returns (uint256 mask);
    /// @notice Those of a person's stored duties that exclude `duty`; zero if none does.
    /// @dev Asks the vault nothing, so that a vault can ask it at any time, in its constructor too.
    function conflictsWith(address vault, uint256 person, uint256 duty) external view returns (uint256 duties);
}
