// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// Made by scripts/build; do not edit. Where the companions of this release are, on every chain.
address constant BYPASS_LEDGER = 0x927AcAA6B9D0990Dac0C6f3196De629375e3C19b;
address constant CHECKS = 0x467A0461Aa92aD1356ad277998D5758BaDC6100b;
address constant DUTY_REGISTRY = 0x15bfDFcdA699e4f7D054DeC1712b04814c082C5C;
address constant STRATEGY_LIMITS = 0x3DE545013b99E34Ce1C6eB449Ca92d56aC7fF70A;
address constant VALIDATION = 0x8d685ec3326Dd59fb48B34eFD2B6Db0a14f5509c;
