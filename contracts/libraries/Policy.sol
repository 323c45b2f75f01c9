// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Call, IVault} from "../interfaces/IVault.sol";
import {AssetTerms} from "../types/AssetTerms.sol";
import {Rule} from "../types/Rule.sol";
import {CUSTODY, higherOf, HIGH_VALUE, ROUTINE, STANDARD, Tier} from "../types/Tier.sol";
import {currentTime} from "../types/Timestamp.sol";
import {BYPASS_LEDGER, CHECKS, DUTY_REGISTRY, STRATEGY_LIMITS} from "./Companions.sol";
import {MemberBook, Members} from "./Members.sol";
import {ERC20, selectorOf, wordAt} from "./Selectors.sol";

// What a counterparty is allowed below HIGH_VALUE, as a sum.
uint256 constant RECIPIENT = 1; // to receive assets
uint256 constant SPENDER = 2; // to be given an allowance

struct PolicyBook {
    mapping(address asset => AssetTerms) assets;
    mapping(address account => uint256 uses) counterparties;
    mapping(address target => mapping(uint256 selector => Rule)) rules;
}

/// What the calls of an operation move below HIGH_VALUE: each asset once, with its bucket as it will be.
struct Spending {
    /// Words in use: an asset and its terms in turn.
    uint256 length;
    uint256[] words;
}

/// From calls to a tier. What is not understood is CUSTODY.
library Policy {
    /// The chain's native coin among the assets.
    address internal constant NATIVE = address(0);

    /// The highest tier of any of the calls. Amounts of one asset add up from call to call.
    /// @param withLevels whether they add to what the buckets hold already; not at a recount: they were added before
    /// @return highest the tier
    /// @return spending what `fill` adds to the buckets, if the tier is below HIGH_VALUE
    function judge(
        PolicyBook storage book,
        MemberBook storage members,
        Call[] calldata calls,
        bool withLevels
    ) internal view returns (Tier highest, Spending memory spending) {
        // Nobody pays for a list of so many calls that this overflows.
        unchecked {
            // A call moves two assets at most: value, and what a rule measures.
            spending.words = new uint256[](calls.length * 4);
            for (uint256 i = 0; i < calls.length; ++i) {
                highest = higherOf(highest, _tierOfCall(book, members, spending, calls[i], withLevels));
            }
        }
    }

    /// Keep what moved: once for every quorum reached, and never given back. It has no event of its own, since it follows
    /// from the calls and the time of the event that says that the quorum stands.
    function fill(PolicyBook storage book, Spending memory spending) internal {
        unchecked {
            for (uint256 i = 0; i < spending.length; i += 2) {
                book.assets[_assetAt(spending, i)] = AssetTerms.wrap(spending.words[i + 1]);
            }
        }
    }

    function _assetAt(Spending memory spending, uint256 i) private pure returns (address) {
        return address(uint160(spending.words[i]));
    }

    function _tierOfCall(
        PolicyBook storage book,
        MemberBook storage members,
        Spending memory spending,
        Call calldata call,
        bool withLevels
    ) private view returns (Tier) {
        address target = call.target;
        bytes calldata data = call.data;
        if (target == address(this)) return CUSTODY;
        if (data.length == 0) {
            bool allowed = book.counterparties[target] & RECIPIENT != 0;
            // No counterparty is a member: the vault refuses to make it one, and a member to become one.
            if (!allowed && Members.isKnown(members, target)) return CUSTODY;
            return _tierOfMove(spending, NATIVE, book.assets[NATIVE], call.value, allowed, withLevels);
        }
        // What it asserts changes nothing.
        if (target == CHECKS) return call.value == 0 ? ROUTINE : CUSTODY;
        uint256 selector = selectorOf(data);
        if (ERC20.moves(selector)) {
            AssetTerms terms = book.assets[target];
            if (terms.isListed()) {
                if (call.value != 0) return CUSTODY;
                return _tierOfTokenCall(book, spending, target, terms, selector, data, withLevels);
            }
        }
        Rule rule = book.rules[target][selector];
        // No rule makes less of a call to what the vault governs, or to a member.
        if (
            !rule.isSet() || data.length < 4 || _isGoverned(members, target)
                || Members.isKnown(members, target)
        ) {
            return CUSTODY;
        }
        Tier tier = rule.isMeasured() ? _tierOfRule(book, spending, rule, data, withLevels) : HIGH_VALUE;
        if (call.value == 0) return tier;
        // Value that goes along goes to the target.
        bool isRecipient = book.counterparties[target] & RECIPIENT != 0;
        return higherOf(
            tier, _tierOfMove(spending, NATIVE, book.assets[NATIVE], call.value, isRecipient, withLevels)
        );
    }

    /// Those that keep something for the vault.
    function _isGoverned(MemberBook storage members, address target) private view returns (bool) {
        return target == DUTY_REGISTRY || target == STRATEGY_LIMITS || target == BYPASS_LEDGER
            || target == members.registry;
    }

    /// Canonical calldata only: the exact length, and no dirty byte in front of an address.
    function _tierOfTokenCall(
        PolicyBook storage book,
        Spending memory spending,
        address token,
        AssetTerms terms,
        uint256 selector,
        bytes calldata data,
        bool withLevels
    ) private view returns (Tier) {
        bool isFrom = selector == ERC20.TRANSFER_FROM;
        // Only its own assets are the vault's to move.
        if (isFrom && wordAt(data, 4) != uint160(address(this))) return CUSTODY;
        uint256 account = wordAt(data, isFrom ? 36 : 4);
        uint256 amount = wordAt(data, isFrom ? 68 : 36);
        if (data.length != (isFrom ? 100 : 68) || account > type(uint160).max) return CUSTODY;
        uint256 uses = book.counterparties[address(uint160(account))];
        bool allowed = isFrom || selector == ERC20.TRANSFER
            ? uses & RECIPIENT != 0
            // Taking an allowance back frees nothing, whoever had it.
            : uses & SPENDER != 0 || (selector == ERC20.APPROVE && amount == 0);
        return _tierOfMove(spending, token, terms, amount, allowed, withLevels);
    }

    /// As many words as the rule says, and no dirty byte in front of the counterparty.
    function _tierOfRule(
        PolicyBook storage book,
        Spending memory spending,
        Rule rule,
        bytes calldata data,
        bool withLevels
    ) private view returns (Tier) {
        uint256 account = wordAt(data, rule.counterpartyAt());
        if (data.length != rule.length() || account > type(uint160).max) return CUSTODY;
        bool allowed = book.counterparties[address(uint160(account))] & rule.uses() != 0;
        address asset = rule.assetOf();
        uint256 amount = wordAt(data, rule.amountAt());
        return _tierOfMove(spending, asset, book.assets[asset], amount, allowed, withLevels);
    }

    /// Where it is below HIGH_VALUE, it is added to the spending.
    /// @param terms as they are kept
    function _tierOfMove(
        Spending memory spending,
        address asset,
        AssetTerms terms,
        uint256 amount,
        bool allowed,
        bool withLevels
    ) private view returns (Tier) {
        // Limits and levels are below 2^64, and units at most 10^30.
        unchecked {
            uint256 i = 0;
            while (i < spending.length && _assetAt(spending, i) != asset) i += 2;
            bool isFirst = i == spending.length;
            if (!isFirst) terms = AssetTerms.wrap(spending.words[i + 1]);
            if (!terms.isListed()) return CUSTODY;
            if (!allowed) return HIGH_VALUE;
            if (amount == 0) return ROUTINE;
            uint256 unit = terms.unit();
            // A limit that is never zero, less one: a part of a unit counts as a whole one.
            if (amount > (terms.highValueFrom() - 1) * unit) return HIGH_VALUE;
            uint256 level = (amount + unit - 1) / unit;
            if (!isFirst || withLevels) level += terms.levelAt(currentTime());
            if (level >= terms.highValueFrom()) return HIGH_VALUE;
            if (isFirst) {
                spending.words[i] = uint160(asset);
                spending.length = i + 2;
            }
            spending.words[i + 1] = AssetTerms.unwrap(terms.filledTo(level, currentTime()));
            return level > terms.routineLimit() ? STANDARD : ROUTINE;
        }
    }

    function setAsset(PolicyBook storage book, MemberBook storage members, address asset, AssetTerms terms)
        internal
    {
        if (terms.isListed()) {
            // Neither a member nor what the vault governs: calls to those are CUSTODY, and to tokens less.
            bool isToken =
                asset.code.length != 0 && !_isGoverned(members, asset) && !Members.isKnown(members, asset);
            if (!(terms.areValidTerms() && (asset == NATIVE || isToken))) {
                revert IVault.AssetTermsInvalid(asset, terms);
            }
            terms = terms.withBucketOf(book.assets[asset]);
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

    function setRule(PolicyBook storage book, address target, uint256 selector, Rule rule) internal {
        if (target == address(this) || selector > type(uint32).max || (rule.isSet() && !rule.isValidRule())) {
            revert IVault.RuleInvalid(target, selector, rule);
        }
        book.rules[target][selector] = rule;
        emit IVault.RuleSet(target, selector, rule);
    }
}
