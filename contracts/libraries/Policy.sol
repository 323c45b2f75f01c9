// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Call, IVault} from "../interfaces/IVault.sol";
import {AssetTerms} from "../types/AssetTerms.sol";
import {CUSTODY, HIGH_VALUE, ROUTINE, STANDARD, Tier} from "../types/Tier.sol";
import {MemberBook, Members} from "./Members.sol";
import {ERC20, selectorOf, wordAt} from "./Selectors.sol";

// What a counterparty is allowed below HIGH_VALUE, as a sum.
uint256 constant RECIPIENT = 1; // to receive assets
uint256 constant SPENDER = 2; // to be given an allowance

struct PolicyBook {
    mapping(address asset => AssetTerms) assets;
    mapping(address account => uint256 uses) counterparties;
}

/// From calls to a tier. What is not understood is CUSTODY.
library Policy {
    /// The chain's native coin among the assets.
    address internal constant NATIVE = address(0);

    /// The highest tier of any of the calls.
    function tierOf(PolicyBook storage book, MemberBook storage members, Call[] calldata calls)
        internal
        view
        returns (Tier highest)
    {
        for (uint256 i = 0; i < calls.length; ++i) {
            Tier tier = _tierOfCall(book, members, calls[i]);
            if (tier > highest) highest = tier;
        }
    }

    function _tierOfCall(PolicyBook storage book, MemberBook storage members, Call calldata call)
        private
        view
        returns (Tier)
    {
        address target = call.target;
        bytes calldata data = call.data;
        if (target == address(this)) return CUSTODY;
        if (data.length == 0) {
            bool allowed = book.counterparties[target] & RECIPIENT != 0;
            // No counterparty is a member: the vault refuses to make it one, and a member to become one.
            if (!allowed && Members.isKnown(members, target)) return CUSTODY;
            return _tierOfMove(book.assets[NATIVE], call.value, allowed);
        }
        if (call.value != 0) return CUSTODY;
        return _tierOfTokenCall(book, book.assets[target], data);
    }

    /// Canonical calldata only: the exact length, and no dirty byte in front of an address.
    function _tierOfTokenCall(PolicyBook storage book, AssetTerms terms, bytes calldata data)
        private
        view
        returns (Tier)
    {
        uint256 selector = selectorOf(data);
        if (!ERC20.moves(selector)) return CUSTODY;
        bool isFrom = selector == ERC20.TRANSFER_FROM;
        // Only its own assets are the vault's to move.
        if (isFrom && wordAt(data, 4) != uint160(address(this))) return CUSTODY;
        uint256 account = wordAt(data, isFrom ? 36 : 4);
        uint256 amount = wordAt(data, isFrom ? 68 : 36);
        if (data.length != (isFrom ? 100 : 68) || account > type(uint160).max) return CUSTODY;
        uint256 uses = book.counterparties[address(uint160(account))];
        if (isFrom || selector == ERC20.TRANSFER) {
            return _tierOfMove(terms, amount, uses & RECIPIENT != 0);
        }
        // Taking an allowance back frees nothing, whoever had it.
        bool takesBack = selector == ERC20.APPROVE && amount == 0;
        return _tierOfMove(terms, amount, takesBack || uses & SPENDER != 0);
    }

    function _tierOfMove(AssetTerms terms, uint256 amount, bool allowed) private pure returns (Tier) {
        if (!terms.isListed()) return CUSTODY;
        if (!allowed) return HIGH_VALUE;
        // Limits are below 2^64 and units at most 10^30; and the limit from which value is high is never zero.
        unchecked {
            uint256 unit = terms.unit();
            if (amount <= terms.routineLimit() * unit) return ROUTINE;
            return amount > (terms.highValueFrom() - 1) * unit ? HIGH_VALUE : STANDARD;
        }
    }

    function setAsset(PolicyBook storage book, MemberBook storage members, address asset, AssetTerms terms)
        internal
    {
        bool isToken = asset.code.length != 0 && !Members.isKnown(members, asset);
        if (terms.isListed() && !(terms.areValidTerms() && (asset == NATIVE || isToken))) {
            revert IVault.AssetTermsInvalid(asset, terms);
        }
        book.assets[asset] = terms;
        emit IVault.AssetSet(asset, terms);
    }

    function setCounterparty(
        PolicyBook storage book,
        MemberBook storage members,
        address account,
        uint256 uses
    ) internal {
        if (account == address(this) || uses > RECIPIENT + SPENDER || Members.isKnown(members, account)) {
            revert IVault.CounterpartyInvalid(account, uses);
        }
        book.counterparties[account] = uses;
        emit IVault.CounterpartySet(account, uses);
    }
}
