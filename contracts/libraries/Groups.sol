// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVault} from "../interfaces/IVault.sol";
import {MAX_HOLDERS, MIN_HOLDERS} from "./Limits.sol";

/// The holders of a group's key: the numbers of their persons, eight to a word, the lowest bits first. They grow, so none
/// stands there twice, and behind the last one everything is zero.
library Groups {
    uint256 private constant PLACES = 24;

    /// All of them.
    function unpack(uint256[3] memory holders) internal pure returns (uint256[] memory persons) {
        uint256 length = 0;
        while (_at(holders, length) != 0) ++length;
        persons = new uint256[](length);
        for (uint256 i = 0; i < length; ++i) {
            persons[i] = _at(holders, i);
        }
    }

    function requireValidHolders(address group, uint256[3] memory holders) internal pure {
        uint256 length = 0;
        uint256 last = 0;
        bool areGrowing = true;
        for (uint256 i = 0; i < PLACES; ++i) {
            uint256 person = _at(holders, i);
            if (person == 0) continue;
            // It is the next one, and above the last one.
            if (i != length || person <= last) areGrowing = false;
            last = person;
            ++length;
        }
        if (!areGrowing || length < MIN_HOLDERS || length > MAX_HOLDERS) {
            revert IVault.GroupHoldersInvalid(group, holders[0], holders[1], holders[2]);
        }
    }

    /// The person at a place; zero behind the last one.
    function _at(uint256[3] memory holders, uint256 i) private pure returns (uint256) {
        // Shifted by less than a word.
        unchecked {
            return i < PLACES ? uint32(holders[i / 8] >> ((i % 8) * 32)) : 0;
        }
    }
}
