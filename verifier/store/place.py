"""Where the files of this client are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from verifier.errors import PathHomeless

VARIABLE: Final = "FOURTH_SIGNER_CONFIG"


def path_of(text: str) -> Path:
    """Return the path that somebody wrote, with ~ filled in.

    :raises PathHomeless: it begins in the home of somebody who has none.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError as exc:
        raise PathHomeless(path=text) from exc


def configuration_path(given: str | None, environment: Mapping[str, str]) -> Path:
    """Return what was given, else what the environment says, else where programs keep their configuration (XDG).

    :raises PathHomeless: it begins in the home of somebody who has none.
    """
    if chosen := given or environment.get(VARIABLE):
        return path_of(chosen)
    base = Path(environment.get("XDG_CONFIG_HOME") or "")
    # The XDG rules: a path that is not absolute counts as none.
    root = base if base.is_absolute() else path_of("~/.config")
    return root / "fourth-signer" / "config.toml"


def memory_path(given: str | None, environment: Mapping[str, str]) -> Path:
    """Return the file that remembers vaults: beside a configuration that was chosen, with a name made of that one's, so
    each has its own; else where programs keep their state (XDG).

    :param given: the configuration that was given, as for `configuration_path`
    """
    if given or environment.get(VARIABLE):
        configuration = configuration_path(given, environment)
        return configuration.parent / f"{configuration.stem}.memory.sqlite3"
    base = Path(environment.get("XDG_STATE_HOME") or "")
    root = base if base.is_absolute() else path_of("~/.local/state")
    return root / "fourth-signer" / "memory.sqlite3"
