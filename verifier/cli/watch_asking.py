"""Asking a watcher that runs on this machine how it is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any, Final

from verifier.model.routes import Tally
from verifier.model.text import Shown, sanitise
from verifier.store.watch_settings import WatchSettings

_SECONDS: Final = 3.0
_MOST: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the watcher says of itself."""

    ailment: Shown | None
    tallies: dict[str, Tally] = field(default_factory=dict)


def ask_watcher(settings: WatchSettings) -> Told | None:
    """Return what the watcher says, or None where it does not answer, or cannot be asked."""
    if settings.listen is None:
        return None
    host, port = settings.listen
    connection = HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=_SECONDS)  # noqa: S104
    try:
        connection.request("GET", "/health")
        return _told(json.loads(connection.getresponse().read(_MOST)))
    except (OSError, HTTPException, ValueError, TypeError, KeyError, AttributeError):
        return None
    finally:
        connection.close()


def _told(record: Any) -> Told:
    ailment = record["ailment"]
    return Told(
        ailment=None if ailment is None else sanitise(str(ailment)),
        tallies={
            str(sanitise(name, most=40)): Tally(
                delivered=int(tally["delivered"]), failed=int(tally["failed"]), failing=int(tally["failing"])
            )
            for name, tally in record["channels"].items()
        },
    )
