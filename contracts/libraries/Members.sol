// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDutyRegistry} from "../interfaces/IDutyRegistry.sol";
import {IValidation} from "../interfaces/IValidation.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Attributes, NO_ATTRIBUTES} from "../types/Attributes.sol";
import {TRANSACTION_APPROVAL} from "../types/Duties.sol";
import {MemberIndex, SEATS} from "../types/MemberIndex.sol";
import {ACTIVE, MemberRecord, newRecord, REMOVED, RETURNED} from "../types/MemberRecord.sol";
import {APPROVER, PROPOSER, SECURITY} from "../types/Roles.sol";
import {Roster} from "../types/Roster.sol";
import {SeatSet} from "../types/SeatSet.sol";
import {Timestamp, currentTime} from "../types/Timestamp.sol";
import {VALIDATION} from "./Companions.sol";
import {Groups} from "./Groups.sol";
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

/// What a group (FROST) has beside its record.
struct Group {
    /// The abscissa of its key; the record's kind is the prefix.
    uint256 x;
    /// The persons of its key's holders, eight to a word, growing, and zero behind the last one.
    uint256[3] holders;
}

struct MemberBook {
    mapping(MemberIndex => Seat) seats;
    mapping(address account => MemberRecord) records;
    /// Who acts for a person: an address of its own, or the group whose key it holds a part of; zero where nobody does.
    mapping(uint256 person => address) persons;
    mapping(address member => Suspension) suspensions;
    /// Whom a guardian holds suspended, unconfirmed.
    mapping(uint256 guardianPerson => address member) held;
    /// From when on a guardian may suspend a person again, or a group, by its address.
    mapping(uint256 guardianPerson => mapping(uint256 person => Timestamp)) pauses;
    mapping(address member => Group) groups;
    /// The seats that groups sit in, suspended ones included.
    SeatSet groupSeats;
    /// Who says which custody duties a person has; the zero address where nobody does.
    address registry;
}

/// Taking seats, leaving them, and what holds between.
///
/// A seat is one address with one person, one set of attributes, and roles that are only ever taken away; or one group
/// with one set of holders. Whatever else changes means a new seat: approvals and lanes are bound to the old one and never
/// come back to life.
library Members {
    /// Whether an address has, or ever had, a seat.
    function isKnown(MemberBook storage book, address account) internal view returns (bool) {
        return MemberRecord.unwrap(book.records[account]) != 0;
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
        _requireNew(book, account);
        _bind(book, account, person);
        MemberRecord member = described(account, newRecord(person), roles, attributes, seasonedAt);
        return _sit(book, roster, account, member.withStatus(ACTIVE));
    }

    /// Bring in a group whose key never had a seat.
    function enterGroup(
        MemberBook storage book,
        Roster roster,
        address account,
        uint256 x,
        uint256 prefix,
        uint256 roles,
        uint256[3] calldata holders,
        Timestamp seasonedAt
    ) internal returns (Roster) {
        _requireNew(book, account);
        book.groups[account].x = x;
        MemberRecord member =
            described(account, newRecord(0).withKind(prefix), roles, NO_ATTRIBUTES, seasonedAt);
        _hold(book, account, holders);
        return _sit(book, roster, account, member.withStatus(ACTIVE));
    }

    /// Give a group other holders, and a new seat.
    function rehold(
        MemberBook storage book,
        Roster roster,
        address account,
        MemberRecord member,
        uint256[3] calldata holders,
        Timestamp seasonedAt
    ) internal returns (Roster) {
        _release(book, account, member);
        _hold(book, account, holders);
        return move(book, roster, account, member.withAttributes(NO_ATTRIBUTES, seasonedAt));
    }

    /// A record with these roles and attributes.
    function described(
        address account,
        MemberRecord member,
        uint256 roles,
        Attributes attributes,
        Timestamp seasonedAt
    ) internal pure returns (MemberRecord) {
        IValidation(VALIDATION).requireMember(account, member.isGroup(), roles, attributes);
        return member.withRoles(roles).withAttributes(attributes, seasonedAt);
    }

    /// Take a member out for ever.
    function depart(MemberBook storage book, Roster roster, address account, MemberRecord member)
        internal
        returns (Roster)
    {
        roster = _rise(book, roster, member);
        _release(book, account, member);
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

    /// The persons behind a member: one, or the holders of a group's key.
    function personsOf(MemberBook storage book, address account, MemberRecord member)
        internal
        view
        returns (uint256[] memory persons)
    {
        if (member.isGroup()) return Groups.unpack(book.groups[account].holders);
        persons = new uint256[](1);
        persons[0] = member.person();
    }

    /// From when on a guardian may suspend a member again. A group is known by its address, which no person's number is
    /// as large as.
    function pauseOf(MemberBook storage book, uint256 guardian, address account, MemberRecord member)
        internal
        view
        returns (Timestamp)
    {
        return book.pauses[guardian][_pausedPerson(account, member)];
    }

    /// Everybody who approves operations, and now has to be asked about by another registry.
    function requireCompatible(MemberBook storage book) internal view {
        for (uint256 i = 0; i < SEATS; ++i) {
            address account = book.seats[MemberIndex.wrap(i)].member;
            if (account != address(0)) _requireCompatible(book, account, book.records[account]);
        }
    }

    /// Nobody who approves operations has a duty that conflicts with it.
    function _requireCompatible(MemberBook storage book, address account, MemberRecord member) private view {
        IDutyRegistry registry = IDutyRegistry(book.registry);
        if (address(registry) == address(0) || !member.hasAny(APPROVER)) return;
        uint256[] memory persons = personsOf(book, account, member);
        for (uint256 i = 0; i < persons.length; ++i) {
            uint256 duties = registry.conflictsWith(address(this), persons[i], TRANSACTION_APPROVAL);
            if (duties != 0) revert IVault.MemberDutiesConflict(persons[i], duties);
        }
    }

    /// Contracts are not members: who is behind them can change unseen.
    function _requireNew(MemberBook storage book, address account) private view {
        if (
            account == address(0) || account == address(this) || account.code.length != 0
                || isKnown(book, account)
        ) {
            revert IVault.MemberAddressInvalid(account);
        }
    }

    /// Let an address act for a person for whom nobody acts.
    function _bind(MemberBook storage book, address account, uint256 person) private {
        address other = book.persons[person];
        if (person == 0 || person > type(uint32).max || other != address(0)) {
            revert IVault.MemberPersonTaken(person, other);
        }
        book.persons[person] = account;
    }

    function _hold(MemberBook storage book, address account, uint256[3] calldata holders) private {
        IValidation(VALIDATION).requireHolders(account, holders);
        book.groups[account].holders = holders;
        uint256[] memory persons = Groups.unpack(holders);
        for (uint256 i = 0; i < persons.length; ++i) {
            _bind(book, account, persons[i]);
        }
        emit IVault.GroupSet(account, book.groups[account].x, holders);
    }

    /// Nobody acts any more for the persons behind a member.
    function _release(MemberBook storage book, address account, MemberRecord member) private {
        uint256[] memory persons = personsOf(book, account, member);
        for (uint256 i = 0; i < persons.length; ++i) {
            delete book.persons[persons[i]];
        }
    }

    function _sit(MemberBook storage book, Roster roster, address account, MemberRecord member)
        private
        returns (Roster)
    {
        _requireCompatible(book, account, member);
        MemberIndex seat = _freeSeat(book);
        book.seats[seat].member = account;
        if (member.isGroup()) book.groupSeats = book.groupSeats.adding(seat);
        return remain(book, roster, account, member.withSeat(seat, block.number));
    }

    function _rise(MemberBook storage book, Roster roster, MemberRecord member) private returns (Roster) {
        MemberIndex index = member.seatOf();
        Seat storage seat = book.seats[index];
        delete seat.member;
        seat.freeFrom = uint40(Timestamp.unwrap(currentTime().plus(SEAT_REST)));
        if (member.isGroup()) book.groupSeats = book.groupSeats.without(index);
        return _counting(roster, index, 0);
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
        book.pauses[guardian][_pausedPerson(account, member)] = currentTime().plus(SUSPENSION_PAUSE);
    }

    function _pausedPerson(address account, MemberRecord member) private pure returns (uint256) {
        return member.isGroup() ? uint160(account) : member.person();
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
