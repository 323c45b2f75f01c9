// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICompanion} from "./interfaces/ICompanion.sol";
import {IMembership} from "./interfaces/IMembership.sol";
import {IStrategyLimits, StrategyTerms} from "./interfaces/IStrategyLimits.sol";
import {SUSPENSION, SUSPENSION_PAUSE} from "./libraries/Limits.sol";
import {Set, Sets} from "./libraries/Sets.sol";
import {MemberRecord} from "./types/MemberRecord.sol";
import {GUARDIAN} from "./types/Roles.sol";
import {Timestamp, currentTime} from "./types/Timestamp.sol";

uint256 constant MOST_GUARDS = 16;
uint256 constant MOST_VENUES = 64;
// Who suspended: the vault, which is no guard.
uint256 constant BY_VAULT = 0;
// A suspension that does not end by itself.
Timestamp constant UNTIL_RESUMED = Timestamp.wrap(type(uint40).max);

/// A strategy that is stopped, or a guard's hold on it.
struct StrategySuspension {
    /// Who stopped it: see `_guardian`.
    uint160 guard;
    uint40 until;
}

struct Strategy {
    StrategyTerms terms;
    StrategySuspension suspension;
    Set venues;
    Set guards;
}

/// A guard's suspension that the vault has not confirmed.
struct Hold {
    bytes32 strategy;
    uint40 until;
}

/// What one vault keeps here.
struct StrategyBook {
    Set names;
    mapping(bytes32 strategy => Strategy) strategies;
    mapping(uint256 guard => Hold) held;
    /// From when on a guard may suspend a strategy again.
    mapping(uint256 guard => mapping(bytes32 strategy => Timestamp)) pauses;
}

/// @title StrategyLimits: how far a trading strategy may go
/// @notice Limits, venues and suspension of a vault's trading strategies, for order management to ask before each
/// order. One contract for all vaults: what it holds is kept by the vault that called, and no vault can touch another's.
///
/// MUST
/// - Only the vault begins a strategy, raises a limit, allows a venue, appoints a guard or resumes: each is an executed
///   CUSTODY operation.
/// - An order passes only where the strategy is not suspended, the venue allowed, and every limit kept.
/// - Everything can be read from storage, and replaying the events, with the times of their blocks, gives the same.
/// MUST NOT
/// - What a guard or a guardian does alone only ever stops or tightens. A suspension of theirs lapses after 14 days
///   unless the vault suspends too; one guard cannot keep a strategy stopped by suspending it over and over.
///
/// Limits: nobody is made to ask here. What the order is, and the position and the risk, is what the caller says. A
/// suspended strategy passes no order that would close a position either. What was tightened comes back only by an
/// operation, and an operation published before the tightening raises it as well. A vault whose CUSTODY operations take
/// longer than 14 days cannot confirm in time; it can still suspend by itself afterwards.
contract StrategyLimits is IStrategyLimits, ICompanion {
    using Sets for Set;

    // ------------------------------------------------------------------------------------------------- Storage

    mapping(address vault => StrategyBook) private _books;

    // ------------------------------------------------------------------------------------- By the vault itself

    /// @inheritdoc IStrategyLimits
    function setTerms(bytes32 strategy, StrategyTerms calldata terms) external {
        StrategyBook storage book = _books[msg.sender];
        book.names.add(strategy);
        book.strategies[strategy].terms = terms;
        emit TermsChanged(msg.sender, strategy, terms, msg.sender);
    }

    /// @inheritdoc IStrategyLimits
    function setVenue(bytes32 strategy, bytes32 venue, bool isAllowed) external {
        Set storage venues = _strategy(msg.sender, strategy).venues;
        if (isAllowed) {
            venues.add(venue);
            if (venues.items.length > MOST_VENUES) revert StrategyVenuesFull(strategy);
        } else {
            venues.remove(venue);
        }
        emit VenueChanged(msg.sender, strategy, venue, isAllowed, msg.sender);
    }

    /// @inheritdoc IStrategyLimits
    function setGuard(bytes32 strategy, address guard, bool isAppointed) external {
        // Numbers up to 2^32 are persons: see `_requireGuard`.
        if (uint160(guard) <= type(uint32).max) revert StrategyGuardInvalid(guard);
        Set storage guards = _strategy(msg.sender, strategy).guards;
        if (isAppointed) {
            guards.add(_asItem(guard));
            if (guards.items.length > MOST_GUARDS) revert StrategyGuardsFull(strategy);
        } else {
            guards.remove(_asItem(guard));
        }
        emit GuardChanged(msg.sender, strategy, guard, isAppointed);
    }

    /// @inheritdoc IStrategyLimits
    function resume(bytes32 strategy) external {
        StrategySuspension storage suspension = _strategy(msg.sender, strategy).suspension;
        if (!_isInForce(suspension.until)) return;
        StrategyBook storage book = _books[msg.sender];
        uint256 guard = suspension.guard;
        Timestamp pausedUntil;
        if (guard != BY_VAULT) {
            _release(book, guard, strategy);
            pausedUntil = currentTime().plus(SUSPENSION_PAUSE);
            book.pauses[guard][strategy] = pausedUntil;
        }
        suspension.until = 0;
        emit SuspensionChanged(msg.sender, strategy, guard, Timestamp.wrap(0), pausedUntil);
    }

    // ----------------------------------------------------------- At once: by a guard, a guardian, or the vault

    /// @inheritdoc IStrategyLimits
    function suspend(address vault, bytes32 strategy) external {
        if (msg.sender == vault) _suspendAsVault(strategy);
        else _suspendAsGuard(vault, strategy);
    }

    /// @inheritdoc IStrategyLimits
    function tighten(address vault, bytes32 strategy, StrategyTerms calldata terms) external {
        Strategy storage found = _strategy(vault, strategy);
        _requireGuard(vault, strategy, found);
        StrategyTerms memory today = found.terms;
        bool isTighter;
        if (terms.position < today.position) (today.position, isTighter) = (terms.position, true);
        if (terms.order < today.order) (today.order, isTighter) = (terms.order, true);
        if (terms.risk < today.risk) (today.risk, isTighter) = (terms.risk, true);
        if (!isTighter) revert StrategyNotTightened(vault, strategy);
        found.terms = today;
        emit TermsChanged(vault, strategy, today, msg.sender);
    }

    /// @inheritdoc IStrategyLimits
    function dropVenue(address vault, bytes32 strategy, bytes32 venue) external {
        Strategy storage found = _strategy(vault, strategy);
        _requireGuard(vault, strategy, found);
        if (!found.venues.contains(venue)) revert VenueNotAllowed(strategy, venue);
        found.venues.remove(venue);
        emit VenueChanged(vault, strategy, venue, false, msg.sender);
    }

    // --------------------------------------------------------------------------------------------------- Views

    /// @inheritdoc IStrategyLimits
    function checkOrder(
        address vault,
        bytes32 strategy,
        bytes32 venue,
        uint256 size,
        uint256 position,
        uint256 risk
    ) external view {
        Strategy storage found = _strategy(vault, strategy);
        _requireNotSuspended(vault, strategy, found);
        if (!found.venues.contains(venue)) revert VenueNotAllowed(strategy, venue);
        StrategyTerms memory terms = found.terms;
        if (size > terms.order) revert OrderTooLarge(strategy, terms.order, size);
        if (position > terms.position) revert OrderPositionTooLarge(strategy, terms.position, position);
        if (risk > terms.risk) revert OrderRiskTooHigh(strategy, terms.risk, risk);
    }

    /// @inheritdoc IStrategyLimits
    function strategiesOf(address vault) external view returns (bytes32[] memory) {
        return _books[vault].names.items;
    }

    /// @inheritdoc IStrategyLimits
    function termsOf(address vault, bytes32 strategy) external view returns (StrategyTerms memory) {
        return _books[vault].strategies[strategy].terms;
    }

    /// @inheritdoc IStrategyLimits
    function venuesOf(address vault, bytes32 strategy) external view returns (bytes32[] memory) {
        return _books[vault].strategies[strategy].venues.items;
    }

    /// @inheritdoc IStrategyLimits
    function guardsOf(address vault, bytes32 strategy) external view returns (address[] memory guards) {
        bytes32[] storage items = _books[vault].strategies[strategy].guards.items;
        guards = new address[](items.length);
        for (uint256 i = 0; i < guards.length; ++i) {
            guards[i] = address(uint160(uint256(items[i])));
        }
    }

    /// @inheritdoc IStrategyLimits
    function suspensionOf(address vault, bytes32 strategy)
        external
        view
        returns (uint256 guard, Timestamp until)
    {
        StrategySuspension storage suspension = _books[vault].strategies[strategy].suspension;
        return (suspension.guard, Timestamp.wrap(suspension.until));
    }

    /// @inheritdoc IStrategyLimits
    function heldBy(address vault, uint256 guard) external view returns (bytes32 strategy, Timestamp until) {
        Hold storage hold = _books[vault].held[guard];
        return (hold.strategy, Timestamp.wrap(hold.until));
    }

    /// @inheritdoc IStrategyLimits
    function notBefore(address vault, uint256 guard, bytes32 strategy) external view returns (Timestamp) {
        return _books[vault].pauses[guard][strategy];
    }

    /// @inheritdoc ICompanion
    function isUnused(address vault) external view returns (bool) {
        return _books[vault].names.items.length == 0;
    }

    // -------------------------------------------------------------------------------------- Parts of the above

    function _suspendAsVault(bytes32 strategy) private {
        StrategySuspension storage suspension = _strategy(msg.sender, strategy).suspension;
        // Who began it is kept: after the vault resumed, that guard has to pause.
        uint256 guard = _isInForce(suspension.until) ? suspension.guard : BY_VAULT;
        if (guard != BY_VAULT) _release(_books[msg.sender], guard, strategy);
        _set(suspension, guard, UNTIL_RESUMED);
        emit SuspensionChanged(
            msg.sender, strategy, guard, UNTIL_RESUMED, _books[msg.sender].pauses[guard][strategy]
        );
    }

    function _suspendAsGuard(address vault, bytes32 strategy) private {
        Strategy storage found = _strategy(vault, strategy);
        uint256 guard = _requireGuard(vault, strategy, found);
        _requireNotSuspended(vault, strategy, found);
        StrategyBook storage book = _books[vault];
        Hold storage hold = book.held[guard];
        if (_isInForce(hold.until)) {
            revert StrategyHeld(guard, hold.strategy, Timestamp.wrap(hold.until), currentTime());
        }
        Timestamp earliest = book.pauses[guard][strategy];
        if (earliest > currentTime()) {
            revert StrategySuspendedTooSoon(guard, strategy, earliest, currentTime());
        }
        Timestamp until = currentTime().plus(SUSPENSION);
        Timestamp pausedUntil = until.plus(SUSPENSION_PAUSE);
        book.pauses[guard][strategy] = pausedUntil;
        hold.strategy = strategy;
        hold.until = uint40(Timestamp.unwrap(until));
        _set(found.suspension, guard, until);
        emit SuspensionChanged(vault, strategy, guard, until, pausedUntil);
    }

    function _set(StrategySuspension storage suspension, uint256 guard, Timestamp until) private {
        suspension.guard = uint160(guard);
        suspension.until = uint40(Timestamp.unwrap(until));
    }

    /// A guard's hold on this strategy ends; one on another strategy, begun since, stays.
    function _release(StrategyBook storage book, uint256 guard, bytes32 strategy) private {
        if (book.held[guard].strategy == strategy) delete book.held[guard];
    }

    function _strategy(address vault, bytes32 strategy) private view returns (Strategy storage) {
        StrategyBook storage book = _books[vault];
        if (!book.names.contains(strategy)) revert StrategyUnknown(vault, strategy);
        return book.strategies[strategy];
    }

    /// The caller may stop and tighten. Returns who that is: a guardian is a person, and a new key does not make it
    /// another; an appointed account is its own number, which is never that of a person.
    function _requireGuard(address vault, bytes32 strategy, Strategy storage found)
        private
        view
        returns (uint256)
    {
        if (msg.sender == vault) return BY_VAULT;
        MemberRecord caller = IMembership(vault).memberOf(msg.sender);
        if (caller.isActive() && caller.hasAny(GUARDIAN)) return caller.person();
        if (!found.guards.contains(_asItem(msg.sender))) {
            revert StrategyCallerUnfit(vault, strategy, msg.sender);
        }
        return uint160(msg.sender);
    }

    function _requireNotSuspended(address vault, bytes32 strategy, Strategy storage found) private view {
        Timestamp until = Timestamp.wrap(found.suspension.until);
        if (until > currentTime()) revert StrategySuspended(vault, strategy, until, currentTime());
    }

    function _isInForce(uint40 until) private view returns (bool) {
        return Timestamp.wrap(until) > currentTime();
    }

    function _asItem(address account) private pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }
}
