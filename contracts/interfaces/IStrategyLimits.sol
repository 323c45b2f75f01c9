// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Timestamp} from "../types/Timestamp.sol";

/// How far a strategy may go. The vault chooses the units; all zero lets nothing pass but an order of nothing.
struct StrategyTerms {
    /// The largest position that an order may lead to, long or short.
    uint128 position;
    /// The largest order.
    uint128 order;
    /// The highest risk at which an order may be sent, such as drawdown in basis points.
    uint32 risk;
}

/// @title Events, errors and functions of the limits of trading strategies
/// @notice The suspension of a strategy (`resume` and `suspend` by the vault pass everywhere):
///
///             suspend (guard)                suspend (vault)
///   TRADING ------------------> SUSPENDED ---------------------> SUSPENDED
///    |  ^  ^                  for 14 days                      until resumed
///    |  |  |                        |                             |   ^
///    |  |  '---- resume, clock -----'                             |   |
///    |  '--------------------------- resume ----------------------'   |
///    '-------------------------- suspend (vault) ---------------------'
///
/// A guard here is an account that the vault appointed for the strategy, or any active guardian of the vault.
interface IStrategyLimits {
    // ------------------------------------------------------------------------------------------------- Events
    // Each carries what storage holds afterwards.

    event TermsChanged(address indexed vault, bytes32 indexed strategy, StrategyTerms terms, address by);
    event VenueChanged(
        address indexed vault, bytes32 indexed strategy, bytes32 indexed venue, bool isAllowed, address by
    );
    event GuardChanged(
        address indexed vault, bytes32 indexed strategy, address indexed guard, bool isAppointed
    );
    /// @param guard who began it: a guardian's person, an appointed account as a number, or zero for the vault
    /// @param until when it ends by itself; `UNTIL_RESUMED` for never; zero for a strategy that is free again
    /// @param notBefore when this guard may suspend this strategy again
    event SuspensionChanged(
        address indexed vault,
        bytes32 indexed strategy,
        uint256 indexed guard,
        Timestamp until,
        Timestamp notBefore
    );

    // ------------------------------------------------------------------------------------------------- Errors

    error StrategyUnknown(address vault, bytes32 strategy);
    error StrategySuspended(address vault, bytes32 strategy, Timestamp until, Timestamp now_);
    /// Nothing that was named is lower than it is today.
    error StrategyNotTightened(address vault, bytes32 strategy);
    error StrategyCallerUnfit(address vault, bytes32 strategy, address caller);
    /// This guard holds another strategy of the vault, unconfirmed.
    error StrategyHeld(uint256 guard, bytes32 strategy, Timestamp until, Timestamp now_);
    error StrategySuspendedTooSoon(uint256 guard, bytes32 strategy, Timestamp notBefore, Timestamp now_);
    error StrategyGuardInvalid(address guard);
    /// As many guards, or venues, as a strategy may have.
    error StrategyGuardsFull(bytes32 strategy);
    error StrategyVenuesFull(bytes32 strategy);

    error VenueNotAllowed(bytes32 strategy, bytes32 venue);
    error OrderTooLarge(bytes32 strategy, uint256 maximum, uint256 actual);
    error OrderPositionTooLarge(bytes32 strategy, uint256 maximum, uint256 actual);
    error OrderRiskTooHigh(bytes32 strategy, uint256 maximum, uint256 actual);

    // --------------------------------------------------------------------------------------- By the vault itself

    /// @notice Begin a strategy, or give it other limits, higher or lower.
    function setTerms(bytes32 strategy, StrategyTerms calldata terms) external;
    /// @notice Allow a venue to a strategy, or no longer.
    function setVenue(bytes32 strategy, bytes32 venue, bool isAllowed) external;
    /// @notice Appoint a guard of a strategy, or dismiss it. What it suspended stays as it is.
    function setGuard(bytes32 strategy, address guard, bool isAppointed) external;
    /// @notice End a suspension, whoever began it.
    /// @dev Passes where there is none, so that a lapse does not block a batch.
    function resume(bytes32 strategy) external;

    // ------------------------------------------------------------- At once: by a guard, a guardian, or the vault

    /// @notice Stop a strategy: as the vault until it is resumed, else for 14 days.
    /// @dev The vault's own confirms a guard's. A guard holds one unconfirmed suspension of a vault at a time, and
    /// leaves the same strategy alone for 30 days after its end.
    function suspend(address vault, bytes32 strategy) external;
    /// @notice Lower terms. What is given higher than today's stays as it is today.
    function tighten(address vault, bytes32 strategy, StrategyTerms calldata terms) external;
    /// @notice Take a venue from a strategy.
    function dropVenue(address vault, bytes32 strategy, bytes32 venue) external;

    // ----------------------------------------------------------------------------------------------------- Views

    /// @notice Passes an order that is within all limits, and reverts with the first thing that it breaks.
    /// @param size of the order, `position` after it (long or short, without a sign), and `risk` as it is now; in the
    /// units of the limits
    function checkOrder(
        address vault,
        bytes32 strategy,
        bytes32 venue,
        uint256 size,
        uint256 position,
        uint256 risk
    ) external view;
    function strategiesOf(address vault) external view returns (bytes32[] memory);
    function termsOf(address vault, bytes32 strategy) external view returns (StrategyTerms memory);
    function venuesOf(address vault, bytes32 strategy) external view returns (bytes32[] memory);
    function guardsOf(address vault, bytes32 strategy) external view returns (address[] memory);
    /// @notice The latest suspension of a strategy, which may have lapsed; until zero after it was resumed.
    function suspensionOf(address vault, bytes32 strategy)
        external
        view
        returns (uint256 guard, Timestamp until);
    /// @notice Which strategy a guard holds suspended, unconfirmed, and until when; it may have lapsed.
    function heldBy(address vault, uint256 guard) external view returns (bytes32 strategy, Timestamp until);
    /// @notice From when on a guard may suspend a strategy again.
    function notBefore(address vault, uint256 guard, bytes32 strategy) external view returns (Timestamp);
}
