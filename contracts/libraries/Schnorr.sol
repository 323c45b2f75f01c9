// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Signatures of groups that share one key: FROST(secp256k1, SHA-256) of RFC 9591.
///
/// A group's key is the point (x, y); it is kept as x and the prefix of y. A signature is R and z with z*G = R + e*P, where
/// e = H2(R, P, message). `ecrecover` answers with the address of zG - eP, which is compared to the address of R. So 160
/// bits of R are compared: who wants to pass with another R needs a second preimage of Keccak.
library Schnorr {
    /// The curve is y^2 = x^3 + 7 over the field of this prime, which leaves 3 when divided by 4.
    uint256 internal constant PRIME = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f;
    /// The order of the generator G, a prime as well.
    uint256 internal constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    /// SEC1 writes a point as one byte and x: this byte where y is even, the next one where y is odd.
    uint256 private constant EVEN = 2;
    /// What this much is added to is the `v` that `ecrecover` wants: 27 for an even y, 28 for an odd one.
    uint256 private constant PREFIX_TO_V = 25;
    /// A square's root in the field is the square to the power of this.
    uint256 private constant ROOT = (PRIME + 1) / 4;
    /// The end of what is hashed to a challenge: the low byte of 48 (bytes wanted) and a zero, then
    /// "FROST-secp256k1-SHA256-v1", "chal", and the length of these two, 29.
    uint256 private constant DOMAIN = 0x300046524f53542d736563703235366b312d5348413235362d76316368616c1d;

    /// Whether a group signed a message. Nothing malformed reverts, and nothing malformed is valid.
    /// @param x the abscissa of the group's key; `isKey` said yes to the whole key when it was registered
    /// @param prefix of the key: 2 or 3
    /// @param rPrefix of R: 2 or 3; with `rx` and `z` the very signature that RFC 9591 writes
    function isValid(uint256 x, uint256 prefix, bytes32 message, uint256 rPrefix, uint256 rx, uint256 z)
        internal
        view
        returns (bool)
    {
        return isAnswer(x, prefix, challenge(x, prefix, message, rPrefix, rx), rPrefix, rx, z);
    }

    /// The challenge e of RFC 9591 (H2): `expand_message_xmd` of RFC 9380 with SHA-256 to 48 bytes, as a number modulo the
    /// order. Zero where it could not be computed, and no signature answers that.
    function challenge(uint256 x, uint256 prefix, bytes32 message, uint256 rPrefix, uint256 rx)
        internal
        view
        returns (uint256 e)
    {
        assembly ("memory-safe") {
            // b0 = SHA-256(64 zeros, R, P, message, the two bytes of 48, a zero, domain), 195 bytes in free memory.
            let free := mload(0x40)
            mstore(free, 0)
            mstore(add(free, 32), 0)
            mstore8(add(free, 64), rPrefix)
            mstore(add(free, 65), rx)
            mstore8(add(free, 97), prefix)
            mstore(add(free, 98), x)
            mstore(add(free, 130), message)
            mstore8(add(free, 162), 0)
            mstore(add(free, 163), DOMAIN)
            // It lands just before the domain, with one byte between them: b1 = SHA-256(b0, 1, domain).
            let b0 := add(free, 132)
            pop(staticcall(gas(), 2, free, 195, b0, 32))
            mstore8(add(free, 164), 1)
            pop(staticcall(gas(), 2, b0, 63, 0x00, 32))
            let b1 := mload(0x00)
            // b2 = SHA-256(b0 ^ b1, 2, domain).
            mstore(b0, xor(mload(b0), b1))
            mstore8(add(free, 164), 2)
            pop(staticcall(gas(), 2, b0, 63, 0x00, 32))
            // The 48 bytes are b1 and the upper half of b2. Where the first hashes found too little gas, or no precompile,
            // the last found no more, and returned nothing.
            e := mul(
                addmod(mulmod(b1, shl(128, 1), ORDER), shr(128, mload(0x00)), ORDER),
                eq(returndatasize(), 32)
            )
        }
    }

    /// Whether z*G = R + e*P, with everything in its range.
    function isAnswer(uint256 x, uint256 prefix, uint256 e, uint256 rPrefix, uint256 rx, uint256 z)
        internal
        view
        returns (bool)
    {
        // One of the prefixes is neither 2 nor 3, or z is out of its range.
        if (((prefix ^ EVEN) | (rPrefix ^ EVEN)) > 1 || z == 0 || z >= ORDER) return false;
        uint256 ry = ordinate(rPrefix, rx);
        if (ry == 0) return false;
        // ecrecover(h, v, r, s) is the address of (s*Q - h*G) / r, where Q is the point of abscissa r; so r = x makes Q = P,
        // and both s and h carry a factor x to lose. It answers zero unless r is 1 to ORDER - 1 and on the curve, and unless s
        // is 1 to ORDER - 1; s is ORDER where e is zero.
        unchecked {
            uint256 s = ORDER - mulmod(e, x, ORDER);
            uint256 h = ORDER - mulmod(z, x, ORDER);
            address found = ecrecover(bytes32(h), uint8(prefix + PREFIX_TO_V), bytes32(x), bytes32(s));
            return found != address(0) && found == accountOf(rx, ry);
        }
    }

    /// The y that belongs to an x and a prefix of 2 or 3; zero where no point has that x. (No point of the curve has a y of
    /// zero.)
    function ordinate(uint256 prefix, uint256 x) internal view returns (uint256 y) {
        if (x >= PRIME) return 0;
        uint256 square = _squareOf(x);
        uint256 exponent = ROOT;
        assembly ("memory-safe") {
            // modexp takes three lengths, then base, exponent and modulus; the root lands in the scratch word.
            let free := mload(0x40)
            mstore(free, 32)
            mstore(add(free, 32), 32)
            mstore(add(free, 64), 32)
            mstore(add(free, 96), square)
            mstore(add(free, 128), exponent)
            mstore(add(free, 160), PRIME)
            // Where it fails y stays zero.
            if staticcall(gas(), 5, free, 192, 0x00, 32) { y := mload(0x00) }
        }
        if (mulmod(y, y, PRIME) != square) return 0;
        // The precompile's answer is below the prime.
        unchecked {
            if ((y ^ prefix) & 1 != 0) y = PRIME - y;
        }
    }

    /// Whether a point may be a group's key: on the curve, and with an x that `ecrecover` takes. (No point of the curve has an
    /// x of zero: 7 is no square.)
    function isKey(uint256 x, uint256 y) internal pure returns (bool) {
        return x < ORDER && y < PRIME && mulmod(y, y, PRIME) == _squareOf(x);
    }

    /// The prefix by which SEC1 tells the two y apart.
    function prefixOf(uint256 y) internal pure returns (uint256) {
        return EVEN | (y & 1);
    }

    /// The address of a point, the way that every account has its own.
    function accountOf(uint256 x, uint256 y) internal pure returns (address account) {
        assembly ("memory-safe") {
            // The hash of both in the scratch words; an address is its low 20 bytes.
            mstore(0x00, x)
            mstore(0x20, y)
            account := and(keccak256(0x00, 0x40), sub(shl(160, 1), 1))
        }
    }

    /// What y^2 is at an x of the curve.
    function _squareOf(uint256 x) private pure returns (uint256) {
        return addmod(mulmod(mulmod(x, x, PRIME), x, PRIME), 7, PRIME);
    }
}
