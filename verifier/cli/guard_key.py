"""The guard's key: what opens it is read once, at the start, and is in this process alone from then on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from verifier.cli.keys import ask_person, read_passphrase
from verifier.errors import KeyFileUnusable, KeyRefused
from verifier.keys import opening
from verifier.keys.secret import AskSecret, Secret, Unstored
from verifier.model.reading import TransactionTerms
from verifier.model.text import Shown
from verifier.model.units import ChainId, Wei
from verifier.ports import KeyHolder
from verifier.store.guard_settings import GuardSettings, KeySettings

_CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"
_MOST: Final = 4_096
# No chain has this number, and no account so many transactions: what is signed for it is good for nothing.
_NOWHERE: Final = ChainId((1 << 64) - 1)
_NEVER: Final = (1 << 64) - 2


class Passphrase(Unstored):
    """What opens the key. Each time that it is asked for, a copy is given, which whoever asked wipes."""

    __slots__ = ("_ask", "_held")

    def __init__(self, ask: AskSecret) -> None:
        """Take who gives it; nobody is asked before the key is used for the first time."""
        self._ask = ask
        self._held: Secret | None = None

    def __repr__(self) -> str:
        return "Passphrase(<secret>)"

    def give(self, what: Shown) -> Secret:
        """Return a copy. Asked for once, it is not asked for again."""
        if self._held is None:
            self._held = self._ask(what)
        return Secret(self._held.reveal())


def open_guard_key(settings: GuardSettings, environment: Mapping[str, str] = os.environ) -> KeyHolder:
    """Return what holds the guard's key. Nothing opens it before something is to be signed.

    :raises KeyHolderError: it cannot be used.
    """
    key = settings.key
    passphrase = Passphrase(_source(key, environment))
    return opening.open_key(key.holder, ask=passphrase.give, exchange=lambda _: None, member=key.member)


def require_opens(holder: KeyHolder) -> None:
    """Return if the key signs: that a passphrase is wrong must not be found out when a veto is due.

    :raises KeyHolderError: it does not sign.
    """
    terms = TransactionTerms(chain_id=_NOWHERE, nonce=_NEVER, gas=21_000, max_fee=Wei(0), priority_fee=Wei(0))
    holder.sign_transaction(terms, to=holder.address, data=b"", value=Wei(0))


def _source(key: KeySettings, environment: Mapping[str, str]) -> AskSecret:
    if key.file is not None:
        file = key.file
        return lambda _: read_passphrase(file)
    if key.credential is not None:
        folder = environment.get(_CREDENTIALS, "")
        if not folder:
            why = f"systemd gives no credentials here ({_CREDENTIALS} is not set)"
            advice = "Start the guard as a service with LoadCredential, or name a passphrase_file."
            raise KeyFileUnusable(path=key.credential, why=why, advice=advice)
        path = Path(folder) / key.credential
        return lambda _: read_passphrase(path, is_kept=True)
    if key.descriptor is not None:
        descriptor = key.descriptor
        return lambda what: _read_descriptor(descriptor, what)
    return ask_person


def _read_descriptor(descriptor: int, what: Shown) -> Secret:
    """Return the first line of what can be read there; it is closed then."""
    read = bytearray()
    try:
        while len(read) < _MOST and b"\n" not in read and (part := os.read(descriptor, _MOST)):
            read += part
        os.close(descriptor)
    except OSError as exc:
        why = f"nothing can be read from file descriptor {descriptor} ({exc.strerror})"
        raise KeyRefused(holder=what, why=why) from exc
    with Secret(bytes(read)) as held:
        found = Secret(held.reveal().partition(b"\n")[0].rstrip(b"\r"))
    for i in range(len(read)):
        read[i] = 0
    return found
