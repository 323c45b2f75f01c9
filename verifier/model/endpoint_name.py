"""What an endpoint is called: its host, written in one way, so that two ways of writing it are one source."""

from __future__ import annotations

from typing import Final

_USUAL_PORTS: Final = {"http": 80, "https": 443}


def name_of_endpoint(scheme: str, host: str, port: int | None) -> str:
    """Return the name of an endpoint by the parts of its address; the rest of it is often a secret.

    :param host: without brackets; whether its letters are large, or a dot ends it, makes no difference
    :param port: left out where it is the usual one of the scheme
    """
    plain = host.lower().removesuffix(".")
    shown = f"[{plain}]" if ":" in plain else plain
    return shown if port in (None, _USUAL_PORTS.get(scheme)) else f"{shown}:{port}"
