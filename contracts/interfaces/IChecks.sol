// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Timestamp} from "../types/Timestamp.sol";

/// @title Errors and functions of the checks
/// @notice Each function returns nothing where the world is as expected, and reverts with both sides where it is not.
interface IChecks {
    // ------------------------------------------------------------------------------------------------- Errors

    error CheckCodeHashUnexpected(address account, bytes32 expected, bytes32 actual);
    error CheckImplementationUnexpected(address proxy, address expected, address actual);
    error CheckBalanceTooLow(address account, uint256 minimum, uint256 actual);
    error CheckBalanceTooHigh(address account, uint256 maximum, uint256 actual);
    error CheckTokenBalanceTooLow(address token, address account, uint256 minimum, uint256 actual);
    error CheckTokenBalanceTooHigh(address token, address account, uint256 maximum, uint256 actual);
    error CheckAllowanceUnexpected(
        address token, address owner, address spender, uint256 expected, uint256 actual
    );
    error CheckAllowanceTooHigh(
        address token, address owner, address spender, uint256 maximum, uint256 actual
    );
    error CheckTooLate(Timestamp notAfter, Timestamp now_);
    error CheckTooEarly(Timestamp notBefore, Timestamp now_);
    error CheckChainUnexpected(uint256 expected, uint256 actual);
    error CheckAnswerUnexpected(address target, bytes4 selector, bytes32 expected, bytes32 actual);
    /// The target has no code, refused, or answered with something of another shape.
    error CheckUnanswered(address target, bytes4 selector);

    // -------------------------------------------------------------------------------------------------- Code

    /// @notice The code of an account has this keccak-256 hash.
    /// @dev Without code it is the hash of nothing, whether or not the account was ever used: nobody can make the check
    /// fail by sending a wei. Of an account that delegates (EIP-7702) it is the hash of the delegation.
    function requireCodeHash(address account, bytes32 expected) external view;

    /// @notice A proxy that tells its implementation, or an ERC-1967 beacon, names this one.
    /// @dev It asks `implementation()`. A contract cannot read another's storage: of an ERC-1967 proxy that tells
    /// nobody (OpenZeppelin's, for one) the implementation cannot be checked on chain.
    function requireImplementation(address proxy, address expected) external view;

    // ---------------------------------------------------------------------------------------------- Balances

    /// @notice An account holds at least this much of the chain's native coin, in wei.
    function requireBalanceAtLeast(address account, uint256 minimum) external view;
    /// @notice An account holds at most this much of the chain's native coin, in wei.
    function requireBalanceAtMost(address account, uint256 maximum) external view;
    /// @notice An account holds at least this much of an ERC-20 token, in its smallest unit.
    function requireTokenBalanceAtLeast(address token, address account, uint256 minimum) external view;
    /// @notice An account holds at most this much of an ERC-20 token, in its smallest unit.
    function requireTokenBalanceAtMost(address token, address account, uint256 maximum) external view;
    /// @notice A spender may take exactly this much of an owner's ERC-20 tokens.
    function requireAllowance(address token, address owner, address spender, uint256 expected) external view;
    /// @notice A spender may take at most this much of an owner's ERC-20 tokens.
    function requireAllowanceAtMost(address token, address owner, address spender, uint256 maximum)
        external
        view;

    // ------------------------------------------------------------------------------------------ Time and place

    /// @notice It is not later than this; the moment itself passes.
    function requireNotAfter(Timestamp moment) external view;
    /// @notice It is not earlier than this; the moment itself passes.
    function requireNotBefore(Timestamp moment) external view;
    /// @notice This is the chain with this number.
    function requireChain(uint256 expected) external view;

    // ------------------------------------------------------------------------------------------------ Anything

    /// @notice What a contract answers to these bytes has this keccak-256 hash.
    /// @dev Asked by STATICCALL, so that no question changes anything. Who asks is this contract, not the vault.
    function requireAnswer(address target, bytes calldata question, bytes32 expected) external view;
}
