// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BypassRecord, BypassTerms} from "../types/Bypass.sol";
import {OperationId} from "../types/OperationId.sol";
import {SeatSet} from "../types/SeatSet.sol";
import {Timestamp} from "../types/Timestamp.sol";

/// @title The record of break-glass, vault by vault
/// @notice A vault that expedites an operation records it here first, and may not where too much is unreviewed. What is
/// recorded stays for ever. Bypasses of a vault are numbered from zero.
interface IBypassLedger {
    // ------------------------------------------------------------------------------------------------- Events
    // They carry what storage holds afterwards.

    event BypassRecorded(address indexed vault, uint256 indexed bypass, OperationId id, BypassRecord record);
    /// One for each person behind a seat of the record.
    event BypassParticipated(address indexed vault, uint256 indexed bypass, uint256 person);
    event BypassReviewed(
        address indexed vault,
        uint256 indexed bypass,
        BypassRecord record,
        bytes32 findings,
        BypassTerms terms
    );
    event BypassTermsSet(address indexed vault, BypassTerms terms);

    // ------------------------------------------------------------------------------------------------- Errors

    error BypassTermsInvalid(uint256 limit, uint256 reviewHours);
    error BypassReviewOverdue(uint256 bypass, Timestamp dueBy, Timestamp now_);
    error BypassLimitReached(uint256 limit, Timestamp allowedFrom, Timestamp now_);
    /// There is none of this number, or it was reviewed.
    error BypassNotReviewable(uint256 bypass);
    error BypassParticipant(uint256 bypass, uint256 person);
    /// No active member of the vault with AUDITOR, or one who approves or publishes as well.
    error BypassReviewerUnfit(address vault, address reviewer);

    // ---------------------------------------------------------------------------------- By the vault itself

    /// @notice Keep one, if a further one is allowed.
    /// @param seats whose members took part
    function record(OperationId id, uint256 lane, Timestamp formerReadyAt, SeatSet seats) external;

    /// @notice How many there may be in 30 days while some are unreviewed, and how long one may be unreviewed. Forgives all
    /// that happened: they may still be reviewed, but count no more.
    function setTerms(uint256 limit, uint256 reviewHours) external;

    // -------------------------------------------------------------------------------------------- By auditors

    /// @notice Say what came out about a bypass: an active auditor of the vault who took no part in it, and
    /// neither approves nor publishes operations; once.
    /// @param findings hash of what is written elsewhere
    function review(address vault, uint256 bypass, bytes32 findings, bool justified) external;

    // ------------------------------------------------------------------------------------------------- Views

    /// @notice The terms in force, 3 and 72 hours where none were set, and how many bypasses there were.
    function termsOf(address vault) external view returns (BypassTerms);
    function bypassOf(address vault, uint256 bypass)
        external
        view
        returns (OperationId id, BypassRecord record, bytes32 findings);
    /// @notice Whether a person took part, whatever seat they have by now.
    function tookPart(address vault, uint256 bypass, uint256 person) external view returns (bool);
}
