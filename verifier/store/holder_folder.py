"""The folder of a holder or a coordinator: who it is on the way, and all that it keeps.

transport.key      by which its envelopes are signed: one line of hex behind a mark
tls.key, tls.crt   by which its connections are known: PEM
card.toml          what it hands to whoever sets the group up
group.toml         the group, as this one knows it
share.json         a holder's share, sealed; share.pending.json while a new one is not in use yet
rules.toml         when a holder signs without being asked
records.jsonl      what was asked and answered, each record with the hash of the one before
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from verifier.errors import HolderFolderUnfit
from verifier.errors.frost import ScalarMalformed
from verifier.frost.scalar import SecretScalar
from verifier.model.group_file import GroupFile
from verifier.store.group_file import read_group_file, replace_bytes
from verifier.store.syncing import sync_folder

_MARK: Final = "fourth-signer transport key 1"
_NEW: Final = "Make one with `fourth-signer frost card`."


@dataclass(frozen=True, slots=True)
class HolderFolder:
    """Where the things of one holder, or of a coordinator, are. Nothing is read before it is asked for."""

    path: Path

    @property
    def transport(self) -> Path:
        return self.path / "transport.key"

    @property
    def tls_key(self) -> Path:
        return self.path / "tls.key"

    @property
    def certificate(self) -> Path:
        return self.path / "tls.crt"

    @property
    def card(self) -> Path:
        return self.path / "card.toml"

    @property
    def group(self) -> Path:
        return self.path / "group.toml"

    @property
    def share(self) -> Path:
        return self.path / "share.json"

    @property
    def pending(self) -> Path:
        return self.path / "share.pending.json"

    @property
    def rules(self) -> Path:
        return self.path / "rules.toml"

    @property
    def records(self) -> Path:
        return self.path / "records.jsonl"

    def read_group(self) -> GroupFile:
        """:raises GroupFileMalformed: it cannot be read."""
        return read_group_file(self.group)

    def read_transport(self) -> SecretScalar:
        """Return with what envelopes are signed.

        :raises HolderFolderUnfit: there is nothing of the kind, or others can read it.
        """
        try:
            mode = self.transport.stat().st_mode
            mark, _, digits = self.transport.read_text("ascii").strip().partition("\n")
            if mode & 0o077:
                raise HolderFolderUnfit(
                    path=str(self.path),
                    why="others on this machine can read its transport key",
                    advice="Run `chmod 600` on it, and think about who may have copied it.",
                )
            if mark == _MARK:
                return SecretScalar(bytes.fromhex(digits))
        except (OSError, ValueError, ScalarMalformed):
            # Without its words: they might quote the key.
            pass
        raise HolderFolderUnfit(path=str(self.path), why="it has no transport key", advice=_NEW)

    def make(
        self, *, dice: Callable[[int], bytes], make_certificate: Callable[[], tuple[bytes, bytes]]
    ) -> bytes:
        """Make a new identity, and return its certificate, DER.

        :param make_certificate: returns a key and its certificate in PEM
        :raises HolderFolderUnfit: there is one already: whoever has it is known by it.
        :raises HolderFileUnwritable: the disk does not let us.
        """
        from ssl import PEM_cert_to_DER_cert

        if self.transport.exists():
            why = "there is an identity in it already, and nothing is written over"
            raise HolderFolderUnfit(path=str(self.path), why=why, advice="Choose another folder.")
        try:
            _make_folder(self.path)
        except OSError as exc:
            why = f"it cannot be made ({os.strerror(exc.errno or 0)})"
            raise HolderFolderUnfit(path=str(self.path), why=why, advice="Choose another folder.") from exc
        key, certificate = make_certificate()
        replace_bytes(self.tls_key, key)
        replace_bytes(self.certificate, certificate)
        secret = SecretScalar(dice(32))
        replace_bytes(self.transport, f"{_MARK}\n{secret.reveal().hex()}\n".encode("ascii"))
        return PEM_cert_to_DER_cert(certificate.decode("ascii"))

    def read_certificate(self) -> bytes:
        """Return its certificate, DER.

        :raises HolderFolderUnfit: there is none.
        """
        from ssl import PEM_cert_to_DER_cert

        try:
            return PEM_cert_to_DER_cert(self.certificate.read_text("ascii"))
        except (OSError, ValueError) as exc:
            raise HolderFolderUnfit(path=str(self.path), why="it has no certificate", advice=_NEW) from exc


def _make_folder(path: Path) -> None:
    """Make a folder where there is none, and have it on the disk: whoever is known by what is in it must not lose it.

    :raises OSError: it cannot be made.
    """
    made = [each for each in path.parents if not each.exists()]
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    for each in (path, *made):
        with suppress(OSError):
            # Not everybody may read the folder that a folder of theirs is in.
            sync_folder(each.parent)
