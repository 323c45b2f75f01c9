"""What the commands of a release are given: files, hashes, tokens, and the gate that they all speak to."""

from __future__ import annotations

import hashlib
import re
from argparse import Namespace
from pathlib import Path
from typing import Final

from verifier.deploy.gate.opening import ReleaseGate, open_gate
from verifier.errors import HexMalformed, ReleaseRefused
from verifier.model.text import Foreign
from verifier.store.place import path_of
from verifier.store.watch_lock import origin_of_this_process

_HASH: Final = re.compile(r"(?:0x)?([0-9a-fA-F]{64})")
_MOST: Final = 8 * 1024 * 1024
_MOST_TOKEN: Final = 8_192
_MOST_REASON: Final = 16_384


def gate_of(options: Namespace, *, must_pin: bool = True) -> ReleaseGate:
    """Return the gate that the arguments name.

    :param must_pin: whether the record is believed only with a head that somebody told

    :raises ReleasePolicyMalformed: the policy cannot be used.
    :raises RepositoryUnreadable: there is no repository.
    """
    policy = path_of(options.policy)
    checkout = path_of(options.checkout) if options.checkout is not None else policy.absolute().parent
    pin = None if options.head is None else bytes.fromhex(hash_of(options.head, "head of the record"))
    return open_gate(policy, checkout, origin=origin_of_this_process(), pin=pin, must_pin=must_pin)


def content_of(path: Path, what: str, most: int = _MOST) -> bytes:
    """Return a file's bytes.

    :param what: what it is, such as `The vault's file`
    :raises ReleaseRefused: it cannot be read, or is too long.
    """
    try:
        with path.open("rb") as file:
            found = file.read(most + 1)
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "its path is no path"
        raise ReleaseRefused(rule="file-unreadable", why=f"{what} {path} cannot be read ({why})") from exc
    if len(found) > most:
        raise ReleaseRefused(rule="file-unreadable", why=f"{what} {path} has more than {most} bytes")
    return found


def tokens_of(options: Namespace) -> list[Foreign]:
    """Return the tokens of the files that the arguments name.

    :raises ReleaseRefused: one is no text.
    """
    found: list[str] = []
    for name in options.token:
        content = content_of(path_of(name), "The token", _MOST_TOKEN)
        try:
            found.append(content.decode("ascii").strip())
        except UnicodeDecodeError as exc:
            raise ReleaseRefused(rule="token-form", why=f"what is in {name} is no token") from exc
    return found


def one_token_of(options: Namespace) -> Foreign:
    """:raises ReleaseRefused: there are several."""
    found = tokens_of(options)
    if len(found) != 1:
        raise ReleaseRefused(rule="too-many", why="this takes one person's token")
    return found[0]


def reason_of(options: Namespace) -> tuple[str, Foreign | None]:
    """Return the hash of a reason, and the reason itself where it is to be kept.

    :raises ReleaseRefused: there is none.
    """
    if options.reason_hash is not None:
        return hash_of(options.reason_hash, "hash of a reason"), None
    if options.reason is None:
        raise ReleaseRefused(rule="reason-missing", why="a bypass wants its --reason, or the --reason-hash")
    content = content_of(path_of(options.reason), "The reason", _MOST_REASON)
    try:
        words = content.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise ReleaseRefused(rule="reason-missing", why="the reason is no text") from exc
    if not words.strip():
        raise ReleaseRefused(rule="reason-missing", why="the reason is empty")
    return hashlib.sha256(content).hexdigest(), words


def findings_of(options: Namespace) -> str:
    """Return the hash of what was found in a review: what was given is one, or a file."""
    if found := _HASH.fullmatch(options.findings or ""):
        return found[1].lower()
    if not options.findings:
        raise ReleaseRefused(rule="findings-missing", why="a review wants its --findings")
    return hashlib.sha256(content_of(path_of(options.findings), "The findings")).hexdigest()


def hash_of(text: str, what: str) -> str:
    """Return 32 bytes in hex, as this program writes them.

    :raises HexMalformed: they are none.
    """
    found = _HASH.fullmatch(text.strip())
    if found is None:
        raise HexMalformed(text=text, what=f"{what}, which has 32 bytes")
    return found[1].lower()
