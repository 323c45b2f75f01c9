"""A delivery as machines read it: one JSON object, with a version, in ASCII and in one order."""

from __future__ import annotations

import json
from typing import Any, Final

from verifier.model.finding import Finding
from verifier.model.text import Shown, show_bytes
from verifier.model.watching import Delivery, Happening

VERSION: Final = 1
MOST_ITEMS: Final = 64
MOST_BYTES: Final = 64 * 1024


def delivery_record(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as JSON knows it. Bytes are 0x text, moments are seconds since 1970."""
    happening = delivery.happening
    return {
        "version": VERSION,
        "key": delivery.key,
        "parcel": str(delivery.parcel),
        "standing": str(delivery.standing),
        "created_at": int(delivery.created_at),
        "attempt": delivery.attempts + 1,
        "number": delivery.number,
        "text": list(delivery.text[:MOST_ITEMS]),
        "happening": None if happening is None else happening_record(happening),
    }


def happening_record(happening: Happening) -> dict[str, Any]:
    """Return a happening as JSON knows it."""
    operation = happening.operation_id
    return {
        "key": happening.key,
        "episode": happening.episode,
        "chain": int(happening.chain_id),
        "vault": None if happening.vault is None else str(happening.vault),
        "kind": str(happening.kind),
        "subject": happening.subject,
        "occasion": happening.occasion,
        "severity": happening.severity.name.lower(),
        "pages": happening.pages,
        "sentence": happening.sentence,
        "lines": list(happening.lines[:MOST_ITEMS]),
        "findings": [_finding(finding) for finding in happening.findings[:MOST_ITEMS]],
        "evidence": happening.evidence.name.lower(),
        "block": int(happening.block),
        "block_hash": show_bytes(happening.block_hash),
        "at": int(happening.at),
        "lane": None if happening.lane is None else int(happening.lane),
        "operation": None if operation is None else show_bytes(operation),
        "ready_at": None if happening.ready_at is None else int(happening.ready_at),
    }


def encoded(record: dict[str, Any]) -> bytes:
    """Return JSON in ASCII, on one line, keys in order. What would be longer than a message may be loses its lines."""
    content = _dump(record)
    if len(content) <= MOST_BYTES:
        return content
    happening = record.get("happening")
    short = dict(record, text=record.get("text", [])[:1])
    if isinstance(happening, dict):
        cut = Shown(str(happening["sentence"])[:2_000])
        short["happening"] = {**happening, "sentence": cut, "lines": [], "findings": []}
    return _dump({**short, "is_cut": True})


def _dump(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.name.lower(),
        "sentence": finding.sentence,
        "evidence": finding.evidence.name.lower(),
    }
