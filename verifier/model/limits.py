"""The constants of the vault, as in `libraries/Limits.sol`; a test holds both to be the same."""

from __future__ import annotations

from typing import Final

from verifier.model.units import Duration, Hours

_DAY: Final = 86_400

MAX_CALLS: Final = 32
MAX_DATA: Final = 24 * 1024

MAX_APPROVAL_TIME: Final = Duration(14 * _DAY)
MIN_DELAY: Final = Duration(600)
MIN_HIGH_DELAY: Final = Duration(_DAY)
MAX_DELAY: Final = Duration(60 * _DAY)
MIN_HIGH_EXPEDITED_DELAY: Final = Duration(3_600)
MIN_GRACE_HOURS: Final = Hours(24)
MAX_GRACE_HOURS: Final = Hours(30 * 24)

SEAT_REST: Final = Duration((14 + 60 + 30) * _DAY)
"""A seat that was left is free again after this: no operation of it can be open so long."""
SEASONING: Final = Duration(90 * _DAY)
"""Before this a new member does not count for HIGH_VALUE and CUSTODY."""

SUSPENSION: Final = Duration(14 * _DAY)
"""A guardian's suspension lapses so long, and the delay of CUSTODY, after it began."""
SUSPENSION_PAUSE: Final = Duration(30 * _DAY)
"""Then the same guardian leaves the same person alone for so long."""

MIN_QUORUM: Final = 2
MAX_QUORUM: Final = 63
MAX_SEGREGATED_QUORUM: Final = 7
"""The circle of the day holds no more people who are over three hours apart."""

REFILL: Final = Duration(_DAY)
"""An asset's full bucket is empty again after so long."""

BYPASS_PERIOD: Final = Duration(30 * _DAY)
"""So far back bypasses are counted."""
MAX_REVIEW_HOURS: Final = Hours(30 * 24)
BYPASS_LIMIT: Final = 3
"""Bypasses within the period, while one is unreviewed, where a vault sets no limit."""
REVIEW_HOURS: Final = Hours(72)
"""How long a bypass may be unreviewed, where a vault does not say."""

MIN_HOLDERS: Final = 2
MAX_HOLDERS: Final = 20
"""Holders of a group's key."""
