"""Looking for a secret wherever an exception could carry it."""

from __future__ import annotations

import pickle
import traceback
from typing import Any

import pytest


def forms_of(secret: bytes) -> set[str]:
    """Return how a secret may look in a text: itself, in hex, as Python shows it, as a number."""
    shown = {secret.hex(), repr(secret), repr(bytearray(secret)), str(int.from_bytes(secret, "big"))}
    return shown | ({secret.decode()} if secret.isascii() else set())


def traces_of(error: BaseException) -> str:
    """Return all that can be printed of an exception: what it says, its causes, the names in all of their frames."""
    text: list[str] = []
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop()
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        printed = traceback.TracebackException.from_exception(found, capture_locals=True, compact=False)
        text += [*printed.format(chain=False), repr(found), repr(found.args), repr(vars(found))]
        waiting += (found.__cause__, found.__context__)
    return "\n".join(text)


def require_no_trace(error: BaseException, *secrets: bytes) -> None:
    """Fail if one of the secrets stands in anything that can be printed of an exception."""
    traces = traces_of(error)
    assert "Traceback" in traces
    for secret in secrets:
        for form in forms_of(secret):
            assert form not in traces, f"{form} in {traces}"


def require_unshown(holder: Any, *secrets: bytes) -> None:
    """Fail if one of the secrets stands in what is printed of an object or of what it holds, or if it can be stored."""
    shown = "\n".join([repr(holder), str(holder), f"{holder}", repr(getattr(holder, "__dict__", {}))])
    for secret in secrets:
        for form in forms_of(secret):
            assert form not in shown
    with pytest.raises(TypeError, match="neither copied nor stored"):
        pickle.dumps(holder)
