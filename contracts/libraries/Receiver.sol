// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// The vault can hold what is sent to it: the native coin, ERC-721 and ERC-1155 tokens.
/// Receiving changes nothing, so it needs no lock, also while an operation is being executed.
abstract contract Receiver {
    error FunctionUnknown(bytes4 selector);

    receive() external payable {}

    /// ERC-721 and ERC-1155 tokens ask before they come, and want the selector they asked by as the answer.
    fallback() external {
        bool isAsked = msg.sig == 0x150b7a02 // onERC721Received(address,address,uint256,bytes)
            || msg.sig == 0xf23a6e61 // onERC1155Received(address,address,uint256,uint256,bytes)
            || msg.sig == 0xbc197c81; // onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)
        if (!isAsked) revert FunctionUnknown(msg.sig);
        assembly ("memory-safe") {
            // Answer with the first word of the question, cut to its four bytes: a bytes4 as the ABI encodes it.
            mstore(0x00, shl(224, shr(224, calldataload(0))))
            return(0x00, 0x20)
        }
    }

    /// ERC-165: itself, the receiver of ERC-721 tokens, the receiver of ERC-1155 tokens.
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == 0x01ffc9a7 || interfaceId == 0x150b7a02 || interfaceId == 0x4e2312e0;
    }
}
