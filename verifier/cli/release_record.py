"""`fourth-signer release-record`: begin the record of releases, verify it, list it, hand it out."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from typing import Any

from verifier.cli.adapters import CLOCK
from verifier.cli.answer import Answer
from verifier.cli.release_inputs import gate_of
from verifier.deploy.gate.replay import GateBypass, GateState
from verifier.model.text import sanitise, show_bytes, show_moment
from verifier.model.watching import AuditRecord
from verifier.store.place import path_of


def run_record(options: Namespace) -> Answer:
    """Do what the arguments say.

    :raises GateError: the record is broken, missing, or there already.
    """
    gate = gate_of(options, must_pin=False)
    name = sanitise(str(gate.record.path), most=300)
    if options.act == "start":
        entry = gate.record.start(gate.policy.as_written, now=CLOCK.now(), nonce=os.urandom(16))
        return Answer(
            text=f"Began {name}.\nhead   {show_bytes(entry.hash)}\nTell this head to everybody who releases.\n"
        )
    if options.act == "export":
        path = path_of(options.file)
        count, head = gate.record.export(path, made_at=CLOCK.now())
        return Answer(
            text=f"Wrote {sanitise(str(path), most=300)}: {count} entries.\nhead   {show_bytes(head)}\n"
        )
    state, records = gate.record.read()
    if options.act == "verify":
        said = f"{name} holds {len(records)} entries, each holding to the one before it and let in by good tokens.\n"
        return Answer(text=f"{said}head   {show_bytes(state.head)}\n{_waiting(state)}")
    if options.json:
        return Answer(text=_as_json(state, records))
    return Answer(text="".join(_line(each) for each in records) + _waiting(state))


def _line(record: AuditRecord) -> str:
    body = json.loads(record.body)
    what = {
        "release": "{network}  {commit}",
        "bypass": "{network}  {commit}",
        "change-bypass": "{repository} #{pull}  {commit}",
        "review": "of {bypass}",
    }.get(record.kind, "")
    said = sanitise(what.format_map(body))
    return (
        f"{record.number:>5}  {show_moment(record.at)}  {sanitise(record.kind):<13}  {record.identity:<24}  {said}\n"
        f"       {show_bytes(record.hash)}\n"
    )


def _waiting(state: GateState) -> str:
    return "".join(
        f"Bypass {each.number} waits for a review: {show_bytes(each.hash)}\n"
        for each in state.bypasses
        if each.is_justified is None
    )


def _as_json(state: GateState, records: tuple[AuditRecord, ...]) -> str:
    said = {
        "version": 1,
        "kind": "release-record",
        "head": show_bytes(state.head),
        "last_released": state.last_released,
        "entries": [
            {
                "number": each.number,
                "at": int(each.at),
                "kind": sanitise(each.kind),
                "people": each.identity,
                "hash": show_bytes(each.hash),
                "body": json.loads(each.body),
            }
            for each in records
        ],
        "bypasses": [_bypass_facts(each) for each in state.bypasses],
    }
    return json.dumps(said, indent=2, ensure_ascii=True) + "\n"


def _bypass_facts(each: GateBypass) -> dict[str, Any]:
    return {
        "number": each.number,
        "hash": show_bytes(each.hash),
        "at": int(each.at),
        "kind": each.purpose.value,
        "justified": each.is_justified,
        "reviewer": None if each.reviewer is None else sanitise(each.reviewer),
    }
