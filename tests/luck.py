"""Seeds of tests that try something else each time."""

from __future__ import annotations

import os
import secrets


def draw_seed() -> int:
    """Return a seed: another one each time at a desk, and always the same where a run decides what lands.

    The trace of a test that fails shows it, among what its functions were called with.
    """
    return 20_221_122 if os.environ.get("CI") else secrets.randbelow(1 << 30)
