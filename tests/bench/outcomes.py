"""Steps that must have been taken for the numbers to mean anything."""

from __future__ import annotations

from tests.anvil import Outcome
from tests.bench.report import BenchError


def done(outcome: Outcome) -> Outcome:
    """Return the outcome of a step without which the numbers would mean nothing."""
    if not outcome.succeeded:
        raise BenchError(f"a step was refused, so nothing was measured: 0x{outcome.revert_data.hex()}")
    return outcome
