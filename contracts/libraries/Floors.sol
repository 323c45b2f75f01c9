// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVault} from "../interfaces/IVault.sol";
import {Roster} from "../types/Roster.sol";
import {SeatSet} from "../types/SeatSet.sol";
import {TierTerms} from "../types/TierTerms.sol";

/// How many active members there are of each class: members of one class are alike, so counting them is enough.
struct Heads {
    uint256 approvers;
    /// Of the approvers.
    uint256 security;
    /// Of the approvers, groups left out: whoever can send a transaction can publish a seat operation.
    uint256 publishers;
    /// Of the publishers.
    uint256 securityPublishers;
    /// Proposers who are no approvers: when they publish, it costs no approval.
    uint256 others;
}

/// How few members a vault may come down to.
library Floors {
    /// Bare floor: someone can publish a seat operation, and there is a CUSTODY quorum without them.
    function requireBare(Roster roster, SeatSet groups, TierTerms custody) internal pure {
        Heads memory heads = _headsOf(roster, groups);
        if (!_isBare(heads, custody)) _refuse(heads, custody);
    }

    /// Full floor: the bare floor stands without any one member.
    function requireFull(Roster roster, SeatSet groups, TierTerms custody) internal pure {
        Heads memory heads = _headsOf(roster, groups);
        unchecked {
            uint256 securityGroups = heads.security - heads.securityPublishers;
            uint256 groups_ = heads.approvers - heads.publishers;
            bool holds = heads.approvers != 0
                // Each class that there is, without one of them.
                && (heads.securityPublishers == 0 || _isBareWithout(heads, 1, 1, 1, 1, 0, custody))
                && (heads.publishers == heads.securityPublishers
                    || _isBareWithout(heads, 1, 0, 1, 0, 0, custody))
                && (securityGroups == 0 || _isBareWithout(heads, 1, 1, 0, 0, 0, custody))
                && (groups_ == securityGroups || _isBareWithout(heads, 1, 0, 0, 0, 0, custody))
                && (heads.others == 0 || _isBareWithout(heads, 0, 0, 0, 0, 1, custody));
            if (!holds) _refuse(heads, custody);
        }
    }

    function _isBareWithout(
        Heads memory heads,
        uint256 approvers,
        uint256 security,
        uint256 publishers,
        uint256 securityPublishers,
        uint256 others,
        TierTerms custody
    ) private pure returns (bool) {
        // Callers take away only what there is.
        unchecked {
            return _isBare(
                Heads(
                    heads.approvers - approvers,
                    heads.security - security,
                    heads.publishers - publishers,
                    heads.securityPublishers - securityPublishers,
                    heads.others - others
                ),
                custody
            );
        }
    }

    function _isBare(Heads memory heads, TierTerms custody) private pure returns (bool) {
        uint256 approvers = heads.approvers;
        uint256 security = heads.security;
        unchecked {
            // Whoever publishes does not approve: best one who could not anyway, else one outside the security team.
            if (heads.others == 0) {
                if (heads.publishers == 0) return false;
                if (heads.publishers == heads.securityPublishers) --security;
                --approvers;
            }
        }
        return approvers >= custody.quorum() && security >= custody.securityApprovals();
    }

    function _headsOf(Roster roster, SeatSet groups) private pure returns (Heads memory) {
        SeatSet approving = roster.approvers();
        SeatSet securing = roster.security();
        return Heads({
            approvers: approving.count(),
            security: securing.count(),
            publishers: (approving & ~groups).count(),
            securityPublishers: (securing & ~groups).count(),
            others: (roster.proposers() & ~approving).count()
        });
    }

    function _refuse(Heads memory heads, TierTerms custody) private pure {
        revert IVault.FloorBroken(heads.approvers, heads.security, custody);
    }
}
