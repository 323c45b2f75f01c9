// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IValidation} from "./interfaces/IValidation.sol";
import {Approval, IVault} from "./interfaces/IVault.sol";
import {Floors} from "./libraries/Floors.sol";
import {Groups} from "./libraries/Groups.sol";
import {Schnorr} from "./libraries/Schnorr.sol";
import {Tiers} from "./libraries/Tiers.sol";
import {Attributes} from "./types/Attributes.sol";
import {APPROVER, areValidRoles, SECURITY} from "./types/Roles.sol";
import {Roster} from "./types/Roster.sol";
import {SeatSet} from "./types/SeatSet.sol";
import {CUSTODY, Tier} from "./types/Tier.sol";
import {TierTerms} from "./types/TierTerms.sol";

/// @title Validation: which configurations a vault may have
/// @notice A part of the vault that would not fit into its code. It has no storage, no owner and no way to act; its address
/// follows from its code, and stands in the vault's.
contract Validation is IValidation {
    /// @inheritdoc IValidation
    function requireTiers(TierTerms[4] calldata tiers, uint256 supermajority, Roster roster, SeatSet groups)
        external
        pure
    {
        Tiers.requireValid(tiers);
        TierTerms custody = tiers[Tier.unwrap(CUSTODY)];
        _requireSupermajority(roster, supermajority, custody);
        Floors.requireFull(roster, groups, custody);
    }

    /// @inheritdoc IValidation
    function requireBareFloor(Roster roster, SeatSet groups, TierTerms custody) external pure {
        Floors.requireBare(roster, groups, custody);
    }

    /// @inheritdoc IValidation
    function requireLessened(Roster roster, SeatSet groups, TierTerms custody) external pure {
        Floors.requireBare(roster, groups, custody);
        _requireSupermajority(roster, roster.supermajority(), custody);
    }

    /// @inheritdoc IValidation
    function requireMember(address member, bool isGroup, uint256 roles, Attributes attributes) external pure {
        if (!areValidRoles(roles) || (isGroup && roles & ~(APPROVER | SECURITY) != 0)) {
            revert IVault.MemberRolesInvalid(roles);
        }
        bool areFit = isGroup ? Attributes.unwrap(attributes) == 0 : attributes.areValid();
        if (!areFit) revert IVault.MemberAttributesInvalid(member, attributes);
    }

    /// @inheritdoc IValidation
    function requireGroup(address group, uint256 x, uint256 y, bytes32 digest, Approval calldata proof)
        external
        view
    {
        bool isProven = Schnorr.isKey(x, y) && Schnorr.accountOf(x, y) == group
            && isSigned(x, Schnorr.prefixOf(y), digest, proof);
        if (!isProven) revert IVault.GroupKeyInvalid(group, x, y);
    }

    /// @inheritdoc IValidation
    function isSigned(uint256 x, uint256 prefix, bytes32 digest, Approval calldata proof)
        public
        view
        returns (bool)
    {
        return Schnorr.isValid(x, prefix, digest, proof.head.recoveryOf(), uint256(proof.r), uint256(proof.s));
    }

    /// @inheritdoc IValidation
    function requireHolders(address group, uint256[3] calldata holders) external pure {
        Groups.requireValidHolders(group, holders);
    }

    /// CUSTODY quorum <= supermajority <= approvers.
    function _requireSupermajority(Roster roster, uint256 supermajority, TierTerms custody) private pure {
        uint256 approvers = roster.approvers().count();
        if (supermajority < custody.quorum() || supermajority > approvers) {
            revert IVault.SupermajorityOutOfRange(custody.quorum(), approvers, supermajority);
        }
    }
}
