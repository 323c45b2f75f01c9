// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    Approval,
    Asset,
    Call,
    Configuration,
    Counterparty,
    IVault,
    Operation,
    Ruling,
    Seating
} from "./interfaces/IVault.sol";
import {IBypassLedger} from "./interfaces/IBypassLedger.sol";
import {ICompanion} from "./interfaces/ICompanion.sol";
import {IValidation} from "./interfaces/IValidation.sol";
import {Approvals, Ask, Collected} from "./libraries/Approvals.sol";
import {Calls} from "./libraries/Calls.sol";
import {BYPASS_LEDGER, DUTY_REGISTRY, STRATEGY_LIMITS, VALIDATION} from "./libraries/Companions.sol";
import {SEASONING, SUSPENSION} from "./libraries/Limits.sol";
import {MemberBook, Members, Suspension} from "./libraries/Members.sol";
import {Operations} from "./libraries/Operations.sol";
import {Policy, PolicyBook, Spending} from "./libraries/Policy.sol";
import {Receiver} from "./libraries/Receiver.sol";
import {Schnorr} from "./libraries/Schnorr.sol";
import {SeatFunctions, selectorOf, wordAt} from "./libraries/Selectors.sol";
import {AssetTerms} from "./types/AssetTerms.sol";
import {Attributes} from "./types/Attributes.sol";
import {currentPublication, LaneState, publishedState} from "./types/LaneState.sol";
import {MemberIndex, seatOfLane} from "./types/MemberIndex.sol";
import {CONFIRMED, MemberRecord, SELF_SUSPENDED, SUSPENDED} from "./types/MemberRecord.sol";
import {OperationId} from "./types/OperationId.sol";
import {APPROVER, BREAK_GLASS, GUARDIAN, PROPOSER, SECURITY} from "./types/Roles.sol";
import {Roster} from "./types/Roster.sol";
import {Rule} from "./types/Rule.sol";
import {NO_SEATS, SeatSet} from "./types/SeatSet.sol";
import {
    ANY_OPEN,
    CANCELLED,
    EXECUTED,
    ONLY_READY,
    ONLY_WAITING,
    PROPOSED,
    Status,
    VETOED,
    WAITING
} from "./types/Status.sol";
import {CUSTODY, HIGH_VALUE, Tier, TIERS} from "./types/Tier.sol";
import {TierTerms} from "./types/TierTerms.sol";
import {Timestamp, currentTime} from "./types/Timestamp.sol";

/// The latest operation of a lane, in two storage words.
struct LaneSlot {
    OperationId id;
    LaneState state;
}

/// @title Vault: a multisig that waits
/// @notice The one contract that holds assets. What it promises is written in `README.md` beside it; in short:
///
/// MUST
/// - Assets leave only by `execute`, or by a spender whom an executed operation allowed.
/// - Whoever publishes an operation never counts to its quorum, and every quorum is at least two persons.
/// - Once the quorum stands, the tier's delay passes before anything happens; any approver or guardian can stop it.
/// - From HIGH_VALUE on, approvals are signed after publication: there are no blank cheques.
/// - What moved below HIGH_VALUE within a day counts, so splitting does not help.
/// - Break-glass shortens a delay, and nothing else; it leaves a record, and somebody else reviews it.
/// - Nothing changes the vault but the vault; what one member may do alone only ever takes power away.
/// MUST NOT
/// - No proxy, no DELEGATECALL, no immutables: one code hash for every vault of a release.
/// - No signature: the vault answers no ERC-1271 question.
///
/// Limits: the chain cannot know whether two persons are one human, whether attributes are true, or whether a listed
/// token is honest. A vault whose members lose too many keys at once is stuck; the floors are there to prevent it.
contract Vault is IVault, Receiver {
    using Approvals for MemberBook;
    using Calls for Call[];
    using Members for MemberBook;
    using Operations for Operation;
    using Operations for OperationId;
    using Policy for PolicyBook;

    // ------------------------------------------------------------------------------------------------- Storage

    Roster private _roster;
    mapping(Tier => TierTerms) private _tiers;
    /// @inheritdoc IVault
    bytes32 public founding;
    mapping(uint256 lane => LaneSlot) private _lanes;
    /// In force where the lane says that there are withdrawals.
    mapping(uint256 lane => SeatSet) private _withdrawn;
    MemberBook private _members;
    PolicyBook private _policy;

    /// Set while the calls of an operation are being made.
    uint256 private transient _executing;

    // ------------------------------------------------------------------------------------------------ Founding

    constructor(Configuration memory configuration) payable {
        founding = keccak256(abi.encode(configuration));
        _requireUnused(BYPASS_LEDGER);
        _requireUnused(DUTY_REGISTRY);
        _requireUnused(STRATEGY_LIMITS);
        _setRegistry(configuration.registry);
        Roster roster_;
        for (uint256 i = 0; i < configuration.founders.length; ++i) {
            // Founders start seasoned: there was nobody to watch them before.
            Seating memory founder = configuration.founders[i];
            roster_ = _members.enter(
                roster_, founder.member, founder.person, founder.roles, founder.attributes, currentTime()
            );
        }
        _setTiers(roster_, configuration.tiers, configuration.supermajority);
        for (uint256 i = 0; i < configuration.assets.length; ++i) {
            Asset memory listed = configuration.assets[i];
            _policy.setAsset(_members, listed.asset, listed.terms);
        }
        for (uint256 i = 0; i < configuration.counterparties.length; ++i) {
            Counterparty memory party = configuration.counterparties[i];
            _policy.setCounterparty(_members, party.account, party.uses);
        }
        for (uint256 i = 0; i < configuration.rules.length; ++i) {
            Ruling memory ruling = configuration.rules[i];
            _policy.setRule(ruling.target, ruling.selector, ruling.rule);
        }
        emit Founded(configuration);
    }

    // ------------------------------------------------------------------------------------------------ Modifiers

    /// The calls of an operation reach nothing but the functions that only the vault may call.
    modifier whenIdle() {
        _requireIdle();
        _;
    }

    modifier onlyVault() {
        _requireVault();
        _;
    }

    // ------------------------------------------------------------------------------------ Life of an operation

    /// @inheritdoc IVault
    function propose(Operation calldata operation, Approval[] calldata approvals)
        external
        whenIdle
        returns (OperationId id)
    {
        uint256 index = operation.lane;
        LaneSlot storage slot = _lanes[index];
        LaneState state = slot.state;
        Status status = state.statusNow();
        if (status.isIn(ANY_OPEN)) revert LaneTaken(index, slot.id, status);
        uint256 sequence = state.sequence();
        // 2^32 operations of one lane, one a second, are 136 years.
        unchecked {
            ++sequence;
        }
        if (operation.sequence != sequence) {
            revert LaneSequenceUnexpected(index, sequence, operation.sequence);
        }
        Call[] calldata calls = operation.calls;
        Timestamp approveBy = operation.approvableUntil();
        Operations.requireWithinLimits(calls, approveBy);

        (bool isSeatOperation, address subject) = _subjectOf(calls);
        // A seat operation may come from any approver, so that nobody can keep all proposers away from it.
        MemberRecord publisher = _requireMember(isSeatOperation ? PROPOSER | APPROVER : PROPOSER);
        _requireOwnLane(index, publisher);
        _requireOther(msg.sender, subject);

        Roster roster_ = _roster;
        id = operation.hash(calls);
        (Tier tier, Spending memory spending) = _policy.judge(_members, calls, true);
        state =
            publishedState(sequence, currentPublication(), roster_.epoch(), tier, isSeatOperation, approveBy);
        if (approvals.length != 0) {
            bool isQuorum;
            TierTerms terms = _tiers[tier];
            (state, isQuorum) = _collect(index, id, state, subject, roster_, terms, approvals);
            if (isQuorum) state = _startClock(state, terms, spending);
        }
        slot.id = id;
        slot.state = state;
        emit Proposed(id, state, index, approveBy, calls);
    }

    /// @inheritdoc IVault
    function approve(Operation calldata operation, Approval[] calldata approvals) external whenIdle {
        (LaneSlot storage slot, OperationId id, LaneState state) = _open(operation);
        Timestamp approveBy = operation.approvableUntil();
        if (currentTime() > approveBy) revert OperationOverdue(id, approveBy, currentTime());

        Roster roster_ = _roster;
        if (state.epoch() != roster_.epoch()) state = _recount(operation, state, roster_);
        (, address subject) = _subjectOf(operation.calls);
        bool isQuorum;
        TierTerms terms = _tiers[state.tier()];
        (state, isQuorum) = _collect(operation.lane, id, state, subject, roster_, terms, approvals);
        if (isQuorum) state = _startClockOrRise(operation, state, roster_, terms);
        // Who approved again, by a transaction of their own, has not withdrawn any more; unless the tier rose just now.
        SeatSet withdrawn = _withdrawnIn(operation.lane, state);
        if (withdrawn & state.approvals() != NO_SEATS) {
            _withdrawn[operation.lane] = withdrawn & ~state.approvals();
        }
        slot.state = state;
        emit Approved(id, state);
    }

    /// @inheritdoc IVault
    function withdraw(Operation calldata operation) external whenIdle {
        _requireNoGroup(_members.records[msg.sender]);
        (LaneSlot storage slot, OperationId id, LaneState state) = _open(operation);
        _withdraw(operation, slot, id, state, msg.sender);
    }

    /// @inheritdoc IVault
    function veto(uint256 index, OperationId id) external whenIdle {
        _requireNoGroup(_members.records[msg.sender]);
        (LaneSlot storage slot, LaneState state) = _openAs(index, id);
        _veto(slot, id, state, msg.sender);
    }

    /// @inheritdoc IVault
    function object(Operation calldata operation) external whenIdle {
        _requireNoGroup(_members.records[msg.sender]);
        (LaneSlot storage slot, OperationId id, LaneState state) = _open(operation);
        _object(operation, slot, id, state, msg.sender);
    }

    /// @inheritdoc IVault
    function cancel(uint256 index, OperationId id) external whenIdle {
        (LaneSlot storage slot, LaneState state) = _openAs(index, id);
        _requireOwnLane(index, _requireActiveCaller());
        slot.state = state.endedAs(CANCELLED);
        emit Cancelled(id);
    }

    /// @inheritdoc IVault
    function execute(Operation calldata operation) external whenIdle {
        Call[] calldata calls = operation.calls;
        OperationId id = operation.hash(calls);
        (LaneSlot storage slot, LaneState state) = _find(operation.lane, id);
        _requireActiveCaller();
        _requireStatus(id, state, ONLY_READY);

        Roster roster_ = _roster;
        Tier tier = state.tier();
        if (state.epoch() != roster_.epoch()) {
            (Tier today,) = _policy.judge(_members, calls, false);
            if (today > tier) revert OperationTierRisen(id, tier, today);
            if (!_isStandingAnew(seatOfLane(operation.lane), state, roster_)) {
                revert OperationQuorumBroken(id, state, roster_);
            }
        }
        if (roster_.hasWindow(tier) && !_tiers[tier].isOpenAt(currentTime())) {
            revert OperationWindowClosed(id, tier, currentTime());
        }

        slot.state = state.endedAs(EXECUTED);
        emit Executed(id, msg.sender);
        _executing = 1;
        calls.make();
        _executing = 0;
    }

    // ---------------------------------------------------------------------------------------------- Break-glass

    /// @inheritdoc IVault
    function expedite(Operation calldata operation, Approval[] calldata consents) external whenIdle {
        (LaneSlot storage slot, OperationId id, LaneState state) = _open(operation);
        // Who approved took part, even if it does not count any more.
        SeatSet approved = state.approvals();
        Roster roster_ = _roster;
        if (state.epoch() != roster_.epoch()) state = _recount(operation, state, roster_);
        _requireStatus(id, state, ONLY_WAITING);
        Tier tier = state.tier();
        TierTerms terms = _tiers[tier];
        Timestamp formerReadyAt = state.moment();
        Timestamp readyAt = currentTime().plus(terms.expeditedDelay());
        if (tier >= CUSTODY || !(formerReadyAt > readyAt)) {
            revert OperationNotExpeditable(id, state, readyAt);
        }

        MemberIndex publisher = seatOfLane(operation.lane);
        SeatSet hurrying = _requireConsents(
            Ask(id, state, roster_.approvers().without(publisher), NO_SEATS, formerReadyAt),
            roster_,
            terms,
            consents
        );
        state = state.waitingUntil(readyAt, state.graceHours());
        slot.state = state;
        IBypassLedger(BYPASS_LEDGER)
            .record(id, operation.lane, formerReadyAt, (approved | hurrying).adding(publisher));
        emit Expedited(id, state);
    }

    // -------------------------------------------------------------------------------------- A group's only words

    /// @inheritdoc IVault
    function vetoAsGroup(Operation calldata operation, Approval calldata proof) external whenIdle {
        (LaneSlot storage slot, OperationId id, LaneState state) = _open(operation);
        address group = _requireGroup(proof, id.vetoDigest());
        if (state.isSeatOperation()) _object(operation, slot, id, state, group);
        else _veto(slot, id, state, group);
    }

    /// @inheritdoc IVault
    function withdrawAsGroup(Operation calldata operation, Approval calldata proof) external whenIdle {
        (LaneSlot storage slot, OperationId id, LaneState state) = _open(operation);
        address group = _requireGroup(proof, id.withdrawDigest(state.publication()));
        _withdraw(operation, slot, id, state, group);
    }

    /// @inheritdoc IVault
    function suspendAsGroup(Approval calldata proof) external whenIdle {
        bytes32 digest = Operations.suspendSelfDigest(proof.head.seatIn(), _roster.epoch());
        _suspendSelf(_requireGroup(proof, digest));
    }

    // ---------------------------------------------------------------------------------------------- Suspension

    /// @inheritdoc IVault
    function suspend(address account) external whenIdle {
        _requireNoGroup(_members.records[msg.sender]);
        if (account == msg.sender) _suspendSelf(account);
        else _suspendAsGuardian(account);
    }

    /// @inheritdoc IVault
    function lapse(address account) external whenIdle {
        (MemberRecord member, Timestamp lapsesAt) = _requireSuspended(account);
        if (lapsesAt > currentTime()) revert SuspensionNotDue(account, lapsesAt, currentTime());
        _setRoster(_members.move(_roster, account, member));
    }

    // ------------------------------------------------------------------------------------------ Seat operations

    /// @inheritdoc IVault
    function addMember(address account, uint256 person, uint256 roles, Attributes attributes)
        external
        onlyVault
    {
        _enter(_roster, account, person, roles, attributes);
    }

    /// @inheritdoc IVault
    function addGroup(
        address group,
        uint256 x,
        uint256 y,
        uint256 roles,
        uint256[3] calldata holders,
        Approval calldata proof
    ) external onlyVault {
        // The holders show that they have the key, that together they can use it, and what they are to be.
        bytes32 digest = Operations.registerDigest(group, roles, holders);
        IValidation(VALIDATION).requireGroup(group, x, y, digest, proof);
        _requireNoCounterparty(group);
        Timestamp seasonedAt = currentTime().plus(SEASONING);
        _setRoster(_members.enterGroup(_roster, group, x, Schnorr.prefixOf(y), roles, holders, seasonedAt));
    }

    /// @inheritdoc IVault
    function setHolders(address group, uint256[3] calldata holders) external onlyVault {
        MemberRecord member = _requireActive(group);
        if (!member.isGroup()) revert MemberIsNoGroup(group);
        _setRoster(_members.rehold(_roster, group, member, holders, currentTime().plus(SEASONING)));
    }

    /// @inheritdoc IVault
    function removeMember(address account) external onlyVault {
        MemberRecord member = _requireSeated(account);
        Roster roster_ = _members.depart(_roster, account, member);
        _setLessened(roster_, member.roles());
    }

    /// @inheritdoc IVault
    function replaceMember(address account, address successor, uint256 person, Attributes attributes)
        external
        onlyVault
    {
        MemberRecord member = _requireSeated(account);
        Roster roster_ = _members.depart(_roster, account, member);
        _enter(roster_, successor, person, member.roles(), attributes);
    }

    /// @inheritdoc IVault
    function reinstateMember(address account) external onlyVault {
        MemberRecord member = _requireSeated(account);
        if (member.isActive()) _refuseStatus(account, member);
        _setRoster(_members.move(_roster, account, member));
    }

    /// @inheritdoc IVault
    function confirmSuspension(address account) external onlyVault {
        (MemberRecord member, Timestamp lapsesAt) = _requireSuspended(account);
        if (currentTime() > lapsesAt) revert SuspensionNotDue(account, lapsesAt, currentTime());
        Roster roster_ = _members.remain(_roster, account, member.withStatus(CONFIRMED));
        _requireBareFloor(roster_);
        _setRoster(roster_);
    }

    /// @inheritdoc IVault
    function setRoles(address account, uint256 roles) external onlyVault {
        MemberRecord member = _requireActive(account);
        MemberRecord changed =
            Members.described(account, member, roles, member.attributes(), member.seasonedAt());
        // What is only taken away leaves the seat; what is given must not wake approvals from before.
        Roster roster_ = roles & ~member.roles() == 0
            ? _members.remain(_roster, account, changed)
            : _members.move(_roster, account, changed);
        _setLessened(roster_, member.roles() & ~roles);
    }

    /// @inheritdoc IVault
    function setAttributes(address account, Attributes attributes) external onlyVault {
        MemberRecord member = _requireActive(account);
        Timestamp seasonedAt = currentTime().plus(SEASONING);
        member = Members.described(account, member, member.roles(), attributes, seasonedAt);
        _setRoster(_members.move(_roster, account, member));
    }

    // ------------------------------------------------------------------------------------------------- Settings

    /// @inheritdoc IVault
    function setTiers(TierTerms[4] calldata tiers, uint256 supermajority) external onlyVault {
        _setTiers(_roster, tiers, supermajority);
    }

    /// @inheritdoc IVault
    function setAsset(address asset, AssetTerms terms) external onlyVault {
        _policy.setAsset(_members, asset, terms);
        _setRoster(_roster);
    }

    /// @inheritdoc IVault
    function setCounterparty(address account, uint256 uses) external onlyVault {
        _policy.setCounterparty(_members, account, uses);
        _setRoster(_roster);
    }

    /// @inheritdoc IVault
    function setRule(address target, uint256 selector, Rule rule) external onlyVault {
        _policy.setRule(target, selector, rule);
        _setRoster(_roster);
    }

    /// @inheritdoc IVault
    function setRegistry(address registry_) external onlyVault {
        _setRegistry(registry_);
        _members.requireCompatible();
        _setRoster(_roster);
    }

    // ---------------------------------------------------------------------------------------------------- Views

    /// @inheritdoc IVault
    function idOf(Operation calldata operation) external pure returns (OperationId) {
        return operation.hash(operation.calls);
    }

    /// @inheritdoc IVault
    function approvalDigest(OperationId id, uint256 publication) external view returns (bytes32) {
        return id.approvalDigest(publication);
    }

    /// @inheritdoc IVault
    function tierOf(Operation calldata operation) external view returns (Tier tier) {
        (tier,) = _policy.judge(_members, operation.calls, true);
    }

    /// @inheritdoc IVault
    function lane(uint256 index) external view returns (OperationId id, LaneState state, Status status) {
        LaneSlot storage slot = _lanes[index];
        return (slot.id, slot.state, slot.state.statusNow());
    }

    /// @inheritdoc IVault
    function memberOf(address account) external view returns (MemberRecord) {
        return _members.records[account];
    }

    /// @inheritdoc IVault
    function memberOfPerson(uint256 person) external view returns (address) {
        return _members.persons[person];
    }

    /// @inheritdoc IVault
    function personsIn(MemberIndex index) external view returns (uint256[] memory) {
        address account = _members.seats[index].member;
        return _members.personsOf(account, _members.records[account]);
    }

    /// @inheritdoc IVault
    function registry() external view returns (address) {
        return _members.registry;
    }

    /// @inheritdoc IVault
    function seat(MemberIndex index) external view returns (address) {
        return _members.seats[index].member;
    }

    /// @inheritdoc IVault
    function roster() external view returns (Roster) {
        return _roster;
    }

    // ---------------------------------------------------------------------------------------- Parts of the above

    /// Nothing was kept there for this address before the vault came to it.
    function _requireUnused(address companion) private view {
        if (!ICompanion(companion).isUnused(address(this))) revert CompanionUsed(companion);
    }

    function _requireIdle() private view {
        if (_executing != 0) revert Busy();
    }

    function _requireVault() private view {
        if (msg.sender != address(this)) revert CallerNotVault(msg.sender);
    }

    /// The lane of an operation that is still open, found by its whole content.
    function _open(Operation calldata operation)
        private
        view
        returns (LaneSlot storage slot, OperationId id, LaneState state)
    {
        id = operation.hash(operation.calls);
        (slot, state) = _openAs(operation.lane, id);
    }

    /// The lane of an operation that is still open. Naming lane and id never hits a successor in the same lane.
    function _openAs(uint256 index, OperationId id)
        private
        view
        returns (LaneSlot storage slot, LaneState state)
    {
        (slot, state) = _find(index, id);
        _requireStatus(id, state, ANY_OPEN);
    }

    /// @param anyOf a set of statuses
    function _requireStatus(OperationId id, LaneState state, uint256 anyOf) private view {
        Status status = state.statusNow();
        if (!status.isIn(anyOf)) revert OperationStatusUnexpected(id, anyOf, status);
    }

    /// The lane that holds this operation, open or not.
    function _find(uint256 index, OperationId id)
        private
        view
        returns (LaneSlot storage slot, LaneState state)
    {
        slot = _lanes[index];
        if (slot.id != id) revert OperationUnknown(index, slot.id, id);
        state = slot.state;
    }

    /// The one member that a seat operation is about: the first argument of its only call.
    function _subjectOf(Call[] calldata calls) private view returns (bool isSeatOperation, address subject) {
        if (calls.length != 1) return (false, subject);
        Call calldata call = calls[0];
        if (call.target != address(this)) return (false, subject);
        bytes calldata data = call.data;
        isSeatOperation = data.length >= 36 && SeatFunctions.isOne(selectorOf(data));
        if (isSeatOperation) subject = address(uint160(wordAt(data, 4)));
    }

    function _requireOther(address account, address subject) private pure {
        if (account == subject) revert MemberIsSubject(account);
    }

    function _withdrawnIn(uint256 index, LaneState state) private view returns (SeatSet) {
        return state.hasWithdrawals() ? _withdrawn[index] : NO_SEATS;
    }

    /// The caller is an active member with one of these roles.
    function _requireMember(uint256 anyOf) private view returns (MemberRecord member) {
        member = _requireActiveCaller();
        _requireRole(msg.sender, member, anyOf);
    }

    function _requireActiveCaller() private view returns (MemberRecord member) {
        member = _requireActive(msg.sender);
        _requireNoGroup(member);
    }

    /// A group's only words are FROST signatures. Whoever sends from its address has a key that nobody should have.
    function _requireNoGroup(MemberRecord caller) private view {
        if (caller.isGroup()) revert MemberIsGroup(msg.sender);
    }

    /// The group in the seat that a FROST signature names.
    function _requireGroup(Approval calldata proof, bytes32 digest) private view returns (address group) {
        MemberRecord member;
        (group, member) = _members.requireConsent(proof, digest);
        if (!member.isGroup()) revert MemberIsNoGroup(group);
    }

    /// An approver or a guardian, active or suspended by a guardian without confirmation.
    function _requireMayStop(address account) private view {
        MemberRecord member = _members.records[account];
        _require(member.mayStop(), account, member);
        _requireRole(account, member, APPROVER | GUARDIAN);
    }

    function _requireRole(address account, MemberRecord member, uint256 anyOf) private pure {
        if (!member.hasAny(anyOf)) revert MemberRoleMissing(account, anyOf, member.roles());
    }

    function _requireOwnLane(uint256 index, MemberRecord member) private pure {
        if (seatOfLane(index) != member.seatOf()) {
            revert LaneOfOtherSeat(index, member.seatOf(), seatOfLane(index));
        }
    }

    /// The roster, the tiers or the policy changed since the approvals were counted: judge and count by today's.
    function _recount(Operation calldata operation, LaneState state, Roster roster_)
        private
        view
        returns (LaneState)
    {
        state = state.counted(state.approvals() & roster_.approvers(), roster_.epoch());
        (Tier today,) = _policy.judge(_members, operation.calls, false);
        if (today > state.tier()) return _raised(operation, state, today);
        if (_isStandingAnew(seatOfLane(operation.lane), state, roster_)) return state;
        return state.proposedUntil(operation.approvableUntil());
    }

    /// In a higher tier, and without a quorum.
    function _raised(Operation calldata operation, LaneState state, Tier tier)
        private
        pure
        returns (LaneState)
    {
        // Approvals that may be older than the publication are worth nothing from HIGH_VALUE on.
        if (tier >= HIGH_VALUE && HIGH_VALUE > state.tier()) state = state.approvedBy(NO_SEATS);
        return state.raisedTo(tier).proposedUntil(operation.approvableUntil());
    }

    /// Record approvals.
    /// @return state with them
    /// @return isQuorum whether they complete a quorum, so that the clock may start
    function _collect(
        uint256 index,
        OperationId id,
        LaneState state,
        address subject,
        Roster roster_,
        TierTerms terms,
        Approval[] calldata approvals
    ) private view returns (LaneState, bool isQuorum) {
        MemberIndex publisher = seatOfLane(index);
        SeatSet withdrawn = _withdrawnIn(index, state);
        // Whoever publishes does not approve, and nobody judges about their own seat.
        SeatSet eligible = roster_.approvers().without(publisher);
        if (subject != address(0)) {
            MemberRecord about = _members.records[subject];
            if (about.isSeated()) eligible = eligible.without(about.seatOf());
        }
        bool isSegregated = _isSegregated(state, terms);
        // A segregated quorum stays the one that was named: nobody joins it while it stands.
        if (isSegregated && !state.isProposed()) revert OperationQuorumStands(id, state);
        Collected memory collected = _members.collect(
            Ask(id, state, eligible, withdrawn, Timestamp.wrap(0)), state.approvals(), approvals
        );
        state = state.approvedBy(collected.approvals);
        if (!state.isProposed()) return (state, false);
        if (!isSegregated) return (state, _isStanding(publisher, state, roster_, terms));
        // The list names the quorum; the approvals of others are left out of it, and lost.
        LaneState named = state.approvedBy(collected.listed);
        isQuorum = _isStanding(publisher, named, roster_, terms)
            && Approvals.areSegregated(collected.members, approvals.length);
        return (isQuorum ? named : state, isQuorum);
    }

    function _isSegregated(LaneState state, TierTerms terms) private pure returns (bool) {
        return terms.segregated() != 0 && !state.isSeatOperation();
    }

    /// The quorum stands: start the clock, and keep what is about to move.
    function _startClock(LaneState state, TierTerms terms, Spending memory spending)
        private
        returns (LaneState)
    {
        if (HIGH_VALUE > state.tier()) _policy.fill(spending);
        return state.waitingUntil(currentTime().plus(terms.delay()), terms.graceHours());
    }

    /// The quorum stands, by the tier of the publication: start the clock, unless so much has moved since then that the
    /// tier is a higher one, and the quorum of that does not stand.
    function _startClockOrRise(Operation calldata operation, LaneState state, Roster roster_, TierTerms terms)
        private
        returns (LaneState)
    {
        Spending memory spending;
        if (HIGH_VALUE > state.tier()) {
            Tier today;
            (today, spending) = _policy.judge(_members, operation.calls, true);
            if (today > state.tier()) {
                state = _raised(operation, state, today);
                if (!_isStandingAnew(seatOfLane(operation.lane), state, roster_)) return state;
                terms = _tiers[today];
            }
        }
        return _startClock(state, terms, spending);
    }

    function _withdraw(
        Operation calldata operation,
        LaneSlot storage slot,
        OperationId id,
        LaneState state,
        address account
    ) private {
        MemberRecord member = _members.records[account];
        MemberIndex seat_ = member.seatOf();
        if (!member.isSeated() || !state.approvals().contains(seat_)) revert ApprovalMissing(id, account);

        _withdrawn[operation.lane] = _withdrawnIn(operation.lane, state).adding(seat_);
        state = state.withWithdrawals().approvedBy(state.approvals().without(seat_));
        state = _stopClockUnlessStanding(operation, state);
        slot.state = state;
        emit Withdrawn(id, account, state);
    }

    function _veto(LaneSlot storage slot, OperationId id, LaneState state, address account) private {
        if (state.isSeatOperation()) revert OperationNotVetoable(id, state);
        _requireMayStop(account);
        slot.state = state.endedAs(VETOED);
        emit Vetoed(id, account);
    }

    function _object(
        Operation calldata operation,
        LaneSlot storage slot,
        OperationId id,
        LaneState state,
        address account
    ) private {
        if (!state.isSeatOperation() || state.isObjected()) {
            revert OperationNotObjectable(id, state);
        }
        _requireMayStop(account);
        (, address subject) = _subjectOf(operation.calls);
        _requireOther(account, subject);
        state = _stopClockUnlessStanding(operation, state.objected());
        slot.state = state;
        emit Objected(id, account, state);
    }

    /// Consents to hurry: the tier's quorum once more, and from HIGH_VALUE on a supermajority, one of them BREAK_GLASS.
    /// Where the tier is segregated, the list begins with a segregated quorum.
    /// @return hurrying who consented
    function _requireConsents(Ask memory ask, Roster roster_, TierTerms terms, Approval[] calldata consents)
        private
        view
        returns (SeatSet hurrying)
    {
        Collected memory collected = _members.collect(ask, NO_SEATS, consents);
        hurrying = collected.listed;
        uint256 needed = ask.state.tier() >= HIGH_VALUE ? roster_.supermajority() : terms.quorum();
        bool isBreakGlass;
        for (uint256 i = 0; i < consents.length; ++i) {
            if (collected.members[i].hasAny(BREAK_GLASS)) isBreakGlass = true;
        }
        bool isQuorum = isBreakGlass && hurrying.count() >= needed
            && (hurrying & roster_.security()).count() >= terms.securityApprovals()
            && (terms.segregated() == 0 || Approvals.areSegregated(collected.members, terms.quorum()));
        if (!isQuorum) revert ConsentsTooFew(ask.id, hurrying, needed, terms);
    }

    function _suspendSelf(address account) private {
        MemberRecord member = _members.records[account];
        // One whom a guardian suspended may still say: this is not me any more.
        _require(member.mayStop(), account, member);
        _setRoster(_members.remain(_roster, account, member.withStatus(SELF_SUSPENDED)));
    }

    /// Back to PROPOSED, until `approveBy`, where the quorum is lost.
    function _stopClockUnlessStanding(Operation calldata operation, LaneState state)
        private
        view
        returns (LaneState)
    {
        if (_isStanding(seatOfLane(operation.lane), state, _roster, _tiers[state.tier()])) return state;
        return state.proposedUntil(operation.approvableUntil());
    }

    /// The same after members, tiers or policy changed: who is segregated from whom is looked at again, too.
    function _isStandingAnew(MemberIndex publisher, LaneState state, Roster roster_)
        private
        view
        returns (bool)
    {
        TierTerms terms = _tiers[state.tier()];
        return _isStanding(publisher, state, roster_, terms)
            && (!_isSegregated(state, terms)
                || _members.areSegregated(state.approvals() & roster_.approvers()));
    }

    /// Whether the recorded approvals are a quorum by a roster, and the publisher may still publish.
    function _isStanding(MemberIndex publisher, LaneState state, Roster roster_, TierTerms terms)
        private
        pure
        returns (bool)
    {
        SeatSet live = state.approvals() & roster_.approvers();
        uint256 count = live.count();
        uint256 supermajority = roster_.supermajority();
        if (count < (state.isObjected() ? supermajority : terms.quorum())) return false;
        if ((live & roster_.security()).count() < terms.securityApprovals()) return false;
        if (roster_.proposers().contains(publisher)) return true;
        // A seat operation may come from any approver, and with a supermajority it outlives its publisher.
        return state.isSeatOperation() && (roster_.approvers().contains(publisher) || count >= supermajority);
    }

    function _suspendAsGuardian(address account) private {
        MemberRecord caller = _requireMember(GUARDIAN);
        MemberRecord member = _requireActive(account);
        if (member.hasAny(GUARDIAN)) revert SuspensionOfGuardian(account);
        uint256 guardian = caller.person();
        address held = _members.held[guardian];
        if (held != address(0)) revert SuspensionHeld(guardian, held);
        Timestamp notBefore = _members.pauseOf(guardian, account, member);
        if (notBefore > currentTime()) {
            revert SuspensionTooSoon(guardian, account, notBefore, currentTime());
        }
        Timestamp lapsesAt = currentTime().plus(SUSPENSION).plus(_tiers[CUSTODY].delay());
        Roster roster_ = _members.remain(_roster, account, member.withStatus(SUSPENDED));
        _members.held[guardian] = account;
        Suspension storage suspension = _members.suspensions[account];
        suspension.guardianPerson = uint32(guardian);
        suspension.lapsesAt = uint40(Timestamp.unwrap(lapsesAt));
        emit Suspended(account, guardian, lapsesAt);
        _requireBareFloor(roster_);
        _setRoster(roster_);
    }

    function _enter(Roster roster_, address account, uint256 person, uint256 roles, Attributes attributes)
        private
    {
        _requireNoCounterparty(account);
        _setRoster(_members.enter(roster_, account, person, roles, attributes, currentTime().plus(SEASONING)));
    }

    /// What goes to a member is CUSTODY, and what goes to a counterparty or a token would be less.
    function _requireNoCounterparty(address account) private view {
        uint256 uses = _policy.counterparties[account];
        if (uses != 0 || _policy.assets[account].isListed()) revert CounterpartyInvalid(account, uses);
    }

    function _requireSuspended(address account)
        private
        view
        returns (MemberRecord member, Timestamp lapsesAt)
    {
        member = _members.records[account];
        if (member.status() != SUSPENDED) _refuseStatus(account, member);
        lapsesAt = Timestamp.wrap(_members.suspensions[account].lapsesAt);
    }

    function _refuseStatus(address account, MemberRecord member) private pure {
        revert MemberStatusUnexpected(account, SUSPENDED, member.status());
    }

    function _requireSeated(address account) private view returns (MemberRecord member) {
        member = _members.records[account];
        _require(member.isSeated(), account, member);
    }

    function _requireActive(address account) private view returns (MemberRecord member) {
        member = _members.records[account];
        _require(member.isActive(), account, member);
    }

    function _require(bool isFit, address account, MemberRecord member) private pure {
        if (!isFit) revert MemberNotActive(account, member.status());
    }

    /// After roles were lost by an operation: what is left must be able to govern, and to outvote an objection.
    function _setLessened(Roster roster_, uint256 lost) private {
        if (lost & (APPROVER | SECURITY | PROPOSER) != 0) {
            IValidation(VALIDATION).requireLessened(roster_, _members.groupSeats, _tiers[CUSTODY]);
        }
        _setRoster(roster_);
    }

    function _requireBareFloor(Roster roster_) private view {
        IValidation(VALIDATION).requireBareFloor(roster_, _members.groupSeats, _tiers[CUSTODY]);
    }

    function _setTiers(Roster roster_, TierTerms[4] memory tiers, uint256 supermajority) private {
        IValidation(VALIDATION).requireTiers(tiers, supermajority, roster_, _members.groupSeats);
        uint256 windows;
        for (uint256 i = 0; i < TIERS; ++i) {
            TierTerms terms = tiers[i];
            _tiers[Tier.wrap(i)] = terms;
            if (terms.hasWindow()) windows |= 1 << i;
        }
        emit TiersSet(tiers, supermajority);
        _setRoster(roster_.withTiers(supermajority | (windows << 8)));
    }

    function _setRegistry(address registry_) private {
        // Nor a listed asset: calls to a registry are CUSTODY, and to tokens less.
        if (registry_ != address(0) && (registry_.code.length == 0 || _policy.assets[registry_].isListed())) {
            revert RegistryInvalid(registry_);
        }
        _members.registry = registry_;
        emit RegistrySet(registry_);
    }

    /// Every change of members, tiers or policy ends here.
    function _setRoster(Roster roster_) private {
        _roster = roster_.atNextEpoch();
        emit RosterChanged(_roster);
    }
}
