// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Segregation} from "../../contracts/libraries/Segregation.sol";
import {Attributes} from "../../contracts/types/Attributes.sol";

/// Opens the geometry to the tests, many words at a time.
contract SegregationHarness {
    /// Bit i of the answer's word i / 256 says whether pair i, the words 2i and 2i + 1, is segregated.
    function areSegregated(Attributes[] calldata pairs) external pure returns (uint256[] memory answers) {
        answers = new uint256[](pairs.length / 512 + 1);
        for (uint256 i = 0; i < pairs.length / 2; ++i) {
            if (Segregation.areSegregated(pairs[2 * i], pairs[2 * i + 1])) {
                answers[i / 256] |= 1 << (i % 256);
            }
        }
    }

    /// Bit i of the answer's word i / 256 says whether the word i is valid.
    function areValid(Attributes[] calldata words) external pure returns (uint256[] memory answers) {
        answers = new uint256[](words.length / 256 + 1);
        for (uint256 i = 0; i < words.length; ++i) {
            if (words[i].areValid()) answers[i / 256] |= 1 << (i % 256);
        }
    }

    /// Employer, offset, x, y, z.
    function fields(Attributes word) external pure returns (int256[5] memory all) {
        (int256 x, int256 y, int256 z) = word.axes();
        return [int256(word.employer()), word.utcOffset(), x, y, z];
    }

    function isPairwise(Attributes[] memory members, uint256 length) external pure returns (bool) {
        return Segregation.isPairwise(members, length);
    }
}
