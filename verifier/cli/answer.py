"""What a command has to say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Text for the standard output, and an exit code."""

    text: str
    code: int = 0
