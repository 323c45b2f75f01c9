// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// What calls of one function of one target are, as one storage word, lowest bit first:
///   asset 160 | amountAt 8 | counterpartyAt 8 | words 8 | uses 8 | kind 8
/// kind: OPAQUE calls are HIGH_VALUE, whatever they say. MEASURED ones move an amount of a listed asset to a counterparty,
/// and are judged like a transfer of it: their arguments are `words` words and nothing else, of which number `amountAt`
/// is the amount in the asset's base units, and number `counterpartyAt` an address that must be allowed one of `uses`.
type Rule is uint256;

uint256 constant OPAQUE = 1;
uint256 constant MEASURED = 2;
uint256 constant MAX_WORDS = 32;

using {isSet, isMeasured, isValidRule, assetOf, amountAt, counterpartyAt, length, uses} for Rule global;

function isSet(Rule rule) pure returns (bool) {
    return Rule.unwrap(rule) != 0;
}

function isMeasured(Rule rule) pure returns (bool) {
    return Rule.unwrap(rule) >> 192 == MEASURED;
}

/// Nothing but its kind where it is opaque; where it measures, two different words of the calldata, and one use.
function isValidRule(Rule rule) pure returns (bool) {
    uint256 amount = (Rule.unwrap(rule) >> 160) & 0xff;
    uint256 counterparty = (Rule.unwrap(rule) >> 168) & 0xff;
    uint256 words = (Rule.unwrap(rule) >> 176) & 0xff;
    if (!rule.isMeasured()) return Rule.unwrap(rule) == OPAQUE << 192;
    return words <= MAX_WORDS && amount < words && counterparty < words && amount != counterparty
        && (rule.uses() == 1 || rule.uses() == 2);
}

function assetOf(Rule rule) pure returns (address) {
    return address(uint160(Rule.unwrap(rule)));
}

/// Where the amount stands in the calldata, in bytes.
function amountAt(Rule rule) pure returns (uint256) {
    return _positionOf((Rule.unwrap(rule) >> 160) & 0xff);
}

/// Where the counterparty stands in the calldata, in bytes.
function counterpartyAt(Rule rule) pure returns (uint256) {
    return _positionOf((Rule.unwrap(rule) >> 168) & 0xff);
}

/// How long the calldata is, in bytes.
function length(Rule rule) pure returns (uint256) {
    return _positionOf((Rule.unwrap(rule) >> 176) & 0xff);
}

function uses(Rule rule) pure returns (uint256) {
    return (Rule.unwrap(rule) >> 184) & 0xff;
}

/// A word's position behind the selector.
function _positionOf(uint256 word) pure returns (uint256) {
    unchecked {
        return 4 + word * 32;
    }
}
