"""Of which session a record of a ceremony is: every record names it, so that each can be read by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_SESSION: Final = slice(80, 144)
"""Where an envelope says its session, in hex without the prefix."""


class RecordSessions:
    """Knows the session that is spoken of, from the records as they are written one after the other."""

    def __init__(self) -> None:
        # What was begun and has not ended, the innermost last; and what was spoken of last. In hex, with the prefix.
        self._begun: list[str] = []
        self._last: str | None = None

    def name(self, kind: str, body: Mapping[str, object]) -> dict[str, object]:
        """Return what a record says, with its session; None where nothing has been spoken of since the start."""
        session = self._of(kind, body)
        if kind == "begun" and session is not None:
            self._begun.append(session)
        elif kind == "ended" and self._begun:
            self._begun.pop()
        elif kind == "failed":
            # What failed takes with it whatever it was a part of.
            self._begun.clear()
        self._last = session
        return {**body, "session": session}

    def _of(self, kind: str, body: Mapping[str, object]) -> str | None:
        if "session" in body:
            return str(body["session"])
        if kind in ("excluded", "ended", "failed") and self._begun:
            return self._begun[-1]
        evidence = body.get("evidence")
        said = body.get("raw") or (evidence[-1] if isinstance(evidence, list) and evidence else None)
        named = str(said or "").removeprefix("0x")[_SESSION]
        return "0x" + named if len(named) == _SESSION.stop - _SESSION.start else self._last
