// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICompanion} from "./interfaces/ICompanion.sol";
import {IDutyRegistry} from "./interfaces/IDutyRegistry.sol";
import {IMembership} from "./interfaces/IMembership.sol";
import {Set, Sets} from "./libraries/Sets.sol";
import {Conflicts} from "./types/Conflicts.sol";
import {ALL_DUTIES, isOneDuty, TRANSACTION_APPROVAL} from "./types/Duties.sol";
import {MemberRecord} from "./types/MemberRecord.sol";
import {APPROVER, GUARDIAN} from "./types/Roles.sol";

// The most persons who may hold a stored duty of one vault: as many as it has seats, and few enough to go through.
uint256 constant MOST_PERSONS = 64;

/// What one vault keeps here.
struct DutyBook {
    Conflicts conflicts;
    /// Everyone with a stored duty.
    Set persons;
    mapping(uint256 person => uint256) duties;
}

/// @title DutyRegistry: who is trusted with what, and never with two things that exclude each other
/// @notice Which person holds which custody duty of a vault. One contract for all vaults: what it holds is kept by the
/// vault that called, and no vault can touch another's.
///
/// MUST
/// - No person holds two duties of which the vault said that they exclude each other.
/// - Being a seated approver of the vault, suspended or not, alone or in a group, is TRANSACTION_APPROVAL. It is asked
///   of the vault and never stored; the vault asks here before anybody becomes one.
/// - Only the vault grants and says what excludes what: each is an executed CUSTODY operation.
/// - Everything can be read from storage, and replaying the events gives the same.
/// MUST NOT
/// - What one person may do alone, as holder or as guardian, takes duties away and never gives any.
///
/// Limits: duties are claims made under a CUSTODY operation. The chain cannot see who really has a key, nor that two
/// numbers are one human. Nothing excludes anything until the vault says so. What is kept here binds approvers only
/// while this is the registry that the vault asks.
contract DutyRegistry is IDutyRegistry, ICompanion {
    using Sets for Set;

    // ------------------------------------------------------------------------------------------------- Storage

    mapping(address vault => DutyBook) private _books;

    // ------------------------------------------------------------------------------------- By the vault itself

    /// @inheritdoc IDutyRegistry
    function grant(uint256 person, uint256 duty) external {
        _requireStored(duty);
        if (person == 0 || person > type(uint32).max) revert DutyPersonInvalid(person);
        DutyBook storage book = _books[msg.sender];
        uint256 held = book.duties[person];
        if (held & duty != 0) revert DutyHeld(person, duty);
        uint256 excluded = book.conflicts.conflictsOf(duty);
        uint256 conflicting = _heldOf(msg.sender, person, held, excluded) & excluded;
        if (conflicting != 0) revert DutyConflict(person, duty, conflicting);
        if (held == 0 && book.persons.items.length == MOST_PERSONS) revert DutyPersonsFull();
        _keep(msg.sender, person, held | duty);
    }

    /// @inheritdoc IDutyRegistry
    function setConflicts(uint256 duty, uint256 mask) external {
        _requireKnown(duty);
        if (mask > ALL_DUTIES || mask & duty != 0) revert DutyConflictsInvalid(duty, mask);
        DutyBook storage book = _books[msg.sender];
        // Whoever is not in the list holds TRANSACTION_APPROVAL at the most: one duty excludes nothing.
        uint256 count = book.persons.items.length;
        for (uint256 i = 0; i < count; ++i) {
            uint256 person = uint256(book.persons.items[i]);
            uint256 held = _heldOf(msg.sender, person, book.duties[person], mask | duty);
            if (held & duty != 0 && held & mask != 0) revert DutyConflict(person, duty, held & mask);
        }
        Conflicts conflicts = book.conflicts.withConflicts(duty, mask);
        book.conflicts = conflicts;
        emit ConflictsChanged(msg.sender, duty, conflicts);
    }

    // ------------------------------------------------------------------------------------------------- At once

    /// @inheritdoc IDutyRegistry
    function revoke(address vault, uint256 person, uint256 duty) external {
        _requireStored(duty);
        if (msg.sender != vault) {
            MemberRecord caller = IMembership(vault).memberOf(msg.sender);
            bool isHolder = caller.isSeated() && caller.person() == person;
            bool isGuardian = caller.isActive() && caller.hasAny(GUARDIAN);
            if (!isHolder && !isGuardian) revert DutyCallerUnfit(vault, person, msg.sender);
        }
        uint256 held = _books[vault].duties[person];
        if (held & duty == 0) {
            if (msg.sender == vault) return;
            revert DutyNotHeld(person, duty);
        }
        _keep(vault, person, held & ~duty);
    }

    // --------------------------------------------------------------------------------------------------- Views

    /// @inheritdoc IDutyRegistry
    function dutiesOf(address vault, uint256 person) external view returns (uint256) {
        return _heldOf(vault, person, _books[vault].duties[person], TRANSACTION_APPROVAL);
    }

    /// @inheritdoc IDutyRegistry
    function personsOf(address vault) external view returns (uint256[] memory persons) {
        bytes32[] storage items = _books[vault].persons.items;
        persons = new uint256[](items.length);
        for (uint256 i = 0; i < persons.length; ++i) {
            persons[i] = uint256(items[i]);
        }
    }

    /// @inheritdoc IDutyRegistry
    function conflictsOf(address vault, uint256 duty) external view returns (uint256) {
        _requireKnown(duty);
        return _books[vault].conflicts.conflictsOf(duty);
    }

    /// @inheritdoc IDutyRegistry
    function conflictsWith(address vault, uint256 person, uint256 duty) external view returns (uint256) {
        _requireKnown(duty);
        DutyBook storage book = _books[vault];
        return book.duties[person] & book.conflicts.conflictsOf(duty);
    }

    /// @inheritdoc ICompanion
    function isUnused(address vault) external view returns (bool) {
        DutyBook storage book = _books[vault];
        return book.persons.items.length == 0 && Conflicts.unwrap(book.conflicts) == 0;
    }

    // -------------------------------------------------------------------------------------- Parts of the above

    function _requireKnown(uint256 duty) private pure {
        if (!isOneDuty(duty)) revert DutyUnknown(duty);
    }

    /// One that is kept here, and not in the vault.
    function _requireStored(uint256 duty) private pure {
        _requireKnown(duty);
        if (duty == TRANSACTION_APPROVAL) revert DutyIsRole(duty);
    }

    /// What a person holds, with TRANSACTION_APPROVAL where it is wanted and they are an approver.
    function _heldOf(address vault, uint256 person, uint256 stored, uint256 wanted)
        private
        view
        returns (uint256)
    {
        if (wanted & TRANSACTION_APPROVAL == 0) return stored;
        address account = IMembership(vault).memberOfPerson(person);
        if (account == address(0)) return stored;
        MemberRecord member = IMembership(vault).memberOf(account);
        return member.isSeated() && member.hasAny(APPROVER) ? stored | TRANSACTION_APPROVAL : stored;
    }

    /// Every change of a person's duties ends here.
    function _keep(address vault, uint256 person, uint256 duties) private {
        DutyBook storage book = _books[vault];
        book.duties[person] = duties;
        if (duties == 0) book.persons.remove(bytes32(person));
        else book.persons.add(bytes32(person));
        emit DutiesChanged(vault, person, duties, msg.sender);
    }
}
