"""A bundle as a file: one line of JSON for each answer, so that two of them can be compared, and a hash of it all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from eth_hash.auto import keccak

from verifier.decode.content import UnfitError, is_too_nested
from verifier.errors import BundleMalformed, BundleUnwritable, FourthSignerError
from verifier.model.address import Address
from verifier.model.bundle import Bundle, Exchange
from verifier.model.units import LANES, BlockNumber, ChainId, LaneIndex, Timestamp
from verifier.store.books import read_bounded

VERSION: Final = 1
MARK: Final = "fourth-signer bundle"
MOST_BYTES: Final = 64 * 1024 * 1024
_MOST_ANSWERS: Final = 100_000
_MOST_TEXT: Final = 200
_MOST_NAMES: Final = 64


def write_bundle(path: Path, bundle: Bundle) -> bytes:
    """Write a bundle where there is none yet, and return the hash of the file.

    :raises BundleUnwritable: there is a file already, or the disk does not let us.
    """
    content = render_bundle(bundle)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as exc:
        why = "there is a file already, and nothing is written over"
        raise BundleUnwritable(path=str(path), why=why) from exc
    except (OSError, ValueError) as exc:
        raise BundleUnwritable(path=str(path), why=_reason(exc)) from exc
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as exc:
        path.unlink(missing_ok=True)
        raise BundleUnwritable(path=str(path), why=_reason(exc)) from exc
    return keccak(content)


def read_bundle(path: Path) -> tuple[Bundle, bytes]:
    """Return a bundle, and the hash of its file.

    :raises BundleMalformed: it cannot be read, or is none.
    """
    try:
        content = read_bounded(path, MOST_BYTES)
        return parse_bundle(content), keccak(content)
    except (UnfitError, _UnreadableError) as exc:
        raise BundleMalformed(path=str(path), why=str(exc)) from exc


class _UnreadableError(Exception):
    """Why the content is no bundle."""


def render_bundle(bundle: Bundle) -> bytes:
    """Return the content of the file: a line about the bundle, then a line for each answer, sorted."""
    head = {
        "mark": MARK,
        "version": VERSION,
        "made_at": int(bundle.made_at),
        "release": _hex(bundle.release),
        "chain": int(bundle.chain_id),
        "vault": str(bundle.vault),
        "founding": _hex(bundle.founding),
        "lane": int(bundle.lane),
        "block": int(bundle.block),
        "block_hash": _hex(bundle.block_hash),
        "agreeing": list(bundle.agreeing),
        "source": bundle.source,
    }
    lines = [json.dumps(head, separators=(",", ":"))]
    for each in bundle.exchanges:
        part = "result" if each.result is not None else "refusal"
        answer = each.result if each.result is not None else each.refusal
        lines.append(f'{{"method":{json.dumps(each.method)},"params":{each.params},"{part}":{answer}}}')
    lines += [
        f'{{"descriptor":{json.dumps(source)},"content":{content}}}' for source, content in bundle.descriptors
    ]
    return ("\n".join(lines) + "\n").encode("ascii", errors="backslashreplace")


def parse_bundle(content: bytes) -> Bundle:
    """Return what a file says."""
    if content.count(b"\n") > _MOST_ANSWERS:
        raise _UnreadableError(f"it has more than {_MOST_ANSWERS} lines")
    lines = content.split(b"\n")
    if lines.pop() != b"":
        raise _UnreadableError("its last line is not finished; it was cut off")
    if not lines:
        raise _UnreadableError("it is empty")
    head = _object(lines[0], "its first line")
    if head.get("mark") != MARK:
        raise _UnreadableError(f"it does not begin with the mark `{MARK}`")
    if head.get("version") != VERSION:
        raise _UnreadableError(f"it has another version than {VERSION}, which this release reads")
    # By what nothing may come twice: another program could take the other one.
    asked: dict[tuple[str, str], Exchange] = {}
    described: dict[str, str] = {}
    for i, line in enumerate(lines[1:]):
        found = _object(line, f"line {i + 2}")
        before = len(asked) + len(described)
        if "descriptor" in found:
            name, text = _descriptor(found, i + 2)
            described.setdefault(name, text)
        else:
            exchange = _exchange(found, i + 2)
            asked.setdefault((exchange.method, exchange.params), exchange)
        if len(asked) + len(described) == before:
            raise _UnreadableError(f"line {i + 2} says again, or otherwise, what a line before it says")
    try:
        return Bundle(
            made_at=Timestamp(_number(head, "made_at", 1 << 40)),
            release=_bytes(head, "release", 32),
            chain_id=ChainId(_number(head, "chain", 1 << 64)),
            vault=Address.parse(_text(head, "vault")),
            founding=_bytes(head, "founding", 32),
            lane=LaneIndex(_number(head, "lane", LANES)),
            block=BlockNumber(_number(head, "block", 1 << 64)),
            block_hash=_bytes(head, "block_hash", 32),
            agreeing=_texts(head, "agreeing"),
            source=_text(head, "source"),
            exchanges=tuple(asked.values()),
            descriptors=tuple(described.items()),
        )
    except FourthSignerError as exc:  # an address that is none
        raise _UnreadableError(f"its vault is no address: {exc.sentence()}") from exc


def _descriptor(found: dict[str, Any], number: int) -> tuple[str, str]:
    name = found["descriptor"]
    is_named = isinstance(name, str) and len(name) <= _MOST_TEXT
    if not is_named or not isinstance(found.get("content"), dict) or len(found) != 2:
        raise _UnreadableError(f"line {number} is no descriptor")
    return found["descriptor"], _json(found["content"])


def _exchange(found: dict[str, Any], number: int) -> Exchange:
    method, params = found.get("method"), found.get("params")
    if not isinstance(method, str) or not isinstance(params, list) or len(found) != 3:
        raise _UnreadableError(f"line {number} is no question with its answer")
    if "result" in found:
        return Exchange(method=method, params=_json(params, sort=True), result=_json(found["result"]))
    if not isinstance(found.get("refusal"), dict):
        raise _UnreadableError(f"line {number} has neither a result nor a refusal")
    return Exchange(
        method=method, params=_json(params, sort=True), result=None, refusal=_json(found["refusal"])
    )


def _object(line: bytes, what: str) -> dict[str, Any]:
    if is_too_nested(line):
        raise _UnreadableError(f"{what} is nested too deeply")
    try:
        found = json.loads(line, object_pairs_hook=_table_of)
    except (ValueError, RecursionError) as exc:
        raise _UnreadableError(f"{what} is no JSON") from exc
    if not isinstance(found, dict):
        raise _UnreadableError(f"{what} is no JSON object")
    return found


def _table_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise _UnreadableError("a name comes twice in one of its objects")
    return table


def _number(head: dict[str, Any], key: str, below: int) -> int:
    found = head.get(key)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < below:
        raise _UnreadableError(f"its `{key}` is no number from 0 to {below - 1}")
    return found


def _text(head: dict[str, Any], key: str) -> str:
    found = head.get(key)
    if not isinstance(found, str) or len(found) > _MOST_TEXT:
        raise _UnreadableError(f"its `{key}` is no text of at most {_MOST_TEXT} characters")
    return found


def _texts(head: dict[str, Any], key: str) -> tuple[str, ...]:
    found = head.get(key)
    names = found if isinstance(found, list) else [None]
    if len(names) > _MOST_NAMES or not all(
        isinstance(each, str) and len(each) <= _MOST_TEXT for each in names
    ):
        raise _UnreadableError(f"its `{key}` is no list of at most {_MOST_NAMES} names")
    return tuple(names)


def _bytes(head: dict[str, Any], key: str, size: int) -> bytes:
    text = _text(head, key)
    try:
        found = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != size or not text.startswith("0x"):
        raise _UnreadableError(f"its `{key}` is no 0x text of {size} bytes")
    return found


def _json(value: Any, *, sort: bool = False) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=sort)


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _reason(exc: Exception) -> str:
    return getattr(exc, "strerror", None) or "its path is no path"
