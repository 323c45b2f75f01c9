// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// What a person may be trusted with in custody, as a sum. A set of duties is one number of 16 bits.
uint256 constant KEY_MATERIAL = 1; // holds a share or a backup of a key
uint256 constant DECRYPTION_KEY = 2; // can decrypt what key material is stored as
uint256 constant SIGNING_SERVER = 4; // administers the machines that sign
uint256 constant TRANSACTION_APPROVAL = 8; // is an approver of the vault: a role there, never stored as a duty
uint256 constant TRADE_AUTHORISATION = 16; // releases orders
uint256 constant ANOMALY_RULES = 32; // edits the rules that look for odd orders

// The ten bits above are free: what they mean is for the vault's members to write down.
uint256 constant ALL_DUTIES = 0xffff;

/// Whether this is exactly one of the 16 duties.
function isOneDuty(uint256 duty) pure returns (bool) {
    return duty != 0 && duty <= ALL_DUTIES && duty & (duty - 1) == 0;
}
