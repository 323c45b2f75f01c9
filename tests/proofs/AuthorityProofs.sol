// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVault} from "../../contracts/interfaces/IVault.sol";
import {svm, vm} from "./Symbolic.sol";
import {VaultHarness} from "./VaultHarness.sol";

/// I-7: only the vault changes the vault.
contract AuthorityProofs is VaultHarness {
    /// Every function that changes settings refuses everybody else, whatever is sent along.
    function check_only_vault(address sender, uint256 which) external {
        vm.assume(sender != address(vault));
        bytes4 selector;
        if (which == 0) selector = IVault.addMember.selector;
        else if (which == 1) selector = IVault.addGroup.selector;
        else if (which == 2) selector = IVault.setHolders.selector;
        else if (which == 3) selector = IVault.removeMember.selector;
        else if (which == 4) selector = IVault.replaceMember.selector;
        else if (which == 5) selector = IVault.reinstateMember.selector;
        else if (which == 6) selector = IVault.confirmSuspension.selector;
        else if (which == 7) selector = IVault.setRoles.selector;
        else if (which == 8) selector = IVault.setAttributes.selector;
        else if (which == 9) selector = IVault.setTiers.selector;
        else if (which == 10) selector = IVault.setAsset.selector;
        else if (which == 11) selector = IVault.setCounterparty.selector;
        else if (which == 12) selector = IVault.setRule.selector;
        else selector = IVault.setRegistry.selector;
        assert(!call(sender, abi.encodePacked(selector, svm.createBytes(32 * 10, "arguments"))));
    }
}
