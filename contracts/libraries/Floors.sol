// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVault} from "../interfaces/IVault.sol";
import {Roster} from "../types/Roster.sol";
import {SeatSet} from "../types/SeatSet.sol";
import {TierTerms} from "../types/TierTerms.sol";

/// How few members a vault may come down to. Members of one class are alike, so counting them is enough.
library Floors {
    /// Bare floor: someone can publish a seat operation, and there is a CUSTODY quorum without them.
    function requireBare(Roster roster, TierTerms custody) internal pure {
        (uint256 approvers, uint256 security, uint256 others) = _heads(roster);
        if (!_isBare(approvers, security, others, custody)) _refuse(approvers, security, custody);
    }

    /// Full floor: the bare floor stands without any one member.
    function requireFull(Roster roster, TierTerms custody) internal pure {
        (uint256 approvers, uint256 security, uint256 others) = _heads(roster);
        unchecked {
            // Without an approver: one of the security team is the worst to lose, if there is one.
            bool holds = approvers != 0
                && _isBare(approvers - 1, security == 0 ? 0 : security - 1, others, custody)
                // Without a proposer who is no approver.
                && (others == 0 || _isBare(approvers, security, others - 1, custody));
            if (!holds) _refuse(approvers, security, custody);
        }
    }

    function _isBare(uint256 approvers, uint256 security, uint256 others, TierTerms custody)
        private
        pure
        returns (bool)
    {
        unchecked {
            // Whoever publishes does not approve: best one who could not anyway, else one outside the security team.
            if (others == 0) {
                if (approvers == 0) return false;
                if (approvers == security) --security;
                --approvers;
            }
        }
        return approvers >= custody.quorum() && security >= custody.securityApprovals();
    }

    /// Approvers; those of the security team among them; and proposers who are no approvers: when they publish, it costs
    /// no approval.
    function _heads(Roster roster)
        private
        pure
        returns (uint256 approvers, uint256 security, uint256 others)
    {
        SeatSet approving = roster.approvers();
        approvers = approving.count();
        security = roster.security().count();
        others = (roster.proposers() & ~approving).count();
    }

    function _refuse(uint256 approvers, uint256 security, TierTerms custody) private pure {
        revert IVault.FloorBroken(approvers, security, custody);
    }
}
