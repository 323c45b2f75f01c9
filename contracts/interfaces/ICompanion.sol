// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What a vault asks its companions at its founding
/// @notice A companion keeps a book by the address of the vault that called. Another contract may have stood at that
/// address before the vault, called, and destroyed itself (EIP-6780).
interface ICompanion {
    /// @notice Whether nothing is kept for this address yet.
    function isUnused(address vault) external view returns (bool);
}
