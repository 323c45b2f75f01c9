"""What is known beside an operation's bytes, as `--json` prints it; `verifier.cli.record` says what its fields mean."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from verifier.assess.case import CheckedApproval
from verifier.cli.record_parts import Record, hex_of, plain, range_of
from verifier.desk.actions import Action
from verifier.model.description import Description, Refusal
from verifier.model.simulation import Simulation
from verifier.model.text import sanitise


def action_part(action: Action) -> Record:
    return {
        "name": action.name,
        "sentence": action.sentence,
        "data": hex_of(action.data),
        "digest": hex_of(action.digest) if action.digest else None,
    }


def impossible_part(action: Action) -> Record:
    return {"name": action.name, "sentence": action.sentence, "why": action.why_not}


def description_part(said: Description | Refusal | None) -> Record | None:
    match said:
        case None:
            return None
        case Refusal():
            return {"source": said.source, "refused": said.why}
        case Description():
            return {
                "source": said.source,
                "owner": said.owner,
                "intent": said.intent,
                "evidence": said.evidence.name.lower(),
                "fields": [
                    {
                        "label": each.label,
                        "value": each.value,
                        "field": each.path,
                        "bytes": range_of(each.where) if each.where else None,
                    }
                    for each in said.fields
                ],
                "hidden": [
                    {"field": each.path, "value": each.value, "why": each.why} for each in said.hidden
                ],
                "notes": list(said.notes),
            }


def simulation_part(simulation: Simulation | None) -> Record | None:
    if simulation is None:
        return None
    return {
        "outcome": simulation.outcome.value,
        "why": simulation.why,
        "endpoint": sanitise(simulation.endpoint),
        "method": sanitise(simulation.method),
        "block": int(simulation.block),
        "at": int(simulation.at),
        "assumed": simulation.is_assumed,
        "gas": simulation.gas_used,
        "deltas": _fields_of_all(simulation.deltas),
        "allowances": _fields_of_all(simulation.allowances),
        "storage": _fields_of_all(simulation.storage),
        "touched": _fields_of_all(simulation.touched),
        "omitted": simulation.omitted,
        "disagreeing": [sanitise(name) for name in simulation.disagreeing],
        "remarks": list(simulation.remarks),
    }


def signature_part(checked: CheckedApproval) -> Record:
    return {
        "seat": int(checked.seat),
        "expected": str(checked.expected),
        "actual": str(checked.actual) if checked.actual else None,
        "source": checked.source,
        "evidence": checked.evidence.name.lower(),
    }


def _fields_of_all(parts: Sequence[Any] | None) -> list[Record] | None:
    if parts is None:
        return None
    return [
        {each.name: plain(getattr(part, each.name)) for each in dataclasses.fields(part)} for part in parts
    ]
