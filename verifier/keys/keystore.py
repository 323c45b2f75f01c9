"""A member's key in an encrypted file: Ethereum's keystore, version 3, opened by eth-account."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any, Final

from verifier.errors import KeyFileUnusable, KeyOfOther, PassphraseWrong
from verifier.errors.keys import NAME_THE_MEMBER
from verifier.keys.keystore_form import read_form
from verifier.keys.secret import AskSecret, Secret, Unstored, keep_out_of_traces
from verifier.model.address import Address
from verifier.model.message import TypedMessage
from verifier.model.operation import Signature
from verifier.model.reading import TransactionTerms
from verifier.model.text import Shown, sanitise
from verifier.model.units import Wei
from verifier.sign.approval import split_signature
from verifier.sign.messages import require_signed_by
from verifier.sign.transaction import Transaction

MOST_BYTES: Final = 64 * 1024
"""A key file has about 500."""


class Keystore(Unstored):
    """The port KeyHolder over one encrypted file. It asks for the passphrase each time, and keeps nothing open."""

    def __init__(
        self, path: Path, ask: AskSecret, *, member: Address | None = None, usual: Address | None = None
    ) -> None:
        """Read the file; its passphrase is not asked for yet.

        :param member: whose key it should be; None takes the address that the file names
        :param usual: whose key it is where neither says so: not every wallet writes the address into its files
        :raises KeyFileUnusable: it is missing, no keystore, or open to others.
        :raises KeyOfOther: it names another address.
        """
        self._path = path
        self._ask = ask
        self._form, named = read_form(_read(path), path=str(path))
        if member is not None and named is not None and named != member:
            raise KeyOfOther(holder=self.describe(), expected=member, actual=named)
        owner = member or named or usual
        if owner is None:
            raise KeyFileUnusable(path=str(path), why="it does not name its address", advice=NAME_THE_MEMBER)
        self._address = owner

    @property
    def address(self) -> Address:
        return self._address

    def describe(self) -> Shown:
        return Shown(f"the key file {sanitise(self._path.name, most=60)}")

    def __repr__(self) -> str:
        return f"Keystore({self._path.name!r}, {self._address})"

    def sign(self, message: TypedMessage) -> Signature:
        """As the port says.

        :raises PassphraseWrong: it does not open the file.
        :raises KeyOfOther: the key in it is another's.
        """
        return self._sign(message.digest)

    def sign_transaction(
        self, terms: TransactionTerms, *, to: Address | None, data: bytes, value: Wei
    ) -> bytes:
        """As `sign`, for a transaction of the member's own."""
        transaction = Transaction.on(terms, to=to, data=data, value=value)
        return transaction.signed(self._sign(transaction.digest))

    def _sign(self, digest: bytes) -> Signature:
        with self._open() as key:
            owner = _address_of(key)
            if owner != self._address:
                raise KeyOfOther(holder=self.describe(), expected=self._address, actual=owner)
            signature = split_signature(_sign(key, digest))
        require_signed_by(self._address, signature, digest)
        return signature

    def _open(self) -> Secret:
        with self._ask(Shown(f"Passphrase of {self.describe()}")) as passphrase:
            key = _decrypt(self._form, passphrase)
        if key is None:
            raise PassphraseWrong(holder=self.describe())
        return key


def _decrypt(form: dict[str, Any], passphrase: Secret) -> Secret | None:
    """Return the key, or None where the passphrase does not open it.

    Whatever is raised in there is not the cause of anything: its frames held the passphrase.
    """
    from eth_account import Account

    try:
        with keep_out_of_traces():
            # It takes bytes, though its types know only text.
            return Secret(bytes(Account.decrypt(form, passphrase.reveal())))  # type: ignore[arg-type]
    except ValueError:
        return None


def _address_of(key: Secret) -> Address:
    from eth_keys.datatypes import PrivateKey

    with keep_out_of_traces():
        return Address(PrivateKey(key.reveal()).public_key.to_canonical_address())


def _sign(key: Secret, digest: bytes) -> bytes:
    from eth_keys.datatypes import PrivateKey

    with keep_out_of_traces():
        return PrivateKey(key.reveal()).sign_msg_hash(digest).to_bytes()


def _read(path: Path) -> bytes:
    """Return what stands in the file, if only its owner can read it."""
    try:
        # Without waiting for the other end, should it be a pipe.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as exc:
        why = exc.strerror or "it cannot be opened" if isinstance(exc, OSError) else "this is no path"
        raise KeyFileUnusable(path=str(path), why=why, advice="Check where your key file is.") from exc
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise KeyFileUnusable(path=str(path), why="it is no file", advice="Check where your key file is.")
        if found.st_mode & 0o077:
            raise KeyFileUnusable(
                path=str(path),
                why=f"its mode is {stat.S_IMODE(found.st_mode):04o}, so others on this machine can use it",
                advice="Run `chmod 600` on it, and think about who may have copied it.",
            )
        if found.st_size > MOST_BYTES:
            raise KeyFileUnusable(
                path=str(path), why="it is too long for a key file", advice="Choose another."
            )
        return os.read(handle, MOST_BYTES)
    finally:
        os.close(handle)
