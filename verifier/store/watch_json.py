"""Happenings as JSON, for the store's rows, and back. What was kept reads back as it was, or the store is damaged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from verifier.errors import InputError
from verifier.errors.text import sanitise
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import ByteRange, Finding, Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, LaneIndex, OperationId, Timestamp
from verifier.model.watching import Happening, Kind


class UnreadableError(Exception):
    """What stands in the store was not written by this program."""


@contextmanager
def readable() -> Iterator[None]:
    """:raises UnreadableError: in place of whatever is wrong with what was read."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InputError) as exc:
        raise UnreadableError from exc


def as_text(value: object) -> str:
    """Return JSON in ASCII, without spaces, keys in alphabetical order: the same value is the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def happening_json(happening: Happening) -> dict[str, Any]:
    """Return a happening as JSON; what it does not have is left out."""
    found = {
        "chain": int(happening.chain_id),
        "vault": None if happening.vault is None else str(happening.vault),
        "kind": happening.kind.value,
        "subject": happening.subject,
        "occasion": happening.occasion,
        "severity": int(happening.severity),
        "sentence": happening.sentence,
        "lines": list(happening.lines),
        "findings": [_finding_json(finding) for finding in happening.findings],
        "evidence": int(happening.evidence),
        "block": int(happening.block),
        "block_hash": happening.block_hash.hex(),
        "at": int(happening.at),
        "lane": happening.lane,
        "operation_id": None if happening.operation_id is None else happening.operation_id.hex(),
        "ready_at": happening.ready_at,
        "pages": happening.pages,
    }
    return {name: value for name, value in found.items() if value is not None and value not in ("", [])}


def read_happening(text: str) -> Happening:
    """Return a happening as it was kept.

    :raises UnreadableError: it is no such text.
    """
    with readable():
        return _read_happening(json.loads(text))


def _read_happening(found: Mapping[str, Any]) -> Happening:
    vault, lane, ready_at = found.get("vault"), found.get("lane"), found.get("ready_at")
    operation_id = found.get("operation_id")
    return Happening(
        chain_id=ChainId(found["chain"]),
        vault=None if vault is None else Address.parse(vault),
        kind=Kind(found["kind"]),
        subject=found["subject"],
        occasion=found.get("occasion", ""),
        severity=Severity(found["severity"]),
        sentence=read_shown(found.get("sentence", "")),
        lines=tuple(read_shown(line) for line in found.get("lines", ())),
        findings=tuple(_read_finding(finding) for finding in found.get("findings", ())),
        evidence=Evidence(found["evidence"]),
        block=BlockNumber(found["block"]),
        block_hash=bytes.fromhex(found.get("block_hash", "")),
        at=Timestamp(found["at"]),
        lane=None if lane is None else LaneIndex(lane),
        operation_id=None if operation_id is None else OperationId(bytes.fromhex(operation_id)),
        ready_at=None if ready_at is None else Timestamp(ready_at),
        pages=found.get("pages"),
    )


def read_shown(text: str) -> Shown:
    """Return what was shown once.

    :raises ValueError: it is nothing that was ever shown.
    """
    shown = sanitise(text, most=max(len(text), 1))
    if shown != text:
        raise ValueError("text that was never shown")
    return shown


def _finding_json(finding: Finding) -> dict[str, Any]:
    found = {
        "rule": finding.rule,
        "severity": int(finding.severity),
        "sentence": finding.sentence,
        "evidence": int(finding.evidence),
        "call": finding.call,
        "where": None if finding.where is None else [finding.where.start, finding.where.stop],
        "path": list(finding.path) or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _read_finding(found: Mapping[str, Any]) -> Finding:
    where = found.get("where")
    return Finding(
        rule=found["rule"],
        severity=Severity(found["severity"]),
        sentence=read_shown(found["sentence"]),
        evidence=Evidence(found["evidence"]),
        call=found.get("call"),
        where=None if where is None else ByteRange(start=where[0], stop=where[1]),
        path=tuple(found.get("path", ())),
    )
