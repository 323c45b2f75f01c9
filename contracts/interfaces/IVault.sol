// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ApprovalHead} from "../types/ApprovalHead.sol";
import {AssetTerms} from "../types/AssetTerms.sol";
import {Attributes} from "../types/Attributes.sol";
import {Duration} from "../types/Duration.sol";
import {LaneState} from "../types/LaneState.sol";
import {MemberIndex} from "../types/MemberIndex.sol";
import {MemberRecord, MemberStatus} from "../types/MemberRecord.sol";
import {OperationId} from "../types/OperationId.sol";
import {Roster} from "../types/Roster.sol";
import {Rule} from "../types/Rule.sol";
import {SeatSet} from "../types/SeatSet.sol";
import {Status} from "../types/Status.sol";
import {Tier} from "../types/Tier.sol";
import {TierTerms} from "../types/TierTerms.sol";
import {Timestamp} from "../types/Timestamp.sol";

/// One call that the vault may make.
struct Call {
    address target;
    uint256 value;
    bytes data;
}

/// A batch of 1 to 32 calls with at most 24 KiB of data. It has no title and no memo: its bytes are what it says.
struct Operation {
    Call[] calls;
    uint16 lane;
    uint32 sequence;
    /// The last moment at which it may be approved.
    uint40 approveBy;
}

/// A member's approval: an EIP-712 signature of `Approve(Operation operation,uint64 publication)`, by ECDSA or, of a group,
/// by FROST; or the member's own transaction. What else members sign (`Expedite`, `Veto`, `Withdraw`, `SuspendSelf`,
/// `RegisterGroup`) has the same form.
struct Approval {
    ApprovalHead head;
    bytes32 r;
    bytes32 s;
}

/// A member as it is brought in.
struct Seating {
    address member;
    /// Who acts through this address. One person has at most one seat.
    uint256 person;
    /// Sum of PROPOSER 1, APPROVER 2, SECURITY 4, BREAK_GLASS 8, GUARDIAN 16, AUDITOR 32.
    uint256 roles;
    Attributes attributes;
}

/// An asset whose movements have limits. The zero address is the chain's native coin.
struct Asset {
    address asset;
    AssetTerms terms;
}

/// Who may receive assets, or be allowed to spend them, below HIGH_VALUE.
struct Counterparty {
    address account;
    /// Sum of RECIPIENT 1, SPENDER 2.
    uint256 uses;
}

/// What calls of one function of one target are.
struct Ruling {
    address target;
    uint256 selector;
    Rule rule;
}

/// What a vault begins with. Founders are no groups: they come later, with a proof that names the vault.
/// Its hash is kept: it tells this vault from any other with the same code.
struct Configuration {
    Seating[] founders;
    TierTerms[4] tiers;
    uint256 supermajority;
    Asset[] assets;
    Counterparty[] counterparties;
    Ruling[] rules;
    /// Who says which custody duties a person has; the zero address where nobody does.
    address registry;
}

/// @title Events, errors and functions of the vault
/// @notice The life of an operation (`*` is final):
///
///               propose                quorum                clock               execute
///   UNKNOWN ------------> PROPOSED ------------> WAITING ------------> READY ------------> EXECUTED*
///                          |  |  ^                |   |                |  |  \
///                          |  |  '-- withdraw ----'   |                |  |   \ clock (expiresAt)
///                          |  |  (quorum lost)        |                |  |    `-> EXPIRED*
///                          |  `-- clock (approveBy) -> EXPIRED*        |  |
///                          `---- veto, cancel --------+----------------+--+--> VETOED* / CANCELLED*
///
/// PROPOSED, WAITING and READY loop on `approve` and `withdraw`; what brings a quorum down leads back to PROPOSED.
/// A seat operation knows no veto but an objection, which raises its quorum and may lead back to PROPOSED.
interface IVault {
    // ------------------------------------------------------------------------------------------------- Events
    // Every event about a lane, a member or the roster carries the word that storage holds after it.

    /// The beginning: everything that the vault was founded with.
    event Founded(Configuration configuration);
    /// The whole operation: its sequence is in the state.
    event Proposed(OperationId indexed id, LaneState state, uint256 lane, Timestamp approveBy, Call[] calls);
    event Approved(OperationId indexed id, LaneState state);
    event Withdrawn(OperationId indexed id, address by, LaneState state);
    event Objected(OperationId indexed id, address by, LaneState state);
    event Expedited(OperationId indexed id, LaneState state);
    // The last three change nothing of the state but its status.
    event Vetoed(OperationId indexed id, address by);
    event Cancelled(OperationId indexed id);
    event Executed(OperationId indexed id, address by);

    event MemberChanged(address indexed member, MemberRecord record);
    /// The key and the holders of a group.
    event GroupSet(address indexed group, uint256 x, uint256[3] holders);
    event RosterChanged(Roster roster);
    event Suspended(address indexed member, uint256 indexed guardianPerson, Timestamp lapsesAt);
    event TiersSet(TierTerms[4] tiers, uint256 supermajority);
    /// What a quorum adds to a bucket later has no event: it follows from the operation's calls, and from the time.
    event AssetSet(address indexed asset, AssetTerms terms);
    event CounterpartySet(address indexed account, uint256 uses);
    event RuleSet(address indexed target, uint256 indexed selector, Rule rule);
    event RegistrySet(address registry);

    // ------------------------------------------------------------------------------------------------- Errors

    /// @param expected set of statuses, one bit each: 1 << status
    error OperationStatusUnexpected(OperationId id, uint256 expected, Status actual);
    error OperationUnknown(uint256 lane, OperationId expected, OperationId actual);
    /// Empty, or more than 32 calls, or more than 24 KiB of data.
    error OperationSizeOutOfRange(uint256 calls, uint256 data);
    error OperationApproveByOutOfRange(Timestamp earliest, Timestamp latest, Timestamp actual);
    error OperationOverdue(OperationId id, Timestamp approveBy, Timestamp now_);
    error OperationTierRisen(OperationId id, Tier waitedFor, Tier actual);
    error OperationQuorumBroken(OperationId id, LaneState state, Roster roster);
    error OperationWindowClosed(OperationId id, Tier tier, Timestamp now_);
    /// Of CUSTODY, or ready sooner than it would be then.
    error OperationNotExpeditable(OperationId id, LaneState state, Timestamp readyAt);
    /// A segregated quorum: nobody joins it while it stands.
    error OperationQuorumStands(OperationId id, LaneState state);
    /// A seat operation: object to it.
    error OperationNotVetoable(OperationId id, LaneState state);
    /// No seat operation: veto it. Or one that was objected to already.
    error OperationNotObjectable(OperationId id, LaneState state);

    error LaneTaken(uint256 lane, OperationId by, Status status);
    error LaneSequenceUnexpected(uint256 lane, uint256 expected, uint256 actual);
    error LaneOfOtherSeat(uint256 lane, MemberIndex expected, MemberIndex actual);

    error ApprovalDuplicate(MemberIndex seat);
    /// @param eligible the active approvers, without the publisher and the subject
    error ApprovalNotEligible(MemberIndex seat, SeatSet eligible);
    error ApprovalSignerUnexpected(MemberIndex seat, address expected, address actual);
    error ApprovalPublicationUnexpected(MemberIndex seat, uint256 expected, uint256 actual);
    error ApprovalBeforeSeat(MemberIndex seat, uint256 seatedInBlock, uint256 publishedInBlock);
    /// From HIGH_VALUE on, an operation is approved in a later block than the one it is published in.
    error ApprovalTooEarly(MemberIndex seat, uint256 publishedInBlock);
    error ApprovalUnseasoned(MemberIndex seat, Timestamp seasonedAt, Timestamp now_);
    error ApprovalWithdrawn(MemberIndex seat);
    /// Consent to hurry is a signature.
    error ApprovalUnsigned(MemberIndex seat);
    /// Too few consent to hurry, or nobody with BREAK_GLASS, too few of the security team, or no segregated quorum first.
    error ConsentsTooFew(OperationId id, SeatSet consents, uint256 needed, TierTerms terms);
    error ApprovalMissing(OperationId id, address member);

    error MemberNotActive(address member, MemberStatus status);
    error MemberStatusUnexpected(address member, MemberStatus expected, MemberStatus actual);
    error MemberRoleMissing(address member, uint256 anyOf, uint256 actual);
    error MemberIsSubject(address member);
    error MemberRolesInvalid(uint256 roles);
    error MemberAddressInvalid(address member);
    error MemberAttributesInvalid(address member, Attributes attributes);
    error MemberPersonTaken(uint256 person, address by);
    error MemberSeatsFull();
    error MemberIsGroup(address member);
    error MemberIsNoGroup(address member);
    /// @param duties those of this approver that conflict with approving
    error MemberDutiesConflict(uint256 person, uint256 duties);
    /// Not the key of this address, or not one that can sign, or its holders did not sign.
    error GroupKeyInvalid(address group, uint256 x, uint256 y);
    /// Not 2 to 20 persons, growing, and zero behind the last one: the three words that were given.
    error GroupHoldersInvalid(address group, uint256 first, uint256 second, uint256 third);

    error SuspensionOfGuardian(address member);
    error SuspensionHeld(uint256 guardianPerson, address member);
    error SuspensionTooSoon(uint256 guardianPerson, address member, Timestamp notBefore, Timestamp now_);
    /// Too early to lapse, or too late to confirm.
    error SuspensionNotDue(address member, Timestamp lapsesAt, Timestamp now_);

    error TierTermsInvalid(Tier tier, TierTerms terms);
    error TierLessStrict(Tier tier, TierTerms terms, TierTerms below);
    error SupermajorityOutOfRange(uint256 minimum, uint256 maximum, uint256 actual);
    error FloorBroken(uint256 approvers, uint256 security, TierTerms custody);
    error AssetTermsInvalid(address asset, AssetTerms terms);
    error CounterpartyInvalid(address account, uint256 uses);
    error RuleInvalid(address target, uint256 selector, Rule rule);
    error RegistryInvalid(address registry);
    /// It keeps something for this address from before the vault was there.
    error CompanionUsed(address companion);

    error CallerNotVault(address caller);
    error CallFailed(uint256 index, bytes reason);
    error CallWithoutCode(uint256 index, address target);
    error CallReturnedFalse(uint256 index, address target);
    error Busy();

    // ------------------------------------------------------------------------------------- Life of an operation

    /// @notice Publish an operation, with the approvals there are.
    /// @dev Below HIGH_VALUE the list may hold a full quorum, whose signatures carry publication 0.
    /// @param operation for a free lane of the caller's seat, with the sequence that is next there
    /// @return id its EIP-712 struct hash
    function propose(Operation calldata operation, Approval[] calldata approvals)
        external
        returns (OperationId id);

    /// @notice Add approvals. Anyone may send them; those already recorded are passed over.
    /// @dev Where the tier is segregated, the list names the quorum: recorded ones in it by their heads alone.
    function approve(Operation calldata operation, Approval[] calldata approvals) external;

    /// @notice Take back one's own approval. It returns only by the member's own transaction.
    function withdraw(Operation calldata operation) external;

    /// @notice Stop an operation for good.
    /// @dev Active approvers and guardians, and approvers whom a guardian suspended without confirmation.
    function veto(uint256 lane, OperationId id) external;

    /// @notice Say no to a seat operation: from now on it needs `supermajority` approvals.
    /// @dev Whoever may veto, but not the operation's subject.
    function object(Operation calldata operation) external;

    /// @notice Stop one's own operation for good.
    function cancel(uint256 lane, OperationId id) external;

    /// @notice Make the calls of a READY operation, all or none. Any active member.
    function execute(Operation calldata operation) external;

    // ----------------------------------------------------------------------------------------------- Break-glass

    /// @notice Shorten what is left of a delay to the tier's `expeditedDelay`, and record it in the ledger of bypasses. Never
    /// of CUSTODY. Anyone may send it.
    /// @param consents signatures of `Expedite(Operation operation,uint64 publication,uint40 readyAt)` over the present
    /// `readyAt`, by the tier's quorum, or by `supermajority` from HIGH_VALUE on; one of them with BREAK_GLASS. Where the
    /// tier is segregated, a segregated quorum stands first.
    function expedite(Operation calldata operation, Approval[] calldata consents) external;

    // --------------------------------------------- What a group says by a FROST signature, whoever sends it for it

    /// @notice Say no: a veto, or an objection where it is a seat operation.
    /// @param proof of `Veto(bytes32 id)`
    function vetoAsGroup(Operation calldata operation, Approval calldata proof) external;
    /// @param proof of `Withdraw(bytes32 id,uint64 publication)`
    function withdrawAsGroup(Operation calldata operation, Approval calldata proof) external;
    /// @param proof of `SuspendSelf(uint8 seat,uint32 epoch)`
    function suspendAsGroup(Approval calldata proof) external;

    // ------------------------------------------------------------------------------------------------ Suspension

    /// @notice Take a member out at once: oneself until reinstated, or, as a guardian, another until it lapses.
    function suspend(address member) external;

    /// @notice End a guardian's suspension that nobody confirmed in time. Anyone.
    function lapse(address member) external;

    // ------------------------------------------------- Seat operations: by the vault itself, one call an operation

    function addMember(address member, uint256 person, uint256 roles, Attributes attributes) external;
    /// @notice A group whose key no single person has: point (x, y), whose address `group` is.
    /// @param holders persons, eight to a word from the lowest bits on, growing, 2 to 20 of them
    /// @param proof of `RegisterGroup(address group,uint256 roles,uint256[3] holders)`
    function addGroup(
        address group,
        uint256 x,
        uint256 y,
        uint256 roles,
        uint256[3] calldata holders,
        Approval calldata proof
    ) external;
    /// @notice Other holders of the same key: a new seat, and its seasoning begins anew.
    function setHolders(address group, uint256[3] calldata holders) external;
    function removeMember(address member) external;
    /// @notice Another address, for the same person or another, with the roles that `member` has. Unseasoned.
    function replaceMember(address member, address successor, uint256 person, Attributes attributes) external;
    function reinstateMember(address member) external;
    function confirmSuspension(address member) external;
    /// @notice Roles that are only taken away leave the seat as it is; any role given means a new seat.
    function setRoles(address member, uint256 roles) external;
    /// @notice Other claims about a member: a new seat, and its seasoning begins anew.
    function setAttributes(address member, Attributes attributes) external;

    // ------------------------------------------------------------------------------ Settings: by the vault itself

    function setTiers(TierTerms[4] calldata tiers, uint256 supermajority) external;
    /// @notice List an asset, change its limits, or, with terms of zero, take it off the list.
    function setAsset(address asset, AssetTerms terms) external;
    /// @notice Allow an account to receive (1), to be given allowances (2), both (3) or neither (0), below HIGH_VALUE.
    function setCounterparty(address account, uint256 uses) external;
    /// @notice Say what calls of one function of one target are; a rule of zero takes it back.
    function setRule(address target, uint256 selector, Rule rule) external;
    /// @notice Another registry of duties, or none. No approver may have a duty there that conflicts with approving.
    function setRegistry(address registry) external;

    // ----------------------------------------------------------------------------------------------------- Views

    /// @notice The EIP-712 struct hash of an operation.
    function idOf(Operation calldata operation) external pure returns (OperationId);
    /// @notice What an approver signs. `publication` 0: a signature made before publication.
    function approvalDigest(OperationId id, uint256 publication) external view returns (bytes32);
    /// @notice The tier that today's policy gives to an operation, with what moved within the last day.
    function tierOf(Operation calldata operation) external view returns (Tier);
    /// @notice The latest operation of a lane, and its status by the clock.
    function lane(uint256 index) external view returns (OperationId id, LaneState state, Status status);
    /// @notice What storage holds of an address; all zero for a stranger.
    function memberOf(address account) external view returns (MemberRecord);
    /// @notice The account that sits for a person, alone or as a group; the zero address where none does.
    function memberOfPerson(uint256 person) external view returns (address);
    /// @notice The persons behind a seat: one, or all who hold a part of a group's key.
    function personsIn(MemberIndex seat) external view returns (uint256[] memory);
    /// @notice Who says which custody duties a person has; the zero address where nobody does.
    function registry() external view returns (address);
    /// @notice Who sits in a seat; the zero address where nobody does.
    function seat(MemberIndex index) external view returns (address);
    function roster() external view returns (Roster);
    /// @notice Hash of `abi.encode(configuration)` at the founding.
    function founding() external view returns (bytes32);
}
