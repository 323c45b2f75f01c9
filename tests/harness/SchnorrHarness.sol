// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Schnorr} from "../../contracts/libraries/Schnorr.sol";

interface IVerifier {
    function isValid(uint256 x, uint256 prefix, bytes32 message, uint256 rPrefix, uint256 rx, uint256 z)
        external
        view
        returns (bool);
}

/// The library's one question, and nothing else. Its code less that of `Yes` is what the library costs a contract.
contract Verifier is IVerifier {
    function isValid(uint256 x, uint256 prefix, bytes32 message, uint256 rPrefix, uint256 rx, uint256 z)
        external
        view
        returns (bool)
    {
        return Schnorr.isValid(x, prefix, message, rPrefix, rx, z);
    }
}

/// Reads the same six words and says yes to all but zeros.
contract Yes is IVerifier {
    function isValid(uint256 x, uint256 prefix, bytes32 message, uint256 rPrefix, uint256 rx, uint256 z)
        external
        pure
        returns (bool)
    {
        return x | prefix | uint256(message) | rPrefix | rx | z != 0;
    }
}

/// Opens every step of the library to the tests.
contract SchnorrHarness is Verifier {
    /// The gas between the question and its answer.
    function gasOf(uint256 x, uint256 prefix, bytes32 message, uint256 rPrefix, uint256 rx, uint256 z)
        external
        view
        returns (uint256)
    {
        uint256 left = gasleft();
        bool isValid_ = Schnorr.isValid(x, prefix, message, rPrefix, rx, z);
        uint256 used = left - gasleft();
        return isValid_ ? used : 0;
    }

    function challenge(uint256 x, uint256 prefix, bytes32 message, uint256 rPrefix, uint256 rx)
        external
        view
        returns (uint256)
    {
        return Schnorr.challenge(x, prefix, message, rPrefix, rx);
    }

    /// The same, where free memory is not as clean as it is at the beginning of a call.
    function challengeInDirtyMemory(
        uint256 x,
        uint256 prefix,
        bytes32 message,
        uint256 rPrefix,
        uint256 rx,
        uint256 dirt
    ) external view returns (uint256) {
        assembly ("memory-safe") {
            // Eight words from the free pointer on, which stays where it is.
            let free := mload(0x40)
            for { let i := 0 } lt(i, 256) { i := add(i, 32) } { mstore(add(free, i), dirt) }
        }
        return Schnorr.challenge(x, prefix, message, rPrefix, rx);
    }

    function isAnswer(uint256 x, uint256 prefix, uint256 e, uint256 rPrefix, uint256 rx, uint256 z)
        external
        view
        returns (bool)
    {
        return Schnorr.isAnswer(x, prefix, e, rPrefix, rx, z);
    }

    function ordinate(uint256 prefix, uint256 x) external view returns (uint256) {
        return Schnorr.ordinate(prefix, x);
    }

    function isKey(uint256 x, uint256 y) external pure returns (bool) {
        return Schnorr.isKey(x, y);
    }

    function prefixOf(uint256 y) external pure returns (uint256) {
        return Schnorr.prefixOf(y);
    }

    function accountOf(uint256 x, uint256 y) external pure returns (address) {
        return Schnorr.accountOf(x, y);
    }
}
