// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Segregation} from "../../contracts/libraries/Segregation.sol";
import {Attributes} from "../../contracts/types/Attributes.sol";
import {and, implies} from "./Logic.sol";
import {vm} from "./Symbolic.sol";

/// Who is segregated from whom: the arithmetic of offsets, of places, and what none of it may do.
contract GeometryProofs {
    using Segregation for Attributes;

    /// Segregation is mutual, and nobody is segregated from somebody of the same employer.
    function check_mutual(Attributes a, Attributes b) external pure {
        bool apart = a.areSegregated(b);
        assert(apart == b.areSegregated(a));
        assert(implies(uint32(Attributes.unwrap(a)) == uint32(Attributes.unwrap(b)), !apart));
    }

    /// More than 180 minutes apart on the circle of 1,440: said by walking it both ways.
    function check_offsets(Attributes a, Attributes b) external pure {
        vm.assume(_isOffset(a) && _isOffset(b));
        vm.assume(a.areSegregated(b));
        int256 east = _offset(a) - _offset(b);
        east = east < 0 ? east + 1440 : east;
        assert(and(east > 180, 1440 - east > 180));
    }

    /// The other way round: far enough in all three, and so segregated.
    function check_enough(Attributes a, Attributes b) external pure {
        int256 east = _offset(a) - _offset(b);
        vm.assume(_isOffset(a) && _isOffset(b));
        east = east < 0 ? east + 1440 : east;
        vm.assume(and(east > 180, 1440 - east > 180));
        vm.assume(uint32(Attributes.unwrap(a)) != uint32(Attributes.unwrap(b)));
        vm.assume(_dot(a, b) <= 70_360_059_291_225);
        assert(a.areSegregated(b));
    }

    /// The dot product of three axes. Products of 24 bits are far from overflowing 256.
    function check_dot(Attributes a, Attributes b) external pure {
        assert(a.dot(b) == _dot(a, b));
    }

    /// From 12 hours west to 14 hours east: what a vault accepts.
    function _isOffset(Attributes attributes) private pure returns (bool) {
        return and(_offset(attributes) >= -720, _offset(attributes) <= 840);
    }

    function _offset(Attributes attributes) private pure returns (int256) {
        return int16(uint16(Attributes.unwrap(attributes) >> 32));
    }

    function _dot(Attributes a, Attributes b) private pure returns (int256 sum) {
        for (uint256 shift = 48; shift < 120; shift += 24) {
            int256 x = int24(uint24(Attributes.unwrap(a) >> shift));
            int256 y = int24(uint24(Attributes.unwrap(b) >> shift));
            sum += x * y;
        }
    }
}
