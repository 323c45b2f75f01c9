// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBypassLedger} from "./interfaces/IBypassLedger.sol";
import {ICompanion} from "./interfaces/ICompanion.sol";
import {IMembership} from "./interfaces/IMembership.sol";
import {BYPASS_LIMIT, BYPASS_PERIOD, MAX_REVIEW_HOURS, REVIEW_HOURS} from "./libraries/Limits.sol";
import {BypassRecord, BypassTerms, newBypass} from "./types/Bypass.sol";
import {Duration} from "./types/Duration.sol";
import {MemberIndex} from "./types/MemberIndex.sol";
import {MemberRecord} from "./types/MemberRecord.sol";
import {OperationId} from "./types/OperationId.sol";
import {APPROVER, AUDITOR, PROPOSER} from "./types/Roles.sol";
import {NO_SEATS, SeatSet} from "./types/SeatSet.sol";
import {Timestamp, currentTime} from "./types/Timestamp.sol";

/// One use of break-glass. It is never deleted.
struct Bypass {
    OperationId id;
    BypassRecord record;
    /// Hash of what the auditor found.
    bytes32 findings;
    /// These persons do not review it, whatever seat they have by then.
    mapping(uint256 person => bool) participants;
}

/// What one vault keeps here.
struct BypassBook {
    BypassTerms terms;
    /// As many as the terms count.
    mapping(uint256 index => Bypass) bypasses;
}

/// @title BypassLedger: the record of break-glass
/// @notice A vault shortens a delay only after it was written here. One contract for all vaults: what it holds is kept by
/// the vault that called, and no vault can touch another's.
///
/// MUST
/// - Refuse a further bypass while one has been unreviewed for longer than its vault's terms say, or while as many as
///   the limit happened within 30 days and one of all is unreviewed. A review, or other terms, make room again.
/// - Keep every bypass for ever: the operation, when, by whom, and what an auditor said about it.
/// MUST NOT
/// - Nobody who took part reviews: neither from another seat, nor with another key, nor as holder of a group's key; and
///   nobody who approves or publishes operations.
///
/// Limits: that an auditor wrote findings does not make them true. Who holds a part of a group's key took part, since the
/// chain cannot know which of them signed.
contract BypassLedger is IBypassLedger, ICompanion {
    mapping(address vault => BypassBook) private _books;

    // ------------------------------------------------------------------------------------- By the vault itself

    /// @inheritdoc IBypassLedger
    function record(OperationId id, uint256 lane, Timestamp formerReadyAt, SeatSet seats) external {
        BypassBook storage book = _books[msg.sender];
        BypassTerms terms = _termsOf(book);
        _requireAllowed(book, terms);
        uint256 index = terms.count();
        book.terms = terms.withOneMore();
        Bypass storage bypass = book.bypasses[index];
        bypass.id = id;
        bypass.record = newBypass(currentTime(), formerReadyAt, lane, seats);
        while (seats != NO_SEATS) {
            MemberIndex seat = seats.first();
            seats = seats.without(seat);
            _takePart(bypass, index, seat);
        }
        emit BypassRecorded(msg.sender, index, id, bypass.record);
    }

    /// @inheritdoc IBypassLedger
    function setTerms(uint256 limit, uint256 reviewHours) external {
        if (limit == 0 || limit > type(uint8).max || reviewHours == 0 || reviewHours > MAX_REVIEW_HOURS) {
            revert BypassTermsInvalid(limit, reviewHours);
        }
        BypassBook storage book = _books[msg.sender];
        book.terms = book.terms.forgiven(limit, reviewHours);
        emit BypassTermsSet(msg.sender, book.terms);
    }

    // ----------------------------------------------------------------------------------------------- By auditors

    /// @inheritdoc IBypassLedger
    function review(address vault, uint256 index, bytes32 findings, bool justified) external {
        BypassBook storage book = _books[vault];
        Bypass storage bypass = book.bypasses[index];
        BypassTerms terms = _termsOf(book);
        if (index >= terms.count() || bypass.record.isReviewed()) revert BypassNotReviewable(index);
        MemberRecord reviewer = IMembership(vault).memberOf(msg.sender);
        // Whoever may approve can still join the quorum of what was hurried, and whoever may publish is no outsider.
        bool isFit = reviewer.isActive() && reviewer.hasAny(AUDITOR) && !reviewer.hasAny(APPROVER | PROPOSER);
        if (!isFit) revert BypassReviewerUnfit(vault, msg.sender);
        uint256 person = reviewer.person();
        if (bypass.participants[person]) revert BypassParticipant(index, person);

        bypass.record = bypass.record.reviewedBy(person, justified, currentTime());
        bypass.findings = findings;
        uint256 first = terms.firstUnreviewed();
        // While one is overdue there are no further ones, so this walks over few.
        while (first < terms.count() && book.bypasses[first].record.isReviewed()) ++first;
        book.terms = terms.reviewedTo(first);
        emit BypassReviewed(vault, index, bypass.record, findings, book.terms);
    }

    // ---------------------------------------------------------------------------------------------------- Views

    /// @inheritdoc IBypassLedger
    function termsOf(address vault) external view returns (BypassTerms) {
        return _termsOf(_books[vault]);
    }

    /// @inheritdoc IBypassLedger
    function bypassOf(address vault, uint256 index)
        external
        view
        returns (OperationId id, BypassRecord record_, bytes32 findings)
    {
        Bypass storage bypass = _books[vault].bypasses[index];
        return (bypass.id, bypass.record, bypass.findings);
    }

    /// @inheritdoc IBypassLedger
    function tookPart(address vault, uint256 index, uint256 person) external view returns (bool) {
        return _books[vault].bypasses[index].participants[person];
    }

    /// @inheritdoc ICompanion
    function isUnused(address vault) external view returns (bool) {
        return BypassTerms.unwrap(_books[vault].terms) == 0;
    }

    // ---------------------------------------------------------------------------------------- Parts of the above

    /// The usual terms where the vault has set none.
    function _termsOf(BypassBook storage book) private view returns (BypassTerms) {
        BypassTerms terms = book.terms;
        return terms.limit() == 0 ? terms.withUsual(BYPASS_LIMIT, REVIEW_HOURS) : terms;
    }

    /// Refuse a further one while one has been unreviewed for too long, or while some of many are unreviewed.
    function _requireAllowed(BypassBook storage book, BypassTerms terms) private view {
        uint256 count = terms.count();
        uint256 first = terms.firstUnreviewed();
        if (first == count) return;
        Timestamp dueBy =
            book.bypasses[first].record.happenedAt().plus(Duration.wrap(terms.reviewHours() * 1 hours));
        if (currentTime() > dueBy) revert BypassReviewOverdue(first, dueBy, currentTime());
        uint256 limit = terms.limit();
        if (count - terms.countedFrom() < limit) return;
        Timestamp allowedFrom = book.bypasses[count - limit].record.happenedAt().plus(BYPASS_PERIOD);
        if (allowedFrom > currentTime()) revert BypassLimitReached(limit, allowedFrom, currentTime());
    }

    /// Everybody behind a seat of the calling vault.
    function _takePart(Bypass storage bypass, uint256 index, MemberIndex seat) private {
        uint256[] memory persons = IMembership(msg.sender).personsIn(seat);
        for (uint256 i = 0; i < persons.length; ++i) {
            bypass.participants[persons[i]] = true;
            emit BypassParticipated(msg.sender, index, persons[i]);
        }
    }
}
