// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Duration} from "../types/Duration.sol";

// The constants of the vault. Sizes are in bytes, times in seconds unless the name says otherwise.
uint256 constant MAX_CALLS = 32;
uint256 constant MAX_DATA = 24 * 1024;

Duration constant MAX_APPROVAL_TIME = Duration.wrap(14 days);
Duration constant MIN_DELAY = Duration.wrap(10 minutes);
Duration constant MIN_HIGH_DELAY = Duration.wrap(24 hours);
Duration constant MAX_DELAY = Duration.wrap(60 days);
Duration constant MIN_HIGH_EXPEDITED_DELAY = Duration.wrap(1 hours);
uint256 constant MIN_GRACE_HOURS = 24;
uint256 constant MAX_GRACE_HOURS = 30 * 24;

// No operation of a seat can be open so long after the seat was left: approval time, delay and grace at their longest.
Duration constant SEAT_REST = Duration.wrap(14 days + 60 days + 30 days);
Duration constant SEASONING = Duration.wrap(90 days);

// A guardian's suspension lapses so long (and the CUSTODY delay) after it began.
Duration constant SUSPENSION = Duration.wrap(14 days);
// Then the same guardian leaves the same person alone for so long.
Duration constant SUSPENSION_PAUSE = Duration.wrap(30 days);

uint256 constant MIN_QUORUM = 2;
uint256 constant MAX_QUORUM = 63;
// The circle of the day holds no more people who are over three hours apart.
uint256 constant MAX_SEGREGATED_QUORUM = 7;

// An asset's full bucket is empty again after so long.
uint256 constant REFILL = 24 hours;

// So many of the latest bypasses are counted, and a bypass is reviewed within so many hours at the latest.
Duration constant BYPASS_PERIOD = Duration.wrap(30 days);
uint256 constant MAX_REVIEW_HOURS = 30 * 24;
// The terms of a vault that sets none: so many bypasses, and the next business day, weekends included.
uint256 constant BYPASS_LIMIT = 3;
uint256 constant REVIEW_HOURS = 72;

// Holders of a group's key.
uint256 constant MIN_HOLDERS = 2;
uint256 constant MAX_HOLDERS = 20;
