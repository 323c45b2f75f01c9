"""The links of a log in which nothing can be changed unseen: the watcher's audit log, and the record of releases.

The hash of a record is SHA-256 over JSON in ASCII, without spaces, its keys in alphabetical order:

    {"at":..., "body":{...}, "domain":"fourth-signer audit 1", "identity":"...", "kind":"...", "number":...,
     "origin":"...", "previous":"0x..."}

`previous` is the hash of the record before, and 32 zero bytes for the first. Whoever knows one hash can therefore tell
whether any record up to there was changed, left out, put in or moved. `domain` says which log it is, so that no record
of one counts in another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Final

from verifier.errors import AuditBroken
from verifier.model.text import Shown, sanitise
from verifier.model.units import Timestamp
from verifier.model.watching import AuditRecord

DOMAIN: Final = "fourth-signer audit 1"
"""The watcher's audit log."""
GENESIS: Final = bytes(32)
"""What the first record holds in place of the hash of the one before."""

PROGRAM: Final = """\
import hashlib, json, sys

number, previous = 0, "0x" + 64 * "0"
with open(sys.argv[1], encoding="ascii") as file:
    head = json.loads(next(file))["head"]
    for line in file:
        record = json.loads(line)
        claimed = record.pop("hash")
        text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        found = "0x" + hashlib.sha256(text.encode("ascii")).hexdigest()
        if record["number"] != number + 1 or record["previous"] != previous or claimed != found:
            sys.exit(f"broken at record {number + 1}")
        number, previous = record["number"], claimed
if [number, previous] != [head["number"], head["hash"]]:
    sys.exit(f"broken at record {number + 1}: the end is missing")
print(f"{number} records hold to each other; the head is {previous}")
"""
"""Checks an exported log, for whoever has nothing of ours."""


def canonical(value: object) -> str:
    """Return JSON as it is hashed: ASCII, no spaces, keys in alphabetical order."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def preimage_of(record: AuditRecord, domain: str = DOMAIN) -> bytes:
    """Return what is hashed of a record."""
    parts = (
        ("at", str(int(record.at))),
        ("body", record.body),
        ("domain", canonical(domain)),
        ("identity", canonical(record.identity)),
        ("kind", canonical(record.kind)),
        ("number", str(record.number)),
        ("origin", canonical(record.origin)),
        ("previous", canonical("0x" + record.previous.hex())),
    )
    return ("{" + ",".join(f'"{name}":{text}' for name, text in parts) + "}").encode("ascii")


def hash_of(record: AuditRecord, domain: str = DOMAIN) -> bytes:
    """Return the hash that a record should have."""
    return hashlib.sha256(preimage_of(record, domain)).digest()


def line_of(record: AuditRecord, domain: str = DOMAIN) -> str:
    """Return a record as a line of a file."""
    try:
        body = json.loads(record.body)
    except ValueError:
        # Nobody wrote that; it is shown as it is.
        body = record.body
    return canonical(
        {
            "at": int(record.at),
            "body": body,
            "domain": domain,
            "hash": "0x" + record.hash.hex(),
            "identity": record.identity,
            "kind": record.kind,
            "number": record.number,
            "origin": record.origin,
            "previous": "0x" + record.previous.hex(),
        }
    )


def record_of(line: bytes, number: int, domain: str = DOMAIN) -> AuditRecord:
    """Return the record that a line holds. Whether it holds to the others is the chain's question.

    :param number: which one it should be, for the error
    :raises AuditBroken: it holds none of this log.
    """
    try:
        found = json.loads(line)
        is_ours = found["domain"] == domain and type(found["number"]) is type(found["at"]) is int
        if is_ours:
            return AuditRecord(
                number=found["number"],
                previous=_hash(found["previous"]),
                at=Timestamp(found["at"]),
                origin=_shown(found["origin"]),
                identity=_shown(found["identity"]),
                kind=str(found["kind"]),
                body=canonical(found["body"]),
                hash=_hash(found["hash"]),
            )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise AuditBroken(number=number, why="its line is no record") from exc
    raise AuditBroken(number=number, why="its line is a record of something else")


class HashChain:
    """The port AuditChain."""

    def __init__(self, domain: str = DOMAIN) -> None:
        """Make links of one log.

        :param domain: which log
        """
        self._domain = domain

    def seal(
        self,
        *,
        number: int,
        previous: bytes,
        at: Timestamp,
        origin: Shown,
        identity: Shown,
        kind: str,
        body: Mapping[str, object],
    ) -> AuditRecord:
        """Return the next record, with its hash."""
        text = canonical(body)
        unsealed = AuditRecord(
            number=number,
            previous=previous,
            at=at,
            origin=origin,
            identity=identity,
            kind=kind,
            body=text,
            hash=b"",
        )
        return AuditRecord(
            number=number,
            previous=previous,
            at=at,
            origin=origin,
            identity=identity,
            kind=kind,
            body=text,
            hash=hash_of(unsealed, self._domain),
        )

    def verify(
        self, records: Iterable[AuditRecord], *, head: bytes | None = None, is_tail: bool = False
    ) -> int:
        """Return how many records there are, each holding to the one before it.

        :param head: a hash that one of them has to have: one that was told earlier, or elsewhere
        :param is_tail: they need not begin with the first of all
        :raises AuditBroken: they are not what was written; it names the first that is not right.
        """
        count = 0
        number, previous = 1, GENESIS
        is_head_found = head is None
        for record in records:
            if is_tail and count == 0:
                number, previous = record.number, record.previous
            _require_link(record, number, previous, self._domain)
            count += 1
            number, previous = record.number + 1, record.hash
            is_head_found = is_head_found or record.hash == head
        if not is_head_found:
            why = f"no record has the hash 0x{(head or b'').hex()}: the end was cut off, or all of it written anew"
            raise AuditBroken(number=number, why=why)
        return count


def _require_link(record: AuditRecord, number: int, previous: bytes, domain: str) -> None:
    """:raises AuditBroken: a record is not the one that comes next."""
    if record.number > number:
        is_one = record.number == number + 1
        gone = "it is missing" if is_one else f"it is missing, and all up to {record.number - 1} with it"
        raise AuditBroken(number=number, why=gone)
    if record.number < number:
        why = f"record {record.number} stands in its place, which was there before or is moved"
        raise AuditBroken(number=number, why=why)
    if not _is_object(record.body) or hash_of(record, domain) != record.hash:
        raise AuditBroken(
            number=number, why="its hash is not that of what it says, so one of them was changed"
        )
    if record.previous != previous:
        why = "it does not hold the hash of the record before it, so one of the two is not the one that was written"
        raise AuditBroken(number=number, why=why)


def _is_object(body: str) -> bool:
    """Whether a body is one object, and not something that would change what stands after it in what is hashed."""
    try:
        return isinstance(json.loads(body), dict) and body.isascii()
    except (ValueError, RecursionError):
        return False


def _hash(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _shown(text: str) -> Shown:
    return sanitise(text, most=max(len(text), 1))
