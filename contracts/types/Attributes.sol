// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Claims about a member, in 120 bits, lowest bit first:
///   employer 32 | utcOffset 16 | x 24 | y 24 | z 24
/// utcOffset: signed minutes east of UTC in standard time, -720 to 840. x, y, z: the place on Earth as a signed unit
/// vector times 8,388,607; x points to 0N 0E, y to 0N 90E, z to the north pole.
/// They are made under a CUSTODY operation; the chain cannot know whether they are true.
type Attributes is uint256;

using {areValid} for Attributes global;

// Length of a place's vector...
int256 constant UNIT = 8_388_607;
// ...whose square may be off by so much: about one unit in the length.
int256 constant UNIT_TOLERANCE = 2 * UNIT;

/// Nothing above the 120 bits, an offset that exists on Earth, and a place on its surface.
function areValid(Attributes attributes) pure returns (bool) {
    uint256 word = Attributes.unwrap(attributes);
    int256 utcOffset = int16(uint16(word >> 32));
    int256 off;
    // Squares of 24 bits do not overflow.
    unchecked {
        off = -UNIT * UNIT;
        for (uint256 shift = 48; shift < 120; shift += 24) {
            int256 axis = int24(uint24(word >> shift));
            off += axis * axis;
        }
    }
    return word >> 120 == 0 && utcOffset >= -720 && utcOffset <= 840 && off <= UNIT_TOLERANCE
        && off >= -UNIT_TOLERANCE;
}
