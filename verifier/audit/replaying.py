"""The rounds of a group, replayed by another implementation in another language: @noble/curves, in Node.js.

All that goes there is public: records as they were written, and the group's key. What comes back is believed to be text
from outside.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from verifier.errors import AuditorMissing
from verifier.frost.shares import GroupKey
from verifier.model.text import Shown, sanitise
from verifier.model.watching import AuditRecord

SCRIPT: Final = Path(__file__).with_name("replay.mjs")
_PATIENCE: Final = 3_600
"""Seconds; a signing takes some hundredths of one."""
_LONG: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One session of one party's records, as the other implementation sees it."""

    # Which of the files, from 0.
    file: int
    session: Shown
    kind: Shown
    epoch: int
    # What the group was asked to sign, in words; empty where it was asked nothing.
    asked: Shown
    said: tuple[Shown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Something that the records say, and the other implementation finds otherwise."""

    # Which of the files, from 0.
    file: int
    # The record's number; None where it is about all of them.
    record: int | None
    # Names of 64 digits, whose word it is, and what kind of word; empty where it is about none.
    session: Shown
    sender: Shown
    kind: Shown
    why: Shown

    def sentence(self) -> Shown:
        """Return it with where it stands: record, session, kind and sender."""
        where = [f"record {self.record}"] if self.record is not None else []
        where += [f"session {self.session[:16]}"] if self.session else []
        kind = f"{self.kind} of {self.sender}" if self.sender else self.kind
        where += [kind] if kind else []
        return Shown(f"{', '.join(where) or 'the records'}: {self.why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    noble: Shown
    rounds: tuple[Round, ...]
    disagreements: tuple[Disagreement, ...]


def replay(files: Sequence[Iterable[AuditRecord]], group: GroupKey | None, noble: Path | None) -> Replay:
    """Return what another implementation makes of the rounds in these records.

    :param files: the records of one party each; several are held against each other as well
    :param group: the key as the group's file has it; None: believe what the records say of it
    :param noble: node_modules with @noble/curves; None: where a checkout of this project, or this folder, has it
    :raises AuditorMissing: Node or noble is not there, or does not run.
    """
    node = shutil.which("node")
    if node is None:
        raise AuditorMissing(why="Node.js is not installed, or not on the PATH")
    folder = next((each for each in _places(noble) if (each / "@noble" / "curves").is_dir()), None)
    if folder is None:
        raise AuditorMissing(why="@noble/curves is not where it was looked for")
    material = {"files": [[_written(record) for record in each] for each in files], "group": _key(group)}
    try:
        done = subprocess.run(  # noqa: S603 - the script is ours, and its input is its stdin
            [node, str(SCRIPT), str(folder)],
            input=json.dumps(material),
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired as exc:
        raise AuditorMissing(why="it came to no end within an hour") from exc
    if done.returncode != 0:
        said = next((line for line in done.stderr.splitlines() if "Error" in line), "no reason given")
        raise AuditorMissing(why=f"Node.js or @noble/curves does not run ({sanitise(said)})")
    return _read(done.stdout)


def _places(noble: Path | None) -> list[Path]:
    if noble is not None:
        return [noble]
    return [Path("node_modules"), SCRIPT.parents[2] / "scripts" / "node" / "node_modules"]


def _written(record: AuditRecord) -> dict[str, Any]:
    body = json.loads(record.body)
    return {
        "number": record.number,
        "at": int(record.at),
        "identity": str(record.identity),
        "kind": record.kind,
        "body": body,
    }


def _key(group: GroupKey | None) -> dict[str, Any] | None:
    if group is None:
        return None
    points = [point.hex() for point in group.commitments]
    return {"charter": group.charter.encode().hex(), "commitments": points}


def _read(output: str) -> Replay:
    try:
        found = json.loads(output)
        return Replay(
            noble=sanitise(str(found["noble"]), most=40),
            rounds=tuple(map(_round, found["rounds"])),
            disagreements=tuple(map(_disagreement, found["disagreements"])),
        )
    except (ValueError, KeyError, TypeError) as exc:
        raise AuditorMissing(why="what came back from Node.js makes no sense") from exc


def _round(found: dict[str, Any]) -> Round:
    return Round(
        file=int(found["file"]),
        session=sanitise(str(found["session"]), most=64),
        kind=sanitise(str(found["kind"]), most=40),
        epoch=int(found["epoch"]),
        asked=sanitise(str(found["asked"]), most=_LONG),
        said=tuple(sanitise(str(said), most=_LONG) for said in found["said"]),
    )


def _disagreement(found: dict[str, Any]) -> Disagreement:
    return Disagreement(
        file=int(found["file"]),
        record=None if found["record"] is None else int(found["record"]),
        session=sanitise(str(found["session"] or ""), most=64),
        sender=sanitise(str(found["sender"] or ""), most=40),
        kind=sanitise(str(found["kind"] or ""), most=40),
        why=sanitise(str(found["why"]), most=_LONG),
    )
