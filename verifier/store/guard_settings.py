"""What an automatic guard's configuration says: what is guarded, by whose key, on which rules, and who is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from verifier.model.address import Address
from verifier.model.guarding import GuardTerms
from verifier.store.watch_settings import WatchSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """Where the guard's key is, and where what opens it comes from; None everywhere asks a person at the start."""

    # As `--key` of other commands takes it: a keystore file or a PKCS#11 URI.
    holder: str
    # Whose key it is, where what holds it does not tell.
    member: Address | None = None
    file: Path | None = None
    # Of systemd: a file of this name in $CREDENTIALS_DIRECTORY.
    credential: str | None = None
    # A file descriptor that is open when the guard starts.
    descriptor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """Everything that guard.toml holds."""

    # Vaults, endpoints, channels and the store, as a watcher has them: all of it is the guard's own.
    around: WatchSettings
    key: KeySettings
    terms: GuardTerms
    # While this file is there, nothing is vetoed.
    hold: Path

    @property
    def path(self) -> Path:
        return self.around.path
