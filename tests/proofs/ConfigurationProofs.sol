// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Floors} from "../../contracts/libraries/Floors.sol";
import {Tiers} from "../../contracts/libraries/Tiers.sol";
import {Roster} from "../../contracts/types/Roster.sol";
import {SeatSet} from "../../contracts/types/SeatSet.sol";
import {TierTerms} from "../../contracts/types/TierTerms.sol";
import {and, implies, or} from "./Logic.sol";
import {vm} from "./Symbolic.sol";

/// I-6: which configurations a vault can have. Said again from the design's words, on the bare bits, and not by the
/// functions that are under proof.
contract ConfigurationProofs {
    function check_terms_in_range(TierTerms[4] memory tiers) external pure {
        Tiers.requireValid(tiers);
        for (uint256 i = 0; i < 4; ++i) {
            _requireInRange(i, TierTerms.unwrap(tiers[i]));
        }
    }

    function check_terms_monotone(TierTerms[4] memory tiers) external pure {
        Tiers.requireValid(tiers);
        for (uint256 i = 1; i < 4; ++i) {
            _requireAsStrict(TierTerms.unwrap(tiers[i]), TierTerms.unwrap(tiers[i - 1]));
        }
    }

    function _requireInRange(uint256 tier, uint256 word) private pure {
        uint256 quorum = uint8(word);
        uint256 delay = uint32(word >> 16);
        uint256 grace = uint16(word >> 48);
        uint256 opensAt = uint8(word >> 64);
        uint256 closesAt = uint8(word >> 72);
        uint256 segregated = uint8(word >> 80);
        uint256 expedited = uint32(word >> 88);
        uint256 weekdays = word >> 120;
        assert(and(quorum >= 2, uint8(word >> 8) <= quorum));
        assert(and(segregated <= 1, quorum <= (segregated == 1 ? 7 : 63)));
        assert(and(delay >= (tier < 2 ? 10 minutes : 24 hours), delay <= 60 days));
        assert(and(expedited >= (tier < 2 ? 10 minutes : 1 hours), expedited <= delay));
        assert(implies(tier == 3, expedited == delay));
        assert(and(grace >= 24, grace <= 30 * 24));
        assert(and(opensAt < closesAt, closesAt <= 96));
        assert(and(weekdays != 0, weekdays < 128));
    }

    function _requireAsStrict(uint256 word, uint256 below) private pure {
        assert(and(uint8(word) >= uint8(below), uint8(word >> 8) >= uint8(below >> 8)));
        assert(and(uint32(word >> 16) >= uint32(below >> 16), uint32(word >> 88) >= uint32(below >> 88)));
        assert(uint8(word >> 80) >= uint8(below >> 80));
        assert(and(uint8(word >> 64) >= uint8(below >> 64), uint8(word >> 72) <= uint8(below >> 72)));
        assert((word >> 120) & ~(below >> 120) == 0);
    }

    /// The bare floor: someone can publish a seat operation, and without them there is a CUSTODY quorum.
    function check_bare_floor(
        TierTerms custody,
        uint256 approvers,
        uint256 security,
        uint256 proposers,
        uint256 groups
    ) external pure {
        Floors.requireBare(_roster(approvers, security, proposers), SeatSet.wrap(groups & SEATS), custody);
        _requireGovernable(custody, approvers, security, proposers, groups, 0);
    }

    /// The full floor: whoever is taken away, the bare floor stands.
    function check_full_floor(
        TierTerms custody,
        uint256 approvers,
        uint256 security,
        uint256 proposers,
        uint256 groups,
        uint256 seat
    ) external pure {
        vm.assume(seat < COUNT);
        Floors.requireFull(_roster(approvers, security, proposers), SeatSet.wrap(groups & SEATS), custody);
        _requireGovernable(custody, approvers, security, proposers, groups, 1 << seat);
    }

    // A vault of so many seats; the members in them have any roles.
    uint256 internal constant COUNT = 6;
    uint256 internal constant SEATS = (1 << COUNT) - 1;

    /// Whether somebody can publish a seat operation so that the others are a CUSTODY quorum: everyone is tried.
    function _requireGovernable(
        TierTerms custody,
        uint256 approvers,
        uint256 security,
        uint256 proposers,
        uint256 groups,
        uint256 gone
    ) private pure {
        bool governable;
        for (uint256 i = 0; i < COUNT; ++i) {
            uint256 publisher = 1 << i;
            uint256 left = SEATS & ~gone & ~publisher;
            bool publishes = (approvers & ~groups | proposers) & ~gone & publisher != 0;
            bool isQuorum = and(
                _sum(approvers & left) >= uint8(TierTerms.unwrap(custody)),
                _sum(approvers & security & left) >= uint8(TierTerms.unwrap(custody) >> 8)
            );
            governable = or(governable, and(publishes, isQuorum));
        }
        assert(governable);
    }

    /// A group has no role but that of an approver, and who is of the security team approves.
    function _roster(uint256 approvers, uint256 security, uint256 proposers) private pure returns (Roster) {
        return Roster.wrap(
            (approvers & SEATS) | ((security & approvers & SEATS) << 64) | ((proposers & SEATS) << 128)
        );
    }

    function _sum(uint256 word) private pure returns (uint256 sum) {
        unchecked {
            for (uint256 i = 0; i < COUNT; ++i) {
                sum += (word >> i) & 1;
            }
        }
    }
}
