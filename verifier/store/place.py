"""Where the configuration file is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

VARIABLE: Final = "FOURTH_SIGNER_CONFIG"


def configuration_path(given: str | None, environment: Mapping[str, str]) -> Path:
    """Return what was given, else what the environment says, else where programs keep their configuration (XDG)."""
    if chosen := given or environment.get(VARIABLE):
        return Path(chosen).expanduser()
    base = Path(environment.get("XDG_CONFIG_HOME") or "")
    # The XDG rules: a path that is not absolute counts as none.
    root = base if base.is_absolute() else Path("~/.config").expanduser()
    return root / "fourth-signer" / "config.toml"
