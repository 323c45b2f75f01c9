// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Call, IVault} from "../interfaces/IVault.sol";
import {ERC20, selectorOf} from "./Selectors.sol";

/// Making the calls of an operation: all of them, or none.
library Calls {
    /// So much of a failed call's reason is kept, so that a target cannot use up the gas with a long one.
    uint256 internal constant MAX_REASON = 256;

    function make(Call[] calldata calls) internal {
        for (uint256 i = 0; i < calls.length; ++i) {
            Call calldata call = calls[i];
            address target = call.target;
            bytes calldata data = call.data;
            if (data.length != 0 && target.code.length == 0) revert IVault.CallWithoutCode(i, target);
            (bool success, uint256 returned, uint256 word) = _call(target, call.value, data);
            if (!success) revert IVault.CallFailed(i, _reason());
            // A token that says false, or anything that is not true, where the standard promises true.
            if (returned != 0 && (returned < 32 || word != 1) && ERC20.moves(selectorOf(data))) {
                revert IVault.CallReturnedFalse(i, target);
            }
        }
    }

    /// A call of whose answer no more than one word is copied: `returned` is the length of the whole answer, `word` its
    /// first 32 bytes, with zeros where it is shorter.
    function _call(address target, uint256 value, bytes calldata data)
        private
        returns (bool success, uint256 returned, uint256 word)
    {
        assembly ("memory-safe") {
            // Clear the scratch word, copy the data behind everything that memory holds, call with it and with all gas,
            // and let the first word of the answer land in the scratch word.
            mstore(0x00, 0)
            let free := mload(0x40)
            calldatacopy(free, data.offset, data.length)
            success := call(gas(), target, value, free, data.length, 0x00, 0x20)
            returned := returndatasize()
            word := mload(0x00)
        }
    }

    /// The first bytes of what the last call returned.
    function _reason() private pure returns (bytes memory reason) {
        assembly ("memory-safe") {
            // length = min(returndatasize, MAX_REASON); copy it behind the length word; round the free pointer up.
            let length := returndatasize()
            if gt(length, MAX_REASON) { length := MAX_REASON }
            reason := mload(0x40)
            mstore(reason, length)
            returndatacopy(add(reason, 0x20), 0, length)
            mstore(0x40, add(reason, and(add(length, 0x3f), not(0x1f))))
        }
    }
}
