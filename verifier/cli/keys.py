"""Whose key signs, and how what opens it is asked for."""

from __future__ import annotations

import os
import signal
import stat
import warnings
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import GetPassWarning, getpass
from pathlib import Path
from typing import Final

from verifier.cli.asking import is_anybody_there
from verifier.errors import KeyFileUnusable, KeyRefused
from verifier.keys.secret import AskSecret, Secret
from verifier.model.address import Address
from verifier.model.text import Shown
from verifier.ports import KeyHolder
from verifier.store.place import path_of

_MOST_PASSPHRASE: Final = 4_096


def open_key(options: Namespace, member: Address | None = None, *, usual: Address | None = None) -> KeyHolder:
    """Return what holds the key that the arguments name. Nothing opens it before something is to be signed.

    :param member: whose key it should be; None where any will do
    :param usual: whose key is meant where any will do and what holds it does not tell
    :raises KeyHolderError: it cannot be used, or is another's.
    """
    from verifier.cli.carrying import carry_by_hand
    from verifier.keys import opening

    asks = ask_with(options)
    return opening.open_key(options.key, ask=asks, exchange=carry_by_hand, member=member, usual=usual)


def ask_with(options: Namespace) -> AskSecret:
    """Return how what opens a key is asked for: of a person, or of a file that only they can read."""
    if options.passphrase_file is None:
        return ask_person
    path = path_of(options.passphrase_file)
    return lambda _: read_passphrase(path)


def ask_person(what: Shown) -> Secret:
    """Return what somebody at the terminal types.

    :raises KeyRefused: nobody is there.
    """
    if not is_anybody_there():
        why = "nobody is at a terminal to be asked; give --passphrase-file FILE"
        raise KeyRefused(holder=what, why=why)
    with _interruptible(), warnings.catch_warnings():
        # Rather no passphrase than one that everybody reads on the screen.
        warnings.simplefilter("error", GetPassWarning)
        try:
            return Secret(getpass(f"{what}: "))
        except (EOFError, GetPassWarning) as exc:
            raise KeyRefused(holder=what, why="it cannot be asked for without showing it") from exc


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C wait until the terminal shows again what is typed; then it ends the program as always."""
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, handler)
        signal.raise_signal(signal.SIGINT)
        raise
    finally:
        signal.signal(signal.SIGINT, handler)


def read_passphrase(path: Path, *, is_kept: bool = False) -> Secret:
    """Return the first line of a file that only its owner can read.

    :param is_kept: whoever made the file lets nobody else into its folder, as systemd does with credentials
    :raises KeyFileUnusable: it cannot be read, or others could read it.
    """
    advice = "Check where your passphrase is, and who can read it."
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "this is no path"
        raise KeyFileUnusable(path=str(path), why=why, advice=advice) from exc
    with os.fdopen(handle, "rb") as file:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode) or (mode & 0o077 and not is_kept):
            why = "it is no file that only its owner can read"
            raise KeyFileUnusable(path=str(path), why=why, advice=advice)
        return Secret(file.readline(_MOST_PASSPHRASE).rstrip(b"\r\n"))
