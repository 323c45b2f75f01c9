// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// A set that can be read whole from storage: its items in a list, and each item's place in the list.
struct Set {
    bytes32[] items;
    /// Place plus one; zero for what is not in the set.
    mapping(bytes32 item => uint256) places;
}

/// Adding what is there, and removing what is not, changes nothing. A new item comes last; when one leaves, the last
/// one takes its place: so the order, too, follows from the events.
library Sets {
    function contains(Set storage set, bytes32 item) internal view returns (bool) {
        return set.places[item] != 0;
    }

    function add(Set storage set, bytes32 item) internal {
        if (set.places[item] != 0) return;
        set.items.push(item);
        set.places[item] = set.items.length;
    }

    function remove(Set storage set, bytes32 item) internal {
        uint256 place = set.places[item];
        if (place == 0) return;
        bytes32 last = set.items[set.items.length - 1];
        set.items[place - 1] = last;
        set.places[last] = place;
        // After the line above: `last` may be the item itself.
        delete set.places[item];
        set.items.pop();
    }
}
