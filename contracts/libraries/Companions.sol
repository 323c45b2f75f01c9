// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// Made by scripts/build; do not edit. Where the companions of this release are, on every chain.
address constant BYPASS_LEDGER = 0x272998B2c6d2e4d8ee93c714dd650600DD4f2e3F;
address constant CHECKS = 0x467A0461Aa92aD1356ad277998D5758BaDC6100b;
address constant DUTY_REGISTRY = 0xe9CbFbD4f3DA5d06F1F6C56Fc0B54b9ca535a7c8;
address constant STRATEGY_LIMITS = 0x9bF0B8eB9C21D1caC6D7249E009923287C94DBEC;
address constant VALIDATION = 0x8d685ec3326Dd59fb48B34eFD2B6Db0a14f5509c;
