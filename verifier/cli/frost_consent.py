"""For how long a holder's yes holds, and by which clock."""

from __future__ import annotations

import time
from typing import Final

from verifier.holder.service import USUAL_CONSENT
from verifier.model.group_file import BY_FILES, GroupFile
from verifier.model.holder_rules import HolderRules

CARRIED_CONSENT: Final = 14_400.0
"""Seconds, where somebody in the group carries files: the way there and back."""


def consent_seconds(rules: HolderRules, group: GroupFile) -> float:
    """Return for how long a yes holds while the others are waited for: as the rules say, or by how the group talks."""
    if rules.consent is not None:
        return float(rules.consent)
    is_carried = any(holder.address == BY_FILES for holder in group.holders)
    return CARRIED_CONSENT if is_carried else USUAL_CONSENT


def seconds_awake_or_asleep() -> float:
    """Return seconds that only grow. A machine that sleeps must not keep a consent for the next day."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)
