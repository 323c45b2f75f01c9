// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Claims about a member, in 120 bits, lowest bit first:
///   employer 32 | utcOffset 16 | x 24 | y 24 | z 24
/// utcOffset: signed minutes east of UTC in standard time, -720 to 840. x, y, z: the place on Earth as a signed unit
/// vector times 8,388,607; x points to 0N 0E, y to 0N 90E, z to the north pole.
/// They are made under a CUSTODY operation; the chain cannot know whether they are true.
type Attributes is uint256;

using {employer, utcOffset, axes, dot, areValid} for Attributes global;

// Of a group: its holders are in several places.
Attributes constant NO_ATTRIBUTES = Attributes.wrap(0);

// Length of a place's vector...
int256 constant UNIT = 8_388_607;
// ...whose square may be off by so much: about one unit in the length.
int256 constant UNIT_TOLERANCE = 2 * UNIT;

function employer(Attributes attributes) pure returns (uint256) {
    return Attributes.unwrap(attributes) & type(uint32).max;
}

function utcOffset(Attributes attributes) pure returns (int256) {
    return _signed(attributes, 32, 16);
}

function axes(Attributes attributes) pure returns (int256 x, int256 y, int256 z) {
    x = _signed(attributes, 48, 24);
    y = _signed(attributes, 72, 24);
    z = _signed(attributes, 96, 24);
}

/// The dot product of two places: the product of their lengths and the cosine of the angle between them.
function dot(Attributes a, Attributes b) pure returns (int256) {
    (int256 ax, int256 ay, int256 az) = a.axes();
    (int256 bx, int256 by, int256 bz) = b.axes();
    // Three products of 24 bits each do not overflow.
    unchecked {
        return ax * bx + ay * by + az * bz;
    }
}

/// Nothing above the 120 bits, an offset that exists on Earth, and a place on its surface.
function areValid(Attributes attributes) pure returns (bool) {
    // What is below a range becomes a number far above it, so one comparison is enough for both ends.
    unchecked {
        return Attributes.unwrap(attributes) >> 120 == 0 && uint256(attributes.utcOffset() + 720) <= 720 + 840
            && uint256(attributes.dot(attributes) - UNIT * UNIT + UNIT_TOLERANCE)
                <= uint256(2 * UNIT_TOLERANCE);
    }
}

/// The field above the `shift` lowest bits: shifted up to lose what is above it, and down with its sign.
function _signed(Attributes attributes, uint256 shift, uint256 width) pure returns (int256) {
    unchecked {
        return int256(Attributes.unwrap(attributes) << (256 - shift - width)) >> (256 - width);
    }
}
