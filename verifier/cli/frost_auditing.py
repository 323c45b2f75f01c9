"""`frost audit`: the records of rounds, replayed by another implementation and held against each other."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from verifier.audit.replaying import Replay, Round, replay
from verifier.cli.answer import Answer
from verifier.cli.commands import as_json
from verifier.cli.frost_convening import require_key
from verifier.errors import AuditBroken, HexMalformed, TranscriptDisputed, exit_code_of
from verifier.frost.shares import GroupKey
from verifier.model.text import Shown, sanitise, show_bytes
from verifier.model.watching import AuditRecord
from verifier.pages.layout import Page, width_of_terminal
from verifier.store.ceremony_records import read_records
from verifier.store.group_file import read_group_file
from verifier.store.place import path_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """The records of one party."""

    name: Shown
    records: tuple[AuditRecord, ...]

    @property
    def head(self) -> bytes:
        """Return the hash of the last record, 32 bytes; zeros where there is none."""
        return self.records[-1].hash if self.records else bytes(32)

    @property
    def whose(self) -> Shown:
        return self.records[-1].identity if self.records else Shown("nobody")


def run_frost_audit(options: Namespace) -> Answer:
    """Replay what stands in files of records.

    :raises AuditBroken: the records are not what was written.
    :raises AuditorMissing: the other implementation is not there.
    :raises FourthSignerError: the group's file cannot be read, or has no key.
    """
    files = [_read(each) for each in options.file]
    if options.head is not None:
        _require_head(files, _hash(options.head))
    group: GroupKey | None = None
    if options.group:
        group = require_key(read_group_file(path_of(options.group)))
    found = replay([each.records for each in files], group, path_of(options.noble) if options.noble else None)
    code = 0
    if found.disagreements:
        first = found.disagreements[0].sentence()
        code = exit_code_of(TranscriptDisputed(count=len(found.disagreements), first=first))
    text = as_json(_record(found, files)) if options.json else _page(found, files)
    return Answer(text=text, code=code)


def _read(name: str) -> _File:
    path = path_of(name)
    return _File(name=sanitise(str(path), most=300), records=tuple(read_records(path)))


def _require_head(files: Sequence[_File], head: bytes) -> None:
    if not any(record.hash == head for each in files for record in each.records):
        number = len(files[0].records) + 1
        raise AuditBroken(number=number, why="no record has the hash that was given with --head")


def _page(found: Replay, files: Sequence[_File]) -> str:
    page = Page(width_of_terminal())
    for number, each in enumerate(files, start=1):
        named = f"File {number}, {each.name}," if len(files) > 1 else each.name
        page.text(
            f"{named} holds {len(each.records)} records of {each.whose}, each holding to the one before it; the last "
            f"is {show_bytes(each.head)}."
        )
    page.text(f"Replayed by @noble/curves {found.noble}: {len(found.rounds)} rounds.")
    for one in found.rounds:
        page.space()
        page.title(_title(one, len(files)))
        for said in one.said:
            page.text(said, indent=2)
    page.space()
    if not found.disagreements:
        # Records that somebody emptied are no clean ones.
        agree, nothing = (
            "Both agree on everything.",
            "No round stands in these records: nothing was replayed.",
        )
        page.text(agree if found.rounds else nothing)
    for odd in found.disagreements:
        where = f"file {odd.file + 1}, " if len(files) > 1 else ""
        page.text(f"DISAGREEMENT  {where}{odd.sentence()}.")
    return str(page)


def _title(each: Round, files: int) -> str:
    where = f"file {each.file + 1}, " if files > 1 else ""
    return f"{where}{each.kind}, epoch {each.epoch}: session {each.session[:16]}"


def _record(found: Replay, files: Sequence[_File]) -> dict[str, Any]:
    return {
        "version": 2,
        "kind": "frost-audit",
        "files": [
            {
                "file": str(each.name),
                "identity": str(each.whose),
                "records": len(each.records),
                "head": "0x" + each.head.hex(),
            }
            for each in files
        ],
        "noble": str(found.noble),
        "rounds": [
            {
                "file": each.file,
                "session": str(each.session),
                "kind": str(each.kind),
                "epoch": each.epoch,
                "asked": str(each.asked),
                "said": [str(said) for said in each.said],
            }
            for each in found.rounds
        ],
        "disagreements": [
            {
                "file": each.file,
                "record": each.record,
                "session": str(each.session),
                "sender": str(each.sender),
                "kind": str(each.kind),
                "why": str(each.why),
            }
            for each in found.disagreements
        ],
    }


def _hash(text: str) -> bytes:
    try:
        found = bytes.fromhex(text.strip().removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != 32:
        raise HexMalformed(text=text, what="hash of a record, which has 32 bytes")
    return found
