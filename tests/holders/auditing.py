"""Records changed at will, as by whoever owns a folder, and the auditor that has to notice: many audits in one process.

with start_auditor() as auditor:
    found = auditor.audit(records)
    changed = again(records, swapped(raw, other))
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.holders.company import Company
from verifier.frost.messages import Kind
from verifier.store.ceremony_records import body_of, read_records
from verifier.store.holder_folder import HolderFolder

SCRIPT: Final = Path(__file__).with_name("audits.mjs")
NOBLE: Final = Path(__file__).parents[2] / "scripts" / "node" / "node_modules"

Record = dict[str, Any]
"""`number`, `at`, `kind`, `body`: what the auditor gets of one."""
Change = Callable[[Record], Iterable[Record]]
"""What stands in the place of a record: nothing, itself, or others."""


@dataclass(slots=True)
class Auditor:
    """A running auditor."""

    process: subprocess.Popen[str]

    def audit(self, *files: list[Record], group: Mapping[str, Any] | None = None) -> list[Record]:
        """Return the disagreements."""
        found = self.replay(*files, group=group)["disagreements"]
        assert isinstance(found, list)
        return found

    def replay(self, *files: list[Record], group: Mapping[str, Any] | None = None) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"files": files, "group": group}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the auditor has ended"
        return json.loads(line)


@contextmanager
def start_auditor() -> Iterator[Auditor]:
    arguments = ["node", str(SCRIPT), str(NOBLE)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Auditor(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


def records_of(path: Path) -> list[Record]:
    return [
        {"number": one.number, "at": int(one.at), "kind": one.kind, "body": body_of(one)}
        for one in read_records(path)
    ]


def again(records: Iterable[Record], change: Change) -> list[Record]:
    """Return other records, numbered as they stand."""
    changed = [one for record in records for one in change(record)]
    return [{**one, "number": number} for number, one in enumerate(changed, start=1)]


def raw_of(record: Record) -> bytes:
    """Return the envelope of a record; nothing where it has none."""
    return bytes.fromhex(str(record["body"].get("raw", "")).removeprefix("0x"))


def kind_of(record: Record) -> Kind | None:
    raw = raw_of(record)
    return Kind(raw[73]) if len(raw) > 73 else None


def swapped(old: bytes, new: bytes) -> Change:
    """Put an envelope in the place of another, wherever that went or came."""

    def change(record: Record) -> Iterator[Record]:
        if raw_of(record) != old:
            yield record
            return
        body = {**record["body"], "raw": "0x" + new.hex(), "session": "0x" + new[40:72].hex()}
        yield {**record, "body": body}

    return change


def without(is_gone: Callable[[Record], bool]) -> Change:
    return lambda record: [] if is_gone(record) else [record]


@dataclass(slots=True)
class Pens:
    """The keys of all, with which a change can be signed as well."""

    company: Company

    def sign(self, said: bytes) -> bytes:
        """Return an envelope, of all but its signature, signed by whom it names as its sender; else by holder 1."""
        chairs = {chair.index: chair.folder for chair in self.company.chairs}
        folder = chairs.get(said[72], chairs[1]) if said[72] else self.company.desk
        digest = hashlib.sha256(b"fourth-signer/envelope\0" + said).digest()
        return said + HolderFolder(folder).read_transport().sign(digest)
