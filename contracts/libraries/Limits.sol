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
