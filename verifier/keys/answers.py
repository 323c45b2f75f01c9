"""Reading what came back from another device or process: strictly, since it may come from an enemy."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from verifier.errors import AddressMalformed, KeyAnswerMalformed
from verifier.model.address import Address
from verifier.model.operation import Signature
from verifier.model.text import Shown
from verifier.sign.approval import split_signature

MOST_CHARACTERS: Final = 64 * 1024

_SIGNATURE: Final = re.compile(r"0x[0-9a-fA-F]{130}")


def read_signature(given: Any, holder: Shown) -> Signature:
    """Return the signature of 65 bytes in hex.

    :raises KeyAnswerMalformed: it is no such text.
    :raises SignatureMalformed: it is none that the vault takes.
    """
    if not isinstance(given, str) or not _SIGNATURE.fullmatch(given):
        raise KeyAnswerMalformed(holder=holder, why="a signature is 0x and 130 hex digits")
    return split_signature(bytes.fromhex(given[2:]))


def read_address(given: Any, holder: Shown) -> Address:
    """:raises KeyAnswerMalformed: it is no address."""
    try:
        return Address.parse(given if isinstance(given, str) else "")
    except AddressMalformed as exc:
        raise KeyAnswerMalformed(holder=holder, why="it names no address") from exc


def read_pasted(text: str, holder: Shown) -> Signature:
    """Return the signature from what a person pasted or a file holds: the hex alone, or JSON with a `signature`.

    :raises KeyAnswerMalformed: it is neither.
    :raises SignatureMalformed: it is none that the vault takes.
    """
    if len(text) > MOST_CHARACTERS:
        raise KeyAnswerMalformed(holder=holder, why="it is too long for a signature")
    bare = text.strip()
    if not bare.startswith("{"):
        return read_signature(bare, holder)
    try:
        answer = json.loads(bare, object_pairs_hook=_once)
    except (ValueError, RecursionError) as exc:
        raise KeyAnswerMalformed(holder=holder, why="it is no JSON, or says something twice") from exc
    return read_signature(answer.get("signature"), holder)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object whose keys come once each: of two, people and programs may read another."""
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a key comes twice")
    return read
