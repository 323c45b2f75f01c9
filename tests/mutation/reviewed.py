"""The mutants that somebody looked at and found to do the same as the original, with the reason: equivalent.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

from tests.mutation.mutant import Mutant

FILE: Final = Path(__file__).with_name("equivalent.toml")


def reviewed(file: Path = FILE) -> dict[str, str]:
    """Return the reasons, by the mutants' keys."""
    found = {}
    for entry in tomllib.loads(file.read_text("utf-8")).get("equivalent", ()):
        parts = [entry[part] for part in ("file", "place", "operator", "before", "after")]
        if "nth" in entry:
            parts.append(str(entry["nth"]))
        found[" | ".join(parts)] = " ".join(entry["why"].split())
    return found


def entry_for(mutant: Mutant) -> str:
    """Return the entry that a reviewer would add, without the reason."""
    lines = {
        "file": mutant.file,
        "place": mutant.change.place,
        "operator": mutant.change.operator,
        "before": mutant.before,
        "after": mutant.after,
    }
    text = "".join(f"{name} = {_quoted(value)}\n" for name, value in lines.items())
    return f"[[equivalent]]\n{text}" + (f"nth = {mutant.nth + 1}\n" if mutant.nth else "")


def _quoted(text: str) -> str:
    if "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
