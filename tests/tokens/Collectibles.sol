// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

interface IAsked {
    function onERC721Received(address operator, address from, uint256 id, bytes calldata data)
        external
        returns (bytes4);
    function onERC1155Received(
        address operator,
        address from,
        uint256 id,
        uint256 amount,
        bytes calldata data
    ) external returns (bytes4);
    function onERC1155BatchReceived(
        address operator,
        address from,
        uint256[] calldata ids,
        uint256[] calldata amounts,
        bytes calldata data
    ) external returns (bytes4);
}

/// Things that ask before they come, as ERC-721 and ERC-1155 tokens do.
contract Collectibles {
    error Declined(bytes4 answer);

    mapping(uint256 id => address) public ownerOf;
    mapping(address => mapping(uint256 id => uint256)) public balanceOf;

    function giveUnique(address to, uint256 id) external {
        ownerOf[id] = to;
        _require(
            IAsked(to).onERC721Received(msg.sender, address(0), id, "hello"), IAsked.onERC721Received.selector
        );
    }

    function giveSome(address to, uint256 id, uint256 amount) external {
        balanceOf[to][id] += amount;
        _require(
            IAsked(to).onERC1155Received(msg.sender, address(0), id, amount, "hello"),
            IAsked.onERC1155Received.selector
        );
    }

    function giveMany(address to, uint256[] calldata ids, uint256[] calldata amounts) external {
        for (uint256 i = 0; i < ids.length; ++i) {
            balanceOf[to][ids[i]] += amounts[i];
        }
        _require(
            IAsked(to).onERC1155BatchReceived(msg.sender, address(0), ids, amounts, "hello"),
            IAsked.onERC1155BatchReceived.selector
        );
    }

    function _require(bytes4 answer, bytes4 expected) private pure {
        if (answer != expected) revert Declined(answer);
    }
}
