"""Showing facts and foreign text: the floor below has it, since errors show both too."""

from verifier.errors.text import (
    Foreign,
    Shown,
    in_quotes,
    sanitise,
    show_address,
    show_bytes,
    show_count,
    show_duration,
    show_moment,
)

__all__ = [
    "Foreign",
    "Shown",
    "in_quotes",
    "sanitise",
    "show_address",
    "show_bytes",
    "show_count",
    "show_duration",
    "show_moment",
]
