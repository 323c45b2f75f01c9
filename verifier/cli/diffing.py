"""`fourth-signer diff`: the operations that turn a vault into what its file says, each in a file of its own."""

from __future__ import annotations

import json
import re
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from verifier.assess.changing.change import TYPES, Change
from verifier.assess.changing.order import PlannedOperation
from verifier.chain.blocks import PanelBlocks
from verifier.chain.books import CompanionBooks
from verifier.cli.adapters import CLOCK, choose, open_aids, open_panel, open_reader
from verifier.cli.answer import Answer
from verifier.cli.attesting import VERSION, difference_record
from verifier.cli.patience import patience
from verifier.cli.record_parts import hex_of
from verifier.cli.registrations import read_registrations
from verifier.desk.changing import Step, Way, plan_changes
from verifier.errors import CallsUnwritable
from verifier.model.address import Address
from verifier.model.text import Shown, sanitise
from verifier.model.units import BlockNumber
from verifier.model.written_call import WrittenCall
from verifier.pages.diff import diff_page
from verifier.pages.layout import width_of_terminal
from verifier.store.calls_file import read_calls, write_calls
from verifier.store.place import path_of
from verifier.store.release import companion_addresses
from verifier.store.vault_file import read_vault_file


def run_diff(options: Namespace) -> Answer:
    """Find out what turns a vault into its file, write it, and show it.

    :raises VaultFileMalformed: the file cannot be read.
    :raises CallsMalformed: a registration is none of a group in the file.
    :raises CallsUnwritable: the folder holds such files already, or the disk does not let us.
    :raises PinError: the vault is not of this release, or not the one that is pinned.
    :raises EvidenceError: it cannot be read, or endpoints contradict each other.
    """
    path = path_of(options.file)
    file = read_vault_file(path)
    options.vault = options.address
    choice = choose(options)
    signed = [path_of(each) for each in options.registration]
    registrations = read_registrations(signed, vault=choice.vault, file=file)
    panel = open_panel(choice)
    with patience(choice.chain.hosts):
        way = plan_changes(
            open_reader(choice, panel),
            CompanionBooks(panel, companion_addresses()),
            PanelBlocks(panel),
            CLOCK,
            choice.signer,
            file=file,
            registrations=registrations,
            reinstates=options.reinstate,
            since=None if options.since is None else BlockNumber(options.since),
            aids=open_aids(options, choice, panel),
        )
    written = [] if options.output is None else _write(path_of(options.output), way, choice.vault)
    code = way.code
    if options.json:
        return Answer(text=json.dumps(diff_record(way, written), indent=2) + "\n", code=code)
    paths = [sanitise(str(each)) for each in written]
    return Answer(text=diff_page(way, width_of_terminal(), file=sanitise(path.name), paths=paths), code=code)


def _write(folder: Path, way: Way, vault: Address) -> list[Path]:
    """Write every operation to a file where there is none yet, and read it back: it has the bytes that were shown."""
    paths = [folder / f"{i + 1:02}-{_name(step.operation)}.json" for i, step in enumerate(way.steps)]
    for path in paths:
        if path.exists():
            raise CallsUnwritable(path=str(path), why="there is a file already, and nothing is written over")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise CallsUnwritable(path=str(folder), why=exc.strerror or "its path is no path") from exc
    for path, step in zip(paths, way.steps, strict=True):
        calls = step.operation.calls
        changes = step.operation.changes
        write_calls(
            path,
            [written_call(change, call.target, vault) for change, call in zip(changes, calls, strict=True)],
        )
        if read_calls(path) != calls:
            raise AssertionError(path)
    return paths


def _name(operation: PlannedOperation) -> str:
    """Return what the file of an operation is called: what it does, in small letters and dashes."""
    if not operation.is_seat_operation:
        return "settings"
    return re.sub(r"(?=[A-Z])", "-", operation.changes[0].function).lower()


def written_call(change: Change, target: Address, vault: Address) -> WrittenCall:
    """Return a change as a person would write it into a file of calls."""
    types = TYPES[change.keeper, change.function]
    arguments = (vault, *change.arguments) if change.function == "revoke" else change.arguments
    return WrittenCall(
        goes_to=str(target),
        prototype=f"{change.function}({','.join(types)})",
        listed=json.dumps([_plain(argument) for argument in arguments]),
    )


def _plain(argument: Any) -> Any:
    match argument:
        case bool():
            return argument
        case int():
            return str(int(argument))
        case Address():
            return str(argument)
        case bytes():
            return hex_of(argument)
        case _:
            return [_plain(part) for part in argument]


def diff_record(way: Way, written: Sequence[Path]) -> dict[str, Any]:
    """Return the way as `--json` prints it; the words are those of `verifier.cli.record`."""
    head = way.reading.head
    return {
        "version": VERSION,
        "kind": "diff",
        "chain": head.chain_id,
        "address": str(way.reading.vault),
        "block": {"number": head.number, "hash": hex_of(head.hash), "evidence": head.evidence.name.lower()},
        "complete": way.is_whole,
        "differences": [difference_record(each) for each in way.differences],
        "obstacles": [
            {"rule": each.rule, "subject": each.subject, "sentence": each.sentence} for each in way.obstacles
        ],
        "operations": [
            _step_record(step, sanitise(str(written[i])) if written else None)
            for i, step in enumerate(way.steps)
        ],
    }


def _step_record(step: Step, path: Shown | None) -> dict[str, Any]:
    operation, review = step.operation, step.draft.review if step.draft else None
    return {
        "file": path,
        "seat_operation": operation.is_seat_operation,
        "possible_now": operation.is_possible_now,
        "passing": operation.is_passing,
        "lane": step.lane,
        "tier": review.lane.state.tier.name if review else None,
        "sentences": [call.sentence for call in review.calls] if review else [],
        "findings": [
            {"rule": f.rule, "severity": f.severity.name.lower(), "sentence": f.sentence}
            for f in (review.findings if review else ())
        ],
        "calls": [
            {"target": str(call.target), "value": str(call.value), "data": hex_of(call.data)}
            for call in operation.calls
        ],
    }
