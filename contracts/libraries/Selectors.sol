// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVault} from "../interfaces/IVault.sol";

/// The functions by which an ERC-20 token moves, or lets others move it.
library ERC20 {
    uint256 internal constant TRANSFER = 0xa9059cbb; // transfer(address,uint256)
    uint256 internal constant TRANSFER_FROM = 0x23b872dd; // transferFrom(address,address,uint256)
    uint256 internal constant APPROVE = 0x095ea7b3; // approve(address,uint256)
    uint256 internal constant INCREASE_ALLOWANCE = 0x39509351; // increaseAllowance(address,uint256)

    function moves(uint256 selector) internal pure returns (bool) {
        return selector == TRANSFER || selector == TRANSFER_FROM || selector == APPROVE
            || selector == INCREASE_ALLOWANCE;
    }
}

/// The functions of the vault whose first argument is the one member that they are about.
library SeatFunctions {
    function isOne(uint256 selector) internal pure returns (bool) {
        if (selector == uint32(IVault.addGroup.selector) || selector == uint32(IVault.setHolders.selector)) {
            return true;
        }
        // Seven factors below 2^32: their product cannot overflow, and is zero only where one of them is.
        unchecked {
            return (selector ^ uint32(IVault.addMember.selector))
                    * (selector ^ uint32(IVault.removeMember.selector))
                    * (selector ^ uint32(IVault.replaceMember.selector))
                    * (selector ^ uint32(IVault.reinstateMember.selector))
                    * (selector ^ uint32(IVault.confirmSuspension.selector))
                    * (selector ^ uint32(IVault.setRoles.selector))
                    * (selector ^ uint32(IVault.setAttributes.selector)) == 0;
        }
    }
}

/// The first four bytes of a call's data as a number; zero where there are fewer.
function selectorOf(bytes calldata data) pure returns (uint256) {
    return data.length < 4 ? 0 : uint32(bytes4(data[:4]));
}

/// The 32 bytes of a call's data from a position on. Callers compare the length too: what stands behind it is not theirs.
function wordAt(bytes calldata data, uint256 position) pure returns (uint256 word) {
    assembly ("memory-safe") {
        // Reading calldata beyond its end gives zeros and changes nothing.
        word := calldataload(add(data.offset, position))
    }
}
