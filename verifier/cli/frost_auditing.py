"""`frost audit`: the records of rounds, replayed by another implementation."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from verifier.audit.replaying import Replay, replay
from verifier.cli.answer import Answer
from verifier.cli.commands import as_json
from verifier.errors import AuditBroken, HexMalformed, TranscriptDisputed, exit_code_of
from verifier.model.text import Shown, sanitise, show_bytes
from verifier.pages.layout import Page, width_of_terminal
from verifier.store.ceremony_records import read_records
from verifier.store.place import path_of


def run_frost_audit(options: Namespace) -> Answer:
    """Replay what stands in a file of records.

    :raises AuditBroken: the records are not what was written.
    :raises AuditorMissing: the other implementation is not there.
    """
    path = path_of(options.file)
    records = list(read_records(path))
    if options.head is not None and _hash(options.head) not in {record.hash for record in records}:
        raise AuditBroken(number=len(records) + 1, why="no record has the hash that was given with --head")
    found = replay(records, path_of(options.noble) if options.noble else None)
    head = records[-1].hash if records else bytes(32)
    code = 0
    if found.disagreements:
        disputed = TranscriptDisputed(count=len(found.disagreements), first=found.disagreements[0])
        code = exit_code_of(disputed)
    if options.json:
        return Answer(text=as_json(_record(found, len(records), head)), code=code)
    named = sanitise(str(path), most=300)
    return Answer(text=_page(found, named, len(records), head), code=code)


def _page(found: Replay, named: Shown, count: int, head: bytes) -> str:
    page = Page(width_of_terminal())
    page.text(
        f"{named} holds {count} records, each holding to the one before it; the last is {show_bytes(head)}."
    )
    page.text(f"Replayed by @noble/curves {found.noble}: {len(found.rounds)} rounds.")
    for each in found.rounds:
        page.space()
        page.title(f"{each.kind}, epoch {each.epoch}: session {each.session[:16]}")
        for said in each.said:
            page.text(said, indent=2)
    page.space()
    if not found.disagreements:
        page.text("Both agree on everything.")
    for said in found.disagreements:
        page.text(f"DISAGREEMENT  {said}.")
    return str(page)


def _record(found: Replay, count: int, head: bytes) -> dict[str, Any]:
    return {
        "version": 1,
        "kind": "frost-audit",
        "records": count,
        "head": "0x" + head.hex(),
        "noble": str(found.noble),
        "rounds": [
            {
                "session": str(each.session),
                "kind": str(each.kind),
                "epoch": each.epoch,
                "said": [str(said) for said in each.said],
            }
            for each in found.rounds
        ],
        "disagreements": [str(said) for said in found.disagreements],
    }


def _hash(text: str) -> bytes:
    try:
        found = bytes.fromhex(text.strip().removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != 32:
        raise HexMalformed(text=text, what="hash of a record, which has 32 bytes")
    return found
