// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IChecks} from "./interfaces/IChecks.sol";
import {Timestamp, currentTime} from "./types/Timestamp.sol";

/// @title Checks: what a batch takes for granted
/// @notice Assertions that an operation makes about the world before it acts, so that what was true when it was signed
/// is true in the very block of execution, or nothing happens. They are ROUTINE: put them at the head of the batch.
///
/// MUST
/// - A check that does not hold reverts, and so does the whole batch, with what was expected and what was found.
/// - A question that gets no proper answer does not hold.
/// MUST NOT
/// - No storage, no events, no ether, no call but STATICCALL: whatever the calldata, nothing changes.
///
/// Limits: a check believes the contract it asks. One that lies about its balances or its implementation passes, so
/// pin its code hash too. The storage of others cannot be read: an ERC-1967 proxy that tells its implementation to
/// nobody has a code hash that stays the same when its implementation changes, and neither check sees it.
contract Checks is IChecks {
    // ---------------------------------------------------------------------------------------------------- Code

    /// @inheritdoc IChecks
    function requireCodeHash(address account, bytes32 expected) external view {
        bytes32 actual = account.code.length == 0 ? keccak256("") : account.codehash;
        if (actual != expected) revert CheckCodeHashUnexpected(account, expected, actual);
    }

    /// @inheritdoc IChecks
    function requireImplementation(address proxy, address expected) external view {
        // `implementation()`, of ERC-897 and of ERC-1967 beacons.
        uint256 answer = _ask(proxy, abi.encodeWithSelector(0x5c60da1b));
        if (answer > type(uint160).max) revert CheckUnanswered(proxy, 0x5c60da1b);
        address actual = address(uint160(answer));
        if (actual != expected) revert CheckImplementationUnexpected(proxy, expected, actual);
    }

    // ------------------------------------------------------------------------------------------------ Balances

    /// @inheritdoc IChecks
    function requireBalanceAtLeast(address account, uint256 minimum) external view {
        if (account.balance < minimum) revert CheckBalanceTooLow(account, minimum, account.balance);
    }

    /// @inheritdoc IChecks
    function requireBalanceAtMost(address account, uint256 maximum) external view {
        if (account.balance > maximum) revert CheckBalanceTooHigh(account, maximum, account.balance);
    }

    /// @inheritdoc IChecks
    function requireTokenBalanceAtLeast(address token, address account, uint256 minimum) external view {
        uint256 actual = _tokenBalance(token, account);
        if (actual < minimum) revert CheckTokenBalanceTooLow(token, account, minimum, actual);
    }

    /// @inheritdoc IChecks
    function requireTokenBalanceAtMost(address token, address account, uint256 maximum) external view {
        uint256 actual = _tokenBalance(token, account);
        if (actual > maximum) revert CheckTokenBalanceTooHigh(token, account, maximum, actual);
    }

    /// @inheritdoc IChecks
    function requireAllowance(address token, address owner, address spender, uint256 expected) external view {
        uint256 actual = _allowance(token, owner, spender);
        if (actual != expected) revert CheckAllowanceUnexpected(token, owner, spender, expected, actual);
    }

    /// @inheritdoc IChecks
    function requireAllowanceAtMost(address token, address owner, address spender, uint256 maximum)
        external
        view
    {
        uint256 actual = _allowance(token, owner, spender);
        if (actual > maximum) revert CheckAllowanceTooHigh(token, owner, spender, maximum, actual);
    }

    // -------------------------------------------------------------------------------------------- Time and place

    /// @inheritdoc IChecks
    function requireNotAfter(Timestamp moment) external view {
        if (currentTime() > moment) revert CheckTooLate(moment, currentTime());
    }

    /// @inheritdoc IChecks
    function requireNotBefore(Timestamp moment) external view {
        if (moment > currentTime()) revert CheckTooEarly(moment, currentTime());
    }

    /// @inheritdoc IChecks
    function requireChain(uint256 expected) external view {
        if (block.chainid != expected) revert CheckChainUnexpected(expected, block.chainid);
    }

    // -------------------------------------------------------------------------------------------------- Anything

    /// @inheritdoc IChecks
    function requireAnswer(address target, bytes calldata question, bytes32 expected) external view {
        bytes32 actual = keccak256(_answer(target, question));
        if (actual != expected) revert CheckAnswerUnexpected(target, bytes4(question), expected, actual);
    }

    // -------------------------------------------------------------------------------------- Parts of the above

    function _tokenBalance(address token, address account) private view returns (uint256) {
        return _ask(token, abi.encodeWithSelector(0x70a08231, account)); // balanceOf(address)
    }

    function _allowance(address token, address owner, address spender) private view returns (uint256) {
        return _ask(token, abi.encodeWithSelector(0xdd62ed3e, owner, spender)); // allowance(address,address)
    }

    /// The one word that a contract answers with.
    function _ask(address target, bytes memory question) private view returns (uint256) {
        bytes memory answer = _answer(target, question);
        if (answer.length != 32) revert CheckUnanswered(target, bytes4(question));
        return abi.decode(answer, (uint256));
    }

    function _answer(address target, bytes memory question) private view returns (bytes memory) {
        (bool succeeded, bytes memory answer) = target.staticcall(question);
        if (!succeeded || target.code.length == 0) revert CheckUnanswered(target, bytes4(question));
        return answer;
    }
}
