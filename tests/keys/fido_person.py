"""Somebody with a share that a FIDO2 token opens, and what tests do for them."""

from __future__ import annotations

import os
from pathlib import Path

from tests.keys.soft_fido2 import PIN, SoftFido
from verifier.frost.shares import Share
from verifier.keys.fido_line import Waits
from verifier.keys.fido_part import FidoPart
from verifier.keys.secret import AskSecret, Secret
from verifier.keys.share_fido import FidoShareToken
from verifier.keys.share_sealing import (
    Factors,
    read_share_head,
    seal_share,
)
from verifier.model.text import Shown

PASSPHRASE = "correct horse battery"
QUICK = 1 << 14


class Person:
    """Somebody in front of a token: what they are told, and what they type."""

    def __init__(self, pin: str = PIN) -> None:
        self.pin = pin
        self.told: list[str] = []
        self.asked: list[str] = []

    def ask(self, what: Shown) -> Secret:
        self.asked.append(what)
        return Secret(self.pin)

    def factors(self, *, passphrase: str = PASSPHRASE, waits: Waits | None = None) -> Factors:
        token = FidoShareToken(self.ask, self.told.append, waits=waits)
        say: AskSecret = lambda _: Secret(passphrase)  # noqa: E731 - one line says it
        return Factors(passphrase=say, token=token, n=QUICK)


def seal(share: Share, path: Path, factors: Factors) -> Path:
    path.write_bytes(seal_share(share, factors, dice=os.urandom))
    path.chmod(0o600)
    return path


def part_of(path: Path) -> FidoPart:
    found = read_share_head(path).token
    assert isinstance(found, FidoPart)
    return found


def pull(token: SoftFido) -> None:
    token.path.unlink()
