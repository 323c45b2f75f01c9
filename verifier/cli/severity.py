"""The exit code of what was found, for scripts that look at nothing else."""

from __future__ import annotations

from verifier.errors.exits import DANGER, WARNING
from verifier.model.finding import Severity


def exit_code_for(severity: Severity | None) -> int:
    """Return the exit code of the highest severity: 0 up to a notice, then one for warning and one for danger."""
    if severity is None or severity < Severity.WARNING:
        return 0
    return DANGER if severity is Severity.DANGER else WARNING
