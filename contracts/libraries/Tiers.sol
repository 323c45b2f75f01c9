// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVault} from "../interfaces/IVault.sol";
import {Duration} from "../types/Duration.sol";
import {CUSTODY, HIGH_VALUE, Tier, TIERS} from "../types/Tier.sol";
import {EVERY_DAY, QUARTER_HOURS, TierTerms} from "../types/TierTerms.sol";
import {
    MAX_DELAY,
    MAX_GRACE_HOURS,
    MAX_QUORUM,
    MAX_SEGREGATED_QUORUM,
    MIN_DELAY,
    MIN_GRACE_HOURS,
    MIN_HIGH_DELAY,
    MIN_HIGH_EXPEDITED_DELAY,
    MIN_QUORUM
} from "./Limits.sol";

/// Which terms the four tiers may have.
library Tiers {
    /// Every tier within the limits, and none less strict than the one below it. Grace is not compared.
    function requireValid(TierTerms[4] memory tiers) internal pure {
        TierTerms below;
        // Every field is far too small to overflow, and a window is compared before its length is taken.
        unchecked {
            for (uint256 i = 0; i < TIERS; ++i) {
                TierTerms terms = tiers[i];
                Tier tier = Tier.wrap(i);
                if (!_isInRange(tier, terms)) revert IVault.TierTermsInvalid(tier, terms);
                if (i != 0 && _isLessStrict(terms, below)) revert IVault.TierLessStrict(tier, terms, below);
                below = terms;
            }
        }
    }

    function _isInRange(Tier tier, TierTerms terms) private pure returns (bool) {
        bool isHigh = tier >= HIGH_VALUE;
        return terms.quorum() >= MIN_QUORUM
            && terms.quorum() <= (terms.segregated() == 0 ? MAX_QUORUM : MAX_SEGREGATED_QUORUM)
            && terms.segregated() <= 1 && terms.securityApprovals() <= terms.quorum()
            && !((isHigh ? MIN_HIGH_DELAY : MIN_DELAY) > terms.delay()) && !(terms.delay() > MAX_DELAY)
            && !((isHigh ? MIN_HIGH_EXPEDITED_DELAY : MIN_DELAY) > terms.expeditedDelay())
            && !(terms.expeditedDelay() > terms.delay())
            // What is of CUSTODY waits its whole delay.
            && !(tier >= CUSTODY && terms.delay() > terms.expeditedDelay())
            && terms.opensAt() < terms.closesAt() && terms.closesAt() <= QUARTER_HOURS
            && terms.weekdays() != 0 && terms.weekdays() <= EVERY_DAY
            // No operation expires before its window has been open.
            && terms.graceHours() >= _leastGraceHours(terms) && terms.graceHours() <= MAX_GRACE_HOURS;
    }

    function _isLessStrict(TierTerms terms, TierTerms below) private pure returns (bool) {
        return below.quorum() > terms.quorum() || below.securityApprovals() > terms.securityApprovals()
            || below.delay() > terms.delay() || below.expeditedDelay() > terms.expeditedDelay()
            || below.segregated() > terms.segregated() || below.opensAt() > terms.opensAt()
            || terms.closesAt() > below.closesAt() || terms.weekdays() & ~below.weekdays() != 0;
    }

    /// A day more than the longest closing: the run of closed weekdays, and the closed part of the days around it.
    function _leastGraceHours(TierTerms terms) private pure returns (uint256) {
        unchecked {
            uint256 longest;
            uint256 run;
            // Twice around the week, so that a run over its end is seen whole.
            for (uint256 day = 0; day < 14; ++day) {
                run = (terms.weekdays() >> (day % 7)) & 1 == 1 ? 0 : run + 1;
                if (run > longest) longest = run;
            }
            return
                MIN_GRACE_HOURS + longest * 24 + (QUARTER_HOURS - (terms.closesAt() - terms.opensAt()) + 3)
                    / 4;
        }
    }
}
