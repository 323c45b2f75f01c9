"""Typed data (EIP-712) as lines: every field by its name, whole, as a device shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from verifier.model.text import sanitise
from verifier.pages.layout import wrapped

_MOST = 60_000


def typed_data_lines(data: Mapping[str, Any], width: int) -> Iterator[str]:
    """Yield domain and message of typed data."""
    yield f"type {sanitise(str(data.get('primaryType', '')))}"
    for part in ("domain", "message"):
        yield f"{part}:"
        yield from _lines(data.get(part, {}), 2, width)


def _lines(value: Any, indent: int, width: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        pairs = [(str(name), inner) for name, inner in value.items()]
    else:
        pairs = [(f"[{i}]", inner) for i, inner in enumerate(value)]
    for name, inner in pairs:
        lead = f"{' ' * indent}{sanitise(name)}: "
        if isinstance(inner, Mapping | list | tuple):
            yield lead.rstrip()
            yield from _lines(inner, indent + 2, width)
            continue
        shown = f"0x{inner.hex()}" if isinstance(inner, bytes) else str(inner)
        lines = wrapped(sanitise(shown, most=_MOST), max(width - len(lead), 20))
        yield lead + lines[0]
        yield from (" " * len(lead) + line for line in lines[1:])
