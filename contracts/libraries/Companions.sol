// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// Made by scripts/build; do not edit. Where the companions of this release are, on every chain.
address constant BYPASS_LEDGER = 0x927AcAA6B9D0990Dac0C6f3196De629375e3C19b;
address constant CHECKS = 0x1a1A65Da44cF502ceA75f9Ebf3953d4Bd469Ad9B;
address constant DUTY_REGISTRY = 0x9D9E497f1A50CaD83200fEE33F6aa004B04BBd04;
address constant STRATEGY_LIMITS = 0x8a218528d550D52a3706081d3A250B3F567df83C;
address constant VALIDATION = 0x142D274AB384ef44981370635Ac54B6f18A22A11;
