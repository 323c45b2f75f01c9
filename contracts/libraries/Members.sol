// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVault} from "../interfaces/IVault.sol";
import {Attributes} from "../types/Attributes.sol";
import {MemberIndex, SEATS} from "../types/MemberIndex.sol";
import {ACTIVE, MemberRecord, newRecord, REMOVED, RETURNED} from "../types/MemberRecord.sol";
import {APPROVER, areValidRoles, PROPOSER, SECURITY} from "../types/Roles.sol";
import {Roster} from "../types/Roster.sol";
import {Timestamp, currentTime} from "../types/Timestamp.sol";
import {SEAT_REST, SUSPENSION_PAUSE} from "./Limits.sol";

struct Seat {
    /// The zero address where nobody sits.
    address member;
    /// From when on it may be taken; long after it was left, so that nothing of its last member can be open.
    uint40 freeFrom;
}

/// A guardian's suspension that nobody has confirmed yet.
struct Suspension {
    uint32 guardianPerson;
    uint40 lapsesAt;
}

struct MemberBook {
    mapping(MemberIndex => Seat) seats;
    mapping(address account => MemberRecord) records;
    /// Who acts for a person; the zero address where nobody does.
    mapping(uint256 person => address) persons;
    mapping(address member => Suspension) suspensions;
    /// Whom a guardian holds suspended, unconfirmed.
    mapping(uint256 guardianPerson => address member) held;
    /// From when on a guardian may suspend a person again.
    mapping(uint256 guardianPerson => mapping(uint256 person => Timestamp)) pauses;
}

/// Taking seats, leaving them, and what holds between.
///
/// A seat is one address with one person, one set of attributes, and roles that are only ever taken away. Whatever else
/// changes means a new seat: approvals and lanes are bound to the old one and never come back to life.
library Members {
    /// Whether an address has, or ever had, a seat.
    function isKnown(MemberBook storage book, address account) internal view returns (bool) {
        return MemberRecord.unwrap(book.records[account]) != 0;
    }

    function requireValidRoles(uint256 roles) internal pure {
        if (!areValidRoles(roles)) revert IVault.MemberRolesInvalid(roles);
    }

    /// Bring in an address that never had a seat.
    function enter(
        MemberBook storage book,
        Roster roster,
        address account,
        uint256 person,
        uint256 roles,
        Attributes attributes,
        Timestamp seasonedAt
    ) internal returns (Roster) {
        requireValidRoles(roles);
        // Contracts are not members: who is behind them can change unseen.
        if (
            account == address(0) || account == address(this) || account.code.length != 0
                || isKnown(book, account)
        ) {
            revert IVault.MemberAddressInvalid(account);
        }
        address other = book.persons[person];
        if (person == 0 || person > type(uint32).max || other != address(0)) {
            revert IVault.MemberPersonTaken(person, other);
        }
        book.persons[person] = account;
        MemberRecord member = newRecord(person, roles).withStatus(ACTIVE);
        return _sit(book, roster, account, described(account, member, attributes, seasonedAt));
    }

    /// A record with other attributes.
    function described(address account, MemberRecord member, Attributes attributes, Timestamp seasonedAt)
        internal
        pure
        returns (MemberRecord)
    {
        if (!attributes.areValid()) revert IVault.MemberAttributesInvalid(account, attributes);
        return member.withAttributes(attributes, seasonedAt);
    }

    /// Take a member out for ever.
    function depart(MemberBook storage book, Roster roster, address account, MemberRecord member)
        internal
        returns (Roster)
    {
        roster = _rise(book, roster, member);
        delete book.persons[member.person()];
        _keep(book, account, member.withStatus(REMOVED));
        return roster;
    }

    /// Give a member who stays a new seat.
    function move(MemberBook storage book, Roster roster, address account, MemberRecord member)
        internal
        returns (Roster)
    {
        roster = _rise(book, roster, member);
        return _sit(book, roster, account, member.withStatus(RETURNED));
    }

    /// Keep a member's seat, with fewer roles or another status.
    function remain(MemberBook storage book, Roster roster, address account, MemberRecord member)
        internal
        returns (Roster)
    {
        _keep(book, account, member);
        return _counting(roster, member.seatOf(), member.isActive() ? member.roles() : 0);
    }

    function _sit(MemberBook storage book, Roster roster, address account, MemberRecord member)
        private
        returns (Roster)
    {
        MemberIndex seat = _freeSeat(book);
        book.seats[seat].member = account;
        return remain(book, roster, account, member.withSeat(seat, block.number));
    }

    function _rise(MemberBook storage book, Roster roster, MemberRecord member) private returns (Roster) {
        Seat storage seat = book.seats[member.seatOf()];
        delete seat.member;
        seat.freeFrom = uint40(Timestamp.unwrap(currentTime().plus(SEAT_REST)));
        return _counting(roster, member.seatOf(), 0);
    }

    /// The lowest seat that is free, and that nothing can be open in.
    function _freeSeat(MemberBook storage book) private view returns (MemberIndex) {
        for (uint256 i = 0; i < SEATS; ++i) {
            MemberIndex index = MemberIndex.wrap(i);
            Seat storage seat = book.seats[index];
            if (seat.member == address(0) && block.timestamp > seat.freeFrom) return index;
        }
        revert IVault.MemberSeatsFull();
    }

    /// Any change of a record ends a guardian's suspension: the guardian is free again, and pauses for this person.
    function _keep(MemberBook storage book, address account, MemberRecord member) private {
        book.records[account] = member;
        emit IVault.MemberChanged(account, member);
        uint256 guardian = book.suspensions[account].guardianPerson;
        if (guardian == 0) return;
        delete book.suspensions[account];
        delete book.held[guardian];
        book.pauses[guardian][member.person()] = currentTime().plus(SUSPENSION_PAUSE);
    }

    /// The roster with a seat counting for what these roles count for.
    function _counting(Roster roster, MemberIndex seat, uint256 roles) private pure returns (Roster) {
        uint256 bit = 1 << MemberIndex.unwrap(seat);
        uint256 sets = bit | (bit << 64) | (bit << 128);
        uint256 counting = (roles & APPROVER != 0 ? bit : 0) | (roles & SECURITY != 0 ? bit << 64 : 0)
            | (roles & PROPOSER != 0 ? bit << 128 : 0);
        return Roster.wrap((Roster.unwrap(roster) & ~sets) | counting);
    }
}
