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
    Seating
} from "./interfaces/IVault.sol";
import {Approvals} from "./libraries/Approvals.sol";
import {Calls} from "./libraries/Calls.sol";
import {Floors} from "./libraries/Floors.sol";
import {SEASONING, SUSPENSION} from "./libraries/Limits.sol";
import {MemberBook, Members, Suspension} from "./libraries/Members.sol";
import {Operations} from "./libraries/Operations.sol";
import {Policy, PolicyBook} from "./libraries/Policy.sol";
import {Receiver} from "./libraries/Receiver.sol";
import {SeatFunctions, selectorOf, wordAt} from "./libraries/Selectors.sol";
import {Tiers} from "./libraries/Tiers.sol";
import {AssetTerms} from "./types/AssetTerms.sol";
import {Attributes} from "./types/Attributes.sol";
import {currentPublication, LaneState, publishedState} from "./types/LaneState.sol";
import {MemberIndex, seatOfLane} from "./types/MemberIndex.sol";
import {CONFIRMED, MemberRecord, SELF_SUSPENDED, SUSPENDED} from "./types/MemberRecord.sol";
import {OperationId} from "./types/OperationId.sol";
import {APPROVER, GUARDIAN, PROPOSER, SECURITY} from "./types/Roles.sol";
import {Roster} from "./types/Roster.sol";
import {NO_SEATS, SeatSet} from "./types/SeatSet.sol";
import {
    ANY_OPEN,
    CANCELLED,
    EXECUTED,
    ONLY_READY,
    PROPOSED,
    READY,
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
        if (status.isOpen()) revert LaneTaken(index, slot.id, status);
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
        if (msg.sender == subject) revert MemberIsSubject(msg.sender);

        Roster roster_ = _roster;
        id = operation.hash(calls);
        state = publishedState(
            sequence,
            currentPublication(),
            roster_.epoch(),
            _policy.tierOf(_members, calls),
            isSeatOperation,
            approveBy
        );
        if (approvals.length != 0) state = _collect(index, id, state, subject, roster_, approvals);
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
        state = _collect(operation.lane, id, state, subject, roster_, approvals);
        slot.state = state;
        emit Approved(id, state);
    }

    /// @inheritdoc IVault
    function withdraw(Operation calldata operation) external whenIdle {
        (LaneSlot storage slot, OperationId id, LaneState state) = _open(operation);
        MemberRecord member = _members.records[msg.sender];
        MemberIndex seat_ = member.seatOf();
        if (!member.isSeated() || !state.approvals().contains(seat_)) revert ApprovalMissing(id, msg.sender);

        _withdrawn[operation.lane] = _withdrawnIn(operation.lane, state).adding(seat_);
        state = state.withWithdrawals().approvedBy(state.approvals().without(seat_));
        state = _stopClockUnlessStanding(operation, state);
        slot.state = state;
        emit Withdrawn(id, msg.sender, state);
    }

    /// @inheritdoc IVault
    function veto(uint256 index, OperationId id) external whenIdle {
        (LaneSlot storage slot, LaneState state) = _openAs(index, id);
        if (state.isSeatOperation()) revert OperationNotVetoable(id, state);
        _requireMayStop();
        slot.state = state.endedAs(VETOED);
        emit Vetoed(id, msg.sender);
    }

    /// @inheritdoc IVault
    function object(Operation calldata operation) external whenIdle {
        (LaneSlot storage slot, OperationId id, LaneState state) = _open(operation);
        if (!state.isSeatOperation() || state.isObjected()) revert OperationNotObjectable(id, state);
        _requireMayStop();
        (, address subject) = _subjectOf(operation.calls);
        if (msg.sender == subject) revert MemberIsSubject(msg.sender);
        state = _stopClockUnlessStanding(operation, state.objected());
        slot.state = state;
        emit Objected(id, msg.sender, state);
    }

    /// @inheritdoc IVault
    function cancel(uint256 index, OperationId id) external whenIdle {
        (LaneSlot storage slot, LaneState state) = _openAs(index, id);
        _requireOwnLane(index, _requireActive(msg.sender));
        slot.state = state.endedAs(CANCELLED);
        emit Cancelled(id);
    }

    /// @inheritdoc IVault
    function execute(Operation calldata operation) external whenIdle {
        Call[] calldata calls = operation.calls;
        OperationId id = operation.hash(calls);
        (LaneSlot storage slot, LaneState state) = _find(operation.lane, id);
        _requireActive(msg.sender);
        Status status = state.statusNow();
        if (status != READY) revert OperationStatusUnexpected(id, ONLY_READY, status);

        Roster roster_ = _roster;
        Tier tier = state.tier();
        if (state.epoch() != roster_.epoch()) {
            Tier today = _policy.tierOf(_members, calls);
            if (today > tier) revert OperationTierRisen(id, tier, today);
            if (!_isStanding(seatOfLane(operation.lane), state, roster_, _tiers[tier])) {
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

    // ---------------------------------------------------------------------------------------------- Suspension

    /// @inheritdoc IVault
    function suspend(address account) external whenIdle {
        if (account != msg.sender) return _suspendAsGuardian(account);
        MemberRecord member = _members.records[account];
        // One whom a guardian suspended may still say: this is not me any more.
        _require(member.mayStop(), account, member);
        _setRoster(_members.remain(_roster, account, member.withStatus(SELF_SUSPENDED)));
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
        if (member.isActive()) revert MemberStatusUnexpected(account, SUSPENDED, member.status());
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
        Members.requireValidRoles(roles);
        MemberRecord member = _requireActive(account);
        MemberRecord changed = member.withRoles(roles);
        // What is only taken away leaves the seat; what is given must not wake approvals from before.
        Roster roster_ = roles & ~member.roles() == 0
            ? _members.remain(_roster, account, changed)
            : _members.move(_roster, account, changed);
        _setLessened(roster_, member.roles() & ~roles);
    }

    /// @inheritdoc IVault
    function setAttributes(address account, Attributes attributes) external onlyVault {
        MemberRecord member = _requireActive(account);
        member = Members.described(account, member, attributes, currentTime().plus(SEASONING));
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
    function tierOf(Call[] calldata calls) external view returns (Tier) {
        return _policy.tierOf(_members, calls);
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
    function seat(MemberIndex index) external view returns (address) {
        return _members.seats[index].member;
    }

    /// @inheritdoc IVault
    function roster() external view returns (Roster) {
        return _roster;
    }

    // ---------------------------------------------------------------------------------------- Parts of the above

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
        Status status = state.statusNow();
        if (!status.isOpen()) revert OperationStatusUnexpected(id, ANY_OPEN, status);
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

    function _withdrawnIn(uint256 index, LaneState state) private view returns (SeatSet) {
        return state.hasWithdrawals() ? _withdrawn[index] : NO_SEATS;
    }

    /// The caller is an active member with one of these roles.
    function _requireMember(uint256 anyOf) private view returns (MemberRecord member) {
        member = _requireActive(msg.sender);
        _requireRole(member, anyOf);
    }

    /// The caller is an approver or a guardian, active or suspended by a guardian without confirmation.
    function _requireMayStop() private view {
        MemberRecord member = _members.records[msg.sender];
        _require(member.mayStop(), msg.sender, member);
        _requireRole(member, APPROVER | GUARDIAN);
    }

    function _requireRole(MemberRecord member, uint256 anyOf) private view {
        if (!member.hasAny(anyOf)) revert MemberRoleMissing(msg.sender, anyOf, member.roles());
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
        SeatSet approvals = state.approvals() & roster_.approvers();
        Tier today = _policy.tierOf(_members, operation.calls);
        if (today > state.tier()) {
            // Approvals that may be older than the publication are worth nothing from HIGH_VALUE on.
            if (today >= HIGH_VALUE && HIGH_VALUE > state.tier()) approvals = NO_SEATS;
            state = state.raisedTo(today).proposedUntil(operation.approvableUntil());
        }
        return _stopClockUnlessStanding(operation, state.counted(approvals, roster_.epoch()));
    }

    /// Record approvals, and start the clock where they complete a quorum.
    function _collect(
        uint256 index,
        OperationId id,
        LaneState state,
        address subject,
        Roster roster_,
        Approval[] calldata approvals
    ) private returns (LaneState) {
        MemberIndex publisher = seatOfLane(index);
        SeatSet withdrawn = _withdrawnIn(index, state);
        // Whoever publishes does not approve, and nobody judges about their own seat.
        SeatSet eligible = roster_.approvers().without(publisher);
        if (subject != address(0)) {
            MemberRecord about = _members.records[subject];
            if (about.isSeated()) eligible = eligible.without(about.seatOf());
        }
        (SeatSet collected, SeatSet back) = _members.collect(id, state, eligible, withdrawn, approvals);
        if (back != NO_SEATS) _withdrawn[index] = withdrawn & ~back;
        state = state.approvedBy(collected);
        TierTerms terms = _tiers[state.tier()];
        if (!state.isProposed() || !_isStanding(publisher, state, roster_, terms)) return state;
        return state.waitingUntil(currentTime().plus(terms.delay()), terms.graceHours());
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
        Timestamp notBefore = _members.pauses[guardian][member.person()];
        if (notBefore > currentTime()) {
            revert SuspensionTooSoon(guardian, member.person(), notBefore, currentTime());
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
        // Native value to a member is CUSTODY, and a counterparty's would be less.
        uint256 uses = _policy.counterparties[account];
        if (uses != 0) revert CounterpartyInvalid(account, uses);
        _setRoster(_members.enter(roster_, account, person, roles, attributes, currentTime().plus(SEASONING)));
    }

    function _requireSuspended(address account)
        private
        view
        returns (MemberRecord member, Timestamp lapsesAt)
    {
        member = _members.records[account];
        if (member.status() != SUSPENDED) {
            revert MemberStatusUnexpected(account, SUSPENDED, member.status());
        }
        lapsesAt = Timestamp.wrap(_members.suspensions[account].lapsesAt);
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
            _requireBareFloor(roster_);
            _requireSupermajority(roster_, roster_.supermajority(), _tiers[CUSTODY]);
        }
        _setRoster(roster_);
    }

    /// CUSTODY quorum <= supermajority <= approvers.
    function _requireSupermajority(Roster roster_, uint256 supermajority, TierTerms custody) private pure {
        uint256 approvers = roster_.approvers().count();
        if (supermajority < custody.quorum() || supermajority > approvers) {
            revert SupermajorityOutOfRange(custody.quorum(), approvers, supermajority);
        }
    }

    function _requireBareFloor(Roster roster_) private view {
        Floors.requireBare(roster_, _tiers[CUSTODY]);
    }

    function _setTiers(Roster roster_, TierTerms[4] memory tiers, uint256 supermajority) private {
        Tiers.requireValid(tiers);
        TierTerms custody = tiers[Tier.unwrap(CUSTODY)];
        _requireSupermajority(roster_, supermajority, custody);
        Floors.requireFull(roster_, custody);
        uint256 windows;
        for (uint256 i = 0; i < TIERS; ++i) {
            TierTerms terms = tiers[i];
            _tiers[Tier.wrap(i)] = terms;
            if (terms.hasWindow()) windows |= 1 << i;
        }
        emit TiersSet(tiers, supermajority);
        _setRoster(roster_.withTiers(supermajority | (windows << 8)));
    }

    /// Every change of members, tiers or policy ends here.
    function _setRoster(Roster roster_) private {
        _roster = roster_.atNextEpoch();
        emit RosterChanged(_roster);
    }
}
