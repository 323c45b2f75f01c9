// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Attributes} from "../types/Attributes.sol";
import {Roster} from "../types/Roster.sol";
import {SeatSet} from "../types/SeatSet.sol";
import {TierTerms} from "../types/TierTerms.sol";
import {Approval} from "./IVault.sol";

/// @title Which configurations a vault may have
/// @notice The rules of a vault that need nothing of its storage but what they are given. The vault asks by STATICCALL, at
/// an address that is a constant of its code. Each function returns or refuses, with the vault's own errors.
interface IValidation {
    /// @notice Tiers within the limits, none less strict than the one below; CUSTODY quorum <= supermajority <= approvers;
    /// and the full floor.
    /// @param groups the seats that groups sit in
    function requireTiers(TierTerms[4] calldata tiers, uint256 supermajority, Roster roster, SeatSet groups)
        external
        pure;

    /// @notice Someone can publish a seat operation, and there is a CUSTODY quorum without them.
    function requireBareFloor(Roster roster, SeatSet groups, TierTerms custody) external pure;

    /// @notice The same, and as many approvers as `supermajority`.
    function requireLessened(Roster roster, SeatSet groups, TierTerms custody) external pure;

    /// @notice Roles that go together, and claims that can be true. A group approves, and nothing else, since it sends no
    /// transactions; and it has no attributes, since its holders are in several places.
    function requireMember(address member, bool isGroup, uint256 roles, Attributes attributes) external pure;

    /// @notice The key (x, y) of a group is the one of its address and can sign, and its holders signed the digest.
    function requireGroup(address group, uint256 x, uint256 y, bytes32 digest, Approval calldata proof)
        external
        view;

    /// @notice Whether the group with the key of this abscissa and prefix signed the digest: see `libraries/Schnorr.sol`.
    function isSigned(uint256 x, uint256 prefix, bytes32 digest, Approval calldata proof)
        external
        view
        returns (bool);

    /// @notice 2 to 20 persons, eight to a word from the lowest bits on, growing, and zero behind the last one.
    function requireHolders(address group, uint256[3] calldata holders) external pure;
}
