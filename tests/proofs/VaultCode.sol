// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Vault} from "../../contracts/Vault.sol";

/// The vault's code, once for all harnesses: it is what takes long to compile.
contract VaultCode {
    function runtime() external pure returns (bytes memory) {
        return type(Vault).runtimeCode;
    }
}
