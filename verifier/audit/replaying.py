"""The rounds of a group, replayed by another implementation in another language: @noble/curves, in Node.js.

All that goes there is public: envelopes as they travelled, and who was accused. What comes back is believed to be text
from outside.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from verifier.errors import AuditorMissing
from verifier.model.text import Shown, sanitise
from verifier.model.watching import AuditRecord

SCRIPT: Final = Path(__file__).with_name("replay.mjs")
_PATIENCE: Final = 600
_LONG: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One session, as the other implementation sees it."""

    session: Shown
    kind: Shown
    epoch: int
    said: tuple[Shown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    noble: Shown
    rounds: tuple[Round, ...]
    disagreements: tuple[Shown, ...]


def replay(records: Iterable[AuditRecord], noble: Path | None) -> Replay:
    """Return what another implementation makes of the rounds in these records.

    :param noble: node_modules with @noble/curves; None: where a checkout of this project, or this folder, has it
    :raises AuditorMissing: Node or noble is not there, or does not run.
    """
    node = shutil.which("node")
    if node is None:
        raise AuditorMissing(why="Node.js is not installed, or not on the PATH")
    folder = next((each for each in _places(noble) if (each / "@noble" / "curves").is_dir()), None)
    if folder is None:
        raise AuditorMissing(why="@noble/curves is not where it was looked for")
    done = subprocess.run(  # noqa: S603 - the script is ours, and its input is its stdin
        [node, str(SCRIPT), str(folder)],
        input=json.dumps(_material(records)),
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    if done.returncode != 0:
        said = next((line for line in done.stderr.splitlines() if "Error" in line), "no reason given")
        raise AuditorMissing(why=f"Node.js or @noble/curves does not run ({sanitise(said)})")
    return _read(done.stdout)


def _places(noble: Path | None) -> list[Path]:
    if noble is not None:
        return [noble]
    return [Path("node_modules"), SCRIPT.parents[2] / "scripts" / "node" / "node_modules"]


@dataclass(slots=True)
class _Passed:
    """An envelope as the records have it, in hex."""

    raw: str
    refused: bool = False

    def is_of(self, sender: object) -> bool:
        """Whether it claims to be of a sender; of anybody, where none is named."""
        return sender is None or self.raw[_SENDER] == f"{sender:02x}"


_SENDER: Final = slice(144, 146)
"""Where an envelope says whose it is, in hex."""
_BAD_SHARE: Final = "sent a signature share that is wrong"


def _material(records: Iterable[AuditRecord]) -> dict[str, Any]:
    """Return the envelopes in the order of the records, each with whether it was refused, and who was accused."""
    passed: list[_Passed] = []
    accused: dict[str, str] = {}
    for record in records:
        body: Mapping[str, Any] = json.loads(record.body)
        if record.kind in ("sent", "received"):
            passed.append(_Passed(str(body.get("raw", "")).removeprefix("0x")))
        elif record.kind == "refused":
            about = next((each for each in reversed(passed) if each.is_of(body.get("sender"))), None)
            if about is not None:
                about.refused = True
        elif record.kind == "lied":
            (raw,) = [str(each).removeprefix("0x") for each in body.get("evidence", ())][-1:] or [""]
            accused[raw] = str(body.get("crime"))
            for each in passed:
                # A wrong share is found out once all are there: it was taken, and is judged.
                if each.raw == raw and body.get("crime") == _BAD_SHARE:
                    each.refused = False
    envelopes = [{"raw": each.raw, "refused": each.refused} for each in passed]
    return {"envelopes": envelopes, "accused": accused}


def _read(output: str) -> Replay:
    try:
        found = json.loads(output)
        return Replay(
            noble=sanitise(str(found["noble"]), most=40),
            rounds=tuple(
                Round(
                    session=sanitise(str(each["session"]), most=64),
                    kind=sanitise(str(each["kind"]), most=40),
                    epoch=int(each["epoch"]),
                    said=tuple(sanitise(str(said), most=_LONG) for said in each["said"]),
                )
                for each in found["rounds"]
            ),
            disagreements=tuple(sanitise(str(said), most=_LONG) for said in found["disagreements"]),
        )
    except (ValueError, KeyError, TypeError) as exc:
        raise AuditorMissing(why="what came back from Node.js makes no sense") from exc
